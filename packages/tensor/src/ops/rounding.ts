/** To whole numbers, as floats. `cast` to `int32` also cuts towards 0. */
import { flat, type UnaryFunction, unary } from "./families.ts";

/** `Math.round` takes halves up. */
function roundHalfToEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/**
 * The largest whole number that is not above `x`, elementwise; floats. The derivative is 0, as for all roundings.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { floor, tensor } from "@dlcc/tensor";
 * console.log(await floor(tensor([1.5, -1.5])).array()); // → [ 1, -2 ]
 * ```
 * @function
 */
export const floor: UnaryFunction = /* @__PURE__ */ unary({
  name: "floor",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.floor(x[start + i * step]!);
  },
  derivative: flat,
});

/**
 * The smallest whole number that is not below `x`, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { ceil, tensor } from "@dlcc/tensor";
 * console.log(await ceil(tensor([1.5, -1.5])).array()); // → [ 2, -1 ]
 * ```
 * @function
 */
export const ceil: UnaryFunction = /* @__PURE__ */ unary({
  name: "ceil",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.ceil(x[start + i * step]!);
  },
  derivative: flat,
});

/**
 * The nearest whole number, elementwise; floats. Halves go to the even neighbour, as in NumPy and PyTorch.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { round, tensor } from "@dlcc/tensor";
 * console.log(await round(tensor([0.5, 1.5, 2.4])).array()); // → [ 0, 2, 2 ]
 * ```
 * @function
 */
export const round: UnaryFunction = /* @__PURE__ */ unary({
  name: "round",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = roundHalfToEven(x[start + i * step]!);
  },
  derivative: flat,
});

/**
 * The whole number towards 0, elementwise; floats.
 *
 * @throws {DTypeError} if `x` is not a float.
 * @example
 * ```ts
 * import { trunc, tensor } from "@dlcc/tensor";
 * console.log(await trunc(tensor([1.5, -1.5])).array()); // → [ 1, -1 ]
 * ```
 * @function
 */
export const trunc: UnaryFunction = /* @__PURE__ */ unary({
  name: "trunc",
  takes: "floats",
  loop: (n, x, start, step, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.trunc(x[start + i * step]!);
  },
  derivative: flat,
});
