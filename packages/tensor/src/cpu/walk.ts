/**
 * Walking through strided data. Elementwise loops want one long row with a constant step; `forEachRow` cuts any set of
 * views of one shape into as few such rows as there can be.
 */
import type { View } from "../backend.ts";
import type { TypedArray } from "../dtype.ts";
import { advance, collapse, sizeOf } from "../shape.ts";

/** The array behind a view: on this backend, the storage is the array. */
export const arrayOf = (view: View): TypedArray => view.storage as TypedArray;

/** Strides and an offset: as much of a view as its elements' places depend on. */
export type Strided = Pick<View, "strides" | "offset">;

/**
 * Calls `visit` for each row of operands that have one shape. `starts[i]` is where operand i's row begins, `steps[i]`
 * how far its elements are apart.
 */
export function forEachRow(
  shape: readonly number[],
  operands: readonly Strided[],
  visit: (length: number, starts: readonly number[], steps: readonly number[]) => void,
): void {
  if (sizeOf(shape) === 0) return;
  const { lengths, strides } = collapse(shape, operands);
  const last = lengths.length - 1;
  const length = lengths[last] ?? 1;
  const steps = strides.map((s) => s[last] ?? 1);
  const starts = operands.map((operand) => operand.offset);
  const counter = new Array<number>(Math.max(0, last)).fill(0);
  do visit(length, starts, steps);
  while (advance(lengths, strides, counter, starts));
}

/** The offsets of all elements of a strided shape, in row-major order. */
export function offsetsOf(shape: readonly number[], operand: Strided): Int32Array {
  const offsets = new Int32Array(sizeOf(shape));
  let at = 0;
  forEachRow(shape, [operand], (length, [start], [step]) => {
    for (let i = 0; i < length; i++) offsets[at++] = (start as number) + i * (step as number);
  });
  return offsets;
}
