/** The result of linear regression in the units of the table: it undoes the standardization. */
import { Linear, type Sequential } from "@dlcc/layers";
import { significant } from "../terminal/figures.ts";
import { type NumberColumn, type Schema, widthOf } from "./column.ts";
import { shown } from "./names.ts";

/** `target = intercept + Σ slope · number + Σ (offset of a category)`. */
export interface Formula {
  readonly intercept: number;
  /** By column: the slope for numbers, the offset of each value for categories. */
  readonly terms: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
}

/** The formula of a model that is one `Linear` and predicts a number; undefined for any other. */
export async function formulaOf({ layers }: Sequential, { columns, target }: Schema): Promise<Formula | undefined> {
  const [layer] = layers;
  if (target.kind !== "number" || layers.length !== 1 || !(layer instanceof Linear)) return undefined;
  const weights = await layer.weight.value.data();
  const [bias = 0] = layer.bias ? await layer.bias.value.data() : [];
  const scaled = (i: number): number => (weights[i] as number) * target.standardDeviation;
  let intercept = bias * target.standardDeviation + target.mean;
  const terms: Record<string, number | Record<string, number>> = {};
  let at = 0;
  for (const column of columns) {
    if (column.kind === "number") {
      const slope = scaled(at) / column.standardDeviation;
      intercept -= slope * column.mean;
      terms[column.name] = slope;
    } else {
      const first = at;
      terms[column.name] = Object.fromEntries(column.values.map((value, i) => [value, scaled(first + i)]));
    }
    at += widthOf(column);
  }
  return { intercept, terms };
}

/** The most terms shown. */
const most = 20;

/** The formula for people, one term per line. */
export function formulaLines({ intercept, terms }: Formula, target: NumberColumn["name"]): string[] {
  const signed = (value: number): string => `${value < 0 ? "−" : "+"} ${significant(Math.abs(value))}`.padEnd(14);
  const lines = Object.entries(terms).flatMap(([name, term]) =>
    typeof term === "number"
      ? [`  ${signed(term)} × ${shown(name)}`]
      : Object.entries(term).map(([value, added]) => `  ${signed(added)} if ${shown(name)} is ${shown(value)}`),
  );
  const more = lines.length > most ? [`  and ${lines.length - most} more: --json has them`] : [];
  return [`${shown(target)} = ${significant(intercept)}`, ...lines.slice(0, most), ...more];
}
