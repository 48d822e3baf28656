/** Composites: made of primitives alone, so every backend has them, and so do all derivatives. */
import { arange } from "../create.ts";
import type { DType } from "../dtype.ts";
import { ArgumentError, DTypeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import { constantMax } from "../primitives/reduction.ts";
import { unrecorded } from "../recorder.ts";
import { normalizeAxes } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { abs, add, div, equal, exp, less, log, sqrt, square, sub, where } from "./elementwise.ts";
import { unsqueeze } from "./movement.ts";
import { needTensor } from "./operands.ts";
import { type Axes, mean, type ReduceOptions, reduce, sum } from "./reduction.ts";

/** `x` less its largest element along an axis. A constant to the derivative: the functions below don't depend on it. */
function shifted(op: string, x: Tensor, axis: number): Tensor {
  needTensor(op, x);
  const axes = normalizeAxes(op, axis, x.rank);
  return sub(
    x,
    unrecorded(() => reduce(constantMax, x, axes, { keepDims: true })),
  );
}

/**
 * Softmax along an axis, `e^{z_j} / Σₖ e^{z_k}`: positive numbers that sum to 1. Stable: the largest is taken off first.
 * Source: the course, "Softmax Activation".
 *
 * @param x Floats of any shape.
 * @param axis Default: the last.
 * @example
 * ```ts
 * import { softmax, tensor } from "@dlcc/tensor";
 * console.log(await softmax(tensor([1000, 1000])).array()); // → [ 0.5, 0.5 ]
 * ```
 */
export const softmax = (x: Tensor, axis = -1): Tensor =>
  tidy(() => {
    const exponentials = exp(shifted("softmax", x, axis));
    return div(exponentials, sum(exponentials, axis, { keepDims: true }));
  });

/**
 * The logarithm of {@link softmax}, `z_j − log Σₖ e^{z_k}`, in one stable pass.
 *
 * @param x Floats of any shape.
 * @param axis Default: the last.
 * @example
 * ```ts
 * import { logSoftmax, tensor } from "@dlcc/tensor";
 * console.log(await logSoftmax(tensor([0, -1000])).array()); // → [ 0, -1000 ]
 * ```
 */
export const logSoftmax = (x: Tensor, axis = -1): Tensor =>
  tidy(() => {
    const z = shifted("logSoftmax", x, axis);
    return sub(z, log(sum(exp(z), axis, { keepDims: true })));
  });

/**
 * `log Σ eˣ` over axes, stable.
 *
 * @param x Floats of any shape.
 * @param axes Default: all.
 * @example
 * ```ts
 * import { logSumExp, tensor } from "@dlcc/tensor";
 * console.log(await logSumExp(tensor([1000, -1000])).item()); // → 1000
 * ```
 */
export const logSumExp = (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor =>
  tidy(() => {
    needTensor("logSumExp", x);
    const shift = unrecorded(() => {
      const largest = reduce(constantMax, x, axes, { keepDims: true });
      return where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 0); // ∞ − ∞ would be NaN.
    });
    const total = log(sum(exp(sub(x, shift)), axes, { keepDims: true }));
    return options.keepDims ? add(total, shift) : sum(add(total, shift), axes);
  });

/**
 * The variance over axes: the mean square of the distance from the mean.
 *
 * @param x Floats of any shape.
 * @param axes Default: all.
 * @param options `correction` is taken off the count that the sum is divided by: 0 (the default) gives the population's
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
  tidy(() => {
    needTensor("variance", x);
    const distances = square(sub(x, mean(x, axes, { keepDims: true })));
    const count = normalizeAxes("variance", axes, x.rank).reduce((n, axis) => n * (x.shape[axis] as number), 1);
    return div(sum(distances, axes, options), Math.max(0, count - (options.correction ?? 0)));
  });

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
  tidy(() => {
    const total = sum(square(x), axes, options);
    const nothing = equal(total, 0);
    return where(nothing, 0, sqrt(where(nothing, 1, total)));
  });

/**
 * Each label as a row with 1 at its place and 0 elsewhere: the course's unit vectors `e_y`. A label outside gives a row
 * of zeros.
 *
 * @param labels `int32`, any shape.
 * @param classes How many places a row has.
 * @param dtype Default: `float32`.
 * @returns The labels' shape and one more axis, of length `classes`.
 * @throws {DTypeError} if the labels are not `int32`.
 * @example
 * ```ts
 * import { oneHot, tensor } from "@dlcc/tensor";
 * console.log(await oneHot(tensor([2, 0], { dtype: "int32" }), 3).array()); // → [ [ 0, 0, 1 ], [ 1, 0, 0 ] ]
 * ```
 */
export function oneHot(labels: Tensor, classes: number, dtype: DType = "float32"): Tensor {
  return tidy(() => classMask("oneHot", labels, classes).cast(dtype));
}

/** Whether each class is the labelled one: `bool`, the labels' shape and one more axis. */
function classMask(op: string, labels: Tensor, classes: number): Tensor {
  needTensor(op, labels);
  if (labels.dtype !== "int32") {
    throw new DTypeError(
      `${op}: labels are class indices in int32, got ${labels.dtype} ${show(labels.shape)}: cast("int32")`,
    );
  }
  if (!Number.isInteger(classes) || classes < 1) throw new ArgumentError(`${op}: ${classes} is no number of classes`);
  return tidy(() => equal(unsqueeze(labels, -1), arange(classes, { dtype: "int32", backend: labels.backend })));
}

/**
 * For each row, the element that its label names: `x[i, labels[i]]`.
 *
 * @param x `[n, classes]`.
 * @param labels `int32 [n]`.
 */
export const pickLabelled = (op: string, x: Tensor, labels: Tensor): Tensor =>
  tidy(() => sum(where(classMask(op, labels, x.shape[1] as number), x, 0), 1));
