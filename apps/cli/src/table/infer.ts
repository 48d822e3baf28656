/** What the columns of a table hold, found out from their fields where nobody says. */
import type { Column } from "./column.ts";
import { type Csv, rowText, TableError } from "./csv.ts";
import { fieldsOf, numberIn, numbersOf } from "./fields.ts";

/** What people say of the columns. */
export interface Told {
  /** Columns whose numbers are names, as those of streets are. */
  readonly categories: readonly string[];
  /** What the target is to be. */
  readonly task?: "regression" | "classification";
}

/** With more different names than this a column is no category: a name, a date, an address. */
const mostValues = 100;
/** From so many rows on, names that differ in each are no category either. */
const enoughRows = 10;
/** Whole numbers are classes if there are no more of them than this, as there are digits, */
const mostClasses = 10;
/** and each is there so many times, on average. */
const rowsPerClass = 5;

/**
 * What a column of inputs holds: numbers if all fields are, else categories.
 *
 * @throws {TableError} if most fields are numbers and some are not; if there are too many categories to learn from.
 */
export function kindOf(csv: Csv, name: string, told: Told): Column["kind"] {
  const fields = fieldsOf(csv, name);
  const different = new Set(fields).size;
  if (told.categories.includes(name)) return "category";
  const isNumber = fields.map((field) => !Number.isNaN(numberIn(field, csv.decimalComma)));
  const numbers = isNumber.filter(Boolean).length;
  if (numbers === fields.length) return "number";
  const row = isNumber.indexOf(false);
  const where = `${csv.file}, ${rowText(csv, row)}, column ${name}`;
  if (numbers > fields.length / 2) {
    throw new TableError(
      `${where}: "${fields[row]}" is not a number, but ${numbers} of the ${fields.length} rows have one. Mend it; or, if the numbers are names, --categories ${name}`,
    );
  }
  if (different > mostValues || (different === fields.length && different > enoughRows)) {
    throw new TableError(
      `${where}: "${fields[row]}" is one of ${different} different texts in ${fields.length} rows: too many to learn from. If they are numbers, write them as 1234.5; else leave them out, --ignore ${name}; or insist, --categories ${name}`,
    );
  }
  return "category";
}

/** What the target holds, and why it is taken to. @throws {TableError} if it is not what it was told to be. */
export function targetKindOf(csv: Csv, name: string, told: Told): { kind: Column["kind"]; reason: string } {
  if (told.task === "classification" || told.categories.includes(name)) return { kind: "category", reason: "as told" };
  if (told.task === "regression") {
    numbersOf(csv, name);
    return { kind: "number", reason: "as told" };
  }
  if (kindOf(csv, name, told) === "category") return { kind: "category", reason: `${name} holds names` };
  const numbers = numbersOf(csv, name);
  const different = new Set(numbers).size;
  const asClasses = different <= mostClasses && numbers.length >= different * rowsPerClass;
  if (asClasses && numbers.every(Number.isInteger)) {
    return {
      kind: "category",
      reason: `${name} is one of ${different} whole numbers; --task regression if they are counts`,
    };
  }
  return { kind: "number", reason: `${name} holds numbers` };
}

/**
 * A column as a model remembers it.
 *
 * @param rows Those to learn from: mean and standard deviation are theirs. The names of categories are the whole file's.
 * @returns Undefined if it is the same everywhere: there is nothing to learn from it.
 * @throws {TableError} if its numbers are too large for their squares to be numbers.
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
    `${csv.file}: the numbers of column ${name} are too large or too near to one another (mean ${mean}, standard deviation ${standardDeviation}): write them in another unit`,
  );
}

/** `2` before `10`, and `ten` behind both. */
const byNumberOrName = (a: string, b: string): number => {
  const [x, y] = [Number(a), Number(b)];
  if (x !== y && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  return a < b ? -1 : Number(a > b);
};
