/** Elementwise functions of one tensor. */
import { apply } from "../apply.ts";
import { cast as castKernel } from "../cpu/elementwise.ts";
import { type DType, isFloat } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { named } from "../named.ts";
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
 * The natural logarithm, elementwise; floats. `log 0` is −∞; below 0 it is NaN.
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
    for (let i = 0; i < n; i++) out[at + i] = Math.sign(x[start + i * step]!) + 0; // −0 becomes 0.
  },
  derivative: flat,
});

/** Σ cᵢ xⁱ, from the highest power down. */
function polynomial(x: number, coefficients: readonly number[]): number {
  let y = 0;
  for (const c of coefficients) y = y * x + c;
  return y;
}

/** erf x = x · p(x²) / q(x²) for |x| ≤ ½. */
const near: readonly (readonly number[])[] = [
  [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694],
  [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
];

/** 1 − erf x = e^(−x²) · p(x) / q(x) from ½ on. Above 4 it is right to 1e-8 of itself, which there is below 1e-16. */
const far: readonly (readonly number[])[] = [
  [
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
    881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
  ],
  [
    1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
    4362.619090143247, 3439.3676741437216, 1230.3393548037495,
  ],
];

const ratio = (x: number, [p = [], q = []]: readonly (readonly number[])[]): number =>
  polynomial(x, p) / polynomial(x, q);

/**
 * erf x in double precision, by rational functions that are closest to it, to 1e-16. Source: W. J. Cody, "Rational
 * Chebyshev approximations for the error function", 1969; the digits are those of his CALERF (netlib.org/specfun).
 */
function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.5) return x * ratio(x * x, near);
  if (size >= 6) return Math.sign(x);
  return Math.sign(x) * (1 - Math.exp(-x * x) * ratio(size, far));
}

/**
 * The error function, `2/√π ∫₀ˣ e^(−t²) dt`, elementwise; floats. `(1 + erf(x/√2)) / 2` is the probability that a standard
 * normal number is below `x`.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { erf, tensor } from "@dlcc/tensor";
 * console.log(await erf(tensor([0, 0.5, Infinity])).array()); // → [ 0, 0.5204998850822449, 1 ]
 * ```
 * @function
 */
export const erf: UnaryFunction = /* @__PURE__ */ unary({
  name: "erf",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = errorFunction(x[start + i * step]!);
  },
  // d erf x = 2/√π e^(−x²) dx
  derivative: (g, { inputs: [x] }) => [() => g.mul(exp(x.mul(x).neg()).mul(2 / Math.sqrt(Math.PI)))],
});

/**
 * The same numbers in another dtype. For `int32`, floats are cut towards zero; beyond its range they become its nearest end, and
 * NaN becomes 0 (a GPU refuses both, at the read). For `bool`, what is not 0 is true.
 *
 * @throws {BackendError} if the backend does not support that dtype.
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
 * `x` kept between two numbers, elementwise: `min(max(x, low), high)`. The derivative is 1 inside, the ends included.
 *
 * @param x Numbers of any shape.
 * @param low The lower bound; undefined for none.
 * @param high The upper bound; undefined for none.
 * @throws {ArgumentError} if neither is given. @throws {DTypeError} if `x` is `int32`, and a bound is not.
 * @example
 * ```ts
 * import { clip, tensor } from "@dlcc/tensor";
 * console.log(await clip(tensor([-3, 0.5, 3]), -1, 1).array()); // → [ -1, 0.5, 1 ]
 * console.log(await clip(tensor([-3, 0.5, 3]), 0).array()); // → [ 0, 0.5, 3 ]
 * ```
 */
export const clip = (x: Tensor, low?: number, high?: number): Tensor =>
  named("clip", () => {
    assertTensor("clip", x);
    if (low === undefined && high === undefined)
      throw new ArgumentError("clip: low or high must be given, got neither");
    const raised = low === undefined ? x.alias() : where(x.less(low), low, x);
    return high === undefined ? raised : where(raised.greater(high), high, raised);
  });
