/** The result of linear regression in the units of the table: it undoes the standardization. */
import { Linear, type Sequential } from "@dlcc/layers";
import { significant } from "../terminal/figures.ts";
import { type Schema, widthOf } from "./column.ts";
import { shown } from "./names.ts";

/** `target = intercept + Σ slope · number + Σ (offset of a category)`. */
export interface Formula {
  readonly intercept: number;
  /** By column: the slope for numbers; the offset of each value for categories; the slope of each feature for dates. */
  readonly terms: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  /** What is added where a column has no value. */
  readonly missing?: Readonly<Record<string, number>>;
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
  const missing: Record<string, number> = {};
  let at = 0;
  for (const column of columns) {
    const first = at;
    const slopeOf = (i: number, { mean, standardDeviation }: { mean: number; standardDeviation: number }): number => {
      const slope = scaled(i) / standardDeviation;
      intercept -= slope * mean;
      return slope;
    };
    if (column.kind === "number") terms[column.name] = slopeOf(first, column);
    else if (column.kind === "category") {
      terms[column.name] = Object.fromEntries(column.values.map((value, i) => [value, scaled(first + i)]));
    } else {
      terms[column.name] = Object.fromEntries(
        column.features.map((feature, i) => [feature.feature, slopeOf(first + i, feature)]),
      );
    }
    at += widthOf(column);
    if (column.fill?.flag) missing[column.name] = scaled(at - 1);
  }
  return { intercept, terms, ...(Object.keys(missing).length > 0 && { missing }) };
}

/** The most terms shown. */
const most = 20;

/** The formula for people, one term per line. */
export function formulaLines({ intercept, terms, missing = {} }: Formula, { columns, target }: Schema): string[] {
  const signed = (value: number): string => `${value < 0 ? "−" : "+"} ${significant(Math.abs(value))}`.padEnd(14);
  const lines = Object.entries(terms).flatMap(([name, term]) => {
    if (typeof term === "number") return [`  ${signed(term)} × ${shown(name)}`];
    const isDate = columns.find((column) => column.name === name)?.kind === "date";
    return Object.entries(term).map(([value, added]) =>
      isDate
        ? `  ${signed(added)} × ${value} of ${shown(name)}`
        : `  ${signed(added)} if ${shown(name)} is ${shown(value)}`,
    );
  });
  for (const [name, added] of Object.entries(missing)) lines.push(`  ${signed(added)} if ${shown(name)} is missing`);
  const more = lines.length > most ? [`  and ${lines.length - most} more: --json has them`] : [];
  return [`${shown(target.name)} = ${significant(intercept)}`, ...lines.slice(0, most), ...more];
}
