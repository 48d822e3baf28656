import type { Operand, View } from "../backend.ts";
import { type DType, type TypedArray, toArray } from "../dtype.ts";
import { contiguousStrides, isContiguous, sizeOf } from "../shape.ts";
import type { BinaryLoop, UnaryLoop } from "./loops.ts";
import { newStorage } from "./spare.ts";
import { arrayOf, forEachRow, type Strided } from "./walk.ts";

/** How a fresh, contiguous result of this shape is walked through. */
const dense = (shape: readonly number[]): Strided => ({ strides: contiguousStrides(shape), offset: 0 });

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

/** An operand as a view of the shape and dtype of the one beside it; a number is one element, with strides of 0. */
const viewOf = (operand: Operand, { dtype, shape }: View): View =>
  typeof operand === "number"
    ? { storage: toArray(dtype, [operand]), dtype, shape, strides: shape.map(() => 0), offset: 0 }
    : operand;

/** Both operands as views; at least one is a view. */
function viewsOf(a: Operand, b: Operand): [View, View] {
  const view = (typeof a === "number" ? b : a) as View;
  return [viewOf(a, view), viewOf(b, view)];
}

/** The step from each element to the next, if it is the same for all: 1 in contiguous data, 0 where one number stands for all. */
const stepOf = ({ shape, strides }: View, operand: Operand): 0 | 1 | undefined =>
  typeof operand === "number" ? 0 : isContiguous(shape, strides) ? 1 : undefined;

/** Runs a loop over all pairs of elements. The result has the operands' dtype unless told otherwise. */
export function binary(loop: BinaryLoop, [left, right]: readonly [Operand, Operand], dtype?: DType): [TypedArray] {
  const [a, b] = viewsOf(left, right);
  const out = newStorage(dtype ?? a.dtype, sizeOf(a.shape));
  const [x, y] = [arrayOf(a), arrayOf(b)];
  const [stepA, stepB] = [stepOf(a, left), stepOf(b, right)];
  if (stepA !== undefined && stepB !== undefined) loop(out.length, x, a.offset, stepA, y, b.offset, stepB, out, 0);
  else forEachRow(a.shape, [a, b, dense(a.shape)], (n, [s, t, at], [p, q]) => loop(n, x, s!, p!, y, t!, q!, out, at!));
  return [out];
}

export function where(condition: View, left: Operand, right: Operand): [TypedArray] {
  const [a, b] = viewsOf(left, right);
  const out = newStorage(a.dtype, sizeOf(a.shape));
  const [mask, x, y] = [arrayOf(condition), arrayOf(a), arrayOf(b)];
  forEachRow(a.shape, [condition, a, b, dense(a.shape)], (n, [c, s, t, at], [r, p, q]) => {
    for (let i = 0; i < n; i++) out[at! + i] = mask[c! + i * r!] ? x[s! + i * p!]! : y[t! + i * q!]!;
  });
  return [out];
}

const [leastInt32, mostInt32] = [-(2 ** 31), 2 ** 31 - 1];

export function cast(x: View, dtype: DType): [TypedArray] {
  const out = newStorage(dtype, sizeOf(x.shape));
  const data = arrayOf(x);
  forEachRow(x.shape, [x, dense(x.shape)], (n, [start, at], [step]) => {
    if (dtype === "bool") for (let i = 0; i < n; i++) out[at! + i] = data[start! + i * step!] === 0 ? 0 : 1;
    else if (dtype === "int32") {
      // The nearest end, where the array alone would wrap.
      for (let i = 0; i < n; i++) {
        out[at! + i] = Math.max(leastInt32, Math.min(mostInt32, data[start! + i * step!]!));
      }
    } else for (let i = 0; i < n; i++) out[at! + i] = data[start! + i * step!]!;
  });
  return [out];
}
