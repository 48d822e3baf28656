import type { View } from "../backend.ts";
import { contiguousStrides, sizeOf } from "../shape.ts";
import { copyRow } from "./loops.ts";
import { newStorage } from "./spare.ts";
import { arrayOf, offsetsOf, type Strided } from "./walk.ts";

/** Below 0 where `a` comes before `b`, 0 where they are equal: NaN is larger than all other numbers. */
const compare = (a: number, b: number): number =>
  a < b ? -1 : a > b ? 1 : Number(Number.isNaN(a)) - Number(Number.isNaN(b));

/** For each row along an axis, the places of its elements in order: by the engine's sort, in O(n log n). */
export function argsort(x: View, axis: number, descending: boolean): [Int32Array] {
  const data = arrayOf(x);
  const out = newStorage("int32", sizeOf(x.shape)) as Int32Array;
  const [length, step] = [x.shape[axis]!, x.strides[axis]!];
  const strides = contiguousStrides(x.shape);
  const rows = (walk: Strided): Int32Array =>
    offsetsOf(without(x.shape, axis), { strides: without(walk.strides, axis), offset: walk.offset });
  const targets = rows({ strides, offset: 0 });
  const sign = descending ? -1 : 1;
  const places = new Int32Array(length);
  rows(x).forEach((start, row) => {
    for (let i = 0; i < length; i++) places[i] = i;
    places.sort((i, j) => sign * compare(data[start + i * step]!, data[start + j * step]!) || i - j);
    copyRow(length, places, 0, 1, out, targets[row]!, strides[axis]!);
  });
  return [out];
}

const without = (list: readonly number[], axis: number): number[] => list.filter((_, i) => i !== axis);
