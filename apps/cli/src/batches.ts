/** Examples in memory or on disk, treated alike. */
import {
  countOf,
  type ExampleSource,
  type Examples,
  type Minibatch,
  minibatches,
  split,
  splitSource,
  streamMinibatches,
} from "@dlcc/data";
import type { Backend } from "@dlcc/tensor";

/** Examples in memory, or a source that is read in parts. */
export type Part = Examples | ExampleSource;

const isSource = (part: Part): part is ExampleSource => "blocks" in part;

/** How many examples there are. */
export const countExamples = (part: Part): number => (isSource(part) ? countOf(part) : (part.images.shape[0] ?? 0));

/** How many inputs each has. */
export const countInputs = (part: Part): number => (isSource(part) ? part.x.shape : part.images.shape).at(-1) ?? 0;

/** How to divide examples into minibatches. */
export interface BatchOptions {
  readonly size: number;
  readonly seed?: number;
  readonly epoch?: number;
  readonly shuffle?: boolean;
  readonly backend: Backend;
}

/** The minibatches of an epoch. */
export const batchesOf = (part: Part, options: BatchOptions): Iterable<Minibatch> | AsyncIterable<Minibatch> =>
  isSource(part) ? streamMinibatches(part, options) : minibatches(part.images, part.labels, options);

/** Sets examples aside for validation, if there are to be any. */
export function setAside(part: Part, count: number, seed: number): { train: Part; validation: Part | undefined } {
  if (count === 0) return { train: part, validation: undefined };
  return isSource(part) ? splitSource(part, count, { seed }) : split(part.images, part.labels, count, { seed });
}
