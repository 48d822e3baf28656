/** Relatives of `exp`, `log` and `sqrt`. */
import { named } from "../named.ts";
import type { Tensor } from "../tensor.ts";
import { div } from "./arithmetic.ts";
import { assertFloat, assertTensor } from "./checks.ts";
import { sqrt } from "./elementwise.ts";
import { type UnaryFunction, unary } from "./families.ts";

/**
 * `eˣ − 1`, elementwise; floats. Near 0 it keeps the digits that `exp(x).sub(1)` loses.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { expm1, tensor } from "@dlcc/tensor";
 * console.log(await expm1(tensor([0, -Infinity])).array()); // → [ 0, -1 ]
 * ```
 * @function
 */
export const expm1: UnaryFunction = /* @__PURE__ */ unary({
  name: "expm1",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.expm1(x[start + i * step]!);
  },
  derivative: (g, { output }) => [() => g.mul(output.add(1))],
});

/**
 * `log(1 + x)`, elementwise; floats. Near 0 it keeps the digits that `log(x.add(1))` loses. Below −1 it is NaN.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { log1p, tensor } from "@dlcc/tensor";
 * console.log(await log1p(tensor([0, -1])).array()); // → [ 0, -Infinity ]
 * ```
 * @function
 */
export const log1p: UnaryFunction = /* @__PURE__ */ unary({
  name: "log1p",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.log1p(x[start + i * step]!);
  },
  derivative: (g, { inputs: [x] }) => [() => g.div(x.add(1))],
});

/**
 * The logarithm to base 2, elementwise; floats. `log2 0` is −∞; below 0 it is NaN.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { log2, tensor } from "@dlcc/tensor";
 * console.log(await log2(tensor([1, 0])).array()); // → [ 0, -Infinity ]
 * ```
 * @function
 */
export const log2: UnaryFunction = /* @__PURE__ */ unary({
  name: "log2",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.log2(x[start + i * step]!);
  },
  // d log₂ x = dx / (x ln 2)
  derivative: (g, { inputs: [x] }) => [() => g.div(x.mul(Math.LN2))],
});

/**
 * `1 / √x`, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { rsqrt, tensor } from "@dlcc/tensor";
 * console.log(await rsqrt(tensor([4, 0])).array()); // → [ 0.5, Infinity ]
 * ```
 */
export const rsqrt = (x: Tensor): Tensor =>
  named("rsqrt", () => {
    assertTensor("rsqrt", x);
    assertFloat("rsqrt", x);
    return div(1, sqrt(x));
  });

/**
 * `1 / x`, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { reciprocal, tensor } from "@dlcc/tensor";
 * console.log(await reciprocal(tensor([4, 0])).array()); // → [ 0.25, Infinity ]
 * ```
 */
export function reciprocal(x: Tensor): Tensor {
  assertTensor("reciprocal", x);
  assertFloat("reciprocal", x);
  return div(1, x);
}
