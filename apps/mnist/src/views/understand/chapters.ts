import { type ChapterName, chapters as course } from "@dlcc/course";
import type { ComponentType } from "preact";

/** A chapter of Understand. Name and title are the course's: `dlcc learn` and the address use the same name. */
export interface Chapter {
  readonly name: ChapterName;
  readonly title: string;
  readonly load: () => Promise<ComponentType>;
}

/**
 * The chapters that have a page here. To add one: a component in this folder that draws what functions of @dlcc/course
 * return (with the pieces of `parts.tsx` and `plot.tsx`), and a row here.
 */
const pages: Readonly<Partial<Record<ChapterName, Chapter["load"]>>> = {
  "gradient-descent": () => import("./gradient-descent.tsx").then((chapter) => chapter.GradientDescent),
  "linear-regression": () => import("./linear-regression.tsx").then((chapter) => chapter.LinearRegression),
  perceptron: () => import("./perceptron.tsx").then((chapter) => chapter.Perceptron),
  activations: () => import("./activations.tsx").then((chapter) => chapter.Activations),
  softmax: () => import("./softmax.tsx").then((chapter) => chapter.Softmax),
  backpropagation: () => import("./backpropagation.tsx").then((chapter) => chapter.Backpropagation),
};

/** The chapters that have a page, in the order of the course. */
export const chapters: readonly Chapter[] = course.flatMap(({ name, title }) => {
  const load = pages[name];
  return load ? [{ name, title, load }] : [];
});
