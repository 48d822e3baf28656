/** Elementwise arithmetic and functions. Binary ops broadcast as NumPy does; a number literal takes the tensor's dtype. */
import { apply } from "../apply.ts";
import { cast as castKernel } from "../cpu/elementwise.ts";
import {
  absLoop,
  addLoop,
  divLoop,
  expLoop,
  logLoop,
  maximumLoop,
  minimumLoop,
  mulIntegerLoop,
  mulLoop,
  negLoop,
  powIntegerLoop,
  powLoop,
  signLoop,
  sqrtLoop,
  subLoop,
} from "../cpu/loops.ts";
import { type DType, emptyArray, isFloat } from "../dtype.ts";
import { tidy } from "../memory.ts";
import { define, type KernelOperation } from "../op.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { assertDType, assertTensor } from "./checks.ts";
import { type ArithmeticFunction, arithmetic, flat, type UnaryFunction, unary } from "./families.ts";
import { where } from "./where.ts";

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
 * @function
 */
export const add: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "add",
  takes: "numbers",
  loop: addLoop,
  derivative: (g) => [() => g, () => g],
});

/**
 * `a − b`, elementwise; shapes, dtypes and errors as in {@link add}.
 *
 * @example
 * ```ts
 * import { sub, tensor } from "@dlcc/tensor";
 * console.log(await sub(1, tensor([1, 2])).array()); // → [ 0, -1 ]
 * ```
 * @function
 */
export const sub: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "sub",
  takes: "numbers",
  loop: subLoop,
  derivative: (g) => [() => g, () => g.neg()],
});

/**
 * `a · b`, elementwise; shapes, dtypes and errors as in {@link add}. For matrices' product see {@link matmul}.
 *
 * @example
 * ```ts
 * import { mul, tensor } from "@dlcc/tensor";
 * console.log(await mul(tensor([1, 2]), 3).array()); // → [ 3, 6 ]
 * ```
 * @function
 */
export const mul: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "mul",
  takes: "numbers",
  loop: mulLoop,
  integerLoop: mulIntegerLoop,
  derivative: (g, { inputs: [a, b] }) => [() => g.mul(b), () => g.mul(a)],
});

/**
 * `a / b`, elementwise; floats alone, else as in {@link add}. `x / 0` is ±∞, and `0 / 0` is NaN.
 *
 * @example
 * ```ts
 * import { div, tensor } from "@dlcc/tensor";
 * console.log(await div(tensor([1, 2]), 4).array()); // → [ 0.25, 0.5 ]
 * ```
 * @function
 */
export const div: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "div",
  takes: "floats",
  loop: divLoop,
  // d(a/b) = da / b − (a/b) db / b
  derivative: (g, { inputs: [, b], output }) => [() => g.div(b), () => g.mul(output).div(b).neg()],
});

/**
 * `a` to the power of `b`, elementwise; shapes, dtypes and errors as in {@link add}.
 *
 * @example
 * ```ts
 * import { pow, tensor } from "@dlcc/tensor";
 * console.log(await pow(tensor([1, 2, 3]), 2).array()); // → [ 1, 4, 9 ]
 * ```
 * @function
 */
export const pow: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "pow",
  takes: "numbers",
  loop: powLoop,
  integerLoop: powIntegerLoop,
  // d aᵇ = b aᵇ⁻¹ da + aᵇ log a db; x⁰ is flat in x, and 0ᵇ in b where b ≥ 0
  derivative: (g, { inputs: [a, b], output }) => [
    () => {
      if (b === 0) return g.upload(emptyArray(g.dtype, g.size), g.dtype, g.shape);
      const slope = g.mul(mul(pow(a, typeof b === "number" ? b - 1 : b.sub(1)), b));
      return typeof b === "number" ? slope : where(b.equal(0), 0, slope);
    },
    () => {
      const exponent = b as Tensor; // A number has no derivative.
      const flatAt = maximum(exponent.greater(0), exponent.equal(0));
      const base = typeof a === "number" ? exponent.mul(0).add(a) : a;
      return where(minimum(base.equal(0), flatAt), 0, g.mul(output.mul(base.log())));
    },
  ],
});

/** The gradient that reaches `x` in max(x, y) or min(x, y): all of it where x wins, half at a tie. */
function extremumGradient(g: Tensor, x: TensorLike, y: TensorLike, wins: "greater" | "less"): Tensor {
  const own = x as Tensor; // A number has no derivative.
  return where(own.equal(y), g.mul(0.5), where(own[wins](y), g, 0));
}

/**
 * The larger of `a` and `b`, elementwise; NaN wins. Of booleans it is "or". At a tie, half of the derivative goes to
 * each. Shapes and errors as in {@link add}.
 *
 * @example
 * ```ts
 * import { maximum, tensor } from "@dlcc/tensor";
 * console.log(await maximum(tensor([-1, 2]), 0).array()); // → [ 0, 2 ]
 * ```
 * @function
 */
export const maximum: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "maximum",
  takes: "all",
  loop: maximumLoop,
  derivative: (g, { inputs: [a, b] }) => [
    () => extremumGradient(g, a, b, "greater"),
    () => extremumGradient(g, b, a, "greater"),
  ],
});

/**
 * The smaller of `a` and `b`, elementwise; NaN wins. Of booleans it is "and". See {@link maximum}.
 *
 * @example
 * ```ts
 * import { minimum, tensor } from "@dlcc/tensor";
 * console.log(await minimum(tensor([-1, 2]), 0).array()); // → [ -1, 0 ]
 * ```
 * @function
 */
export const minimum: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "minimum",
  takes: "all",
  loop: minimumLoop,
  derivative: (g, { inputs: [a, b] }) => [
    () => extremumGradient(g, a, b, "less"),
    () => extremumGradient(g, b, a, "less"),
  ],
});

/**
 * `−x`, elementwise.
 *
 * @example
 * ```ts
 * import { neg, tensor } from "@dlcc/tensor";
 * console.log(await neg(tensor([1, -2])).array()); // → [ -1, 2 ]
 * ```
 * @function
 */
export const neg: UnaryFunction = /* @__PURE__ */ unary({
  name: "neg",
  takes: "numbers",
  loop: negLoop,
  derivative: (g) => [() => g.neg()],
});

/**
 * `eˣ`, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { exp, tensor } from "@dlcc/tensor";
 * console.log(await exp(tensor([0, -Infinity])).array()); // → [ 1, 0 ]
 * ```
 * @function
 */
export const exp: UnaryFunction = /* @__PURE__ */ unary({
  name: "exp",
  takes: "floats",
  loop: expLoop,
  // d eˣ = eˣ dx
  derivative: (g, { output }) => [() => g.mul(output)],
});

/**
 * The natural logarithm, elementwise; floats. `log 0` is −∞; of what is below 0 it is NaN.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { log, tensor } from "@dlcc/tensor";
 * console.log(await log(tensor([1, 0])).array()); // → [ 0, -Infinity ]
 * ```
 * @function
 */
export const log: UnaryFunction = /* @__PURE__ */ unary({
  name: "log",
  takes: "floats",
  loop: logLoop,
  // d log x = dx / x
  derivative: (g, { inputs: [x] }) => [() => g.div(x)],
});

/**
 * `√x`, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { sqrt, tensor } from "@dlcc/tensor";
 * console.log(await sqrt(tensor([4, 9])).array()); // → [ 2, 3 ]
 * ```
 * @function
 */
export const sqrt: UnaryFunction = /* @__PURE__ */ unary({
  name: "sqrt",
  takes: "floats",
  loop: sqrtLoop,
  // d √x = dx / 2√x
  derivative: (g, { output }) => [() => g.div(output.mul(2))],
});

/**
 * `|x|`, elementwise. Its derivative at 0 is taken as 0.
 *
 * @example
 * ```ts
 * import { abs, tensor } from "@dlcc/tensor";
 * console.log(await abs(tensor([1, -2])).array()); // → [ 1, 2 ]
 * ```
 * @function
 */
export const abs: UnaryFunction = /* @__PURE__ */ unary({
  name: "abs",
  takes: "numbers",
  loop: absLoop,
  derivative: (g, { inputs: [x] }) => [() => g.mul(sign(x))],
});

/**
 * −1, 0 or 1 as `x` is below, at or above 0, elementwise.
 *
 * @example
 * ```ts
 * import { sign, tensor } from "@dlcc/tensor";
 * console.log(await sign(tensor([-5, 0, 3])).array()); // → [ -1, 0, 1 ]
 * ```
 * @function
 */
export const sign: UnaryFunction = /* @__PURE__ */ unary({
  name: "sign",
  takes: "numbers",
  loop: signLoop,
  derivative: flat,
});

/**
 * `x²`, elementwise.
 *
 * @example
 * ```ts
 * import { square, tensor } from "@dlcc/tensor";
 * console.log(await square(tensor([2, -3])).array()); // → [ 4, 9 ]
 * ```
 */
export const square = (x: Tensor): Tensor => apply(mul, {}, x, x);

/**
 * The same numbers in another dtype: floats are cut towards zero for `int32`; what is not 0 is true for `bool`.
 *
 * @throws {BackendError} if the backend does not hold that dtype.
 * @example
 * ```ts
 * import { cast, tensor } from "@dlcc/tensor";
 * console.log(await cast(tensor([1.7, -1.7]), "int32").array()); // → [ 1, -1 ]
 * ```
 * @function
 */
export const cast: ((x: Tensor, dtype: DType) => Tensor) & KernelOperation<"cast"> = /* @__PURE__ */ define(
  (x: Tensor, dtype: DType): Tensor => {
    assertTensor("cast", x);
    return dtype === x.dtype ? x.alias() : apply(cast, { dtype }, x);
  },
  {
    name: "cast",
    results({ dtype }, [{ backend, shape }]) {
      assertDType("cast", backend, dtype);
      return [{ dtype, shape }];
    },
    kernel: ({ dtype }, [x]) => castKernel(x, dtype),
    derivative: (g, { inputs: [x], output }) => [
      isFloat(x.dtype) && isFloat(output.dtype) ? () => g.cast(x.dtype) : undefined,
    ],
  } satisfies KernelOperation<"cast"> as KernelOperation<"cast">,
);

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
    assertTensor("clip", x);
    const raised = where(x.less(low), low, x);
    return where(raised.greater(high), high, raised);
  });
