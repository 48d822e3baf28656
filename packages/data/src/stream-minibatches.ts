import {
  ArgumentError,
  assertDType,
  type Backend,
  cpu,
  fromStorage,
  generatorOf,
  keep,
  type Tensor,
  type TypedArray,
} from "@dlcc/tensor";
import { all } from "./all.ts";
import type { ChosenRows, Minibatch } from "./minibatches.ts";
import { countOf, type ExampleBlock, type ExampleSource, type RowType } from "./source.ts";
import { StreamOrder } from "./stream-order.ts";

/** How to divide a source into minibatches. */
export interface StreamOptions {
  /** How many examples each minibatch has; the last may have fewer. */
  readonly size: number;
  /** Makes the order repeatable. Default: another order each time. */
  readonly seed?: number;
  /** Which pass over the data this is, from 0 or, as `fit` counts, from 1: each has its own order. Default: 0. */
  readonly epoch?: number;
  /** Whether the order is random. Default: true. */
  readonly shuffle?: boolean;
  /**
   * How many examples are in memory at once, and shuffled together: blocks from random places of the source. Twice as many are
   * there while the next ones are read. Default: as many as take 16 MiB as tensors.
   */
  readonly window?: number;
  /** Whether to leave out a last minibatch that has fewer. Default: false. */
  readonly dropLast?: boolean;
  /** Where the minibatches live. Default: `cpu`. */
  readonly backend?: Backend;
}

/** Where a pass over a source is, as plain data: the order, and how much of it is done. */
export interface StreamState {
  /** The seed of the order; null if the examples come in the source's own. */
  readonly seed: number | null;
  /** Which pass it is. */
  readonly epoch: number;
  /** How many examples are shuffled together. */
  readonly window: number;
  /** How many examples there are. */
  readonly examples: number;
  /** How many each minibatch has. */
  readonly size: number;
  /** How many examples have been handed out. */
  readonly done: number;
}

/** The minibatches of an epoch, in their order; its state can be saved, so that a run goes on in the midst of an epoch. */
export interface StreamedMinibatches extends AsyncIterableIterator<Minibatch> {
  /** Where it is; the minibatch that was handed out last counts as done, those that have been read ahead don't. */
  state(): StreamState;
  /**
   * Goes on where a state was taken, without reading the examples before it.
   *
   * @throws {ArgumentError} if the state is of other data, or of another order.
   */
  loadState(state: StreamState): void;
  /** From now on only some rows of each minibatch are drawn: see {@link Minibatches}. Their blocks are read all the same. */
  rows(choose: ChosenRows): void;
}

/** What a window takes as tensors, by default. */
const windowBytes = 16 * 2 ** 20;

const lengthOf = ({ shape }: RowType): number => shape.reduce((product, n) => product * n, 1);

const arrayTypes = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * One epoch of stochastic gradient descent over examples that need not fit into memory: as {@link minibatches}, but the examples
 * are read while the steps are computed, a window of them ahead.
 *
 * The order: blocks are drawn at random from the whole source, as many as the window holds; their examples are shuffled, and handed
 * out; then come the next ones. Each example comes once. What fits into one window comes in the very order of `minibatches`, so
 * that training gives the same weights. Several classes should meet in a window: with blocks of one class each, as in a sorted
 * file, a window of few blocks is a poor shuffle.
 *
 * A minibatch is disposed when the next one is requested, and at the end of the loop, also after a `break`.
 *
 * @param source Such as `openIdx` of `@dlcc/data/node` gives, or your own.
 * @returns An async iterator over {@link Minibatch}, which ends with the epoch; `indices` counts through the source's blocks.
 * @throws {ArgumentError} if `size`, `epoch` or `window` is not a whole number or too small, or the source has no examples.
 * @throws {BackendError} if `backend` lacks a dtype. What the source throws, a step of the loop throws.
 * @example
 * ```ts
 * import { type ExampleSource, streamMinibatches } from "@dlcc/data";
 *
 * // A thousand examples, in ten blocks: x = n, y = 2 n.
 * const source: ExampleSource = {
 *   x: { shape: [1], dtype: "float32" },
 *   y: { shape: [1], dtype: "float32" },
 *   blocks: new Array(10).fill(100),
 *   read: async (block) => ({
 *     write(row, x, y, at) {
 *       x[at] = 100 * block + row;
 *       y[at] = 2 * (100 * block + row);
 *     },
 *   }),
 * };
 * let [examples, sum] = [0, 0];
 * for await (const { x, y } of streamMinibatches(source, { size: 64, seed: 1, window: 300 })) {
 *   examples += x.shape[0] ?? 0;
 *   sum += await y.sum().item();
 * }
 * console.log(examples, sum); // → 1000 999000
 * ```
 */
export function streamMinibatches(source: ExampleSource, options: StreamOptions): StreamedMinibatches {
  const { size, epoch = 0, shuffle = true, dropLast = false, backend = cpu } = options ?? {};
  const bytes = [source.x, source.y].reduce(
    (sum, type) => sum + lengthOf(type) * arrayTypes[type.dtype].BYTES_PER_ELEMENT,
    0,
  );
  const window = options?.window ?? Math.max(1, Math.floor(windowBytes / bytes));
  for (const [name, value, least] of [
    ["size", size, 1],
    ["epoch", epoch, 0],
    ["window", window, 1],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new ArgumentError(`streamMinibatches: ${name} must be a whole number from ${least}, got ${value}`);
  }
  for (const { dtype } of [source.x, source.y]) assertDType("streamMinibatches", backend, dtype);
  const examples = countOf(source);
  if (examples === 0) throw new ArgumentError("streamMinibatches: the source must have at least one example, got 0");
  let seed = shuffle ? (options.seed ?? generatorOf(undefined).seed) : undefined;
  const pass: Pass = {
    source,
    order: new StreamOrder(seed, epoch, source.blocks, window),
    size,
    end: dropLast ? examples - (examples % size) : examples,
    done: 0,
  };
  return Object.assign(run(pass, backend), {
    rows(choose: ChosenRows) {
      pass.rows = choose;
    },
    state: () => ({ seed: seed ?? null, epoch, window, examples, size, done: pass.done }),
    loadState(state: StreamState) {
      for (const [name, is, was] of [
        ["examples", examples, state.examples],
        ["size", size, state.size],
        ["window", window, state.window],
        ["epoch", epoch, state.epoch],
        ["shuffle", shuffle, state.seed !== null],
        // Without a seed, the order that was drawn is as good as any other: that of the state takes its place.
        ["seed", options.seed ?? state.seed, state.seed],
      ] as const) {
        if (is === was || (name === "seed" && !shuffle)) continue;
        throw new ArgumentError(
          `streamMinibatches: the state must be of the same data, with ${name} ${is}, got ${was}`,
        );
      }
      seed = state.seed ?? undefined;
      pass.order = new StreamOrder(seed, epoch, source.blocks, window);
      pass.done = state.done;
    },
  });
}

/** A pass over a source. */
interface Pass {
  readonly source: ExampleSource;
  order: StreamOrder;
  readonly size: number;
  /** How many examples are handed out in all. */
  readonly end: number;
  done: number;
  /** Which rows of each minibatch are drawn. Default: all. */
  rows?: ChosenRows;
}

/** A window in memory. */
interface Loaded {
  readonly blocks: readonly ExampleBlock[];
  /** Of each of its blocks, and its end: counted through the window. */
  readonly starts: readonly number[];
  /** Of each of its blocks: counted through the source. */
  readonly places: readonly number[];
  /** Which of its examples come, one after the other. */
  readonly order: Int32Array;
}

/** A separate generator, so that `streamMinibatches` checks its arguments at the call and not at the first `next()`. */
async function* run(pass: Pass, backend: Backend): AsyncGenerator<Minibatch, void> {
  const { source, size } = pass;
  const windows = new WindowReader(source, pass.order);
  const most = Math.min(size, pass.end);
  const [x, y] = [source.x, source.y].map(
    ({ dtype, shape }) => new arrayTypes[dtype](most * lengthOf({ dtype, shape })),
  );
  const upload = (type: RowType, array: TypedArray, n: number): Tensor => {
    const storage = backend.upload(array.subarray(0, n * lengthOf(type)), type.dtype);
    return keep(fromStorage(backend, storage, type.dtype, [n, ...type.shape]));
  };
  let [window, offset] = windows.find(pass.done);
  while (pass.done < pass.end) {
    const whole = Math.min(size, pass.end - pass.done);
    const [from, to] = pass.rows?.(whole) ?? [0, whole];
    const n = to - from;
    const indices = new Int32Array(n);
    for (let at = 0; at < whole; ) {
      const loaded = windows.at(window) ?? (await windows.load(window));
      const end = Math.min(loaded.order.length, offset + whole - at);
      // Of these examples, which come at `at` in the whole, those from row `from` to `to`.
      const first = offset + Math.max(0, from - at);
      const last = Math.min(end, offset + to - at);
      const place = Math.max(0, at - from);
      if (first < last) write(loaded, first, last, { x: x as TypedArray, y: y as TypedArray, indices, at: place });
      at += end - offset;
      offset = end;
      if (offset === loaded.order.length) [window, offset] = [window + 1, 0];
    }
    pass.done += whole;
    const minibatch = { x: upload(source.x, x as TypedArray, n), y: upload(source.y, y as TypedArray, n), indices };
    try {
      yield minibatch;
    } finally {
      minibatch.x.dispose();
      minibatch.y.dispose();
    }
  }
}

/** Where examples go: the arrays of a minibatch, and the place of the first. */
interface Arrays {
  readonly x: TypedArray;
  readonly y: TypedArray;
  readonly indices: Int32Array;
  readonly at: number;
}

/** Writes some of a window's examples, one after the other. Engines optimize a function, but hardly the inside of an async generator. */
function write({ order, starts, blocks, places }: Loaded, from: number, to: number, arrays: Arrays): void {
  const { x, y, indices } = arrays;
  for (let i = from, at = arrays.at; i < to; i++, at++) {
    const example = order[i] as number;
    const block = blockOf(starts, example);
    const row = example - (starts[block] as number);
    blocks[block]?.write(row, x, y, at);
    indices[at] = (places[block] as number) + row;
  }
}

/** Which block an example of a window is in: the last one that starts at it or before it. */
function blockOf(starts: readonly number[], example: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= example) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Reads the windows of a pass, the next one while one is in use. */
class WindowReader {
  readonly #source: ExampleSource;
  readonly #order: StreamOrder;
  /** Of each block, counted through the source. */
  readonly #places: readonly number[];
  #current: { readonly window: number; readonly loaded: Loaded } | undefined;
  #next: { readonly window: number; readonly loading: Promise<Loaded> } | undefined;

  constructor(source: ExampleSource, order: StreamOrder) {
    this.#source = source;
    this.#order = order;
    this.#places = startsOf(Array.from(source.blocks));
  }

  /** Where an example of the pass is: its window, and its place there. */
  find(done: number): [window: number, offset: number] {
    let [window, offset] = [0, done];
    for (const { examples } of this.#order.windows) {
      if (offset < examples) break;
      window++;
      offset -= examples;
    }
    return [window, offset];
  }

  /** A window that is in memory. */
  at(window: number): Loaded | undefined {
    return this.#current?.window === window ? this.#current.loaded : undefined;
  }

  /** Waits for a window, lets the last one go, and begins to read the next one. */
  async load(window: number): Promise<Loaded> {
    const loading = this.#next?.window === window ? this.#next.loading : this.#read(window);
    this.#current = undefined;
    this.#next = undefined;
    const loaded = await loading;
    this.#current = { window, loaded };
    if (window + 1 < this.#order.windows.length) {
      const next = this.#read(window + 1);
      // It is thrown where it is awaited; a loop that ends before does not need it.
      next.catch(() => {});
      this.#next = { window: window + 1, loading: next };
    }
    return loaded;
  }

  async #read(window: number): Promise<Loaded> {
    const { blocks: chosen = [] } = this.#order.windows[window] ?? {};
    const blocks = await all(chosen.map((block) => this.#source.read(block)));
    return {
      blocks,
      starts: startsOf(chosen.map((block) => this.#source.blocks[block] ?? 0)),
      places: chosen.map((block) => this.#places[block] ?? 0),
      order: this.#order.examples(window),
    };
  }
}

/** Where each of several parts starts, one after the other. */
function startsOf(sizes: readonly number[]): number[] {
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return at - size;
  });
}
