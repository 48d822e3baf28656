import { named } from "../named.ts";
import { normalizeAxes } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { div, square, sub } from "./arithmetic.ts";
import { assertFloat, assertTensor } from "./checks.ts";
import { sqrt } from "./elementwise.ts";
import { type Axes, mean, type ReduceOptions, sum } from "./reduction.ts";
import { where } from "./where.ts";

/**
 * The variance over axes: the mean square of the distance from the mean.
 *
 * @param x Floats of any shape.
 * @param axes Default: all.
 * @param options `correction` is subtracted from the count that the sum is divided by: 0 (the default) gives the population's
 * variance, as NumPy's `var`; 1 the sample's, as PyTorch's.
 * @example
 * ```ts
 * import { tensor, variance } from "@dlcc/tensor";
 * console.log(await variance(tensor([1, 2, 3, 4])).item()); // → 1.25
 * ```
 */
export const variance = (
  x: Tensor,
  axes?: Axes,
  options: ReduceOptions & { readonly correction?: number } = {},
): Tensor =>
  named("variance", () => {
    assertTensor("variance", x);
    assertFloat("variance", x);
    const distances = square(sub(x, mean(x, axes, { keepDims: true })));
    const count = normalizeAxes("variance", axes, x.rank).reduce((n, axis) => n * (x.shape[axis] as number), 1);
    return div(sum(distances, axes, options), Math.max(0, count - (options.correction ?? 0)));
  });

/**
 * The standard deviation over axes, `√variance`. Its derivative is taken as 0 where it is 0, as PyTorch's is.
 *
 * @param x Floats of any shape.
 * @param axes Default: all.
 * @param options As for {@link variance}: `correction` 0 (the default) is NumPy's, 1 is PyTorch's.
 * @example
 * ```ts
 * import { std, tensor } from "@dlcc/tensor";
 * console.log(await std(tensor([1, 3])).item()); // → 1
 * ```
 */
export const std = (x: Tensor, axes?: Axes, options: ReduceOptions & { readonly correction?: number } = {}): Tensor =>
  named("std", () => {
    assertTensor("std", x);
    assertFloat("std", x);
    return rootOf(variance(x, axes, options));
  });

/** √x, with 0 as its derivative at 0. */
function rootOf(x: Tensor): Tensor {
  const nothing = x.equal(0);
  return where(nothing, 0, sqrt(where(nothing, 1, x)));
}

/**
 * The Euclidean norm over axes, `√Σ x²`. Its derivative at 0 is taken as 0, as PyTorch's is.
 *
 * @param x Floats of any shape.
 * @param axes Default: all.
 * @example
 * ```ts
 * import { norm, tensor } from "@dlcc/tensor";
 * console.log(await norm(tensor([3, 4])).item()); // → 5
 * ```
 */
export const norm = (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor =>
  named("norm", () => {
    assertTensor("norm", x);
    assertFloat("norm", x);
    return rootOf(sum(square(x), axes, options));
  });
