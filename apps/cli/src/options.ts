/** Turns the words of the command line into values. The parser adds the option's name to an error. */
import { backends } from "@dlcc/experiment";
import type { CheckpointInterval } from "@dlcc/train";
import { type Command, InvalidArgumentError, Option } from "commander";
import { suggestion } from "./suggest.ts";

/** Any number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

/** A whole number from `least`. */
export const wholeFrom =
  (least: number) =>
  (text: string): number => {
    const value = number(text);
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
    }
    return value;
  };

/** The most threads: more would only wait for one another, and each takes memory and a moment to start. */
const mostThreads = 64;

/** A number of threads. */
export function threadCount(text: string): number {
  const value = wholeFrom(1)(text);
  if (value > mostThreads) throw new InvalidArgumentError(`It must be ${mostThreads} at most.`);
  return value;
}

/** A number above 0. */
export function positive(text: string): number {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError("It must be above 0.");
  return value;
}

/** A number from 0. */
export function notNegative(text: string): number {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError("It must not be below 0.");
  return value;
}

/** A share: from 0 to below 1. */
export function share(text: string): number {
  const value = notNegative(text);
  if (value >= 1) throw new InvalidArgumentError("It must be below 1.");
  return value;
}

/** The units of an interval, and the number of seconds of those that are times. */
const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** How often: a number of seconds, minutes, hours, epochs or steps, such as `30s`, `10m`, `1epoch`. */
export function interval(text: string): CheckpointInterval {
  const [, digits = "", unit = ""] = /^(\d{1,9})(s|m|h|epochs?|steps?)$/.exec(text.trim()) ?? [];
  const length = Number(digits);
  if (length === 0) throw new InvalidArgumentError("It must be a number with s, m, h, epochs or steps, such as 10m.");
  const seconds = units[unit];
  if (seconds !== undefined) return { seconds: length * seconds };
  return unit.startsWith("epoch") ? { epochs: length } : { steps: length };
}

/** Sizes of layers, such as `128` or `300,100`; `none` for no hidden layer. */
export function layerSizes(text: string): number[] {
  if (text.trim() === "none") return [];
  return text.split(",").map((size) => {
    try {
      return wholeFrom(1)(size);
    } catch {
      throw new InvalidArgumentError("It must be one size for each layer, such as 128 or 300,100; or none.");
    }
  });
}

/** Adds an option whose value is a list of numbers, such as `1,0,2`; `--help` shows the default in this form. */
export const listOption = (
  command: Command,
  flag: string,
  about: string,
  parse: (text: string) => readonly number[],
  initial: string,
): Command => command.addOption(new Option(flag, about).argParser(parse).default(parse(initial), initial));

/** The explanation of a name in `--help`. */
export interface Listed {
  readonly name: string;
  readonly about: string;
}

/** A record as rows with names. */
export const rowsOf = (record: Readonly<Record<string, { readonly about: string }>>): Listed[] =>
  Object.entries(record).map(([name, { about }]) => ({ name, about }));

/** Adds `--backend`. Its `auto` also uses the measurements of `dlcc doctor`: see `network/backends.ts`. */
export const backendOption = (command: Command): Command =>
  choiceOption(
    command,
    "--backend",
    "what computes",
    backends.map(({ name, about }) => ({
      name,
      about: name === "auto" ? `what dlcc doctor found fastest, else ${about}` : about,
    })),
    "auto",
  );

/** Names with their explanations, each in a line. */
export function listed(table: readonly Listed[]): string {
  const width = Math.max(...table.map(({ name }) => name.length));
  return table.map(({ name, about }) => `\n  ${name.padEnd(width)}  ${about}`).join("");
}

/**
 * Adds an option whose value is a name in a table; `--help` explains each name.
 *
 * @param initial The default name; or a description of the default, if it depends on other options.
 */
export function choiceOption(
  command: Command,
  flag: string,
  about: string,
  table: readonly Listed[],
  initial: string | { readonly about: string },
  parse: (text: string) => string = (text) => known(table, text),
): Command {
  const named = typeof initial === "string";
  const end = named ? " " : `(default: ${initial.about})`;
  const option = new Option(`${flag} <name>`, `${about}${listed(table)}\n${end}`);
  option.argParser(parse);
  return command.addOption(named ? option.default(initial) : option);
}

/** One name in a table, or one for each layer, such as `relu,tanh`. */
export const namePerLayer =
  (table: readonly Listed[]) =>
  (text: string): string =>
    text
      .split(",")
      .map((name) => known(table, name.trim()))
      .join(",");

function known(table: readonly Listed[], text: string): string {
  const names = table.map(({ name }) => name);
  if (names.includes(text)) return text;
  throw new InvalidArgumentError(`It must be one of ${names.join(", ")}. ${suggestion(text, names)}`.trim());
}
