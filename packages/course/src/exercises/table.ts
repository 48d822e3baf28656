/** The exercises of the course: one table. The command, the guides and the site ask and judge from it. */
import type { ChapterName } from "../chapters.ts";
import { backpropagation, convolution, overfitting, residual, unstableGradients } from "./depth.ts";
import type { Exercise, Row } from "./exercise.ts";
import { activations, losses, multilayer, perceptron, softmax } from "./neurons.ts";
import { derivative, gradient, gradientDescent, linearRegression, stochastic } from "./slopes.ts";

/** Each chapter has its exercises: if one is missing here, this does not compile. */
const rows: Readonly<Record<ChapterName, readonly Row[]>> = {
  derivative,
  gradient,
  "gradient-descent": gradientDescent,
  "linear-regression": linearRegression,
  "stochastic-gradient-descent": stochastic,
  perceptron,
  "multilayer-perceptron": multilayer,
  activations,
  losses,
  softmax,
  backpropagation,
  overfitting,
  "unstable-gradients": unstableGradients,
  convolution,
  residual,
};

/**
 * The exercises of a chapter, in order.
 *
 * @example
 * ```ts
 * import { chapters, exercisesOf } from "@dlcc/course";
 * console.log(chapters.every(({ name }) => exercisesOf(name).length >= 3)); // → true
 * ```
 */
export const exercisesOf = (chapter: ChapterName): Exercise[] =>
  rows[chapter].map((row, i) => ({ chapter, number: i + 1, ...row }));
