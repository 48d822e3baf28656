import type { ComponentType } from "preact";

/**
 * The chapters of Understand, in the order of the course. To add one: a component in this folder that draws what
 * functions of @dlcc/course return (with the pieces of `parts.tsx` and `plot.tsx`), and a row here.
 */
export interface Chapter {
  /** In the address, and for `dlcc learn`. */
  readonly name: string;
  readonly title: string;
  readonly load: () => Promise<ComponentType>;
}

export const chapters: readonly Chapter[] = [
  {
    name: "gradient-descent",
    title: "Gradient descent",
    load: () => import("./gradient-descent.tsx").then((chapter) => chapter.GradientDescent),
  },
  {
    name: "linear-regression",
    title: "Linear regression",
    load: () => import("./linear-regression.tsx").then((chapter) => chapter.LinearRegression),
  },
  {
    name: "perceptron",
    title: "The perceptron",
    load: () => import("./perceptron.tsx").then((chapter) => chapter.Perceptron),
  },
  {
    name: "activations",
    title: "Step, sigmoid, ReLU",
    load: () => import("./activations.tsx").then((chapter) => chapter.Activations),
  },
  {
    name: "softmax",
    title: "Softmax",
    load: () => import("./softmax.tsx").then((chapter) => chapter.Softmax),
  },
  {
    name: "backpropagation",
    title: "Backpropagation",
    load: () => import("./backpropagation.tsx").then((chapter) => chapter.Backpropagation),
  },
];
