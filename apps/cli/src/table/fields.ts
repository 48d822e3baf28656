/** The fields of a table: missing values and numbers. */
import { quoted } from "@dlcc/tensor";
import { suggestion } from "../suggest.ts";
import { type Csv, rowText, TableError } from "./csv.ts";
import { listed, shown } from "./names.ts";

/** The notations of a missing value, in capitals: an empty field, and those of R, pandas, SQL and old data sets. */
const missing: ReadonlySet<string> = new Set(["", "NA", "N/A", "#N/A", "NAN", "NULL", "?"]);

/**
 * A decimal number as programs and spreadsheets write it; not `0x1f`, `Infinity` or `1,000`, which may mean something else.
 * No two of its parts can match the same digits: with `\d+\.?\d*` a long number with a slip would take for ever.
 */
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** The number in a field; NaN if it is not a number. */
export function numberIn(field: string, decimalComma: boolean): number {
  const text = decimalComma ? field.replace(",", ".") : field;
  const value = decimal.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

/** The places of columns by name, found once for each table. */
const found: WeakMap<readonly string[], ReadonlyMap<string, number>> = new WeakMap();

function placesOf(header: readonly string[]): ReadonlyMap<string, number> {
  const places = found.get(header) ?? new Map(header.map((name, i) => [name, i]));
  found.set(header, places);
  return places;
}

/** The place of a column. @throws {TableError} if the file has no column of that name. */
export function placeOf({ file, header }: Pick<Csv, "file" | "header">, name: string): number {
  const index = placesOf(header).get(name);
  if (index !== undefined) return index;
  const guess = suggestion(name, header);
  throw new TableError(
    `${file} must have the column ${shown(name)}, got only ${listed(header)}${guess === "" ? "" : `. ${guess}`}`,
  );
}

/** The fields of a column. @throws {TableError} if the file has no column of that name. */
export function fieldsOf(csv: Csv, name: string): string[] {
  const index = placeOf(csv, name);
  return csv.rows.map((row) => row[index] ?? "");
}

/** The numbers of a column. @throws {TableError} if a field is not a number. */
export function numbersOf(csv: Csv, name: string): Float64Array {
  const fields = fieldsOf(csv, name);
  return Float64Array.from(fields, (field, row) => {
    const value = numberIn(field, csv.decimalComma);
    if (!Number.isNaN(value)) return value;
    throw new TableError(
      `${csv.file}, ${rowText(csv, row)}, column ${shown(name)}: must be a number, got ${quoted(field)}`,
    );
  });
}

/** The most places that an error lists. */
const most = 4;

/** Missing values of a table, as they are found. */
export class MissingValues {
  readonly #file: string;
  /** How many there are, by column. */
  readonly #counts: Map<string, number>;
  readonly #places: string[] = [];

  /** @param names Of the columns, in the order in which messages have them. */
  constructor(file: string, names: readonly string[]) {
    this.#file = file;
    this.#counts = new Map(names.map((name) => [name, 0]));
  }

  /** Looks at a field. @param place The row, for people. @returns Whether its value is missing. */
  see(field: string, column: string, place: () => string): boolean {
    if (!missing.has(field.toUpperCase())) return false;
    this.#counts.set(column, (this.#counts.get(column) ?? 0) + 1);
    if (this.#places.length < most) {
      const found = field === "" ? "an empty field" : `${field}, a missing value`;
      this.#places.push(`${place()}, column ${shown(column)}: ${found}`);
    }
    return true;
  }

  /**
   * @param rows How many there are.
   * @param leaveOut The option that leaves a column out, if there is one.
   * @throws {TableError} if a value is missing, naming rows and columns.
   */
  refuse(rows: number, leaveOut?: string): void {
    const incomplete = [...this.#counts].filter(([, count]) => count > 0);
    if (incomplete.length === 0) return;
    const wayOut = (bad: typeof incomplete): string =>
      leaveOut === undefined
        ? ""
        : `${leaveOut} ${bad
            .map(([name]) => shown(name))
            .slice(0, most)
            .join(",")} leaves columns out`;
    const empty = incomplete.filter(([, count]) => count === rows);
    if (empty.length > 0) {
      const list = listed(empty.map(([name]) => name));
      throw new TableError(
        `${this.#file} must have values in column ${list}, got only missing ones. ${wayOut(empty)}`.trim(),
      );
    }
    const more = incomplete.reduce((sum, [, count]) => sum + count, 0) - this.#places.length;
    const counts = listed(incomplete.map(([name, count]) => `${count} in ${shown(name)}`));
    throw new TableError(
      [
        `${this.#file} must have a value in every field, got missing ones:`,
        ...this.#places.map((place) => `  ${place}`),
        ...(more > 0 ? [`  and ${more} more: ${counts}`] : []),
        `Fill them in, or remove the rows. ${wayOut(incomplete)}`.trim(),
      ].join("\n"),
    );
  }
}

/**
 * @param leaveOut The option that leaves a column out, if there is one.
 * @throws {TableError} if a value is missing, naming rows and columns.
 */
export function refuseMissing(csv: Csv, names: readonly string[], leaveOut?: string): void {
  const columns = names.map((name) => ({ name, fields: fieldsOf(csv, name) }));
  const values = new MissingValues(csv.file, names);
  csv.rows.forEach((_, row) => {
    for (const { name, fields } of columns) values.see(fields[row] ?? "", name, () => rowText(csv, row));
  });
  values.refuse(csv.rows.length, leaveOut);
}
