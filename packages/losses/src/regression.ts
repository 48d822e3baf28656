/** Losses for numbers. The course's losses also take `int32` class labels, as the unit vectors `e_y`. */
import { ArgumentError, abs, less, mul, named, square, sub, type Tensor, where } from "@dlcc/tensor";
import { checkedTargets, type LossOptions, perExample, reduceLosses, targetsLike } from "./reduction.ts";

/** Outputs minus targets. */
const difference = (op: string, outputs: Tensor, targets: Tensor): Tensor =>
  sub(outputs, checkedTargets(op, outputs, targets));

/** Outputs minus targets, which may be class labels. */
const distance = (op: string, outputs: Tensor, targets: Tensor): Tensor =>
  sub(outputs, targetsLike(op, outputs, targets));

/**
 * The course's L2 loss, `½ ‖o − y‖²`: summed over the outputs, averaged over the examples. It is also Nielsen's
 * quadratic cost.
 *
 * @param outputs `[n, …]`, floats. @param targets Of the same shape, or `int32` class labels `[n]`.
 * @returns A scalar; with `reduction: "none"`, `[n]`.
 * @throws {ShapeError} if the shapes differ. @throws {DTypeError} if the dtypes do.
 * @example
 * ```ts
 * import { l2 } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await l2(tensor([[1, 2], [0, 0]]), tensor([[0, 0], [0, 1]])).item()); // → 1.5
 * ```
 */
export const l2 = (outputs: Tensor, targets: Tensor, options: LossOptions = {}): Tensor =>
  named("l2", () => reduceLosses("l2", mul(perExample(square(distance("l2", outputs, targets))), 0.5), options));

/**
 * Nielsen's quadratic cost, `1/2n Σ ‖y − a‖²`: the same as {@link l2}. Source: his book, chapter 1.
 *
 * @example
 * ```ts
 * import { quadraticCost } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await quadraticCost(tensor([[1, 2]]), tensor([[0, 0]])).item()); // → 2.5
 * ```
 */
export const quadraticCost: typeof l2 = l2;

/**
 * The course's L1 loss, `‖o − y‖₁ = Σ |oⱼ − yⱼ|`: summed over the outputs, averaged over the examples. Shapes and errors
 * as in {@link l2}.
 *
 * @example
 * ```ts
 * import { l1 } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await l1(tensor([[1, -2], [0, 0]]), tensor([[0, 0], [0, 1]])).item()); // → 2
 * ```
 */
export const l1 = (outputs: Tensor, targets: Tensor, options: LossOptions = {}): Tensor =>
  named("l1", () => reduceLosses("l1", perExample(abs(distance("l1", outputs, targets))), options));

/**
 * The mean square error over all elements, as PyTorch's `MSELoss`. With `reduction: "none"` it has the outputs' shape.
 *
 * @example
 * ```ts
 * import { mse } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await mse(tensor([1, 3]), tensor([0, 0])).item()); // → 5
 * ```
 */
export const mse = (outputs: Tensor, targets: Tensor, options: LossOptions = {}): Tensor =>
  named("mse", () => reduceLosses("mse", square(difference("mse", outputs, targets)), options));

/**
 * The mean absolute error over all elements, as PyTorch's `L1Loss`.
 *
 * @example
 * ```ts
 * import { mae } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await mae(tensor([1, -3]), tensor([0, 0])).item()); // → 2
 * ```
 */
export const mae = (outputs: Tensor, targets: Tensor, options: LossOptions = {}): Tensor =>
  named("mae", () => reduceLosses("mae", abs(difference("mae", outputs, targets)), options));

/**
 * Huber's loss over all elements: `½ d²` where `|d| < δ`, else `δ (|d| − ½ δ)`: square near 0, straight further out, so
 * that outliers pull less. As PyTorch's `HuberLoss`. Source: Huber 1964.
 *
 * @param options `delta`, the distance at which the square turns into the line. Default: 1.
 * @example
 * ```ts
 * import { huber } from "@dlcc/losses";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await huber(tensor([0.5, 3]), tensor([0, 0]), { reduction: "none" }).array()); // → [ 0.125, 2.5 ]
 * ```
 */
export function huber(
  outputs: Tensor,
  targets: Tensor,
  options: LossOptions & { readonly delta?: number } = {},
): Tensor {
  const { delta = 1 } = options;
  if (!(delta > 0)) throw new ArgumentError(`huber: delta must be a number above 0, got ${delta}`);
  return named("huber", () => {
    const d = difference("huber", outputs, targets);
    const size = abs(d);
    const near = less(size, delta);
    const squares = square(where(near, d, 0)); // Elsewhere they may be infinite, and the derivative NaN.
    const losses = where(near, mul(squares, 0.5), mul(sub(size, delta / 2), delta));
    return reduceLosses("huber", losses, options);
  });
}
