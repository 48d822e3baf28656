import type { View } from "../backend.ts";
import { type TypedArray, toArray } from "../dtype.ts";
import { contiguousStrides, reducedShape, sizeOf } from "../shape.ts";
import type { RowLoop } from "./loops.ts";
import { arrayOf, forEachRow, offsetsOf } from "./walk.ts";

/**
 * The result is walked through beside the input, with stride 0 along the axes that go: each element meets its place.
 * Collected in double precision, so a sum of many `float32` loses nothing on the way; whole numbers in 32 bits, where
 * sums wrap.
 */
export function reduce(row: RowLoop, start: number, x: View, axes: readonly number[]): [TypedArray] {
  const shape = reducedShape(x.shape, axes);
  const strides = contiguousStrides(shape).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const whole = x.dtype === "int32";
  // Maxima and minima of whole numbers begin with the end of their range.
  const totals = whole
    ? new Int32Array(sizeOf(shape)).fill(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, start)))
    : new Float64Array(sizeOf(shape)).fill(start);
  const data = arrayOf(x);
  forEachRow(x.shape, [x, { strides, offset: 0 }], (n, [s, at], [step, by]) =>
    row(n, data, s!, step!, totals, at!, by!),
  );
  return [whole || x.dtype === "float64" ? totals : toArray(x.dtype, totals)];
}

export function argmax(x: View, axis: number): [Int32Array] {
  const data = arrayOf(x);
  const without = (list: readonly number[]): number[] => list.filter((_, i) => i !== axis);
  const starts = offsetsOf(without(x.shape), { strides: without(x.strides), offset: x.offset });
  const length = x.shape[axis]!;
  const step = x.strides[axis]!;
  const places = starts.map((start) => {
    let best = 0;
    let largest = data[start]!;
    for (let i = 1; i < length; i++) {
      const value = data[start + i * step]!;
      // NaN is the largest, and the first one of several counts.
      if (value > largest || (Number.isNaN(value) && !Number.isNaN(largest))) {
        largest = value;
        best = i;
      }
    }
    return best;
  });
  return [places];
}
