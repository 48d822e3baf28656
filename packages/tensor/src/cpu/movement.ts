import type { Padding, View } from "../backend.ts";
import type { TypedArray } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { contiguousStrides, sizeOf } from "../shape.ts";
import { addRow, copyRow, type RowLoop } from "./loops.ts";
import { newStorage } from "./spare.ts";
import { arrayOf, forEachRow, offsetsOf, type Strided } from "./walk.ts";

/** Puts a view's elements where another walk of the same shape leads, by copying or adding. */
function put(row: RowLoop, x: View, out: TypedArray, walk: Strided): void {
  const data = arrayOf(x);
  forEachRow(x.shape, [x, walk], (n, [start, at], [step, by]) => row(n, data, start!, step!, out, at!, by!));
}

export function copy(x: View): TypedArray {
  const out = newStorage(x.dtype, sizeOf(x.shape));
  put(copyRow, x, out, { strides: contiguousStrides(x.shape), offset: 0 });
  return out;
}

export function pad(x: View, padding: readonly Padding[], value: number): [TypedArray] {
  const shape = x.shape.map((length, axis) => length + padding[axis]![0] + padding[axis]![1]);
  const strides = contiguousStrides(shape);
  const out = newStorage(x.dtype, sizeOf(shape)).fill(value);
  put(copyRow, x, out, { strides, offset: strides.reduce((sum, stride, axis) => sum + stride * padding[axis]![0], 0) });
  return [out];
}

export function concat(inputs: readonly View[], axis: number): [TypedArray] {
  const first = inputs[0]!;
  const length = inputs.reduce((sum, x) => sum + x.shape[axis]!, 0);
  const shape = first.shape.map((n, i) => (i === axis ? length : n));
  const strides = contiguousStrides(shape);
  const out = newStorage(first.dtype, sizeOf(shape));
  let offset = 0;
  for (const x of inputs) {
    put(copyRow, x, out, { strides, offset });
    offset += x.shape[axis]! * strides[axis]!;
  }
  return [out];
}

/** The indices as an array, counted from the beginning, checked against the axis that they point into. */
function placesOf(op: string, indices: View, size: number): TypedArray {
  return copy(indices).map((index) => {
    if (index >= -size && index < size) return index < 0 ? index + size : index;
    throw new ArgumentError(`${op}: indices must be from ${-size} to ${size - 1}, got ${index}`);
  });
}

/** A list without the `count` entries from `from` on. */
const without = (list: readonly number[], from: number, count: number): number[] => [
  ...list.slice(0, from),
  ...list.slice(from + count),
];

export function gather(x: View, indices: View, axis: number): [TypedArray] {
  const list = placesOf("gather", indices, x.shape[axis]!);
  // With the indices flattened, the result has the input's axes; `axis` is as long as there are indices.
  const shape = x.shape.map((length, i) => (i === axis ? list.length : length));
  const strides = contiguousStrides(shape);
  const out = newStorage(x.dtype, sizeOf(shape));
  if (x.shape.length === 1) {
    // Of flat data, as the elements along an axis are taken: a walk for each would be slow.
    const data = arrayOf(x);
    for (let i = 0; i < list.length; i++) out[i] = data[x.offset + list[i]! * x.strides[0]!]!;
    return [out];
  }
  const slice = { ...viewFields(x), shape: without(x.shape, axis, 1), strides: without(x.strides, axis, 1) };
  list.forEach((index, i) => {
    const source = { ...slice, offset: x.offset + index * x.strides[axis]! };
    put(copyRow, source, out, { strides: without(strides, axis, 1), offset: i * strides[axis]! });
  });
  return [out];
}

export function scatterAdd(x: View, indices: View, axis: number, size: number): [TypedArray] {
  const list = placesOf("scatterAdd", indices, size);
  const rank = indices.shape.length;
  const shape = [...x.shape.slice(0, axis), size, ...x.shape.slice(axis + rank)];
  const strides = contiguousStrides(shape);
  const out = newStorage(x.dtype, sizeOf(shape));
  const slice = { ...viewFields(x), shape: without(x.shape, axis, rank), strides: without(x.strides, axis, rank) };
  const starts = offsetsOf(indices.shape, { strides: x.strides.slice(axis, axis + rank), offset: x.offset });
  list.forEach((index, i) => {
    const source = { ...slice, offset: starts[i]! };
    put(addRow, source, out, { strides: without(strides, axis, 1), offset: index * strides[axis]! });
  });
  return [out];
}

const viewFields = ({ storage, dtype }: View): Pick<View, "storage" | "dtype"> => ({ storage, dtype });
