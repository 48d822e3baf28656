/** CSV files (RFC 4180, and the variants of spreadsheets): a header with the names of the columns, and rows of text. */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { DlccError, printable } from "@dlcc/tensor";
import { CsvError, type InfoRecord, parse } from "csv-parse/sync";
import { listed, shown } from "./names.ts";

/** A file that can't be used; the message names the file, the place in it, and the way out. */
export class TableError extends DlccError {
  override readonly name = "TableError";
}

/** A table as text. */
export interface Csv {
  readonly file: string;
  /** The names of the columns. */
  readonly header: readonly string[];
  /** The fields of each row, trimmed. */
  readonly rows: readonly (readonly string[])[];
  /** The line of the file in which each row ends. */
  readonly lines: readonly number[];
  /** Whether `1,5` is a number: spreadsheets with a decimal comma separate fields by semicolons. */
  readonly decimalComma: boolean;
}

/** The separators of fields; if several fit equally well, the first counts. */
const delimiters = [",", ";", "\t", "|"] as const;

/**
 * Reads a CSV file: UTF-8 with or without BOM, lines ended by LF or CRLF, fields quoted or not, separated by commas,
 * semicolons, tabs or bars. Empty lines don't count.
 *
 * @throws {TableError} if it can't be read, is not CSV, or has no rows.
 */
export async function readCsv(file: string): Promise<Csv> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new TableError(`${file} can't be read: ${cause.message}`, { cause });
  });
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new TableError(
      `${file} must be text in UTF-8, got other bytes: if it is a spreadsheet, export it as "CSV UTF-8"`,
    );
  }
  const delimiter = delimiterOf(bytes);
  const { records, lines } = parseRecords(file, bytes, delimiter);
  const [header = [], ...rows] = records;
  if (header.length === 0)
    throw new TableError(`${file} must begin with a line with the names of the columns, got an empty file`);
  if (rows.length === 0)
    throw new TableError(`${file} must have at least one row, got only ${header.length} names of columns`);
  const decimalComma = delimiter === ";";
  const names = namesOf(file, header);
  return { file, header: names, rows, lines: lines.slice(1), decimalComma };
}

/** The names of the columns. A column without a name (such as the index of pandas) is named by its place. */
function namesOf(file: string, header: readonly string[]): string[] {
  if (header.every((name) => name !== "" && Number.isFinite(Number(name)))) {
    throw new TableError(
      `${file} must begin with a line with the names of the columns, got numbers (${listed(header.slice(0, 3))}): add such a line`,
    );
  }
  const names = header.map((name, i) => (name === "" ? `column ${i + 1}` : name));
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined)
    throw new TableError(`${file} must have columns with different names, got ${shown(twice)} twice: rename one`);
  return names;
}

/** The separator that gives the most fields in the first line. */
function delimiterOf(bytes: Buffer): string {
  const fields = (delimiter: string): number => {
    try {
      return parse(bytes, { ...lenient, delimiter, to: 1 })[0]?.length ?? 0;
    } catch {
      return 0; // Quotes that make no sense between such delimiters.
    }
  };
  const found = delimiters.map(fields);
  return delimiters[found.indexOf(Math.max(...found))] ?? ",";
}

/** The options of all parsing. */
const lenient = { bom: true, trim: true, skip_empty_lines: true } as const;

/** The fields of every record that is not empty, and the line in which each record ends. */
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

/** The most characters of the parser's own message, which may quote a whole file. */
const mostOfMessage = 200;

function whyMalformed({ code, message, record }: CsvError): string {
  switch (code) {
    case "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH":
      return `it must have as many fields as the first line, got ${(record as unknown[]).length}: a field with a comma must be in quotes`;
    case "CSV_QUOTE_NOT_CLOSED":
      return "quotes must come in pairs, but the file ends within one: a quote is missing, or one too many";
    case "INVALID_OPENING_QUOTE":
      return 'a quote in the middle of a field: put the field in quotes, and double those inside, as in "a ""b"" c"';
    case "CSV_INVALID_CLOSING_QUOTE":
      return 'something follows a closing quote: double the quotes inside a field, as in "a ""b"" c"';
    default:
      return printable(message, mostOfMessage);
  }
}

/** The place of a row, for people: its number without the header, and the line of the file. */
export const rowText = ({ lines }: Csv, row: number): string => `row ${row + 1} (line ${lines[row]})`;
