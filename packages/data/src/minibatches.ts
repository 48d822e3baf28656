import {
  ArgumentError,
  assertDType,
  type Backend,
  fromStorage,
  Generator,
  generatorOf,
  keep,
  permutation,
  type Seed,
  type Tensor,
} from "@dlcc/tensor";
import { countExamples, rowDrawer } from "./rows.ts";

/** Some examples, to learn from at once. */
export interface Minibatch {
  /** The images: as those that were handed in, but for the first axis. */
  readonly x: Tensor;
  /** Their labels. */
  readonly y: Tensor;
  /** Which examples these are: their rows in the images and labels. */
  readonly indices: Int32Array;
}

/** How to divide examples into minibatches. */
export interface MinibatchOptions {
  /** How many examples each has; the last may have fewer. */
  readonly size: number;
  /** Makes the order repeatable. Default: an order that nobody can repeat. */
  readonly seed?: Seed;
  /**
   * Which pass over the data this is, from 0 or, as `fit` counts, from 1: each number has an order of its own. Default: 0.
   * A generator goes on by itself.
   */
  readonly epoch?: number;
  /** Whether the order is random. Default: true. */
  readonly shuffle?: boolean;
  /** Whether to leave out a last minibatch that has fewer. Default: false. */
  readonly dropLast?: boolean;
  /** Where the minibatches live. Default: where the images do. */
  readonly backend?: Backend;
}

/**
 * One epoch of stochastic gradient descent: the examples in random order, `size` at a time, each once.
 *
 * A minibatch is disposed of when the next is asked for, and at the end, also after a `break`; no `tidy` around the
 * loop changes that. To keep one, take `x.alias()`. Source: the course, "Stochastic Gradient Descent".
 *
 * @param images `[n, …]`, of any dtype: on cpu, or on the device where the minibatches will be, which draws them itself.
 * @param labels `[n]`, or `[n, …]` for targets of several numbers, of any dtype; where they are is up to them.
 * @returns An iterator over {@link Minibatch}: `x` is `[size, …]`, as are the images from their second axis on.
 * @throws {ShapeError} if there are not as many labels as images, or none.
 * @throws {ArgumentError} if `size` or `epoch` is no whole number, or too small; if images or labels are no tensors.
 * @throws {BackendError} if `backend` lacks their dtype, or they are on another device, which can't be read at once.
 * @example
 * ```ts
 * import { minibatches } from "@dlcc/data";
 * import { arange } from "@dlcc/tensor";
 *
 * const images = arange(10).reshape([5, 2]);
 * const labels = arange(5, { dtype: "int32" });
 * const seen: number[] = [];
 * for (const { x, y } of minibatches(images, labels, { size: 2, seed: 3 })) {
 *   console.log(x.shape, y.shape);
 *   seen.push(...(await y.data()));
 * }
 * // → [ 2, 2 ] [ 2 ]
 * // → [ 2, 2 ] [ 2 ]
 * // → [ 1, 2 ] [ 1 ]
 * console.log(seen.sort()); // → [ 0, 1, 2, 3, 4 ]
 * ```
 */
export function minibatches(images: Tensor, labels: Tensor, options: MinibatchOptions): IterableIterator<Minibatch> {
  const count = countExamples("minibatches", images, labels);
  const { size, seed, epoch = 0, shuffle = true, dropLast = false, backend = images.backend } = options ?? {};
  if (!Number.isInteger(size) || size < 1) {
    throw new ArgumentError(
      `minibatches: the size ${size} is not a whole number from 1: give one, minibatches(images, labels, { size })`,
    );
  }
  if (!Number.isSafeInteger(epoch) || epoch < 0) {
    throw new ArgumentError(`minibatches: the epoch ${epoch} is not a whole number from 0`);
  }
  const most = Math.min(size, count);
  const upload = { x: uploader(images, most, backend), y: uploader(labels, most, backend) };
  // Each epoch is a stream of the seed, so that a run that is resumed in epoch 7 need not draw the first six again.
  const generator = typeof seed === "number" ? new Generator(seed, epoch) : generatorOf(seed);
  const order = shuffle ? permutation(generator, count) : new Int32Array(count).map((_, i) => i);
  return run(order.subarray(0, dropLast ? count - (count % size) : count), size, upload);
}

/** The generator proper: what is wrong with the arguments has been said by the time that it starts. */
function* run(
  order: Int32Array,
  size: number,
  upload: { readonly x: Uploader; readonly y: Uploader },
): globalThis.Generator<Minibatch, void> {
  for (let start = 0; start < order.length; start += size) {
    const indices = order.slice(start, start + size);
    const x = upload.x(indices);
    const y = upload.y(indices);
    try {
      yield { x, y, indices };
    } finally {
      x.dispose();
      y.dispose();
    }
  }
}

type Uploader = (indices: Int32Array) => Tensor;

/** Puts examples on a backend, outside of all scopes: a `tidy` that asks for a minibatch does not take it away. */
function uploader(examples: Tensor, most: number, backend: Backend): Uploader {
  const { dtype, shape } = examples;
  assertDType("minibatches", backend, dtype);
  const draw = rowDrawer(examples, most, backend);
  return (indices) => keep(fromStorage(backend, draw(indices), dtype, [indices.length, ...shape.slice(1)]));
}
