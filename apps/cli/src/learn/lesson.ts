import type { Command } from "commander";

/** The output of a chapter: text and pictures for people, numbers for programs. */
export interface Shown {
  /** The introduction, in a few lines. */
  readonly text: readonly string[];
  /** The results, as lines: tables and plots. */
  readonly lines: readonly string[];
  /** What to try next: the options to change, and why. Other options keep their values. */
  readonly next: readonly Try[];
  /** The numbers, for `--json`. */
  readonly numbers: Readonly<Record<string, unknown>>;
  /** Draws the picture as an SVG. The plotting library is loaded only here. */
  readonly picture: () => Promise<string>;
}

/** Options to change, such as `{ "--lr": "0.01" }`, and the reason. */
export type Try = readonly [changes: Readonly<Record<`--${string}`, string>>, why: string];

/** A chapter of the course in the terminal. Its name and its question are in the table of `@dlcc/course`. */
export interface Lesson {
  /** Adds its options to its command. */
  readonly options: (command: Command) => void;
  /** Runs it. @param columns The characters that fit in a line. */
  readonly run: (options: never, columns: number) => Shown | Promise<Shown>;
}

/** A lesson; its `run` gives the options their type. */
export const lesson = <O>(
  options: (command: Command) => void,
  run: (options: O, columns: number) => Shown | Promise<Shown>,
): Lesson => ({ options, run });

/** A table: right-aligned columns under their names. */
export function table(names: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = names.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [names, ...rows].map((row) => `  ${row.map((text, i) => text.padStart(widths[i] ?? 0)).join("   ")}`);
}
