/** Products, and running sums and products: composites that double their reach, so log₂ n passes do for n elements. */
import { named } from "../named.ts";
import { normalizeAxes, normalizeAxis } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { assertNumber, assertTensor } from "./checks.ts";
import { pad, slice } from "./movement.ts";
import type { Axes, ReduceOptions } from "./reduction.ts";
import { reshape } from "./views.ts";

/** The elements from `start` to `end` of an axis. */
const part = (x: Tensor, axis: number, start: number, end: number): Tensor =>
  slice(x, ...x.shape.map((_, i) => (i === axis ? ([start, end] as const) : ([] as const))));

/** Puts `before` and `after` elements around an axis. */
const around = (x: Tensor, axis: number, [before, after]: readonly [number, number], value: number): Tensor =>
  pad(
    x,
    x.shape.map((_, i) => (i === axis ? ([before, after] as const) : ([0, 0] as const))),
    value,
  );

/** The product along an axis, which stays with length 1: the second half is multiplied onto the first, until one is left. */
function productAlong(x: Tensor, axis: number): Tensor {
  let rest = x.shape[axis] === 0 ? around(x, axis, [0, 1], 1) : x;
  for (let length = rest.shape[axis] as number; length > 1; length = Math.ceil(length / 2)) {
    const half = Math.ceil(length / 2);
    const second = part(rest, axis, half, length);
    rest = mul(part(rest, axis, 0, half), around(second, axis, [0, 2 * half - length], 1));
  }
  return rest;
}

/**
 * The product over axes; 1 if there are no elements. Products of `int32` wrap at 32 bits. The derivative is right where
 * elements are 0, too.
 *
 * @param x Numbers of any shape.
 * @param axes Default: all.
 * @returns The shape without the axes, or with length 1 there (`keepDims`).
 * @throws {ArgumentError} if an axis is out of range. @throws {DTypeError} if `x` is `bool`.
 * @example
 * ```ts
 * import { prod, tensor } from "@dlcc/tensor";
 * console.log(await prod(tensor([[1, 2], [3, 4]]), 1).array()); // → [ 2, 12 ]
 * ```
 */
export const prod = (x: Tensor, axes?: Axes, { keepDims = false }: ReduceOptions = {}): Tensor =>
  named("prod", () => {
    assertTensor("prod", x);
    assertNumber("prod", x);
    const over = normalizeAxes("prod", axes, x.rank);
    const product = over.reduce(productAlong, x);
    if (keepDims) return product === x ? x.alias() : product;
    return reshape(
      product,
      x.shape.filter((_, axis) => !over.includes(axis)),
    );
  });

/** Combines each element with those before it: after k passes, with the 2ᵏ − 1 nearest. */
function scan(op: string, x: Tensor, axis: number, combine: (a: Tensor, b: Tensor) => Tensor, neutral: number): Tensor {
  return named(op, () => {
    assertTensor(op, x);
    assertNumber(op, x);
    const along = normalizeAxis(op, axis, x.rank);
    const length = x.shape[along] as number;
    let scanned = x.alias();
    for (let reach = 1; reach < length; reach *= 2) {
      scanned = combine(scanned, around(part(scanned, along, 0, length - reach), along, [reach, 0], neutral));
    }
    return scanned;
  });
}

/**
 * The running sum along an axis: element i of the result is the sum of the elements 0 to i.
 *
 * @param x Numbers of any shape but a scalar's.
 * @param axis Negative ones count from the end. Default: −1.
 * @returns The shape of `x`.
 * @throws {ArgumentError} if the axis is out of range. @throws {DTypeError} if `x` is `bool`.
 * @example
 * ```ts
 * import { cumsum, tensor } from "@dlcc/tensor";
 * console.log(await cumsum(tensor([1, 2, 3])).array()); // → [ 1, 3, 6 ]
 * ```
 */
export const cumsum = (x: Tensor, axis: number = -1): Tensor => scan("cumsum", x, axis, add, 0);

/**
 * The running product along an axis: element i of the result is the product of the elements 0 to i. See {@link cumsum}.
 *
 * @example
 * ```ts
 * import { cumprod, tensor } from "@dlcc/tensor";
 * console.log(await cumprod(tensor([1, 2, 3, 4])).array()); // → [ 1, 2, 6, 24 ]
 * ```
 */
export const cumprod = (x: Tensor, axis: number = -1): Tensor => scan("cumprod", x, axis, mul, 1);
