import { at } from "../numbers.ts";
import { type Exercise, letterOf } from "./exercise.ts";
import { numberIn, parts } from "./expression.ts";

/** What an answer is worth. */
export interface Judgement {
  /** Whether it is right. */
  readonly right: boolean;
  /** What to say about an answer that isn't: that it can't be read, and what can; or a slip that it looks like. */
  readonly message?: string;
}

/** How near an answer must come, as a share of the right one: of those who round, none is refused. */
const tolerance = 0.01;
/** What rounding may leave where a whole number is asked for. */
const exactly = 1e-9;
/** What is smaller is a 0 that was rounded. */
const roundedZero = 1e-15;

/** The ways in which an answer of so many numbers can be read: a comma may part numbers, thousands, or decimals. */
function readings(text: string, count: number): number[][] {
  if (count > 1) return [parts(text).map(numberIn)];
  const thousands = text.replace(/(?<=\d)[, ](?=\d{3}(?!\d))/g, "");
  return [thousands, text.replace(/(?<=\d),(?=\d)/g, ".")].map((way) => [numberIn(way)]);
}

const near = (given: number, right: number, exact: boolean): boolean =>
  Math.abs(given - right) <=
  (exact || Math.abs(right) < roundedZero ? exactly * Math.max(1, Math.abs(right)) : tolerance * Math.abs(right));

/**
 * Judges an answer to an exercise. A number may be a decimal with a point or a comma, a fraction (`1/4`), a power (`2^10`), a
 * percentage, or any sum and product of these, with √, log, exp, e and π; several are parted by commas, semicolons or spaces, and may
 * stand in brackets. 1 % off is right, unless the exercise asks for a whole number. Of choices, the letter is the answer, or its words.
 *
 * @param text What was typed.
 * @example
 * ```ts
 * import { exercisesOf, judge } from "@dlcc/course";
 * const [first] = exercisesOf("derivative"); // f(v) = v². What is f′(3)?
 * console.log(first && [judge(first, "12/2"), judge(first, "-6"), judge(first, "six")]);
 * // → [
 * //     { right: true },
 * //     { right: false, message: 'the sign is the other one' },
 * //     { right: false, message: 'the answer must be a number, such as 0.25, 1/4 or 25 %' }
 * //   ]
 * ```
 */
export function judge({ choices, solution, exact = false }: Exercise, text: string): Judgement {
  const right = solution();
  if (choices) {
    const word = text.trim().toLowerCase().replace(/[.)]$/, "");
    const chosen = choices.findIndex((choice, i) => word === letterOf(i) || word === choice.toLowerCase());
    if (chosen >= 0) return { right: chosen === right[0] };
    return { right: false, message: `the answer must be a letter from a to ${letterOf(choices.length - 1)}` };
  }
  const ways = readings(text, right.length).filter((way) => way.every(Number.isFinite));
  if (ways.length === 0) {
    const what =
      right.length === 1 ? "a number, such as 0.25, 1/4 or 25 %" : `${right.length} numbers, such as 0.5, -1/4`;
    return { right: false, message: `the answer must be ${what}` };
  }
  const fits = (sign: 1 | -1): boolean =>
    ways.some((way) => way.length === right.length && way.every((v, i) => near(sign * v, at(right, i), exact)));
  if (fits(1)) return { right: true };
  if (ways.every((way) => way.length !== right.length)) {
    return { right: false, message: `the answer must be ${right.length} numbers, got ${at(ways, 0).length}` };
  }
  return fits(-1) ? { right: false, message: "the sign is the other one" } : { right: false };
}
