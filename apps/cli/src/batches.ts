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
import { asInput, type ModelUse } from "@dlcc/experiment";
import { type Backend, tidy, zeros } from "@dlcc/tensor";

/** Examples in memory, or a source that is read in parts. */
export type Part = Examples | ExampleSource;

const isSource = (part: Part): part is ExampleSource => "blocks" in part;

/** How many examples there are. */
export const countExamples = (part: Part): number => (isSource(part) ? countOf(part) : (part.images.shape[0] ?? 0));

/** How many inputs each has. */
export const countInputs = (part: Part): number => (isSource(part) ? part.x.shape : part.images.shape).at(-1) ?? 0;

/** Examples of pixels as a network takes them: see {@link asInput}. */
export function shaped(part: Part, input: ModelUse["input"]): Part {
  if (!isSource(part)) return { images: asInput(part.images, input), labels: part.labels };
  // It throws as for examples in memory if they are not as many numbers.
  tidy(() => void asInput(zeros([1, ...part.x.shape]), input));
  const [low, high] = input.range.map(Math.fround) as [number, number];
  const n = countInputs(part);
  return {
    ...part,
    x: { ...part.x, shape: input.shape },
    async read(block) {
      const read = await part.read(block);
      if (low === 0 && high === 1) return read;
      return {
        write(row, x, y, at) {
          read.write(row, x, y, at);
          for (let i = at * n; i < (at + 1) * n; i++) x[i] = Math.fround((x[i] as number) * (high - low)) + low;
        },
      };
    },
  };
}

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
