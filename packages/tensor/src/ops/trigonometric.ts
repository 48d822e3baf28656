/** Sines, tangents and their inverses, of circle and hyperbola. `tanh` is among the activations. */
import { sub } from "./arithmetic.ts";
import { sqrt } from "./elementwise.ts";
import { type UnaryFunction, unary } from "./families.ts";

/**
 * The sine of `x` in radians, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { sin, tensor } from "@dlcc/tensor";
 * console.log(await sin(tensor([0, Infinity])).array()); // → [ 0, NaN ]
 * ```
 * @function
 */
export const sin: UnaryFunction = /* @__PURE__ */ unary({
  name: "sin",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.sin(x[start + i * step]!);
  },
  derivative: (g, { inputs: [x] }) => [() => g.mul(cos(x))],
});

/**
 * The cosine of `x` in radians, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { cos, tensor } from "@dlcc/tensor";
 * console.log(await cos(tensor([0, Infinity])).array()); // → [ 1, NaN ]
 * ```
 * @function
 */
export const cos: UnaryFunction = /* @__PURE__ */ unary({
  name: "cos",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.cos(x[start + i * step]!);
  },
  derivative: (g, { inputs: [x] }) => [() => g.mul(sin(x)).neg()],
});

/**
 * The tangent of `x` in radians, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { tan, tensor } from "@dlcc/tensor";
 * console.log(await tan(tensor(0)).item()); // → 0
 * ```
 * @function
 */
export const tan: UnaryFunction = /* @__PURE__ */ unary({
  name: "tan",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.tan(x[start + i * step]!);
  },
  // d tan x = (1 + tan² x) dx
  derivative: (g, { output }) => [() => g.mul(output.mul(output).add(1))],
});

/**
 * The angle from −π/2 to π/2 whose sine is `x`, elementwise; floats. Beyond ±1 it is NaN.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { asin, tensor } from "@dlcc/tensor";
 * console.log(await asin(tensor([0, 2])).array()); // → [ 0, NaN ]
 * ```
 * @function
 */
export const asin: UnaryFunction = /* @__PURE__ */ unary({
  name: "asin",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.asin(x[start + i * step]!);
  },
  // d asin x = dx / √(1 − x²)
  derivative: (g, { inputs: [x] }) => [() => g.div(sqrt(sub(1, x.mul(x))))],
});

/**
 * The angle from 0 to π whose cosine is `x`, elementwise; floats. Beyond ±1 it is NaN.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { acos, tensor } from "@dlcc/tensor";
 * console.log(await acos(tensor([1, 2])).array()); // → [ 0, NaN ]
 * ```
 * @function
 */
export const acos: UnaryFunction = /* @__PURE__ */ unary({
  name: "acos",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.acos(x[start + i * step]!);
  },
  derivative: (g, { inputs: [x] }) => [() => g.div(sqrt(sub(1, x.mul(x)))).neg()],
});

/**
 * The angle from −π/2 to π/2 whose tangent is `x`, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { atan, tensor } from "@dlcc/tensor";
 * console.log(await atan(tensor(0)).item()); // → 0
 * ```
 * @function
 */
export const atan: UnaryFunction = /* @__PURE__ */ unary({
  name: "atan",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.atan(x[start + i * step]!);
  },
  // d atan x = dx / (1 + x²)
  derivative: (g, { inputs: [x] }) => [() => g.div(x.mul(x).add(1))],
});

/**
 * The hyperbolic sine, `(eˣ − e⁻ˣ) / 2`, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { sinh, tensor } from "@dlcc/tensor";
 * console.log(await sinh(tensor([0, Infinity])).array()); // → [ 0, Infinity ]
 * ```
 * @function
 */
export const sinh: UnaryFunction = /* @__PURE__ */ unary({
  name: "sinh",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.sinh(x[start + i * step]!);
  },
  derivative: (g, { inputs: [x] }) => [() => g.mul(cosh(x))],
});

/**
 * The hyperbolic cosine, `(eˣ + e⁻ˣ) / 2`, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { cosh, tensor } from "@dlcc/tensor";
 * console.log(await cosh(tensor([0, Infinity])).array()); // → [ 1, Infinity ]
 * ```
 * @function
 */
export const cosh: UnaryFunction = /* @__PURE__ */ unary({
  name: "cosh",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.cosh(x[start + i * step]!);
  },
  derivative: (g, { inputs: [x] }) => [() => g.mul(sinh(x))],
});
