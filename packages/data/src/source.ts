/**
 * Examples that lie elsewhere, on a disk say, and may be more than fit into memory. They come in blocks: what lies together and
 * is read at once. An order that is random all over would read each example by itself; reading whole blocks from random places,
 * and shuffling a few of them together, costs no more than reading the file from its beginning to its end.
 */
import type { DType, TypedArray } from "@dlcc/tensor";

/** What one part of an example is: its input, or its target. */
export interface RowType {
  /** The shape of one; `[]` for a number, such as a label. */
  readonly shape: readonly number[];
  /** The dtype. */
  readonly dtype: DType;
}

/** The examples of a block, in memory. */
export interface ExampleBlock {
  /**
   * Writes an example into a minibatch.
   *
   * @param row Which of the block's.
   * @param x The inputs of the minibatch, one after the other.
   * @param y Its targets.
   * @param at The example's place in the minibatch.
   */
  write(row: number, x: TypedArray, y: TypedArray, at: number): void;
}

/** Examples in blocks: what {@link streamMinibatches} reads. */
export interface ExampleSource {
  /** What the inputs are. */
  readonly x: RowType;
  /** What the targets are. */
  readonly y: RowType;
  /** How many examples each block has. */
  readonly blocks: ArrayLike<number>;
  /** Reads a block. It may be called for the next one before the last has come. */
  read(block: number): Promise<ExampleBlock>;
}

/**
 * How many examples a source has.
 *
 * @example
 * ```ts
 * import { countOf, type ExampleSource } from "@dlcc/data";
 *
 * const source: ExampleSource = {
 *   x: { shape: [], dtype: "float32" },
 *   y: { shape: [], dtype: "int32" },
 *   blocks: [100, 50],
 *   read: async () => ({ write() {} }),
 * };
 * console.log(countOf(source)); // → 150
 * ```
 */
export const countOf = ({ blocks }: ExampleSource): number => Array.from(blocks).reduce((sum, n) => sum + n, 0);
