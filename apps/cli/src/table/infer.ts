/** Infers the kinds of a table's columns from their fields and the options. */
import { quoted } from "@dlcc/tensor";
import type { Column } from "./column.ts";
import { type Csv, rowText, TableError } from "./csv.ts";
import { fieldsOf, numberIn, numbersOf } from "./fields.ts";
import { Moments } from "./moments.ts";
import { shown } from "./names.ts";

/** The options about columns. */
export interface ColumnOptions {
  /** Columns whose numbers are names, such as zip codes. */
  readonly categories: readonly string[];
  /** The task. Default: inferred from the target. */
  readonly task?: "regression" | "classification";
}

/** A column with more different names than this is not a category, but a name, a date or an address, say. */
export const mostValues = 100;
/** With more rows than this, names that differ in every row are not a category either. */
const enoughRows = 10;
/** Whole numbers are classes if there are at most this many different ones, as there are digits, */
const mostClasses = 10;
/** and each occurs this many times, on average. */
const rowsPerClass = 5;

/** What is known of a column's fields. */
export interface ColumnSummary {
  readonly file: string;
  readonly name: string;
  /** How many fields there are. */
  readonly rows: number;
  /** How many of them are numbers. */
  readonly numbers: number;
  /** How many different fields there are; above {@link mostValues} it may be too low. */
  readonly different: number;
  /** How many different numbers there are, the same. */
  readonly differentNumbers: number;
  /** Whether all of the numbers are whole. */
  readonly whole: boolean;
  /** The first field that is no number. */
  readonly word: { readonly field: string; readonly place: string } | undefined;
}

function summaryOf(csv: Csv, name: string): ColumnSummary {
  const fields = fieldsOf(csv, name);
  const values = fields.map((field) => numberIn(field, csv.decimalComma));
  const row = values.findIndex(Number.isNaN);
  const numbers = values.filter((value) => !Number.isNaN(value));
  return {
    file: csv.file,
    name,
    rows: fields.length,
    numbers: numbers.length,
    different: new Set(fields).size,
    differentNumbers: new Set(numbers).size,
    whole: numbers.every(Number.isInteger),
    word: row < 0 ? undefined : { field: fields[row] ?? "", place: rowText(csv, row) },
  };
}

/**
 * The kind of an input column: numbers if all fields are numbers, else categories.
 *
 * @throws {TableError} if most fields are numbers and some are not; if there are too many categories to learn from.
 */
export const kindOf = (csv: Csv, name: string, options: ColumnOptions): Column["kind"] =>
  kindFrom(summaryOf(csv, name), options);

/** The same, from what is known of the column. */
export function kindFrom(column: ColumnSummary, options: ColumnOptions): Column["kind"] {
  const { name, word, numbers, rows, different } = column;
  if (options.categories.includes(name)) return "category";
  if (!word) return "number";
  const where = `${column.file}, ${word.place}, column ${shown(name)}`;
  if (numbers > rows / 2) {
    throw new TableError(
      `${where}: must be a number as in ${numbers} of the ${rows} rows, got ${quoted(word.field)}. Correct it; or, if the numbers are names, --categories ${shown(name)}`,
    );
  }
  if (different > mostValues || (different === rows && different > enoughRows)) {
    throw new TableError(
      `${where}: names must recur to be categories, got ${different} different ones in ${rows} rows, such as ${quoted(word.field)}. If they are numbers, write them as 1234.5; else leave them out, --ignore ${shown(name)}; or insist, --categories ${shown(name)}`,
    );
  }
  return "category";
}

/** The kind of the target, and the reason for it. @throws {TableError} if it doesn't fit `--task`. */
export const targetKindOf = (csv: Csv, name: string, options: ColumnOptions): ReturnType<typeof targetKindFrom> =>
  targetKindFrom(summaryOf(csv, name), options);

/** The same, from what is known of the column. */
export function targetKindFrom(
  column: ColumnSummary,
  options: ColumnOptions,
): { kind: Column["kind"]; reason: string } {
  const { file, name, word, rows, differentNumbers, whole } = column;
  if (options.task === "classification" || options.categories.includes(name))
    return { kind: "category", reason: "by option" };
  if (options.task === "regression") {
    if (!word) return { kind: "number", reason: "by option" };
    throw new TableError(`${file}, ${word.place}, column ${shown(name)}: must be a number, got ${quoted(word.field)}`);
  }
  if (kindFrom(column, options) === "category") return { kind: "category", reason: `${shown(name)} has names` };
  const asClasses = differentNumbers <= mostClasses && rows >= differentNumbers * rowsPerClass;
  if (asClasses && whole) {
    return {
      kind: "category",
      reason: `${shown(name)} is one of ${differentNumbers} whole numbers; --task regression if they are counts`,
    };
  }
  return { kind: "number", reason: `${shown(name)} has numbers` };
}

/**
 * A column as a model stores it.
 *
 * @param rows The training rows, which give mean and standard deviation. The names of categories are from the whole file.
 * @returns Undefined if it is constant, so that nothing can be learned from it.
 * @throws {TableError} if the squares of its numbers overflow.
 */
export function measure(csv: Csv, name: string, kind: Column["kind"], rows: ArrayLike<number>): Column | undefined {
  if (kind === "category") return categoryColumn(name, new Set(fieldsOf(csv, name)));
  const all = numbersOf(csv, name);
  const moments = new Moments();
  moments.add(Float64Array.from(rows, (row) => all[row] as number));
  return numberColumn(csv.file, name, moments);
}

/** A column of categories; undefined if there is only one. */
export function categoryColumn(name: string, different: Iterable<string>): Column | undefined {
  const values = [...different].sort(byNumberOrName);
  return values.length > 1 ? { name, kind: "category", values } : undefined;
}

/** A column of numbers; undefined if they are constant. @throws {TableError} if their squares overflow. */
export function numberColumn(file: string, name: string, moments: Moments): Column | undefined {
  if (moments.constant) return undefined;
  const { mean, standardDeviation } = moments;
  if (Number.isFinite(standardDeviation) && standardDeviation > 0) {
    return { name, kind: "number", mean, standardDeviation };
  }
  throw new TableError(
    `${file}, column ${shown(name)}: the standard deviation must be finite and above 0, got ${standardDeviation} (mean ${mean}): write the numbers in another unit`,
  );
}

/** `2` before `10`, and `ten` after both. */
const byNumberOrName = (a: string, b: string): number => {
  const [x, y] = [Number(a), Number(b)];
  if (x !== y && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  return a < b ? -1 : Number(a > b);
};
