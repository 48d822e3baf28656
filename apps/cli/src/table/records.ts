/**
 * The records of a CSV file. Lines without quotes are split as they come, which takes a fraction of the time; from the first line
 * with a quote on, `csv-parse` reads the rest.
 */
import { pipeline } from "node:stream/promises";
import { type InfoRecord, parse } from "csv-parse";

/** Receives the trimmed fields of a record, and the line of the file in which it ends, from 1. */
export type TakeRecord = (fields: string[], line: number) => void;

/** The most characters of a record. Behind a quote that nobody closes, all of a file would be one. */
export const mostOfRecord: number = 2 ** 24;

/** A record that is longer. */
export class LongRecordError extends Error {
  readonly line: number;

  constructor(line: number) {
    super("too long a record");
    this.line = line;
  }
}

/** How a file is to be split. */
export interface RecordOptions {
  readonly delimiter: string;
  /** The line of the file that is the first record's. What is above is left out, whatever it holds. */
  readonly fromLine: number;
}

/**
 * Reads records: fields are trimmed, lines end with LF or CRLF (or all with CR), and those without characters don't count.
 *
 * @throws {CsvError} of csv-parse's, whose lines are those behind {@link Records.linesBefore}. What `take` throws, it throws.
 */
export class Records {
  /** How many lines csv-parse has not seen. */
  linesBefore = 0;
  readonly #delimiter: string;
  readonly #fromLine: number;
  readonly #take: TakeRecord;
  /** The line that has begun. */
  #rest = "";

  constructor({ delimiter, fromLine }: RecordOptions, take: TakeRecord) {
    this.#delimiter = delimiter;
    this.#fromLine = fromLine;
    this.#take = take;
  }

  /** Reads all of a text. */
  async read(chunks: AsyncIterable<string>): Promise<void> {
    const parser = parse({
      ...{ trim: true, skip_empty_lines: true, max_record_size: mostOfRecord, relax_column_count: true },
      delimiter: this.#delimiter,
      on_record: (record: string[], { lines }: InfoRecord) => {
        this.#take(record, this.linesBefore + lines);
        return null; // Nothing is to be kept.
      },
    });
    await pipeline(this.#quoted(chunks), parser.resume());
  }

  /** What csv-parse must read: all from the first line with a quote on. */
  async *#quoted(chunks: AsyncIterable<string>): AsyncGenerator<string, void> {
    let isOld: boolean | undefined;
    let parsing = false;
    for await (const chunk of chunks) {
      // Files of old Macintoshes have no LF.
      isOld ??= /\r[^\n]/.test(chunk) && !chunk.includes("\n");
      const text = isOld ? chunk.replaceAll("\r", "\n") : chunk;
      const left: string | undefined = parsing ? text : this.#withoutQuotes(text);
      parsing = left !== undefined;
      if (left !== undefined) yield left;
    }
    if (!parsing) this.#line(this.#rest);
  }

  /** Takes whole lines, up to the first with a quote. @returns That line and the rest of the chunk, if there is one. */
  #withoutQuotes(chunk: string): string | undefined {
    const text = this.#withoutTop(this.#rest + chunk);
    const quote = text.indexOf('"');
    const end = 1 + (quote < 0 ? text.lastIndexOf("\n") : text.lastIndexOf("\n", quote));
    for (let from = 0; from < end; ) {
      const next = text.indexOf("\n", from);
      this.#line(text.slice(from, next));
      from = next + 1;
    }
    if (quote >= 0) return text.slice(end);
    this.#rest = text.slice(end);
    if (this.#rest.length > mostOfRecord) throw new LongRecordError(this.linesBefore + 1);
    return undefined;
  }

  /** Leaves out the lines above the first record. */
  #withoutTop(text: string): string {
    let from = 0;
    while (this.linesBefore < this.#fromLine - 1) {
      const end = text.indexOf("\n", from);
      if (end < 0) break;
      this.linesBefore++;
      from = end + 1;
    }
    return text.slice(from);
  }

  #line(text: string): void {
    const line = ++this.linesBefore;
    if (line < this.#fromLine) return;
    const fields = text.split(this.#delimiter);
    for (let i = 0; i < fields.length; i++) fields[i] = (fields[i] as string).trim();
    if (fields.length > 1 || fields[0] !== "") this.#take(fields, line);
  }
}
