import { ArgumentError, generatorOf, permutation, type Seed, type TypedArray } from "@dlcc/tensor";
import { countOf, type ExampleBlock, type ExampleSource } from "./source.ts";

/** A part of a block. */
export interface BlockPart {
  /** Which block of the source. */
  readonly block: number;
  /** Its first example. */
  readonly from: number;
  /** How many. */
  readonly count: number;
}

/** Two sources that have all examples of one. */
export interface SourceSplit {
  /** For training. */
  readonly train: ExampleSource;
  /** For validation. */
  readonly validation: ExampleSource;
}

/**
 * Some of a source's examples, as a source: parts of its blocks, one after the other.
 *
 * @throws {ArgumentError} if a part is not in its block.
 * @example
 * ```ts
 * import { type ExampleSource, partsOfSource } from "@dlcc/data";
 *
 * const source: ExampleSource = {
 *   x: { shape: [], dtype: "float32" },
 *   y: { shape: [], dtype: "int32" },
 *   blocks: [100, 100],
 *   read: async () => ({ write() {} }),
 * };
 * console.log(partsOfSource(source, [{ block: 1, from: 90, count: 10 }]).blocks); // → [ 10 ]
 * ```
 */
export function partsOfSource(source: ExampleSource, parts: readonly BlockPart[]): ExampleSource {
  for (const { block, from, count } of parts) {
    const size = source.blocks[block] ?? 0;
    if (from >= 0 && count >= 0 && from + count <= size) continue;
    throw new ArgumentError(
      `partsOfSource: a part of block ${block} must be in its ${size}, got ${count} from ${from}`,
    );
  }
  return {
    x: source.x,
    y: source.y,
    blocks: parts.map(({ count }) => count),
    async read(block) {
      const { block: whole = 0, from = 0 } = parts[block] ?? {};
      const read: ExampleBlock = await source.read(whole);
      return { write: (row: number, x: TypedArray, y: TypedArray, at: number) => read.write(from + row, x, y, at) };
    },
  };
}

/**
 * Sets examples of a source aside, to measure a network on examples that it has not seen in training: blocks from random places,
 * so that as little as possible is read for it.
 *
 * @param validation How many to set aside: a count from 1 to n − 1, or a fraction between 0 and 1.
 * @returns Both parts. Each example is in one of them.
 * @throws {ArgumentError} if either part would be empty.
 * @example
 * ```ts
 * import { type ExampleSource, splitSource } from "@dlcc/data";
 *
 * const source: ExampleSource = {
 *   x: { shape: [], dtype: "float32" },
 *   y: { shape: [], dtype: "int32" },
 *   blocks: [100, 100, 100],
 *   read: async () => ({ write() {} }),
 * };
 * const { validation } = splitSource(source, 120, { seed: 1 });
 * console.log(validation.blocks); // → [ 100, 20 ]
 * ```
 */
export function splitSource(
  source: ExampleSource,
  validation: number,
  options: {
    /** Makes the choice repeatable. Default: another choice each time. */
    readonly seed?: Seed;
  } = {},
): SourceSplit {
  const count = countOf(source);
  const aside = validation > 0 && validation < 1 ? Math.round(validation * count) : validation;
  if (!Number.isInteger(aside) || aside < 1 || aside >= count) {
    throw new ArgumentError(
      `splitSource: validation must be a count from 1 to ${count - 1}, or a fraction that leaves examples in both parts, got ${validation} of ${count} examples`,
    );
  }
  const [kept, taken]: [BlockPart[], BlockPart[]] = [[], []];
  let left = aside;
  for (const block of permutation(generatorOf(options.seed), source.blocks.length)) {
    const size = source.blocks[block] ?? 0;
    const chosen = Math.min(left, size);
    left -= chosen;
    if (chosen > 0) taken.push({ block, from: 0, count: chosen });
    if (chosen < size) kept.push({ block, from: chosen, count: size - chosen });
  }
  kept.sort((a, b) => a.block - b.block);
  return { train: partsOfSource(source, kept), validation: partsOfSource(source, taken) };
}
