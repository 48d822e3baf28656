import type { View } from "../backend.ts";
import type { DType, TypedArray } from "../dtype.ts";
import { contiguousStrides, isContiguous, sizeOf } from "../shape.ts";
import type { BinaryLoop, UnaryLoop } from "./loops.ts";
import { newStorage } from "./spare.ts";
import { arrayOf, forEachRow, type Walk } from "./walk.ts";

/** How a fresh, contiguous result of this shape is walked through. */
const dense = (shape: readonly number[]): Walk => ({ strides: contiguousStrides(shape), offset: 0 });

/** Runs a loop over all elements. */
export function unary(loop: UnaryLoop, x: View): [TypedArray] {
  const out = newStorage(x.dtype, sizeOf(x.shape));
  const data = arrayOf(x);
  if (isContiguous(x.shape, x.strides)) loop(out.length, data, x.offset, 1, out, 0);
  else {
    forEachRow(x.shape, [x, dense(x.shape)], (n, [start, at], [step]) => loop(n, data, start!, step!, out, at!));
  }
  return [out];
}

/** Runs a loop over all pairs of elements. */
export function binary(loop: BinaryLoop, [a, b]: readonly [View, View], dtype: DType = a.dtype): [TypedArray] {
  const out = newStorage(dtype, sizeOf(a.shape));
  const [x, y] = [arrayOf(a), arrayOf(b)];
  if (isContiguous(a.shape, a.strides) && isContiguous(b.shape, b.strides)) {
    loop(out.length, x, a.offset, 1, y, b.offset, 1, out, 0);
  } else {
    forEachRow(a.shape, [a, b, dense(a.shape)], (n, [s, t, at], [p, q]) => loop(n, x, s!, p!, y, t!, q!, out, at!));
  }
  return [out];
}

export function where(condition: View, a: View, b: View): [TypedArray] {
  const out = newStorage(a.dtype, sizeOf(a.shape));
  const [mask, x, y] = [arrayOf(condition), arrayOf(a), arrayOf(b)];
  forEachRow(a.shape, [condition, a, b, dense(a.shape)], (n, [c, s, t, at], [r, p, q]) => {
    for (let i = 0; i < n; i++) out[at! + i] = mask[c! + i * r!] ? x[s! + i * p!]! : y[t! + i * q!]!;
  });
  return [out];
}

export function cast(x: View, dtype: DType): [TypedArray] {
  const out = newStorage(dtype, sizeOf(x.shape));
  const data = arrayOf(x);
  forEachRow(x.shape, [x, dense(x.shape)], (n, [start, at], [step]) => {
    if (dtype === "bool") for (let i = 0; i < n; i++) out[at! + i] = data[start! + i * step!] === 0 ? 0 : 1;
    else for (let i = 0; i < n; i++) out[at! + i] = data[start! + i * step!]!;
  });
  return [out];
}
