/** Elementwise ops. Binary ones broadcast as NumPy does; a number literal takes the tensor's dtype. */
import { apply, notATensor } from "../apply.ts";
import type { DType } from "../dtype.ts";
import { tidy } from "../memory.ts";
import * as primitives from "../primitives/elementwise.ts";
import { broadcastShapes } from "../shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { applyBinary, expand, literal, needTensor } from "./operands.ts";

/**
 * `a + b`, elementwise.
 *
 * @param a Any shape; numbers (not `bool`).
 * @param b A shape that broadcasts with `a`'s; the same dtype.
 * @returns The broadcast shape.
 * @throws {ShapeError} if the shapes don't broadcast. @throws {DTypeError} if the dtypes differ.
 * @example
 * ```ts
 * import { add, tensor } from "@dlcc/tensor";
 * console.log(await add(tensor([[1], [2]]), tensor([10, 20])).array()); // → [ [ 11, 21 ], [ 12, 22 ] ]
 * ```
 */
export const add = (a: TensorLike, b: TensorLike): Tensor => applyBinary(primitives.add, a, b);

/**
 * `a − b`, elementwise; shapes, dtypes and errors as in {@link add}.
 *
 * @example
 * ```ts
 * import { sub, tensor } from "@dlcc/tensor";
 * console.log(await sub(1, tensor([1, 2])).array()); // → [ 0, -1 ]
 * ```
 */
export const sub = (a: TensorLike, b: TensorLike): Tensor => applyBinary(primitives.sub, a, b);

/**
 * `a · b`, elementwise; shapes, dtypes and errors as in {@link add}. For matrices' product see {@link matmul}.
 *
 * @example
 * ```ts
 * import { mul, tensor } from "@dlcc/tensor";
 * console.log(await mul(tensor([1, 2]), 3).array()); // → [ 3, 6 ]
 * ```
 */
export const mul = (a: TensorLike, b: TensorLike): Tensor => applyBinary(primitives.mul, a, b);

/**
 * `a / b`, elementwise; floats alone, else as in {@link add}. `x / 0` is ±∞, and `0 / 0` is NaN.
 *
 * @example
 * ```ts
 * import { div, tensor } from "@dlcc/tensor";
 * console.log(await div(tensor([1, 2]), 4).array()); // → [ 0.25, 0.5 ]
 * ```
 */
export const div = (a: TensorLike, b: TensorLike): Tensor => applyBinary(primitives.div, a, b);

/**
 * `a` to the power of `b`, elementwise; shapes, dtypes and errors as in {@link add}.
 *
 * @example
 * ```ts
 * import { pow, tensor } from "@dlcc/tensor";
 * console.log(await pow(tensor([1, 2, 3]), 2).array()); // → [ 1, 4, 9 ]
 * ```
 */
export const pow = (a: TensorLike, b: TensorLike): Tensor => applyBinary(primitives.pow, a, b);

/**
 * The larger of `a` and `b`, elementwise; NaN wins. Of booleans it is "or". At a tie, half of the derivative goes to
 * each. Shapes and errors as in {@link add}.
 *
 * @example
 * ```ts
 * import { maximum, tensor } from "@dlcc/tensor";
 * console.log(await maximum(tensor([-1, 2]), 0).array()); // → [ 0, 2 ]
 * ```
 */
export const maximum = (a: TensorLike, b: TensorLike): Tensor => applyBinary(primitives.maximum, a, b);

/**
 * The smaller of `a` and `b`, elementwise; NaN wins. Of booleans it is "and". See {@link maximum}.
 *
 * @example
 * ```ts
 * import { minimum, tensor } from "@dlcc/tensor";
 * console.log(await minimum(tensor([-1, 2]), 0).array()); // → [ -1, 0 ]
 * ```
 */
export const minimum = (a: TensorLike, b: TensorLike): Tensor => applyBinary(primitives.minimum, a, b);

/**
 * `a = b`, elementwise, as `bool`; NaN equals nothing. Shapes and errors as in {@link add}.
 *
 * @example
 * ```ts
 * import { equal, tensor } from "@dlcc/tensor";
 * console.log(await equal(tensor([1, 2]), 2).array()); // → [ 0, 1 ]
 * ```
 */
export const equal = (a: TensorLike, b: TensorLike): Tensor => applyBinary(primitives.equal, a, b);

/**
 * `a ≠ b`, elementwise, as `bool`. See {@link equal}.
 *
 * @example
 * ```ts
 * import { notEqual, tensor } from "@dlcc/tensor";
 * console.log(await notEqual(tensor([1, 2]), 2).array()); // → [ 1, 0 ]
 * ```
 */
export const notEqual = (a: TensorLike, b: TensorLike): Tensor => tidy(() => logicalNot(equal(a, b)));

/**
 * `a < b`, elementwise, as `bool`. See {@link equal}.
 *
 * @example
 * ```ts
 * import { less, tensor } from "@dlcc/tensor";
 * console.log(await less(tensor([1, 2]), 2).array()); // → [ 1, 0 ]
 * ```
 */
export const less = (a: TensorLike, b: TensorLike): Tensor => applyBinary(primitives.less, a, b);

/**
 * `a ≤ b`, elementwise, as `bool`. See {@link equal}.
 *
 * @example
 * ```ts
 * import { lessEqual, tensor } from "@dlcc/tensor";
 * console.log(await lessEqual(tensor([1, 2, 3]), 2).array()); // → [ 1, 1, 0 ]
 * ```
 */
export const lessEqual = (a: TensorLike, b: TensorLike): Tensor => tidy(() => maximum(less(a, b), equal(a, b)));

/**
 * `a > b`, elementwise, as `bool`. See {@link equal}.
 *
 * @example
 * ```ts
 * import { greater, tensor } from "@dlcc/tensor";
 * console.log(await greater(tensor([1, 2]), 1).array()); // → [ 0, 1 ]
 * ```
 */
export const greater = (a: TensorLike, b: TensorLike): Tensor => applyBinary(primitives.greater, a, b);

/**
 * `a ≥ b`, elementwise, as `bool`. See {@link equal}.
 *
 * @example
 * ```ts
 * import { greaterEqual, tensor } from "@dlcc/tensor";
 * console.log(await greaterEqual(tensor([1, 2, 3]), 2).array()); // → [ 0, 1, 1 ]
 * ```
 */
export const greaterEqual = (a: TensorLike, b: TensorLike): Tensor => tidy(() => maximum(greater(a, b), equal(a, b)));

/**
 * Not `x`, elementwise, as `bool`: whether each element is 0.
 *
 * @example
 * ```ts
 * import { greater, logicalNot, tensor } from "@dlcc/tensor";
 * console.log(await logicalNot(greater(tensor([1, 2]), 1)).array()); // → [ 1, 0 ]
 * ```
 */
export const logicalNot = (x: Tensor): Tensor => equal(x, 0);

/**
 * `−x`, elementwise.
 *
 * @example
 * ```ts
 * import { neg, tensor } from "@dlcc/tensor";
 * console.log(await neg(tensor([1, -2])).array()); // → [ -1, 2 ]
 * ```
 */
export const neg = (x: Tensor): Tensor => apply(primitives.neg, {}, x);

/**
 * `eˣ`, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { exp, tensor } from "@dlcc/tensor";
 * console.log(await exp(tensor([0, -Infinity])).array()); // → [ 1, 0 ]
 * ```
 */
export const exp = (x: Tensor): Tensor => apply(primitives.exp, {}, x);

/**
 * The natural logarithm, elementwise; floats. `log 0` is −∞; of what is below 0 it is NaN.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { log, tensor } from "@dlcc/tensor";
 * console.log(await log(tensor([1, 0])).array()); // → [ 0, -Infinity ]
 * ```
 */
export const log = (x: Tensor): Tensor => apply(primitives.log, {}, x);

/**
 * `√x`, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { sqrt, tensor } from "@dlcc/tensor";
 * console.log(await sqrt(tensor([4, 9])).array()); // → [ 2, 3 ]
 * ```
 */
export const sqrt = (x: Tensor): Tensor => apply(primitives.sqrt, {}, x);

/**
 * `x²`, elementwise.
 *
 * @example
 * ```ts
 * import { square, tensor } from "@dlcc/tensor";
 * console.log(await square(tensor([2, -3])).array()); // → [ 4, 9 ]
 * ```
 */
export const square = (x: Tensor): Tensor => apply(primitives.mul, {}, x, x);

/**
 * `|x|`, elementwise. Its derivative at 0 is taken as 0.
 *
 * @example
 * ```ts
 * import { abs, tensor } from "@dlcc/tensor";
 * console.log(await abs(tensor([1, -2])).array()); // → [ 1, 2 ]
 * ```
 */
export const abs = (x: Tensor): Tensor => apply(primitives.abs, {}, x);

/**
 * −1, 0 or 1 as `x` is below, at or above 0, elementwise.
 *
 * @example
 * ```ts
 * import { sign, tensor } from "@dlcc/tensor";
 * console.log(await sign(tensor([-5, 0, 3])).array()); // → [ -1, 0, 1 ]
 * ```
 */
export const sign = (x: Tensor): Tensor => apply(primitives.sign, {}, x);

/**
 * The rectifier, `max(0, x)`, elementwise. Its derivative at 0 is taken as 0. Source: the course, "ReLU Activation".
 *
 * @example
 * ```ts
 * import { relu, tensor } from "@dlcc/tensor";
 * console.log(await relu(tensor([-1, 2])).array()); // → [ 0, 2 ]
 * ```
 */
export const relu = (x: Tensor): Tensor => apply(primitives.relu, {}, x);

/**
 * The sigmoid, `1 / (1 + e⁻ˣ)`, elementwise; floats. Source: the course, "Multi Layer Perceptrons and Sigmoid".
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { sigmoid, tensor } from "@dlcc/tensor";
 * console.log(await sigmoid(tensor([0, 100])).array()); // → [ 0.5, 1 ]
 * ```
 */
export const sigmoid = (x: Tensor): Tensor => apply(primitives.sigmoid, {}, x);

/**
 * The hyperbolic tangent, `(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)`, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { tanh, tensor } from "@dlcc/tensor";
 * console.log(await tanh(tensor([0, 100])).array()); // → [ 0, 1 ]
 * ```
 */
export const tanh = (x: Tensor): Tensor => apply(primitives.tanh, {}, x);

/**
 * The step function of the course's perceptron: 1 where `x > 0`, else 0, in `x`'s dtype. Its derivative is 0
 * everywhere, which is why networks of perceptrons can't be trained by gradient descent.
 *
 * @example
 * ```ts
 * import { step, tensor } from "@dlcc/tensor";
 * console.log(await step(tensor([-1, 0, 0.5])).array()); // → [ 0, 0, 1 ]
 * ```
 */
export const step = (x: Tensor): Tensor => tidy(() => greater(x, 0).cast(x.dtype));

/**
 * `x` held between two numbers, elementwise: `min(max(x, low), high)`. The derivative is 1 inside, the ends included.
 *
 * @example
 * ```ts
 * import { clip, tensor } from "@dlcc/tensor";
 * console.log(await clip(tensor([-3, 0.5, 3]), -1, 1).array()); // → [ -1, 0.5, 1 ]
 * ```
 */
export const clip = (x: Tensor, low: number, high: number): Tensor =>
  tidy(() => {
    const raised = where(less(x, low), low, x);
    return where(greater(raised, high), high, raised);
  });

/**
 * `condition ? a : b`, elementwise. All three broadcast together.
 *
 * @param condition `bool`.
 * @param a Taken where the condition holds.
 * @param b Taken where it does not; at least one of `a` and `b` is a tensor.
 * @example
 * ```ts
 * import { tensor, where } from "@dlcc/tensor";
 * const x = tensor([-1, 2]);
 * console.log(await where(x.greater(0), x, 0).array()); // → [ 0, 2 ]
 * ```
 */
export function where(condition: Tensor, a: TensorLike, b: TensorLike): Tensor {
  needTensor("where", condition);
  const beside = a instanceof Tensor ? a : b;
  if (!(beside instanceof Tensor)) throw notATensor("where", beside);
  return tidy(() => {
    const x = a instanceof Tensor ? a : literal("where", a, beside);
    const y = b instanceof Tensor ? b : literal("where", b, beside);
    const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", x.shape, y.shape));
    return apply(primitives.where, {}, expand(condition, shape), expand(x, shape), expand(y, shape));
  });
}

/**
 * The same numbers in another dtype: floats are cut towards zero for `int32`; what is not 0 is true for `bool`.
 *
 * @throws {BackendError} if the backend does not hold that dtype.
 * @example
 * ```ts
 * import { cast, tensor } from "@dlcc/tensor";
 * console.log(await cast(tensor([1.7, -1.7]), "int32").array()); // → [ 1, -1 ]
 * ```
 */
export const cast = (x: Tensor, dtype: DType): Tensor => x.cast(dtype);
