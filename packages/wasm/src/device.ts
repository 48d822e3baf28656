/** What every op works with: the heap, the kernels, and a way to run a job on all threads. */
import type { BinaryOp, DType, Operand, ReduceOp, UnaryOp, View } from "@dlcc/tensor";
import * as codes from "./codes.ts";
import type { Block, Heap } from "./heap.ts";
import type { Kernels } from "./module.ts";
import type { Product } from "./product.ts";

/** One memory, its kernels, and the threads that run them. */
export interface Device {
  readonly heap: Heap;
  readonly kernels: Kernels;
  readonly threads: number;
  /** A library's product of matrices, if there is one. */
  readonly product: Product | undefined;
  /** Room for the number literal of the op that runs. */
  readonly literal: Block;
  /** Runs a job in `chunks` parts. Its arguments are whole numbers, then floats, then whole numbers again. */
  run(
    job: number,
    chunks: number,
    integers: readonly number[],
    reals?: readonly number[],
    flags?: readonly number[],
  ): void;
}

/** The number of each op's function: the constants of codes.ts, by the names of the ops. */
export const codeOf: { readonly [O in UnaryOp | BinaryOp | ReduceOp]: number } = codes;

/** Bytes of an element. */
export const bytesOf = (dtype: DType): 1 | 4 => (dtype === "bool" ? 1 : 4);

/** Elementwise jobs are split from this many elements on: below, waking a helper costs more than it saves. */
const worthSplitting = 32768;

/** Into how many parts an elementwise job of `n` elements goes. */
export const chunksFor = ({ threads }: Device, n: number): number => (n < worthSplitting ? 1 : threads);

/** Where a view's first element is. */
export const addressOf = (view: View): number => (view.storage as Block).pointer + view.offset * bytesOf(view.dtype);

/**
 * An operand as a view of the shape and dtype of the one beside it. A number is written to the device's place for
 * literals, where it stays until the next op, and is read with strides of 0.
 */
function viewOf({ heap, literal }: Device, operand: Operand, { dtype, shape }: View): View {
  if (typeof operand !== "number") return operand;
  const { pointer } = literal;
  if (dtype === "float32") heap.floats[pointer / 4] = operand;
  else if (dtype === "int32") heap.integers[pointer / 4] = operand;
  else heap.bytes[pointer] = operand === 0 ? 0 : 1;
  return { storage: literal, dtype, shape, strides: new Array<number>(shape.length).fill(0), offset: 0 };
}

/** Both operands as views; at least one is a view. */
export const viewsOf = (device: Device, a: Operand, b: Operand): readonly [View, View] =>
  typeof a === "number" ? [viewOf(device, a, b as View), b as View] : [a, viewOf(device, b, a)];

/** A block for `n` elements. */
export const allocate = ({ heap }: Device, dtype: DType, n: number): Block => heap.allocate(n * bytesOf(dtype));

/** Runs `fn` with a block that is given back afterwards. If `fn` throws, the op fails, and all its blocks go back. */
export function withBlock<T>({ heap }: Device, bytes: number, fn: (block: Block) => T): T {
  const block = heap.allocate(bytes);
  const result = fn(block);
  heap.free(block);
  return result;
}
