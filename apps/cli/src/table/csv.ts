/** CSV files (RFC 4180, and the variants of spreadsheets): a header with the names of the columns, and rows of text. */
import { type FileHandle, open } from "node:fs/promises";
import { DlccError, printable } from "@dlcc/tensor";
import { CsvError } from "csv-parse/sync";
import { commandLine } from "../command-line.ts";
import { listed, placeNamed, shown } from "./names.ts";
import { numberIn } from "./numbers.ts";
import { LongRecordError, mostOfRecord, Records } from "./records.ts";
import { topOf } from "./top.ts";

/** A file that can't be used; the message names the file, the place in it, and the way out. */
export class TableError extends DlccError {
  override readonly name = "TableError";
}

/** A table as text. */
export interface Csv extends CsvTop {
  readonly file: string;
  /** The fields of each row, trimmed. */
  readonly rows: readonly (readonly string[])[];
  /** The line of the file in which each row ends. */
  readonly lines: readonly number[];
}

/** What is known of a file before its rows. */
export interface CsvTop {
  /** The names of the columns. */
  readonly header: readonly string[];
  /** What separates the fields. */
  readonly delimiter: string;
  /** Whether `1,5` is a number: spreadsheets with a decimal comma separate fields by semicolons. */
  readonly decimalComma: boolean;
  /** How many lines of comments are above the header. */
  readonly comments: number;
}

/** With this separator, a comma is decimal. */
const decimalCommaDelimiter = ";";

/** The error for other bytes than UTF-8. @param encoding What they may be in. */
const notText = (file: string, encoding: string): TableError =>
  new TableError(
    `${file} must be text in UTF-8, got other bytes: if it is a spreadsheet, export it as "CSV UTF-8"; if it is text in ${encoding}, ${commandLine(["iconv", "-f", encoding, "-t", "UTF-8", file])} > utf8.csv`,
  );

/** What text that is not in UTF-8 may be in: Windows' encoding of two bytes for a character, or that of Western Europe. */
const encodingOf = (chunk: Buffer | undefined): string => (chunk?.includes(0) ? "UTF-16" : "WINDOWS-1252");

/** Receives the rows of a file that is read in parts. */
export interface RowSink {
  /** The header, once and first. */
  header(top: CsvTop): void;
  /** A row, and the line of the file in which it ends. */
  row(fields: readonly string[], line: number): void;
}

/** How a file is to be read. */
export interface CsvOptions {
  /** Whether the first line names the columns; else they are `column 1`, `column 2` and so on. Default: true. */
  readonly header?: boolean;
}

/** So much of a file decides what separates its fields. */
const firstBytes = 2 ** 20;

/**
 * Reads a CSV file row by row, so that it need not fit into memory: UTF-8 with or without BOM, lines ended by LF or CRLF, fields
 * quoted or not, separated by commas, semicolons, tabs or bars. Empty lines don't count, nor do lines of comments at the top.
 *
 * @returns The number of rows.
 * @throws {TableError} if it can't be read, is not CSV, or has no rows. What the sink throws, it throws.
 */
export async function readRows(
  file: string,
  sink: RowSink,
  { header: hasHeader = true }: CsvOptions = {},
): Promise<number> {
  const unreadable = (cause: unknown): TableError =>
    new TableError(`${file} can't be read: ${(cause as Error).message}`, { cause });
  const handle = await open(file).catch((cause: unknown) => {
    throw unreadable(cause);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(firstBytes), 0, firstBytes, 0).catch((cause) => {
      throw unreadable(cause);
    });
    const top = topOf(buffer.subarray(0, bytesRead));
    const { delimiter, comments, commented } = top;
    let header: string[] | undefined;
    let rows = 0;
    const begin = (record: string[]): string[] => {
      const named = commented ? [(record[0] ?? "").replace(/^#\s*/, ""), ...record.slice(1)] : record;
      const names = hasHeader ? namesOf(file, named) : record.map((_, i) => placeNamed(i));
      sink.header({ header: names, delimiter, decimalComma: delimiter === decimalCommaDelimiter, comments });
      return names;
    };
    const records = new Records(top, (record, line) => {
      if (!header) {
        header = begin(record);
        if (hasHeader) return;
      }
      if (record.length !== header.length) throw malformed(file, line, whyOtherLength(record, header.length));
      rows++;
      sink.row(record, line);
    });
    await records.read(textOf(file, handle)).catch((cause: unknown) => {
      if (cause instanceof LongRecordError) throw malformed(file, cause.line, tooLong, cause);
      if (!(cause instanceof CsvError)) throw cause;
      throw malformed(file, records.linesBefore + Number(cause.lines), whyMalformed(cause), cause);
    });
    if (!header)
      throw new TableError(`${file} must begin with a line with the names of the columns, got an empty file`);
    if (rows === 0)
      throw new TableError(`${file} must have at least one row, got only ${header.length} names of columns`);
    return rows;
  } finally {
    await handle.close();
  }
}

/** The text of a file, in parts, without its byte order mark. @throws {TableError} if it isn't UTF-8. */
async function* textOf(file: string, handle: FileHandle): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decoded = (chunk?: Buffer): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw notText(file, encodingOf(chunk));
    }
  };
  const chunks = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: firstBytes });
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    if (chunk.includes(0)) throw notText(file, encodingOf(chunk));
    yield decoded(chunk);
  }
  yield decoded();
}

/** Reads a whole CSV file into memory. It throws as {@link readRows} does. */
export async function readCsv(file: string, options: CsvOptions = {}): Promise<Csv> {
  const [rows, lines]: [(readonly string[])[], number[]] = [[], []];
  let top: CsvTop = { header: [], delimiter: ",", decimalComma: false, comments: 0 };
  await readRows(
    file,
    {
      header(found) {
        top = found;
      },
      row(fields, line) {
        rows.push(fields);
        lines.push(line);
      },
    },
    options,
  );
  return { file, ...top, rows, lines };
}

/** The names of the columns. A column without a name (such as the index of pandas) is named by its place. */
function namesOf(file: string, header: readonly string[]): string[] {
  if (header.every((name) => !Number.isNaN(numberIn(name, ".")))) {
    throw new TableError(
      `${file} must begin with a line with the names of the columns, got numbers (${listed(header.slice(0, 3))}): add such a line, or --no-header`,
    );
  }
  const names = header.map((name, i) => (name === "" ? placeNamed(i) : name));
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) {
    throw new TableError(
      `${file} must have columns with different names, got ${shown(twice)} twice: rename one; if the first line is a row, --no-header`,
    );
  }
  return names;
}

const malformed = (file: string, line: number, why: string, cause?: unknown): TableError =>
  new TableError(`${file}, line ${line}: ${why}`, { cause });

/** Why a row has another number of fields than there are columns. */
function whyOtherLength(fields: readonly string[], columns: number): string {
  const why = fields[0]?.startsWith("#")
    ? "comments may only be above the names of the columns"
    : columns === 1
      ? "if that has a title, remove the lines above the names of the columns"
      : "a field with a comma must be in quotes";
  return `it must have as many fields as the first line, got ${fields.length}: ${why}`;
}

const tooLong = `a row must have ${mostOfRecord} characters at most, got more: a quote may be missing`;
/** The most characters of the parser's own message, which may quote a whole file. */
const mostOfMessage = 200;

function whyMalformed({ code, message }: CsvError): string {
  switch (code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return "quotes must come in pairs, but the file ends within one: a quote is missing, or one too many";
    case "CSV_MAX_RECORD_SIZE":
      return tooLong;
    case "INVALID_OPENING_QUOTE":
      return 'a quote in the middle of a field: put the field in quotes, and double those inside, as in "a ""b"" c"';
    case "CSV_INVALID_CLOSING_QUOTE":
      return 'something follows a closing quote: double the quotes inside a field, as in "a ""b"" c"';
    default:
      return printable(message, mostOfMessage);
  }
}

/** The place of a row, for people: its number without the header, and the line of the file. */
export const placeText = (row: number, line: number): string => `row ${row + 1} (line ${line})`;
