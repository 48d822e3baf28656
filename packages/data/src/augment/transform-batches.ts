import {
  ArgumentError,
  alias,
  type Backend,
  fromStorage,
  Generator,
  generatorOf,
  keep,
  type Seed,
  type Tensor,
  tidy,
} from "@dlcc/tensor";
import type { Minibatch } from "../minibatches.ts";
import type { ImageTransform } from "./augment.ts";

/** How to transform minibatches. */
export interface TransformBatchesOptions {
  /** Makes the transform repeatable: that of `minibatches` may be used again. Default: another one each time. */
  readonly seed?: Seed;
  /**
   * Which pass over the data this is. With a number as the seed, each epoch has its own distortions; a generator as the seed just
   * continues. Default: 0.
   */
  readonly epoch?: number;
  /** Where the transformed minibatches live. Default: where they do before. */
  readonly backend?: Backend;
}

/** What an epoch's state is: plain data. */
export interface TransformedState {
  /** The seed of this epoch's transform. */
  readonly seed: number;
  /** The state of the minibatches. */
  readonly batches: unknown;
}

/** Transformed minibatches, in their order. */
export interface TransformedBatches extends IterableIterator<Minibatch> {
  /** Where it is, if the minibatches can tell. */
  state?(): TransformedState;
  /** Goes on where a state was taken. */
  loadState?(state: TransformedState): void;
}

/** The same, of minibatches that are waited for. */
export interface TransformedStream extends AsyncIterableIterator<Minibatch> {
  /** Where it is, if the minibatches can tell. */
  state?(): TransformedState;
  /** Goes on where a state was taken. */
  loadState?(state: TransformedState): void;
}

/** Minibatches may know where they are, as those of `minibatches` and `streamMinibatches` do. */
interface Place {
  state?(): unknown;
  loadState?(state: unknown): void;
}

/** The streams of a seed for transforms: other ones than those for the order of an epoch, which are 0, 1, 2, … */
const streams = 2 ** 40;

/**
 * Changes the images of minibatches, such as by {@link augment}, on their way to the device. What a transform draws depends on seed,
 * epoch and example alone, and not on its place in the order: a run that goes on in the midst of an epoch sees the same images.
 *
 * Make the minibatches where the images are, on cpu, and give the device here: so the images don't go there and back. A minibatch is
 * disposed when the next one is requested, as those before it are.
 *
 * @param batches Such as `minibatches` gives; or `streamMinibatches`, and they are waited for.
 * @returns An iterator over {@link Minibatch}, with `state` and `loadState` if `batches` have them. `x` is what the transform
 * returned.
 * @throws {ArgumentError} if `transform` is not a function, or `epoch` not a whole number from 0. What the transform throws, or if it
 * returns another number of examples, a step of the loop throws.
 * @example
 * ```ts
 * import { augment, minibatches, randomShift, transformBatches } from "@dlcc/data";
 * import { cpu, zeros } from "@dlcc/tensor";
 *
 * const distort = augment([randomShift(2)]);
 * const [images, labels] = [zeros([100, 784]), zeros([100], { dtype: "int32" })];
 * for (let epoch = 1; epoch <= 2; epoch++) {
 *   const order = minibatches(images, labels, { size: 64, seed: 1, epoch });
 *   for (const { x } of transformBatches(order, distort, { seed: 1, epoch, backend: cpu })) console.log(epoch, x.shape);
 * }
 * // → 1 [ 64, 784 ]
 * // → 1 [ 36, 784 ]
 * // → 2 [ 64, 784 ]
 * // → 2 [ 36, 784 ]
 * ```
 */
export function transformBatches(
  batches: Iterable<Minibatch>,
  transform: ImageTransform,
  options?: TransformBatchesOptions,
): TransformedBatches;
export function transformBatches(
  batches: AsyncIterable<Minibatch>,
  transform: ImageTransform,
  options?: TransformBatchesOptions,
): TransformedStream;
export function transformBatches(
  batches: Iterable<Minibatch> | AsyncIterable<Minibatch>,
  transform: ImageTransform,
  options?: TransformBatchesOptions,
): TransformedBatches | TransformedStream;
export function transformBatches(
  batches: Iterable<Minibatch> | AsyncIterable<Minibatch>,
  transform: ImageTransform,
  { seed, epoch = 0, backend }: TransformBatchesOptions = {},
): TransformedBatches | TransformedStream {
  if (typeof transform !== "function") {
    throw new ArgumentError(
      `transformBatches: transform must be a function of the images, got ${typeof transform}: as augment([…]) makes`,
    );
  }
  if (!Number.isSafeInteger(epoch) || epoch < 0) {
    throw new ArgumentError(`transformBatches: epoch must be a whole number from 0, got ${epoch}`);
  }
  const random = typeof seed === "number" ? new Generator(seed, streams + epoch) : generatorOf(seed);
  const pass = { seed: Math.floor(random.uniform() * 2 ** 53) };
  const change = (batch: Minibatch): Minibatch => changed(batch, transform, pass.seed, backend);
  if (Symbol.asyncIterator in batches) {
    const iterator: AsyncIterator<Minibatch> & Place = batches[Symbol.asyncIterator]();
    return withPlace(runAsync({ [Symbol.asyncIterator]: () => iterator }, change), iterator, pass);
  }
  const iterator: Iterator<Minibatch> & Place = batches[Symbol.iterator]();
  return withPlace(run({ [Symbol.iterator]: () => iterator }, change), iterator, pass);
}

/** Adds where it is, if the minibatches can tell. */
function withPlace<All extends object>(all: All, iterator: Place, pass: { seed: number }): All {
  if (!iterator.state || !iterator.loadState) return all;
  return Object.assign(all, {
    state: () => ({ seed: pass.seed, batches: iterator.state?.() }),
    loadState(state: TransformedState) {
      iterator.loadState?.(state.batches);
      pass.seed = state.seed;
    },
  });
}

function* run(
  batches: Iterable<Minibatch>,
  change: (batch: Minibatch) => Minibatch,
): globalThis.Generator<Minibatch, void> {
  for (const batch of batches) {
    const minibatch = change(batch);
    try {
      yield minibatch;
    } finally {
      dispose(minibatch);
    }
  }
}

async function* runAsync(
  batches: AsyncIterable<Minibatch>,
  change: (batch: Minibatch) => Minibatch,
): AsyncGenerator<Minibatch, void> {
  for await (const batch of batches) {
    const minibatch = change(batch);
    try {
      yield minibatch;
    } finally {
      dispose(minibatch);
    }
  }
}

function dispose({ x, y }: Minibatch): void {
  x.dispose();
  y.dispose();
}

function changed(
  { x: images, y: labels, indices, ...more }: Minibatch,
  transform: ImageTransform,
  seed: number,
  backend: Backend | undefined,
): Minibatch {
  const there = (tensor: Tensor): Tensor => keep(put(tensor, backend ?? images.backend));
  const x = tidy(() => there(transform(images, { seed, indices })));
  if (x.shape[0] !== indices.length) {
    const found = `[${x.shape}]`;
    x.dispose();
    throw new ArgumentError(
      `transformBatches: transform must return ${indices.length} images, as it was given, got ${found}`,
    );
  }
  return { ...more, x, y: there(labels), indices };
}

/** The same values on a backend, as a tensor of its own. */
function put(tensor: Tensor, backend: Backend): Tensor {
  if (tensor.backend === backend) return alias(tensor);
  return fromStorage(backend, backend.upload(tensor.dataSync(), tensor.dtype), tensor.dtype, tensor.shape);
}
