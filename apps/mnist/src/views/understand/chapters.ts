import { type ChapterName, chapters as course, type Chapter as Row } from "@dlcc/course";
import type { ComponentType } from "preact";

/** A chapter of Understand. Names, titles and order are the course's: `dlcc learn` and the address use the same name. */
export interface Chapter extends Row {
  readonly load: () => Promise<ComponentType>;
}

/**
 * The page of each chapter. To add one: a component in this folder that draws what functions of @dlcc/course return (with
 * the pieces of `parts.tsx` and `plot.tsx`), and a row here. Each is fetched when it is first shown.
 */
const pages: Readonly<Record<ChapterName, Chapter["load"]>> = {
  derivative: () => import("./derivative.tsx").then((chapter) => chapter.Derivative),
  gradient: () => import("./gradient.tsx").then((chapter) => chapter.Gradient),
  "gradient-descent": () => import("./gradient-descent.tsx").then((chapter) => chapter.GradientDescent),
  "linear-regression": () => import("./linear-regression.tsx").then((chapter) => chapter.LinearRegression),
  "stochastic-gradient-descent": () => import("./stochastic.tsx").then((chapter) => chapter.Stochastic),
  perceptron: () => import("./perceptron.tsx").then((chapter) => chapter.Perceptron),
  "multilayer-perceptron": () => import("./playground.tsx").then((chapter) => chapter.Multilayer),
  activations: () => import("./activations.tsx").then((chapter) => chapter.Activations),
  losses: () => import("./losses.tsx").then((chapter) => chapter.Losses),
  softmax: () => import("./softmax.tsx").then((chapter) => chapter.Softmax),
  backpropagation: () => import("./backpropagation.tsx").then((chapter) => chapter.Backpropagation),
  overfitting: () => import("./overfitting.tsx").then((chapter) => chapter.Overfitting),
  "unstable-gradients": () => import("./unstable-gradients.tsx").then((chapter) => chapter.UnstableGradients),
  convolution: () => import("./convolution.tsx").then((chapter) => chapter.Convolution),
  residual: () => import("./residual.tsx").then((chapter) => chapter.ResidualBlocks),
};

/** The chapters in the order of the course. */
export const chapters: readonly Chapter[] = course.map((row) => ({ ...row, load: pages[row.name] }));
