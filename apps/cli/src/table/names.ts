/** Names from tables: in messages, in options, and as values of a column. */
import { printable } from "@dlcc/tensor";
import { parse } from "csv-parse/sync";
import { commandLine } from "../command-line.ts";

/** The longest name that a message shows whole, in characters. */
const longest = 60;
/** The most names that a message lists. */
const most = 20;

/** A name, shortened, on a line, whatever it holds. */
export const shown = (name: string): string => printable(name, longest);

/** A list of names: the first ones, and how many there are more. */
export const listed = (names: readonly string[], limit: number = most): string => {
  const first = names.slice(0, limit).map(shown).join(", ");
  return names.length > limit ? `${first} and ${names.length - limit} more` : first;
};

/** What a column without a name is called; every column may be called so. */
export const placeNamed = (index: number): string => `column ${index + 1}`;

/** The place in such a name. */
export function namedPlace(name: string): number | undefined {
  const [, digits] = /^column (\d{1,9})$/.exec(name) ?? [];
  return digits === undefined ? undefined : Number(digits) - 1;
}

/** Names of columns in an option: a line of CSV, so that a name with a comma can be in quotes. */
export const namesIn = (text: string): string[] => parse(text, { trim: true, relax_quotes: true })[0] ?? [];

/** A column as the shell wants it: a name that is long, or that a terminal would obey, by its place. */
const typedName = (name: string, header: readonly string[]): string => {
  const plain = name.length <= longest && shown(name) === name && name.trim() === name && name !== "";
  if (!plain) return placeNamed(header.indexOf(name));
  return /[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
};

/** An option as one types it, with its value if it takes one. */
export type Typed = readonly [flag: string, value?: string];

/** An option that names columns, as one types it. */
export const optionFor = (flag: string, names: readonly string[], header: readonly string[]): string =>
  `${flag} ${commandLine([names.map((name) => typedName(name, header)).join(",")])}`;

/** A name without regard to case and to the number of spaces. */
export const folded = (name: string): string => name.toLowerCase().replace(/\s+/g, " ");

/** The spellings of true and false. */
const truths: ReadonlyMap<string, string> = new Map([
  ...["true", "t", "yes", "y", "on", "1"].map((word) => [word, "true"] as const),
  ...["false", "f", "no", "n", "off", "0"].map((word) => [word, "false"] as const),
]);

/** Whether a name is true or false; undefined if it is neither. */
export const truthOf = (name: string): string | undefined => truths.get(folded(name));
