/** Reductions: many numbers into one. */
import { apply } from "../apply.ts";
import type { ReduceOp } from "../backend.ts";
import { needFloat } from "../checks.ts";
import { tidy } from "../memory.ts";
import type { Operation } from "../op.ts";
import * as primitives from "../primitives/reduction.ts";
import { normalizeAxes, normalizeAxis } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { div } from "./elementwise.ts";
import { flatten, reshape } from "./movement.ts";
import { needTensor } from "./operands.ts";

/** What reductions take besides axes. */
export interface ReduceOptions {
  /** Whether reduced axes stay, with length 1, so that the result broadcasts against the input. Default: false. */
  readonly keepDims?: boolean;
}

/** Axes to reduce over: one, several, or (left out) all; negative ones count from the end. */
export type Axes = number | readonly number[] | undefined;

/** An op of this kind over axes. */
export function reduce(op: Operation<ReduceOp>, x: Tensor, axes: Axes, { keepDims = false }: ReduceOptions): Tensor {
  needTensor(op.name, x);
  const over = normalizeAxes(op.name, axes, x.rank);
  if (keepDims || over.length === 0) return apply(op, { axes: over }, x);
  return tidy(() =>
    reshape(
      apply(op, { axes: over }, x),
      x.shape.filter((_, axis) => !over.includes(axis)),
    ),
  );
}

/**
 * The sum over axes. Of nothing it is 0.
 *
 * @param x Numbers of any shape.
 * @param axes Default: all.
 * @returns The shape without the axes, or with length 1 there (`keepDims`).
 * @throws {ArgumentError} if an axis is not there. @throws {DTypeError} if `x` is `bool`.
 * @example
 * ```ts
 * import { sum, tensor } from "@dlcc/tensor";
 * const x = tensor([[1, 2], [3, 4]]);
 * console.log(await sum(x).item(), await sum(x, 0).array()); // → 10 [ 4, 6 ]
 * ```
 */
export const sum = (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor =>
  reduce(primitives.sum, x, axes, options);

/**
 * The largest element over axes; NaN wins. Ties share the derivative. Of `bool`, whether any is true.
 *
 * @param x Any shape; not empty along the axes.
 * @param axes Default: all.
 * @throws {ShapeError} if there is nothing to take the largest of.
 * @example
 * ```ts
 * import { max, tensor } from "@dlcc/tensor";
 * console.log(await max(tensor([[1, 5], [3, 4]]), 1).array()); // → [ 5, 4 ]
 * ```
 */
export const max = (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor =>
  reduce(primitives.max, x, axes, options);

/**
 * The smallest element over axes; NaN wins. Of `bool`, whether all are true. See {@link max}.
 *
 * @example
 * ```ts
 * import { min, tensor } from "@dlcc/tensor";
 * console.log(await min(tensor([[1, 5], [3, 4]]), 1).array()); // → [ 1, 3 ]
 * ```
 */
export const min = (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor =>
  reduce(primitives.min, x, axes, options);

/**
 * The mean over axes: their sum, divided by the number of elements. Of nothing it is NaN.
 *
 * @param x Floats of any shape.
 * @param axes Default: all.
 * @throws {DTypeError} if `x` is not a float: cast first.
 * @example
 * ```ts
 * import { mean, tensor } from "@dlcc/tensor";
 * console.log(await mean(tensor([1, 2, 3, 6])).item()); // → 3
 * ```
 */
export const mean = (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor =>
  tidy(() => {
    needTensor("mean", x);
    needFloat("mean", x);
    const total = sum(x, axes, options);
    return div(
      total,
      normalizeAxes("mean", axes, x.rank).reduce((n, axis) => n * (x.shape[axis] as number), 1),
    );
  });

/**
 * Where the largest element stands, as `int32`: the first one at a tie; NaN counts as the largest.
 *
 * @param x Numbers of any shape.
 * @param axis Left out: the index into the flattened tensor.
 * @example
 * ```ts
 * import { argmax, tensor } from "@dlcc/tensor";
 * console.log(await argmax(tensor([[1, 5], [3, 2]]), 1).array()); // → [ 1, 0 ]
 * ```
 */
export function argmax(x: Tensor, axis?: number, { keepDims = false }: ReduceOptions = {}): Tensor {
  needTensor("argmax", x);
  return tidy(() => {
    const along = axis === undefined ? flatten(x, 0) : x;
    const over = normalizeAxis("argmax", axis ?? 0, along.rank);
    const indices = apply(primitives.argmax, { axis: over }, along);
    if (keepDims)
      return axis === undefined
        ? reshape(
            indices,
            x.shape.map(() => 1),
          )
        : indices;
    return reshape(
      indices,
      along.shape.filter((_, i) => i !== over),
    );
  });
}
