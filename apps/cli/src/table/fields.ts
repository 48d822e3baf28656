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

/** The fields of a column. @throws {TableError} if the file has no column of that name. */
export function fieldsOf({ file, header, rows }: Csv, name: string): string[] {
  const index = placesOf(header).get(name);
  if (index !== undefined) return rows.map((row) => row[index] ?? "");
  const guess = suggestion(name, header);
  throw new TableError(
    `${file} must have the column ${shown(name)}, got only ${listed(header)}${guess === "" ? "" : `. ${guess}`}`,
  );
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

/**
 * @param leaveOut The option that leaves a column out, if there is one.
 * @throws {TableError} if a value is missing, naming rows and columns.
 */
export function refuseMissing(csv: Csv, names: readonly string[], leaveOut?: string): void {
  const { file, rows } = csv;
  const columns = names.map((name) => ({ name, fields: fieldsOf(csv, name), count: 0 }));
  const places: string[] = [];
  rows.forEach((_, row) => {
    for (const column of columns) {
      const field = column.fields[row] ?? "";
      if (!missing.has(field.toUpperCase())) continue;
      column.count++;
      if (places.length === most) continue;
      const found = field === "" ? "an empty field" : `${field}, a missing value`;
      places.push(`${rowText(csv, row)}, column ${shown(column.name)}: ${found}`);
    }
  });
  const incomplete = columns.filter(({ count }) => count > 0);
  if (incomplete.length === 0) return;
  const wayOut = (bad: typeof columns): string =>
    leaveOut === undefined
      ? ""
      : `${leaveOut} ${bad
          .map(({ name }) => shown(name))
          .slice(0, most)
          .join(",")} leaves columns out`;
  const empty = incomplete.filter(({ count }) => count === rows.length);
  if (empty.length > 0) {
    const list = listed(empty.map(({ name }) => name));
    throw new TableError(`${file} must have values in column ${list}, got only missing ones. ${wayOut(empty)}`.trim());
  }
  const more = incomplete.reduce((sum, { count }) => sum + count, 0) - places.length;
  const counts = listed(incomplete.map(({ name, count }) => `${count} in ${shown(name)}`));
  throw new TableError(
    [
      `${file} must have a value in every field, got missing ones:`,
      ...places.map((place) => `  ${place}`),
      ...(more > 0 ? [`  and ${more} more: ${counts}`] : []),
      `Fill them in, or remove the rows. ${wayOut(incomplete)}`.trim(),
    ].join("\n"),
  );
}
