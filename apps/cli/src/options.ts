/** How the words on the command line become values. What is wrong is said with the option's name, by the parser. */
import { backends } from "@dlcc/experiment";
import { type Command, InvalidArgumentError, Option } from "commander";
import { suggestion } from "./suggest.ts";

/** Any number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It is not a number.");
  return value;
}

/** A whole number from `least` on. */
export const wholeFrom =
  (least: number) =>
  (text: string): number => {
    const value = number(text);
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} on.`);
    }
    return value;
  };

/** More threads than this only wait for one another, and each takes memory and a moment to start. */
const mostThreads = 64;

/** How many threads. */
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

/** A number from 0 on. */
export function notNegative(text: string): number {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError("It must not be below 0.");
  return value;
}

/** A share of a whole: from 0 to below 1. */
export function share(text: string): number {
  const value = notNegative(text);
  if (value >= 1) throw new InvalidArgumentError("It must be below 1.");
  return value;
}

/** Sizes of layers, such as `128` or `300,100`; `none` for no hidden layer. */
export function layerSizes(text: string): number[] {
  if (text.trim() === "none") return [];
  return text.split(",").map((size) => {
    try {
      return wholeFrom(1)(size);
    } catch {
      throw new InvalidArgumentError("Give one size a layer, such as 128 or 300,100; or none.");
    }
  });
}

/** Adds an option whose value is a list of numbers, such as `1,0,2`; `--help` writes the default as it is typed. */
export const listOption = (
  command: Command,
  flag: string,
  about: string,
  parse: (text: string) => readonly number[],
  initial: string,
): Command => command.addOption(new Option(flag, about).argParser(parse).default(parse(initial), initial));

/** What `--help` says of a name. */
export interface Listed {
  readonly name: string;
  readonly about: string;
}

/** A record as rows with names. */
export const rowsOf = (record: Readonly<Record<string, { readonly about: string }>>): Listed[] =>
  Object.entries(record).map(([name, { about }]) => ({ name, about }));

/** Adds `--backend`. Its `auto` also knows what `dlcc doctor` measured: see `network/backends.ts`. */
export const backendOption = (command: Command): Command =>
  choiceOption(
    command,
    "--backend",
    "what computes",
    backends.map(({ name, about }) => ({
      name,
      about: name === "auto" ? `gpu where dlcc doctor found it faster, else ${about}` : about,
    })),
    "auto",
  );

/**
 * Adds an option whose value is a name in a table; `--help` explains each name.
 *
 * @param initial The name where none is given; or what is said of the choice, if it depends on others.
 */
export function choiceOption(
  command: Command,
  flag: string,
  about: string,
  table: readonly Listed[],
  initial: string | { readonly about: string },
  parse: (text: string) => string = (text) => known(table, text),
): Command {
  const width = Math.max(...table.map(({ name }) => name.length));
  const list = table.map(({ name, about: of }) => `\n  ${name.padEnd(width)}  ${of}`);
  const named = typeof initial === "string";
  const end = named ? " " : `(default: ${initial.about})`;
  const option = new Option(`${flag} <name>`, `${about}${list.join("")}\n${end}`);
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
  throw new InvalidArgumentError(`Choose one of ${names.join(", ")}. ${suggestion(text, names)}`.trim());
}
