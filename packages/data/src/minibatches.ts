import {
  ArgumentError,
  assertDType,
  type Backend,
  fromStorage,
  Generator,
  type GeneratorState,
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

/** Where a pass over the data is, as plain data: the order, and how much of it is done. */
export interface MinibatchesState {
  /** The generator of the order, before it was drawn; null if the examples come in their own order. */
  readonly generator: GeneratorState | null;
  /** How many examples there are. */
  readonly examples: number;
  /** How many each minibatch has. */
  readonly size: number;
  /** How many examples have been handed out. */
  readonly done: number;
}

/** The minibatches of an epoch, in their order; its state can be saved, so that a run goes on in the midst of an epoch. */
export interface Minibatches extends IterableIterator<Minibatch> {
  /** Where it is; the minibatch that was handed out last counts as done. */
  state(): MinibatchesState;
  /**
   * Goes on where a state was taken, without drawing the examples before it.
   *
   * @throws {ArgumentError} if the state is of other data, or of another order.
   */
  loadState(state: MinibatchesState): void;
  /**
   * From now on only some rows of each minibatch are drawn: of n, those from the first number to before the second. So several
   * processes share the work of one; `shard` of `@dlcc/mpi` says which.
   */
  rows(choose: ChosenRows): void;
}

/** Chooses rows of a minibatch of n: from the first to before the second. */
export type ChosenRows = (n: number) => readonly [from: number, to: number];

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
 * @returns An iterator over {@link Minibatch}: `x` is `[size, …]`, as are the images from their second axis on. It knows
 * where it is: `state()` and `loadState()` let a run go on in the midst of an epoch, in the same order.
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
export function minibatches(images: Tensor, labels: Tensor, options: MinibatchOptions): Minibatches {
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
  let generator = typeof seed === "number" ? new Generator(seed, epoch) : generatorOf(seed);
  let before = generator.state();
  const draw = (): Int32Array => {
    const order = shuffle ? permutation(generator, count) : new Int32Array(count).map((_, i) => i);
    return order.subarray(0, dropLast ? count - (count % size) : count);
  };
  const pass: Pass = { order: draw(), size, done: 0 };
  return Object.assign(run(pass, upload), {
    rows(choose: ChosenRows) {
      pass.rows = choose;
    },
    state: () => ({ generator: shuffle ? before : null, examples: count, size, done: pass.done }),
    loadState(state: MinibatchesState) {
      for (const [name, is, was] of [
        ["examples", count, state.examples],
        ["size", size, state.size],
        ["shuffle", shuffle, state.generator !== null],
      ]) {
        if (is === was) continue;
        throw new ArgumentError(`minibatches: the state must be of the same data, with ${name} ${is}, got ${was}`);
      }
      if (state.generator) {
        // Without a seed, the order that is drawn now is as good as any other: that of the state takes its place.
        if (seed === undefined) generator = new Generator(state.generator.seed, state.generator.stream);
        generator.loadState(state.generator);
        before = state.generator;
        pass.order = draw();
      }
      pass.done = state.done;
    },
  });
}

/** A pass over the data. */
interface Pass {
  order: Int32Array;
  readonly size: number;
  done: number;
  /** Which rows of each minibatch are drawn. Default: all. */
  rows?: ChosenRows;
}

/** A separate generator, so that `minibatches` checks its arguments at the call and not at the first `next()`. */
function* run(
  pass: Pass,
  upload: { readonly x: Uploader; readonly y: Uploader },
): globalThis.Generator<Minibatch, void> {
  while (pass.done < pass.order.length) {
    let indices = pass.order.slice(pass.done, pass.done + pass.size);
    pass.done += indices.length;
    if (pass.rows) indices = indices.slice(...pass.rows(indices.length));
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
