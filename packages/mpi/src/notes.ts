/** What travels beside the gradients: figures, a wish to stop, and which gradients there are. */
import type { Tensor } from "@dlcc/tensor";
import { MpiError } from "./error.ts";

/** What was measured with a rank's gradients: scalars that are means over its part of a minibatch. */
export interface Measured {
  /** How many examples count. */
  readonly examples: number;
  /** How many all ranks' parts have together, if that is known: as {@link shard} says. */
  readonly total?: number | undefined;
  /** The mean loss. */
  readonly loss?: Tensor;
  /** More means, by name. */
  readonly metrics?: Readonly<Record<string, Tensor>>;
}

/** The same over all ranks. */
export interface Figures {
  /** How many examples all ranks had together. */
  readonly examples: number;
  /** The mean loss over them. */
  readonly loss: number;
  /** The means of the metrics over them, by name. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What travels beside the gradients. */
export interface Notes {
  readonly figures: Figures | undefined;
  /** How many ranks wish to stop. */
  readonly stop: number;
  /** How many ranks have a gradient, parameter by parameter. */
  readonly present: readonly number[];
}

/** The notes of a rank, whose sums over all ranks tell: see {@link readNotes}. */
export const writeNotes = (
  measured: Measured | undefined,
  weight: number,
  stop: boolean,
  present: readonly boolean[],
): number[] => [
  measured?.examples ?? 0,
  stop ? 1 : 0,
  ...present.map(Number),
  ...scalarsOf(measured).map(([, scalar]) => weight * (scalar.dataSync()[0] ?? Number.NaN)),
];

const scalarsOf = ({ loss, metrics = {} }: Partial<Measured> = {}): (readonly [name: string, scalar: Tensor])[] => [
  ...(loss ? [["", loss] as const] : []),
  ...Object.entries(metrics),
];

/** What the sums of the notes tell. */
export function readNotes(sums: Float32Array | Float64Array, measured: Measured | undefined): Notes {
  const [examples = 0, stop = 0, ...rest] = sums;
  const scalars = scalarsOf(measured);
  const present = rest.slice(0, rest.length - scalars.length);
  if (!measured) return { figures: undefined, stop, present };
  const { total = examples } = measured;
  if (total !== examples) {
    throw new MpiError(
      `distributed: the ranks' parts must have the ${total} examples of a minibatch together, got ${examples}: make the same minibatches on all ranks, and shard them`,
    );
  }
  const means = rest.slice(present.length);
  const named = scalars.map(([name], i) => [name, means[i] ?? Number.NaN] as const);
  const metrics = Object.fromEntries(named.filter(([name]) => name !== ""));
  return { figures: { examples, loss: measured.loss ? (means[0] ?? Number.NaN) : Number.NaN, metrics }, stop, present };
}
