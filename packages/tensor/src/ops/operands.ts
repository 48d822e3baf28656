import { apply, notATensor } from "../apply.ts";
import type { ArithmeticOp, ComparisonOp } from "../backend.ts";
import { type DType, toArray } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { tidy } from "../memory.ts";
import type { Operation } from "../op.ts";
import { broadcastTo } from "../primitives/views.ts";
import { broadcastShapes, type Shape, sameShape } from "../shape.ts";
import { fromData, Tensor, type TensorLike } from "../tensor.ts";

/** A number literal as a scalar tensor of the dtype, and on the backend, of the tensor that it stands beside. */
export function literal(op: string, value: number, beside: Tensor): Tensor {
  if (typeof value !== "number") throw notATensor(op, value);
  checkLiteral(op, value, beside.dtype);
  return fromData(toArray(beside.dtype, [value]), beside.dtype, [], beside.backend);
}

/** Checks that a dtype can hold a number. */
export function checkLiteral(op: string, value: number, dtype: DType): void {
  if ((dtype === "int32" && !Number.isInteger(value)) || (dtype === "bool" && value !== 0 && value !== 1)) {
    throw new DTypeError(
      `${op}: ${value} is no ${dtype}, and a number takes the tensor's dtype: cast("float32") first`,
    );
  }
}

/** Both operands as tensors. */
function operands(op: string, a: TensorLike, b: TensorLike): [Tensor, Tensor] {
  if (a instanceof Tensor) return [a, b instanceof Tensor ? b : literal(op, b, a)];
  if (b instanceof Tensor) return [literal(op, a, b), b];
  throw notATensor(op, a);
}

/** A tensor with the given shape, by strides alone; itself if it has it already. */
export const expand = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : apply(broadcastTo, { shape }, x);

type BinaryOperation = Operation<ArithmeticOp | ComparisonOp>;

/** Broadcasts both operands to one shape, and applies. */
export function applyBinary(op: BinaryOperation, a: TensorLike, b: TensorLike): Tensor {
  if (a instanceof Tensor && b instanceof Tensor && sameShape(a.shape, b.shape)) return apply(op, {}, a, b);
  return tidy(() => broadcastAndApply(op, a, b));
}

function broadcastAndApply(op: BinaryOperation, a: TensorLike, b: TensorLike): Tensor {
  const [x, y] = operands(op.name, a, b);
  const shape = broadcastShapes(op.name, x.shape, y.shape);
  return apply(op, {}, expand(x, shape), expand(y, shape));
}

/**
 * Checks what TypeScript promises, for those who call from JavaScript, or from two copies of this package.
 *
 * @param op As the message begins.
 * @throws {ArgumentError} if `x` is no tensor. @throws {BackendError} if it is one of another copy of this package.
 * @example
 * ```ts
 * import { needTensor, type Tensor } from "@dlcc/tensor";
 *
 * const double = (x: Tensor): Tensor => {
 *   needTensor("double", x);
 *   return x.add(x);
 * };
 * try {
 *   double([1, 2] as never);
 * } catch (error) {
 *   console.log((error as Error).message); // → double: expected a tensor, got Array: make one with tensor(…)
 * }
 * ```
 */
export function needTensor(op: string, x: unknown): asserts x is Tensor {
  if (!(x instanceof Tensor)) throw notATensor(op, x);
}
