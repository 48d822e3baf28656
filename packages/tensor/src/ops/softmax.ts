/** The softmax and its relatives, stable. The fused loss has the softmax in it: for each row, `−log softmax(logits)` at its label. */
import { apply } from "../apply.ts";
import {
  softmaxCrossEntropyGradient as softmaxCrossEntropyGradientKernel,
  softmaxCrossEntropy as softmaxCrossEntropyKernel,
} from "../cpu/fused.ts";
import { DTypeError, ShapeError, show } from "../errors.ts";
import { named } from "../named.ts";
import { define, type KernelOperation } from "../op.ts";
import { unrecorded } from "../recorder.ts";
import { normalizeAxes, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, div, sub } from "./arithmetic.ts";
import { assertFloat, assertSameDType, assertSameShape, assertTensor } from "./checks.ts";
import { abs, exp, log } from "./elementwise.ts";
import { filledLike } from "./operands.ts";
import { type Axes, max, type ReduceOptions, sum } from "./reduction.ts";
import { unsqueeze } from "./views.ts";
import { where } from "./where.ts";

/** `x` less its largest element along an axis. A constant to the derivative: the functions below don't depend on it. */
function shifted(op: string, x: Tensor, axis: number): Tensor {
  assertTensor(op, x);
  assertFloat(op, x);
  const axes = normalizeAxes(op, axis, x.rank);
  return sub(
    x,
    unrecorded(() => max(x, axes, { keepDims: true })),
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
  named("softmax", () => {
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
  named("logSoftmax", () => {
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
  named("logSumExp", () => {
    assertTensor("logSumExp", x);
    assertFloat("logSumExp", x);
    const shift = unrecorded(() => {
      const largest = max(x, axes, { keepDims: true });
      return where(abs(largest).less(Number.POSITIVE_INFINITY), largest, 0); // ∞ − ∞ would be NaN.
    });
    const total = log(sum(exp(sub(x, shift)), axes, { keepDims: true }));
    return options.keepDims ? add(total, shift) : sum(add(total, shift), axes);
  });

function checkLogits(op: string, logits: Tensor, labels: Tensor): void {
  assertFloat(op, logits);
  if (labels.dtype !== "int32") {
    throw new DTypeError(
      `${op}: labels must be class indices in int32, got ${labels.dtype}: cast them with labels.cast("int32")`,
    );
  }
  if (logits.rank !== 2 || !sameShape(labels.shape, logits.shape.slice(0, 1))) {
    throw new ShapeError(
      `${op}: logits ${show(logits.shape)} and labels ${show(labels.shape)} must be [n, classes] and [n]`,
    );
  }
}

const definition: KernelOperation<"softmaxCrossEntropy"> = {
  name: "softmaxCrossEntropy",
  fused: true,
  results(_, [logits, labels]) {
    checkLogits("softmaxCrossEntropy", logits, labels);
    return [{ dtype: logits.dtype, shape: labels.shape }];
  },
  kernel: softmaxCrossEntropyKernel,
  derivative: (g, { inputs: [logits, labels] }) => [
    // −log softmax(z)_y: dz = softmax(z) − e_y
    () => softmaxCrossEntropyGradient(logits, labels, g),
    undefined,
  ],
};

/**
 * For each row, `−log softmax(logits)` at its label, in one stable pass. To train on a whole batch, take `crossEntropy` of
 * `@dlcc/losses`, which is their mean.
 *
 * @param logits `[n, classes]`, floats.
 * @param labels `[n]`, `int32`: class indices.
 * @returns `[n]`.
 * @throws {ShapeError | DTypeError} if logits and labels don't fit each other.
 * @throws {ArgumentError} if a label is outside the classes, where the backend can tell.
 * @example
 * ```ts
 * import { softmaxCrossEntropy, tensor } from "@dlcc/tensor";
 * const labels = tensor([1], { dtype: "int32" });
 * console.log(await softmaxCrossEntropy(tensor([[0, 1000]]), labels).array()); // → [ 0 ]
 * ```
 * @function
 */
export const softmaxCrossEntropy: ((logits: Tensor, labels: Tensor) => Tensor) &
  KernelOperation<"softmaxCrossEntropy"> = /* @__PURE__ */ define(
  (logits: Tensor, labels: Tensor): Tensor => apply(softmaxCrossEntropy, {}, logits, labels),
  definition,
);

const gradientDefinition: KernelOperation<"softmaxCrossEntropyGradient"> = {
  name: "softmaxCrossEntropyGradient",
  fused: true,
  results(_, [logits, labels, gradient]) {
    checkLogits("softmaxCrossEntropyGradient", logits, labels);
    assertSameDType("softmaxCrossEntropyGradient", gradient, logits);
    assertSameShape("softmaxCrossEntropyGradient", gradient, labels);
    return [logits];
  },
  kernel: softmaxCrossEntropyGradientKernel,
  // With p = softmax(z), of γ (p − e_y): dp = γ g, and through the softmax dz = p (dp − Σ p dp). dγ = Σ (p − e_y) g.
  derivative: (g, { inputs: [logits, labels, gradient] }) => [
    () => {
      const p = softmax(logits);
      const passed = p.mul(g.mul(unsqueeze(gradient, 1)));
      return passed.sub(p.mul(passed.sum(1, { keepDims: true })));
    },
    undefined,
    () => softmaxCrossEntropyGradient(logits, labels, filledLike(gradient, 1)).mul(g).sum(1),
  ],
};

/**
 * What {@link softmaxCrossEntropy} passes back to the logits: `(softmax(z) − e_label) · gradient` for each row.
 *
 * @param gradient ∂C/∂loss, `[n]`, of the logits' dtype.
 * @returns `[n, classes]`.
 * @throws {ShapeError | DTypeError} if the three don't fit each other.
 * @example
 * ```ts
 * import { softmaxCrossEntropyGradient, tensor } from "@dlcc/tensor";
 * const labels = tensor([1], { dtype: "int32" });
 * console.log(await softmaxCrossEntropyGradient(tensor([[0, 0]]), labels, tensor([2])).array()); // → [ [ 1, -1 ] ]
 * ```
 * @function
 */
export const softmaxCrossEntropyGradient: ((logits: Tensor, labels: Tensor, gradient: Tensor) => Tensor) &
  KernelOperation<"softmaxCrossEntropyGradient"> = /* @__PURE__ */ define(
  (logits: Tensor, labels: Tensor, gradient: Tensor): Tensor =>
    apply(softmaxCrossEntropyGradient, {}, logits, labels, gradient),
  gradientDefinition,
);
