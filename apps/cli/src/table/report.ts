/** What was made of a table, for people and for programs. */
import { countOf } from "@dlcc/data";
import { longest } from "../largest.ts";
import { significant, thousands } from "../terminal/figures.ts";
import { type Column, inputsOf, type Target, widthOf } from "./column.ts";
import type { LookedAt, Reading } from "./kinds.ts";
import { listed, shown } from "./names.ts";
import type { Prepared } from "./prepare.ts";

/** The most columns whose reading is shown before training: `dlcc data look` shows all. */
export const fewColumns = 30;
/** The widths of a column of the table of readings. */
const [widestName, widestKind, widestExample] = [24, 24, 20];

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text);

/** A line for each column, and below it what looks suspicious. */
export function readingLines(readings: readonly Reading[]): string[] {
  const rows = readings.map(({ name, kind, example, missing, leftOut }) => [
    cut(shown(name), widestName),
    cut(leftOut === undefined ? kind : "left out", widestKind),
    cut(shown(example), widestExample),
    missing === 0 ? "" : thousands(missing),
  ]);
  const headings = ["column", "read as", "such as", "missing"];
  const widths = headings.map((heading, i) => longest([heading, ...rows.map((row) => row[i] ?? "")]));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(headings), ...rows.map(line)];
}

/** What looks suspicious in each column, what is left out, and how to say otherwise. */
export function noteLines(readings: readonly Reading[], table: readonly string[] = []): string[] {
  // A row that is wrong is said once, and not with each column.
  const problems = new Set(readings.flatMap(({ problem }) => (problem === undefined ? [] : [problem])));
  return [
    ...table,
    ...problems,
    ...readings.flatMap(({ name, notes, leftOut }) => [
      ...(leftOut === undefined || leftOut === "by option" ? [] : [`${shown(name)} is left out: ${leftOut}`]),
      ...notes.map((note) => `${shown(name)}: ${note}`),
    ]),
  ];
}

/** The readings for programs. */
export const readingFacts = (readings: readonly Reading[]): object[] =>
  readings.map(({ name, kind, example, missing, leftOut, problem, notes }) => ({
    ...{ name, kind, example, missing },
    ...(leftOut !== undefined && { leftOut }),
    ...(problem !== undefined && { problem }),
    ...(notes.length > 0 && { notes }),
  }));

const separators: Readonly<Record<string, string>> = {
  ",": "commas",
  ";": "semicolons, so the comma is decimal",
  "\t": "tabs",
  "|": "bars",
};

/** The size of a table, for people. */
export const sizeText = ({ rows, header, delimiter }: LookedAt): string =>
  `${counted(rows, "row", "rows")} of ${counted(header.length, "column", "columns")}, separated by ${separators[delimiter] ?? delimiter}`;

/** What was made of the columns, and why: one line of each kind. */
export function detailsOf({ schema, reason, columns, constant, dropped }: Prepared): Readonly<Record<string, string>> {
  const { target } = schema;
  const out = columns.filter(({ leftOut }) => leftOut !== undefined);
  const left = [...out.map(({ name }) => name), ...constant.map((name) => `${name} (constant)`)];
  const filled = schema.columns.filter(({ fill }) => fill?.flag).map(({ name }) => name);
  return {
    target: `${shown(target.name)}: ${describeTarget(target)} (${reason})`,
    inputs: describeColumns(schema.columns),
    ...(left.length > 0 && { "left out": listed(left) }),
    ...((dropped > 0 || filled.length > 0) && {
      missing: [
        ...(dropped > 0 ? [`${thousands(dropped)} ${dropped === 1 ? "row" : "rows"} left out`] : []),
        ...(filled.length > 0 ? [`filled in ${listed(filled)}, each with an input that says so`] : []),
      ].join("; "),
    }),
  };
}

/** With fewer training rows than this, what is found is as much chance as rule. */
const enoughToLearn = 20;

/** Whether there are too few rows to learn from, and to judge by. */
export function fewRows({ train, test }: Pick<Prepared, "train" | "test">): string[] {
  const count = countOf(train);
  if (count >= enoughToLearn) return [];
  const tested = test ? ` and ${thousands(countOf(test))} for the test` : "";
  return [
    `only ${thousands(count)} rows to learn from${tested}: what it finds, and how good it seems, is mostly chance`,
  ];
}

/** Classes with fewer training rows are named. */
const rareRows = 5;

/** The classes that have too few rows to be learned. */
export function rareClasses({ schema: { target } }: Pick<Prepared, "schema">): string[] {
  if (target.kind !== "category") return [];
  return target.values.flatMap((value, i) => {
    const count = target.counts[i] ?? 0;
    return count < rareRows ? [`${shown(value)} has ${count} training ${count === 1 ? "row" : "rows"}`] : [];
  });
}

const describeTarget = (target: Target): string =>
  target.kind === "number"
    ? `a number, ${significant(target.mean)} ± ${significant(target.standardDeviation)}`
    : `${target.values.length} classes`;

const counted = (n: number, one: string, many: string): string => `${thousands(n)} ${n === 1 ? one : many}`;

function describeColumns(columns: readonly Column[]): string {
  const count = (kind: Column["kind"]): number => columns.filter((column) => column.kind === kind).length;
  const [numbers, names, dates] = [count("number"), count("category"), count("date")];
  const kinds = [
    ...(numbers > 0 ? [counted(numbers, "column of numbers", "columns of numbers")] : []),
    ...(names > 0 ? [counted(names, "of categories", "of categories")] : []),
    ...(dates > 0 ? [counted(dates, "of dates", "of dates")] : []),
  ];
  return `${kinds.join(", ")}: ${counted(inputsOf(columns), "input", "inputs")}`;
}

/** A column of a model, for people. */
export function describeColumn(column: Column, mostValues: number): string {
  const filled = column.fill ? `; ${shown(String(column.fill.value))} where missing` : "";
  if (column.kind === "number") {
    const unit = column.unit === undefined ? "" : ` in ${shown(column.unit)}`;
    return `a number${unit}, (x − ${significant(column.mean)}) / ${significant(column.standardDeviation)}${filled}`;
  }
  if (column.kind === "category") return `one of ${listed(column.values, mostValues)}${filled}`;
  return `a date, by ${widthOf(column)} numbers${column.fill ? "; the middle where missing" : ""}`;
}
