/** Looks at a table once: what its columns are, and what seems to be wrong. */
import { suggestion } from "../suggest.ts";
import { type CsvOptions, type CsvTop, placeText, readRows, TableError } from "./csv.ts";
import { Evidence } from "./evidence.ts";
import type { ColumnOptions, LookedAt } from "./kinds.ts";
import { listed, namedPlace, optionFor, placeNamed, shown, type Typed } from "./names.ts";
import { numberIn } from "./numbers.ts";

/** How a file is to be looked at. */
export interface LookOptions extends CsvOptions {
  /** Columns in which only an empty field is a missing value, and `NA` a name. */
  readonly text?: readonly string[] | undefined;
}

/** Reads a file once. @throws {TableError} as `readRows` does. */
export async function lookAt(file: string, options: LookOptions = {}): Promise<LookedAt> {
  let top: CsvTop = { header: [], delimiter: ",", decimalComma: false, comments: 0 };
  let columns: Evidence[] = [];
  const rows = await readRows(
    file,
    {
      header(found) {
        top = found;
        const text = new Set(options.text?.map((name) => nameIn({ file, header: found.header }, name)));
        columns = found.header.map((name, i) => new Evidence(name, i, text.has(name)));
      },
      row(fields, line) {
        for (let i = 0; i < columns.length; i++) columns[i]?.see(fields[i] ?? "", line);
      },
    },
    options,
  );
  return { file, ...top, rows, columns };
}

/** The places of columns by name, found once for each table. */
const found: WeakMap<readonly string[], ReadonlyMap<string, number>> = new WeakMap();

function placesOf(header: readonly string[]): ReadonlyMap<string, number> {
  const places = found.get(header) ?? new Map(header.map((name, i) => [name, i]));
  found.set(header, places);
  return places;
}

/** A year, which may well be the name of a column. */
const year = /^[12]\d{3}$/;

/** The names of columns that look like the values of a row. */
function valuesIn(header: readonly string[]): string[] {
  return header.filter((name) => !year.test(name) && !Number.isNaN(numberIn(name, ".")));
}

/** The place of a column, by its name or by `column 3`. @throws {TableError} if the file has no such column. */
export function placeOf({ file, header }: Pick<LookedAt, "file" | "header">, name: string): number {
  const index = placesOf(header).get(name);
  if (index !== undefined) return index;
  const place = namedPlace(name);
  if (place !== undefined && place >= 0 && place < header.length) return place;
  const guess = suggestion(name, header);
  const hint = valuesIn(header).length > 0 ? "The first line looks like a row: --no-header if it is one" : "";
  throw new TableError(
    [
      `${file} must have the column ${shown(name)}, got only ${listed(header)}`,
      ...[guess, hint].filter((text) => text !== ""),
    ].join(". "),
  );
}

/** The name of a column in the file, also if it was called by its place. */
export const nameIn = (table: Pick<LookedAt, "file" | "header">, name: string): string =>
  table.header[placeOf(table, name)] ?? name;

/** The same for the columns that an option names. */
export const namesOf = (table: Pick<LookedAt, "file" | "header">, names: readonly string[] = []): string[] =>
  names.map((name) => nameIn(table, name));

/** The names of columns that look like the values of a row, or are values of their own column. */
export function rowAbove({ header, columns }: LookedAt): string[] {
  const recurring = columns.filter(({ name, names }) => !year.test(name) && names.has(name)).map(({ name }) => name);
  return [...new Set([...valuesIn(header), ...recurring])];
}

/** The options that read the first line as a row: the columns then have no names, but places. */
export function asRow(
  table: LookedAt,
  options: ColumnOptions & { readonly target: string; readonly ignore: readonly string[] },
): Typed[] {
  const place = (name: string): string => placeNamed(placeOf(table, name));
  const { ignore, categories, text = [], numbers = [], dates = [] } = options;
  return [
    ["--no-header"],
    ["--target", place(options.target)],
    ...Object.entries({ ignore, categories, text, numbers, dates }).flatMap(([option, names]): Typed[] =>
      names.length > 0 ? [[`--${option}`, names.map(place).join(",")]] : [],
    ),
  ];
}

/** What seems to be wrong with the table as a whole. */
export function tableNotes(table: LookedAt, hasHeader: boolean): string[] {
  const { header, comments, rows } = table;
  const notes: string[] = [];
  if (rows < 2) notes.push("one row: there must be at least 2 to learn from");
  if (comments > 0) notes.push(`${comments === 1 ? "a line" : `${comments} lines`} of comments at the top left out`);
  if (!hasHeader) return notes;
  const named = header.filter((name, i) => name !== placeNamed(i));
  if (header.length > 2 && named.length === 1)
    notes.push(
      `the first line names 1 of ${header.length} columns (${listed(named)}): if that is a title, remove the lines above the names`,
    );
  const values = rowAbove(table);
  if (values.length > 0) notes.push(`the first line looks like a row (${listed(values, 3)}): --no-header if it is one`);
  return notes;
}

/** The most places that an error lists. */
const most = 4;

/**
 * @param ways Whether the ways out are options of the command: `predict` has none.
 * @throws {TableError} if a value is missing in some columns, naming rows and columns.
 */
export function refuseMissing({ file, header }: LookedAt, columns: readonly Evidence[], ways: boolean): void {
  const incomplete = columns.filter(({ missing }) => missing > 0);
  if (incomplete.length === 0) return;
  const places = incomplete
    .flatMap(({ name, missingPlaces }) => missingPlaces.map((place) => ({ name, ...place })))
    .sort((a, b) => a.row - b.row)
    .slice(0, most);
  const all = incomplete.reduce((sum, { missing }) => sum + missing, 0);
  const more = all - places.length;
  const counts = listed(incomplete.map(({ name, missing }) => `${missing} in ${shown(name)}`));
  const names = incomplete.map(({ name }) => name).slice(0, most);
  throw new TableError(
    [
      `${file} must have a value in every field, got missing ones:`,
      ...places.map(({ name, row, line, field }) => {
        const what = field === "" ? "an empty field" : `${field}, a missing value`;
        return `  ${placeText(row, line)}, column ${shown(name)}: ${what}`;
      }),
      ...(more > 0 ? [`  and ${more} more: ${counts}`] : []),
      ways
        ? `--missing fill puts the middle or the commonest value there, --missing drop leaves the rows out; ${optionFor("--ignore", names, header)} leaves columns out`
        : "Fill them in, or remove the rows; a model of dlcc train csv --missing fill would do without",
    ].join("\n"),
  );
}
