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

/** The examples of one training step. */
export interface Minibatch {
  /** The images, `[size, …]`. */
  readonly x: Tensor;
  /** Their labels, `[size]` or `[size, …]`. */
  readonly y: Tensor;
  /** Which examples these are: their rows in the images and labels. */
  readonly indices: Int32Array;
}

/** How to divide examples into minibatches. */
export interface MinibatchOptions {
  /** How many examples each minibatch has; the last may have fewer. */
  readonly size: number;
  /** Makes the order repeatable. Default: another order each time. */
  readonly seed?: Seed;
  /**
   * Which pass over the data this is, from 0 or, as `fit` counts, from 1. With a number as the seed, each epoch has its own
   * order; a generator as the seed just continues. Default: 0.
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
 * A minibatch is disposed when the next one is requested, and at the end of the loop, also after a `break`. A `tidy` around
 * the loop doesn't change that. To keep one, take `x.alias()`. Source: the course, "Stochastic Gradient Descent".
 *
 * @param images `[n, …]`, of any dtype: on cpu, or on the device of the minibatches, which then draws them itself.
 * @param labels `[n]`, or `[n, …]` for targets of several numbers, of any dtype; on cpu or that device, too.
 * @returns An iterator over {@link Minibatch}: `x` is `[size, …]`, as are the images from their second axis on.
 * @throws {ShapeError} if there are not as many labels as images, or none.
 * @throws {ArgumentError} if `size` or `epoch` is not a whole number or too small; if images or labels are not tensors.
 * @throws {BackendError} if `backend` lacks their dtype, or they are on another device that can't be read synchronously.
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
      `minibatches: size must be a whole number from 1, got ${size}: pass minibatches(images, labels, { size })`,
    );
  }
  if (!Number.isSafeInteger(epoch) || epoch < 0) {
    throw new ArgumentError(`minibatches: epoch must be a whole number from 0, got ${epoch}`);
  }
  const most = Math.min(size, count);
  const upload = { x: uploader(images, most, backend), y: uploader(labels, most, backend) };
  // Each epoch is a stream of the seed, so a run that resumes in epoch 7 doesn't draw the first six again.
  const generator = typeof seed === "number" ? new Generator(seed, epoch) : generatorOf(seed);
  const order = shuffle ? permutation(generator, count) : new Int32Array(count).map((_, i) => i);
  return run(order.subarray(0, dropLast ? count - (count % size) : count), size, upload);
}

/** A separate generator, so that `minibatches` checks its arguments at the call and not at the first `next()`. */
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

/** Puts examples on a backend, outside all scopes: a `tidy` around the request doesn't dispose the minibatch. */
function uploader(examples: Tensor, most: number, backend: Backend): Uploader {
  const { dtype, shape } = examples;
  assertDType("minibatches", backend, dtype);
  const draw = rowDrawer(examples, most, backend);
  return (indices) => keep(fromStorage(backend, draw(indices), dtype, [indices.length, ...shape.slice(1)]));
}
