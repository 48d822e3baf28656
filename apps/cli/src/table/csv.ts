/** CSV files (RFC 4180, and the variants of spreadsheets): a header with the names of the columns, and rows of text. */
import { isUtf8 } from "node:buffer";
import { open, readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { DlccError, printable } from "@dlcc/tensor";
import { parse as parseInParts } from "csv-parse";
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
  if (!isUtf8(bytes) || bytes.includes(0)) throw notText(file);
  const delimiter = delimiterOf(bytes);
  const { records, lines } = parseRecords(file, bytes, delimiter);
  const [header = [], ...rows] = records;
  assertRows(file, header, rows.length);
  const names = namesOf(file, header);
  return { file, header: names, rows, lines: lines.slice(1), decimalComma: delimiter === decimalCommaDelimiter };
}

/** With this separator, a comma is decimal. */
const decimalCommaDelimiter = ";";

const notText = (file: string): TableError =>
  new TableError(`${file} must be text in UTF-8, got other bytes: if it is a spreadsheet, export it as "CSV UTF-8"`);

/** Checks that there is a header, and something below it. */
function assertRows(file: string, header: readonly string[], rows: number): void {
  if (header.length === 0)
    throw new TableError(`${file} must begin with a line with the names of the columns, got an empty file`);
  if (rows === 0)
    throw new TableError(`${file} must have at least one row, got only ${header.length} names of columns`);
}

/** Receives the rows of a file that is read in parts. */
export interface RowSink {
  /** The header, once and first. */
  header(names: readonly string[], decimalComma: boolean): void;
  /** A row, and the line of the file in which it ends. */
  row(fields: readonly string[], line: number): void;
}

/** So much of a file decides what separates its fields. */
const firstBytes = 2 ** 20;

/**
 * Reads a CSV file as {@link readCsv} does, but row by row, so that it need not fit into memory.
 *
 * @returns The number of rows.
 * @throws {TableError} as {@link readCsv} does. What the sink throws, it throws.
 */
export async function readRows(file: string, sink: RowSink): Promise<number> {
  const unreadable = (cause: unknown): TableError =>
    new TableError(`${file} can't be read: ${(cause as Error).message}`, { cause });
  const handle = await open(file).catch((cause: unknown) => {
    throw unreadable(cause);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(firstBytes), 0, firstBytes, 0).catch((cause) => {
      throw unreadable(cause);
    });
    const delimiter = delimiterOf(buffer.subarray(0, bytesRead));
    let header: string[] | undefined;
    let rows = 0;
    const parser = parseInParts({
      ...lenient,
      delimiter,
      on_record(record: string[], { lines }: InfoRecord) {
        if (header) {
          rows++;
          sink.row(record, lines);
        } else {
          header = record;
          sink.header(namesOf(file, record), delimiter === decimalCommaDelimiter);
        }
        return null; // Nothing is to be kept.
      },
    });
    const decoder = new TextDecoder("utf-8", { fatal: true });
    async function* text(): AsyncGenerator<Buffer, void> {
      const chunks = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: firstBytes });
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        try {
          decoder.decode(chunk, { stream: true });
        } catch {
          throw notText(file);
        }
        if (chunk.includes(0)) throw notText(file);
        yield chunk;
      }
    }
    await pipeline(text, parser.resume()).catch((cause: unknown) => {
      if (cause instanceof CsvError) throw malformed(file, cause);
      throw cause;
    });
    assertRows(file, header ?? [], rows);
    return rows;
  } finally {
    await handle.close();
  }
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

/** The most characters of a row. Behind a quote that nobody closes, all of a file would be one. */
const mostOfRow = 2 ** 24;

/** The options of all parsing. */
const lenient = { bom: true, trim: true, skip_empty_lines: true, max_record_size: mostOfRow } as const;

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
    throw malformed(file, cause);
  }
}

const malformed = (file: string, cause: CsvError): TableError =>
  new TableError(`${file}, line ${String(cause.lines)}: ${whyMalformed(cause)}`, { cause });

/** The most characters of the parser's own message, which may quote a whole file. */
const mostOfMessage = 200;

function whyMalformed({ code, message, record }: CsvError): string {
  switch (code) {
    case "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH":
      return `it must have as many fields as the first line, got ${(record as unknown[]).length}: a field with a comma must be in quotes`;
    case "CSV_QUOTE_NOT_CLOSED":
      return "quotes must come in pairs, but the file ends within one: a quote is missing, or one too many";
    case "CSV_MAX_RECORD_SIZE":
      return `a row must have ${mostOfRow} characters at most, got more: a quote may be missing`;
    case "INVALID_OPENING_QUOTE":
      return 'a quote in the middle of a field: put the field in quotes, and double those inside, as in "a ""b"" c"';
    case "CSV_INVALID_CLOSING_QUOTE":
      return 'something follows a closing quote: double the quotes inside a field, as in "a ""b"" c"';
    default:
      return printable(message, mostOfMessage);
  }
}

/** The place of a row, for people: its number without the header, and the line of the file. */
export const rowText = ({ lines }: Csv, row: number): string => placeText(row, lines[row] ?? 0);

/** The same, for a row that ends in a line. */
export const placeText = (row: number, line: number): string => `row ${row + 1} (line ${line})`;
