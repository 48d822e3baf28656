/** The chapters of the course, each with its lesson. `dlcc learn` imports only this file of the folder. */
import { type Chapter, type ChapterName, chapters } from "@dlcc/course";
import { activations } from "./activations.ts";
import { backpropagation } from "./backpropagation.ts";
import { convolution, residual } from "./beyond.ts";
import { overfitting, unstableGradients } from "./deep.ts";
import { derivative } from "./derivative.ts";
import { gradient } from "./gradient.ts";
import { gradientDescent } from "./gradient-descent.ts";
import type { Lesson } from "./lesson.ts";
import { losses } from "./losses.ts";
import { multilayer } from "./multilayer.ts";
import { perceptron } from "./perceptron.ts";
import { linearRegression, stochastic } from "./regression.ts";
import { softmax } from "./softmax.ts";

export type { Try } from "./lesson.ts";

/** A chapter as a command. */
export type LearnCommand = Lesson & Chapter;

/** Each chapter has one: if one is missing here, this does not compile. */
const lessonOf: Readonly<Record<ChapterName, Lesson>> = {
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

/** All of them, in the order of the course. */
export const lessons: readonly LearnCommand[] = chapters.map((chapter) => ({ ...chapter, ...lessonOf[chapter.name] }));
