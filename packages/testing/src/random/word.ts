/** What a row of the random suite is: how to draw the arguments of a word, and what must come out by its definition. */
import type { DType, Tensor } from "@dlcc/tensor";
import type { Expected } from "../conformance/harness.ts";
import { at, build, entry, type NdArray } from "../reference.ts";
import type { Draws } from "./draws.ts";
import type { Placed } from "./placed.ts";

/** An argument: tensors stand as `Placed`, alone, in lists and in options. */
export type Argument = Placed | number | string | boolean | undefined | object;

/** A result, by the definition. */
export interface Wanted extends Expected {
  /** Whether the sign of a zero is defined. */
  readonly signed?: boolean;
}

/** The arguments of one call, and what must come of it: a tensor, several, or an error of this name. */
export interface Example {
  readonly args: readonly Argument[];
  readonly wanted: Wanted | readonly Wanted[] | string;
}

/** A word's row. */
export interface Word {
  readonly draw: (d: Draws) => Example;
  /** Whether it has no derivative, or none but 0. */
  readonly flat?: boolean;
  /** How it is called, where that is not with these arguments. */
  readonly call?: (...args: readonly unknown[]) => unknown;
  /** Whether its result must be awaited: then it is no op of a tape. */
  readonly isAsync?: boolean;
  /** The tensors of its result, where it is neither a tensor nor a list. */
  readonly resultsOf?: (result: unknown) => readonly Tensor[];
  /** How it is called under a tape, where that is another way. */
  readonly differentiable?: (...args: readonly unknown[]) => Tensor;
}

/** Rows by their words. */
export type Words = Readonly<Record<string, Word>>;

/** A result that is an array of a dtype. */
export const want = (
  dtype: DType,
  x: NdArray,
  more: { readonly magnitude?: NdArray | number; readonly signed?: boolean } = {},
): Wanted => ({
  dtype,
  shape: x.shape,
  data: dtype === "int32" ? x.data.map((value) => value | 0) : x.data,
  ...more,
});

/** The elements of `x` at other indices: all that words of shape do. */
export const pickFrom = (
  x: NdArray,
  shape: readonly number[],
  from: (index: readonly number[]) => readonly number[],
): NdArray => build(shape, (index) => at(x, from(index)));

/** The elements of `x` in another shape. */
export const reshaped = (x: NdArray, shape: readonly number[]): NdArray => ({ shape, data: x.data });

/** A result of a word that only moves numbers. */
export const moved = (x: Placed, result: NdArray): Wanted => want(x.dtype, result, { signed: true });

/** An axis counted from the beginning. */
export const fromStart = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** `x` repeated to a shape. */
export const broadcast = (x: NdArray, shape: readonly number[]): NdArray =>
  pickFrom(x, shape, (index) =>
    x.shape.map((length, axis) => (length === 1 ? 0 : entry(index, axis + shape.length - x.shape.length))),
  );

/** The shape that shapes broadcast to. */
export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const along = shapes.flatMap((shape) => shape[axis - rank + shape.length] ?? []);
    return along.find((length) => length !== 1) ?? 1;
  });
}
