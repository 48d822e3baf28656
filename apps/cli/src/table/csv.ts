/** CSV files (RFC 4180, and what spreadsheets make of it): a header with the names of the columns, and rows of text. */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { DlccError } from "@dlcc/tensor";
import { CsvError, type InfoRecord, parse } from "csv-parse/sync";

/** A file that can't be used; the message names it, where in it, and the way out. */
export class TableError extends DlccError {
  override readonly name = "TableError";
}

/** A table as it stands in its file. */
export interface Csv {
  readonly file: string;
  /** The names of the columns. */
  readonly header: readonly string[];
  /** The fields of each row, trimmed. */
  readonly rows: readonly (readonly string[])[];
  /** In which line of the file each row ends. */
  readonly lines: readonly number[];
  /** Where fields are separated by semicolons, `1,5` is a number: so write spreadsheets where the comma is decimal. */
  readonly decimalComma: boolean;
}

/** What may stand between fields; of those that fit equally well, the first. */
const delimiters = [",", ";", "\t", "|"] as const;

/**
 * Reads a CSV file: UTF-8 with or without BOM, lines ended by LF or CRLF, fields quoted or not, separated by commas,
 * semicolons, tabs or bars. Empty lines don't count.
 *
 * @throws {TableError} if it can't be read, is no CSV, or has no rows.
 */
export async function readCsv(file: string): Promise<Csv> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new TableError(`${file} can't be read: ${cause.message}`, { cause });
  });
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new TableError(`${file} is no text in UTF-8: if it is a spreadsheet, export it as "CSV UTF-8"`);
  }
  const delimiter = delimiterOf(bytes);
  const { records, lines } = parseRecords(file, bytes, delimiter);
  const [header = [], ...rows] = records;
  if (header.length === 0) throw new TableError(`${file} is empty: a line with the names of the columns comes first`);
  if (rows.length === 0) throw new TableError(`${file} has no rows, only ${header.length} names of columns`);
  const decimalComma = delimiter === ";";
  const names = namesOf(file, header);
  return { file, header: names, rows, lines: lines.slice(1), decimalComma };
}

/** The names of the columns. One without (as pandas leaves its index) is called by its place. */
function namesOf(file: string, header: readonly string[]): string[] {
  if (header.every((name) => name !== "" && Number.isFinite(Number(name)))) {
    throw new TableError(
      `${file}: the first line holds numbers (${header.slice(0, 3).join(", ")}): put a line with the names of the columns before it`,
    );
  }
  const names = header.map((name, i) => (name === "" ? `column ${i + 1}` : name));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new TableError(`${file} has two columns called ${twice}: rename one`);
  return names;
}

/** The one that makes the most fields of the first line. */
function delimiterOf(bytes: Buffer): string {
  const fields = (delimiter: string): number => {
    try {
      return parse(bytes, { ...lenient, delimiter, to: 1 })[0]?.length ?? 0;
    } catch {
      return 0; // Quotes that make no sense between such delimiters.
    }
  };
  return delimiters.reduce((best, delimiter) => (fields(delimiter) > fields(best) ? delimiter : best));
}

/** What all reading has in common. */
const lenient = { bom: true, trim: true, skip_empty_lines: true } as const;

/** The fields of every line that is not empty, and the line in which each of these ends. */
function parseRecords(file: string, bytes: Buffer, delimiter: string): { records: string[][]; lines: number[] } {
  const lines: number[] = [];
  const note = (record: string[], context: InfoRecord): string[] => {
    lines.push(context.lines);
    return record;
  };
  try {
    return { records: parse(bytes, { ...lenient, delimiter, on_record: note }), lines };
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new TableError(`${file}, line ${String(cause.lines)}: ${whyMalformed(cause)}`, { cause });
  }
}

function whyMalformed({ code, message, record }: CsvError): string {
  switch (code) {
    case "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH":
      return `it has ${(record as unknown[]).length} fields, the first line another number: a field that holds a comma must be in quotes`;
    case "CSV_QUOTE_NOT_CLOSED":
      return "the file ends within quotes: one is missing, or one too many";
    case "INVALID_OPENING_QUOTE":
      return 'a quote in the middle of a field: put the field in quotes, and double those inside, as in "a ""b"" c"';
    case "CSV_INVALID_CLOSING_QUOTE":
      return 'something follows a closing quote: double the quotes inside a field, as in "a ""b"" c"';
    default:
      return message;
  }
}

/** Where a row is, for people: counted without the header, and the line of the file. */
export const rowText = ({ lines }: Csv, row: number): string => `row ${row + 1} (line ${lines[row]})`;
