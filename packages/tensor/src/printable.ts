/** Text that isn't ours, in messages and on terminals: names and notes from files can hold commands for the terminal. */
import { kindOf } from "./errors.ts";

/** Characters that a terminal or an editor obeys: controls of both tables, line separators, marks of direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
const obeyed = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** The most characters that a message quotes of a value: about a line, with the words around it. */
const line = 60;

/**
 * A text that isn't the program's own, such as a name in a file, fit to be shown: what a terminal would obey (escape
 * sequences, line ends, marks of direction) is written as `\u001b`, say.
 *
 * @param most The most characters; a longer text ends with `…`. Default: all.
 * @example
 * ```ts
 * import { printable } from "@dlcc/tensor";
 *
 * console.log(printable("\u001b[2Jcleared")); // → \u001b[2Jcleared
 * console.log(printable("a long name", 6)); // → a long…
 * ```
 */
export const printable = (text: string, most: number = Number.POSITIVE_INFINITY): string =>
  (text.length > most ? `${text.slice(0, most)}…` : text).replace(obeyed, escaped);

/**
 * A value as messages quote it: JSON that fits on a line, {@link printable}.
 *
 * @example
 * ```ts
 * import { quoted } from "@dlcc/tensor";
 * console.log(quoted("relu\n"), quoted([1, null]), quoted(undefined)); // → "relu\n" [1,null] undefined
 * ```
 */
export function quoted(value: unknown): string {
  if (typeof value === "string") {
    const cut = value.length > line;
    return printable(JSON.stringify(cut ? value.slice(0, line) : value)) + (cut ? "…" : "");
  }
  try {
    return printable(JSON.stringify(value) ?? String(value), line);
  } catch {
    return kindOf(value); // Nested deeper than the stack, or in a circle.
  }
}
