import { type Bit, type Decision, perceptron } from "./circuits.ts";
import { at } from "./numbers.ts";

/** The result of the learning rule. */
export interface Learned {
  /** A weight for each input. */
  readonly weights: readonly number[];
  /** The threshold b. */
  readonly threshold: number;
  /** How many rows were wrong in each epoch; the last is 0 if it succeeded. */
  readonly mistakes: readonly number[];
}

/**
 * The perceptron learning rule: go through the rows, and if the output is wrong, move the weights by
 * `lr·(target − output)·x` and the threshold by `−lr·(target − output)`. It finds a solution in finitely many steps if a
 * straight line separates the zeros from the ones, and otherwise (XOR) never.
 *
 * Source: Rosenblatt, "The Perceptron", 1958; the convergence theorem is Novikoff's, 1962.
 *
 * @param rows Inputs, and their one target output.
 * @example
 * ```ts
 * import { decisionTable, learnPerceptron } from "@dlcc/course";
 * const and = decisionTable(([a, b]) => [a === 1 && b === 1 ? 1 : 0], 2);
 * console.log(learnPerceptron(and, { lr: 1, epochs: 20 }).mistakes.at(-1)); // → 0
 * ```
 */
export function learnPerceptron(
  rows: readonly Decision[],
  { lr, epochs }: { readonly lr: number; readonly epochs: number },
): Learned {
  let weights = at(rows, 0).inputs.map(() => 0);
  let threshold = 0;
  const mistakes: number[] = [];
  while (mistakes.length < epochs && mistakes.at(-1) !== 0) {
    let wrong = 0;
    for (const { inputs, outputs } of rows) {
      const error = at(outputs, 0) - perceptron(weights, threshold)(...inputs);
      if (error !== 0) wrong++;
      weights = weights.map((w, i) => w + lr * error * at(inputs, i));
      threshold -= lr * error;
    }
    mistakes.push(wrong);
  }
  return { weights, threshold, mistakes };
}

/**
 * How many rows of a table a circuit with one output gets wrong.
 *
 * @example
 * ```ts
 * import { countWrong, decisionTable, perceptron } from "@dlcc/course";
 * const xor = decisionTable(([a, b]) => [a === b ? 0 : 1], 2);
 * console.log(countWrong(xor, perceptron([1, 1], 0.5))); // → 1
 * ```
 */
export const countWrong = (rows: readonly Decision[], decide: (...bits: readonly Bit[]) => Bit): number =>
  rows.filter(({ inputs, outputs }) => decide(...inputs) !== outputs[0]).length;
