/** Comparisons, and what is built from them. For booleans, `maximum` is "or" and `minimum` is "and". */
import { isFloat } from "../dtype.ts";
import { named } from "../named.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { maximum } from "./arithmetic.ts";
import { assertTensor } from "./checks.ts";
import { type ComparisonFunction, comparison } from "./families.ts";

/**
 * `a = b`, elementwise, as `bool`; NaN equals nothing. Shapes and errors as in {@link add}.
 *
 * @example
 * ```ts
 * import { equal, tensor } from "@dlcc/tensor";
 * console.log(await equal(tensor([1, 2]), 2).array()); // → [ 0, 1 ]
 * ```
 * @function
 */
export const equal: ComparisonFunction = /* @__PURE__ */ comparison("equal", (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! === b[t + i * q]! ? 1 : 0;
});

/**
 * `a < b`, elementwise, as `bool`. See {@link equal}.
 *
 * @example
 * ```ts
 * import { less, tensor } from "@dlcc/tensor";
 * console.log(await less(tensor([1, 2]), 2).array()); // → [ 1, 0 ]
 * ```
 * @function
 */
export const less: ComparisonFunction = /* @__PURE__ */ comparison("less", (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! < b[t + i * q]! ? 1 : 0;
});

/**
 * `a > b`, elementwise, as `bool`. See {@link equal}.
 *
 * @example
 * ```ts
 * import { greater, tensor } from "@dlcc/tensor";
 * console.log(await greater(tensor([1, 2]), 1).array()); // → [ 0, 1 ]
 * ```
 * @function
 */
export const greater: ComparisonFunction = /* @__PURE__ */ comparison("greater", (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! > b[t + i * q]! ? 1 : 0;
});

/**
 * `a ≠ b`, elementwise, as `bool`. See {@link equal}.
 *
 * @example
 * ```ts
 * import { notEqual, tensor } from "@dlcc/tensor";
 * console.log(await notEqual(tensor([1, 2]), 2).array()); // → [ 1, 0 ]
 * ```
 */
export const notEqual = (a: TensorLike, b: TensorLike): Tensor => named("notEqual", () => logicalNot(equal(a, b)));

/**
 * `a ≤ b`, elementwise, as `bool`. See {@link equal}.
 *
 * @example
 * ```ts
 * import { lessEqual, tensor } from "@dlcc/tensor";
 * console.log(await lessEqual(tensor([1, 2, 3]), 2).array()); // → [ 1, 1, 0 ]
 * ```
 */
export const lessEqual = (a: TensorLike, b: TensorLike): Tensor =>
  named("lessEqual", () => maximum(less(a, b), equal(a, b)));

/**
 * `a ≥ b`, elementwise, as `bool`. See {@link equal}.
 *
 * @example
 * ```ts
 * import { greaterEqual, tensor } from "@dlcc/tensor";
 * console.log(await greaterEqual(tensor([1, 2, 3]), 2).array()); // → [ 0, 1, 1 ]
 * ```
 */
export const greaterEqual = (a: TensorLike, b: TensorLike): Tensor =>
  named("greaterEqual", () => maximum(greater(a, b), equal(a, b)));

/**
 * Not `x`, elementwise, as `bool`: whether each element is 0.
 *
 * @example
 * ```ts
 * import { greater, logicalNot, tensor } from "@dlcc/tensor";
 * console.log(await logicalNot(greater(tensor([1, 2]), 1)).array()); // → [ 1, 0 ]
 * ```
 */
export const logicalNot = (x: Tensor): Tensor => named("logicalNot", () => equal(x, 0));

/**
 * Whether each element is NaN, as `bool`.
 *
 * @example
 * ```ts
 * import { isNaN, tensor } from "@dlcc/tensor";
 * console.log(await isNaN(tensor([1, NaN, Infinity])).array()); // → [ 0, 1, 0 ]
 * ```
 */
// biome-ignore lint/suspicious/noShadowRestrictedNames: NumPy's and the language's word
export function isNaN(x: Tensor): Tensor {
  assertTensor("isNaN", x);
  return notEqual(x, x);
}

/**
 * Whether each element is a number, neither NaN nor ±∞, as `bool`.
 *
 * @example
 * ```ts
 * import { isFinite, tensor } from "@dlcc/tensor";
 * console.log(await isFinite(tensor([1, NaN, Infinity])).array()); // → [ 1, 0, 0 ]
 * ```
 */
// biome-ignore lint/suspicious/noShadowRestrictedNames: NumPy's and the language's word
export const isFinite = (x: Tensor): Tensor =>
  named("isFinite", () => {
    assertTensor("isFinite", x);
    // x − x is 0 for numbers, and NaN for NaN and ±∞. Whole numbers and booleans are always finite.
    return isFloat(x.dtype) ? equal(x.sub(x), 0) : equal(x, x);
  });
