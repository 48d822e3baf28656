import { apply } from "../apply.ts";
import { needFloat, needSameDType, needSameShape } from "../checks.ts";
import * as kernels from "../cpu/fused.ts";
import { onesLike } from "../create.ts";
import { DTypeError, ShapeError, show } from "../errors.ts";
import { type FusedOperation, runFused as run, type WithDerivative } from "../op.ts";
import { softmax } from "../ops/composite.ts";
import { mul, sub } from "../ops/elementwise.ts";
import { unsqueeze } from "../ops/movement.ts";
import { sum } from "../ops/reduction.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

function checkLogits(op: string, logits: Tensor, labels: Tensor): void {
  needFloat(op, logits);
  if (labels.dtype !== "int32") {
    throw new DTypeError(`${op}: labels are class indices in int32, got ${labels.dtype}: cast("int32")`);
  }
  if (logits.rank !== 2 || !sameShape(labels.shape, logits.shape.slice(0, 1))) {
    throw new ShapeError(
      `${op}: logits ${show(logits.shape)} and labels ${show(labels.shape)} must be [n, classes] and [n]`,
    );
  }
}

/** For each row, `−log softmax(logits)` at its label. */
export const softmaxCrossEntropy: FusedOperation<"softmaxCrossEntropy"> & WithDerivative<"softmaxCrossEntropy"> = {
  name: "softmaxCrossEntropy",
  run,
  results(_, [logits, labels]) {
    checkLogits("softmaxCrossEntropy", logits, labels);
    return [{ dtype: logits.dtype, shape: labels.shape }];
  },
  kernel: kernels.softmaxCrossEntropy,
  derivative: (g, { inputs: [logits, labels] }) => [
    // −log softmax(z)_y: dz = softmax(z) − e_y
    () => apply(softmaxCrossEntropyGradient, {}, logits, labels, g),
    undefined,
  ],
};

/** What it passes back to the logits: `softmax(z) − e_label`, times the gradient. */
export const softmaxCrossEntropyGradient: FusedOperation<"softmaxCrossEntropyGradient"> &
  WithDerivative<"softmaxCrossEntropyGradient"> = {
  name: "softmaxCrossEntropyGradient",
  run,
  results(_, [logits, labels, gradient]) {
    checkLogits("softmaxCrossEntropyGradient", logits, labels);
    needSameDType("softmaxCrossEntropyGradient", gradient, logits);
    needSameShape("softmaxCrossEntropyGradient", gradient, labels);
    return [logits];
  },
  kernel: kernels.softmaxCrossEntropyGradient,
  // With p = softmax(z), of γ (p − e_y): dp = γ g, and through the softmax dz = p (dp − Σ p dp). dγ = Σ (p − e_y) g.
  derivative: (g, { inputs: [logits, labels, gradient] }) => [
    () => {
      const p = softmax(logits);
      const passed = mul(p, mul(g, unsqueeze(gradient, 1)));
      return sub(passed, mul(p, sum(passed, 1, { keepDims: true })));
    },
    undefined,
    () => sum(mul(apply(softmaxCrossEntropyGradient, {}, logits, labels, onesLike(gradient)), g), 1),
  ],
};
