/** The top of a CSV file: comments, and what separates the fields. */
import { parse } from "csv-parse/sync";
import { numberIn } from "./numbers.ts";

/** The separators of fields; if several fit equally well, the first counts. */
const delimiters = [",", ";", "\t", "|"] as const;

/** The fields of a line; none if its quotes make no sense between such delimiters. */
function fieldsIn(line: string, delimiter: string): string[] {
  try {
    return parse(line, { trim: true, relax_column_count: true, delimiter })[0] ?? [];
  } catch {
    return [];
  }
}

/** The separator that gives the most fields. */
function delimiterOf(line: string): string {
  const found = delimiters.map((delimiter) => fieldsIn(line, delimiter).length);
  return delimiters[found.indexOf(Math.max(...found))] ?? ",";
}

/** What is found at the top of a file. */
export interface Top {
  readonly delimiter: string;
  /** Where the header is, counted from 1. */
  readonly fromLine: number;
  /** How many lines of comments are above it. */
  readonly comments: number;
  /** Whether the header itself is written as a comment, as `numpy.savetxt` does. */
  readonly commented: boolean;
}

/** Looks at the first bytes of a file. A first line such as `sep=;`, which Excel reads, tells the delimiter. Lines that begin with `#` are comments, but for a header behind a `#`. */
export function topOf(bytes: Buffer): Top {
  const lines = bytes
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/);
  const [, said] = /^"?sep=(.)"?$/i.exec(lines[0]?.trimEnd() ?? "") ?? [];
  if (said !== undefined) return { delimiter: said, fromLine: 2, comments: 0, commented: false };
  const first = lines.findIndex((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  const above = first < 0 ? lines : lines.slice(0, first);
  const comments = above.filter((line) => line.trim() !== "").length;
  const next = lines[first] ?? "";
  const delimiter = delimiterOf(quoted(lines, first));
  if (comments === 0) return { delimiter, fromLine: 1, comments, commented: false };
  const last = above.findLastIndex((line) => line.trim() !== "");
  const text = (above[last] ?? "").trim();
  const named = fieldsIn(text.replace(/^#\s*/, ""), delimiter);
  const row = fieldsIn(next, delimiter);
  const isNumber = (field: string): boolean => !Number.isNaN(numberIn(field, "."));
  const isHeader = named.length === row.length && !named.some(isNumber) && row.some(isNumber);
  // A first column that is called `#`.
  const isCalledSo = text.startsWith(`#${delimiter}`);
  if ((isHeader && named.length > 1) || isCalledSo) {
    return { delimiter, fromLine: last + 1, comments: comments - 1, commented: !isCalledSo };
  }
  return { delimiter, fromLine: first < 0 ? lines.length : first + 1, comments, commented: false };
}

/** The most lines of a header. */
const mostLines = 100;

/** The first record: a quoted name may go over lines. */
function quoted(lines: readonly string[], first: number): string {
  let record = lines[Math.max(0, first)] ?? "";
  for (let i = first + 1; i < Math.min(lines.length, first + mostLines); i++) {
    if ((record.split('"').length - 1) % 2 === 0) break;
    record += `\n${lines[i]}`;
  }
  return record;
}
