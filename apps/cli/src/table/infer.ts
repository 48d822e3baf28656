/** Infers the kinds of a table's columns from their fields and the options. */
import { quoted } from "@dlcc/tensor";
import type { Column } from "./column.ts";
import { type Csv, rowText, TableError } from "./csv.ts";
import { fieldsOf, numberIn, numbersOf } from "./fields.ts";
import { shown } from "./names.ts";

/** The options about columns. */
export interface ColumnOptions {
  /** Columns whose numbers are names, such as zip codes. */
  readonly categories: readonly string[];
  /** The task. Default: inferred from the target. */
  readonly task?: "regression" | "classification";
}

/** A column with more different names than this is not a category, but a name, a date or an address, say. */
const mostValues = 100;
/** With more rows than this, names that differ in every row are not a category either. */
const enoughRows = 10;
/** Whole numbers are classes if there are at most this many different ones, as there are digits, */
const mostClasses = 10;
/** and each occurs this many times, on average. */
const rowsPerClass = 5;

/**
 * The kind of an input column: numbers if all fields are numbers, else categories.
 *
 * @throws {TableError} if most fields are numbers and some are not; if there are too many categories to learn from.
 */
export function kindOf(csv: Csv, name: string, options: ColumnOptions): Column["kind"] {
  const fields = fieldsOf(csv, name);
  const different = new Set(fields).size;
  if (options.categories.includes(name)) return "category";
  const isNumber = fields.map((field) => !Number.isNaN(numberIn(field, csv.decimalComma)));
  const numbers = isNumber.filter(Boolean).length;
  if (numbers === fields.length) return "number";
  const row = isNumber.indexOf(false);
  const where = `${csv.file}, ${rowText(csv, row)}, column ${shown(name)}`;
  if (numbers > fields.length / 2) {
    throw new TableError(
      `${where}: must be a number as in ${numbers} of the ${fields.length} rows, got ${quoted(fields[row])}. Correct it; or, if the numbers are names, --categories ${shown(name)}`,
    );
  }
  if (different > mostValues || (different === fields.length && different > enoughRows)) {
    throw new TableError(
      `${where}: names must recur to be categories, got ${different} different ones in ${fields.length} rows, such as ${quoted(fields[row])}. If they are numbers, write them as 1234.5; else leave them out, --ignore ${shown(name)}; or insist, --categories ${shown(name)}`,
    );
  }
  return "category";
}

/** The kind of the target, and the reason for it. @throws {TableError} if it doesn't fit `--task`. */
export function targetKindOf(csv: Csv, name: string, options: ColumnOptions): { kind: Column["kind"]; reason: string } {
  if (options.task === "classification" || options.categories.includes(name))
    return { kind: "category", reason: "by option" };
  if (options.task === "regression") {
    numbersOf(csv, name);
    return { kind: "number", reason: "by option" };
  }
  if (kindOf(csv, name, options) === "category") return { kind: "category", reason: `${shown(name)} has names` };
  const numbers = numbersOf(csv, name);
  const different = new Set(numbers).size;
  const asClasses = different <= mostClasses && numbers.length >= different * rowsPerClass;
  if (asClasses && numbers.every(Number.isInteger)) {
    return {
      kind: "category",
      reason: `${shown(name)} is one of ${different} whole numbers; --task regression if they are counts`,
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
  if (kind === "category") {
    const values = [...new Set(fieldsOf(csv, name))].sort(byNumberOrName);
    return values.length > 1 ? { name, kind, values } : undefined;
  }
  const all = numbersOf(csv, name);
  const numbers = Float64Array.from(rows, (row) => all[row] as number);
  if (numbers.every((value) => value === numbers[0])) return undefined;
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  const standardDeviation = Math.sqrt(variance);
  if (Number.isFinite(standardDeviation) && standardDeviation > 0) return { name, kind, mean, standardDeviation };
  throw new TableError(
    `${csv.file}, column ${shown(name)}: the standard deviation must be finite and above 0, got ${standardDeviation} (mean ${mean}): write the numbers in another unit`,
  );
}

/** `2` before `10`, and `ten` after both. */
const byNumberOrName = (a: string, b: string): number => {
  const [x, y] = [Number(a), Number(b)];
  if (x !== y && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  return a < b ? -1 : Number(a > b);
};
