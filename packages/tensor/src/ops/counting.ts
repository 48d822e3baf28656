/** Reductions of truth: what is not 0 is true, NaN too. */

import { named } from "../named.ts";
import { normalizeAxes } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { assertTensor } from "./checks.ts";
import { notEqual } from "./comparison.ts";
import { cast } from "./elementwise.ts";
import { type Axes, type ReduceOptions, sum } from "./reduction.ts";

/**
 * How many elements are not 0, over axes, as `int32`. NaN counts.
 *
 * @param x Any shape and dtype.
 * @param axes Default: all.
 * @returns The shape without the axes, or with length 1 there (`keepDims`).
 * @throws {ArgumentError} if an axis is out of range.
 * @example
 * ```ts
 * import { countNonzero, tensor } from "@dlcc/tensor";
 * console.log(await countNonzero(tensor([[0, 5], [3, 4]]), 1).array()); // → [ 1, 2 ]
 * ```
 */
export const countNonzero = (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor =>
  named("countNonzero", () => {
    assertTensor("countNonzero", x);
    normalizeAxes("countNonzero", axes, x.rank);
    return sum(cast(notEqual(x, 0), "int32"), axes, options);
  });

/**
 * Whether any element over axes is not 0, as `bool`; false if there are no elements.
 *
 * @param x Any shape and dtype.
 * @param axes Default: all.
 * @throws {ArgumentError} if an axis is out of range.
 * @example
 * ```ts
 * import { any, tensor } from "@dlcc/tensor";
 * console.log(await any(tensor([[0, 0], [3, 0]]), 1).array()); // → [ 0, 1 ]
 * ```
 */
export const any = (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor =>
  named("any", () => {
    assertTensor("any", x);
    normalizeAxes("any", axes, x.rank);
    return notEqual(countNonzero(x, axes, options), 0);
  });

/**
 * Whether all elements over axes are not 0, as `bool`; true if there are no elements.
 *
 * @param x Any shape and dtype.
 * @param axes Default: all.
 * @throws {ArgumentError} if an axis is out of range.
 * @example
 * ```ts
 * import { all, tensor } from "@dlcc/tensor";
 * console.log(await all(tensor([[1, 0], [3, 4]]), 1).array()); // → [ 0, 1 ]
 * ```
 */
export const all = (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor =>
  named("all", () => {
    assertTensor("all", x);
    const along = normalizeAxes("all", axes, x.rank);
    const count = along.reduce((n, axis) => n * (x.shape[axis] as number), 1);
    return countNonzero(x, axes, options).equal(count);
  });
