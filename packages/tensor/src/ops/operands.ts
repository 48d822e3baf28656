/** The operands of elementwise ops: tensors and number literals, broadcast to one shape. */
import { apply } from "../apply.ts";
import type { ArithmeticOp, ComparisonOp } from "../backend.ts";
import { type DType, emptyArray, holds } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { isTensor } from "../is-tensor.ts";
import { named } from "../named.ts";
import type { Operation } from "../op.ts";
import { broadcastShapes, type Shape, sameShape } from "../shape.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { notATensor } from "./checks.ts";
import { broadcastTo } from "./views.ts";

/** Checks that a dtype can represent a number. */
export function checkLiteral(op: string, value: number, dtype: DType): void {
  if (holds(dtype, value)) return;
  throw new DTypeError(
    `${op}: a number next to a tensor of ${dtype} must be one of ${dtype}, got ${value}: cast the tensor first, with x.cast("float32")`,
  );
}

/** A number as an operand next to a tensor. */
function literal(op: string, value: unknown, beside: Tensor): number {
  if (typeof value !== "number") throw notATensor(op, value);
  checkLiteral(op, value, beside.dtype);
  return beside.dtype === "int32" ? value | 0 : value; // −0 is 0 there.
}

/** A tensor like another one, full of one number. */
export function filledLike(x: Tensor, value: number): Tensor {
  x.backend.assertRoom?.(x.size, x.dtype);
  return x.upload(emptyArray(x.dtype, x.size).fill(value), x.dtype, x.shape);
}

/** A tensor with the given shape, by strides alone; itself if it has it already. */
export const expand = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : apply(broadcastTo, { shape }, x);

/** Broadcasts both operands to one shape, and applies. A number is handed on as it is. */
export function applyBinary(op: Operation<ArithmeticOp | ComparisonOp>, a: TensorLike, b: TensorLike): Tensor {
  if (!isTensor(a)) {
    if (!isTensor(b)) throw notATensor(op.name, typeof a === "number" ? b : a);
    return apply(op, {}, literal(op.name, a, b), b);
  }
  if (!isTensor(b)) return apply(op, {}, a, literal(op.name, b, a));
  if (sameShape(a.shape, b.shape)) return apply(op, {}, a, b);
  return named(op.name, () => {
    const shape = broadcastShapes(op.name, a.shape, b.shape);
    return apply(op, {}, expand(a, shape), expand(b, shape));
  });
}

/** One of two operands that a third one is broadcast with. */
export const expandOperand = (op: string, x: TensorLike, beside: Tensor, shape: Shape): TensorLike =>
  isTensor(x) ? expand(x, shape) : literal(op, x, beside);
