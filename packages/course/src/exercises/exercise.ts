import type { ChapterName } from "../chapters.ts";

/** An exercise of a chapter. Its texts are plain lines, for a terminal as well as for a page. */
export interface Exercise {
  /** The chapter. */
  readonly chapter: ChapterName;
  /** Its number in the chapter, from 1. */
  readonly number: number;
  /** The question. */
  readonly question: string;
  /** The answers to choose from, named a, b, c, …; undefined where the answer is one or more numbers. */
  readonly choices?: readonly string[];
  /** What helps, without the answer. */
  readonly hint: string;
  /** The way to the answer. */
  readonly why: string;
  /** The answer, computed: the numbers that are asked for, or the index of the right choice. */
  readonly solution: () => readonly number[];
  /** Whether a whole number must be hit exactly; otherwise 1 % is near enough. */
  readonly exact?: boolean;
}

/** An exercise as its file has it: chapter and number come from its place. */
export type Row = Omit<Exercise, "chapter" | "number">;

/**
 * The letter of a choice: a, b, c, …
 *
 * @param index From 0.
 * @example
 * ```ts
 * import { letterOf } from "@dlcc/course";
 * console.log(letterOf(0), letterOf(2)); // → a c
 * ```
 */
export const letterOf = (index: number): string => String.fromCharCode("a".charCodeAt(0) + index);

/** A number that differs from 0 by rounding alone is 0. */
const roundingError = 1e-12;
const cleared = (value: number): number => (Math.abs(value) < roundingError ? 0 : value);

/** A number to read: whole ones in full, others to four digits. */
const readable = (value: number): string =>
  String(Number.isInteger(cleared(value)) ? cleared(value) : Number(value.toPrecision(4)));

/**
 * The answer of an exercise, as one would type it: a number, numbers with commas between, or a letter.
 *
 * @example
 * ```ts
 * import { answerOf, exercisesOf } from "@dlcc/course";
 * const [first] = exercisesOf("derivative");
 * console.log(first?.question, first && answerOf(first)); // → f(v) = v². What is f′(3)? 6
 * ```
 */
export function answerOf({ choices, solution }: Exercise): string {
  const numbers = solution();
  return choices ? numbers.map(letterOf).join("") : numbers.map(readable).join(", ");
}
