/** In which order the blocks of a source are read, and the examples of those that are in memory together are handed out. */
import { Generator, permutation } from "@dlcc/tensor";

/** Blocks that are in memory together. */
export interface Window {
  /** The blocks, in the order in which they are read. */
  readonly blocks: readonly number[];
  /** How many examples they have. */
  readonly examples: number;
}

/** How many streams of random numbers an epoch may take. */
const streamsPerEpoch = 2 ** 20;

/**
 * The order of a pass, a function of its seed and its epoch alone. Each window has a stream of its own, so that a run that goes on
 * in the seventh does not draw the first six. Where all fits into one window, the order is that of `minibatches`.
 */
export class StreamOrder {
  /** In the order in which they come. */
  readonly windows: readonly Window[];
  readonly #seed: number | undefined;
  readonly #epoch: number;

  /**
   * @param seed Undefined for the order of the source.
   * @param sizes How many examples each block has.
   * @param most How many examples a window has at most, unless one block has more.
   */
  constructor(seed: number | undefined, epoch: number, sizes: ArrayLike<number>, most: number) {
    this.#seed = seed;
    this.#epoch = epoch;
    const inOrder = Array.from(sizes, (_, i) => i);
    const [first, ...others] = divide(inOrder, sizes, most);
    if (seed === undefined || others.length === 0) this.windows = first ? [first, ...others] : [];
    else this.windows = divide(permutation(this.#generator(0), sizes.length), sizes, most);
  }

  /** The order of a window's examples, counted through its blocks. */
  examples(window: number): Int32Array {
    const { examples = 0 } = this.windows[window] ?? {};
    if (this.#seed === undefined) return new Int32Array(examples).map((_, i) => i);
    const generator = this.windows.length > 1 ? this.#generator(1 + window) : new Generator(this.#seed, this.#epoch);
    return permutation(generator, examples);
  }

  #generator(stream: number): Generator {
    return new Generator(this.#seed ?? 0, this.#epoch * streamsPerEpoch + stream);
  }
}

function divide(order: Iterable<number>, sizes: ArrayLike<number>, most: number): Window[] {
  const windows: { blocks: number[]; examples: number }[] = [];
  for (const block of order) {
    const size = sizes[block] ?? 0;
    if (size === 0) continue;
    const last = windows.at(-1);
    if (last && last.examples + size <= most) {
      last.blocks.push(block);
      last.examples += size;
    } else windows.push({ blocks: [block], examples: size });
  }
  return windows;
}
