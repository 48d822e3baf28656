/** Elementwise functions of one tensor. */
import { apply } from "../apply.ts";
import { cast as castKernel } from "../cpu/elementwise.ts";
import { type DType, isFloat } from "../dtype.ts";
import { tidy } from "../memory.ts";
import { define, type KernelOperation } from "../op.ts";
import type { Tensor } from "../tensor.ts";
import { assertDType, assertTensor } from "./checks.ts";
import { flat, type UnaryFunction, unary } from "./families.ts";
import { where } from "./where.ts";

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
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = -x[start + i * step]!;
  },
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
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.exp(x[start + i * step]!);
  },
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
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.log(x[start + i * step]!);
  },
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
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.sqrt(x[start + i * step]!);
  },
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
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.abs(x[start + i * step]!);
  },
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
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.sign(x[start + i * step]!);
  },
  derivative: flat,
});

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
