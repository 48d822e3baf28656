/**
 * What the fused ops are, in terms of the primitives: right on every backend and at any order of derivative. A backend
 * that lacks a fused op runs its composite, and the faster versions of the others are held to it.
 *
 * They stand apart from the ops, as a program on a backend that has them all, as `cpu` has, does without them. The steps
 * of the optimizers bring theirs, as a tape replays it to derive them.
 */
import { tidy } from "../memory.ts";
import type { Composite } from "../op.ts";
import type { FusedActivation, FusedOp } from "../signatures.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul, sub } from "./arithmetic.ts";
import { lessEqual } from "./comparison.ts";
import { neg } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { classMask, pickLabelled } from "./one-hot.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { adamStep, momentumStep, sgdStep } from "./steps.ts";
import { transpose, unsqueeze } from "./views.ts";
import { where } from "./where.ts";

/** What an activation passes back, by its output `y`: with y = σ(x), for one, dC/dx = y (1 − y) dC/dy. */
const slopes: { readonly [A in FusedActivation]: (gradient: Tensor, y: Tensor) => Tensor } = {
  relu: (gradient, y) => where(lessEqual(y, 0), 0, gradient),
  sigmoid: (gradient, y) => mul(gradient, mul(y, sub(1, y))),
  tanh: (gradient, y) => mul(gradient, sub(1, mul(y, y))),
};

/**
 * The fused ops as composites of primitives, by name: for a backend that has no faster version of one.
 *
 * @example
 * ```ts
 * import { type Backend, composites, cpu, linear, tensor } from "@dlcc/tensor";
 *
 * // A backend that has the primitives alone.
 * const plain: Backend = { ...cpu, composites, kernel: (op) => (op.name in composites ? undefined : cpu.kernel(op)) };
 * const [x, weight] = [tensor([[1, 2]], { backend: plain }), tensor([[3, 4]], { backend: plain })];
 * console.log(await linear(x, weight).array()); // → [ [ 11 ] ]
 * ```
 */
export const composites: { readonly [O in FusedOp]: Composite<O> } = {
  linear: ({ activation }, [x, weight, bias]) =>
    tidy(() => {
      const product = matmul(x, transpose(weight));
      const z = bias ? add(product, bias) : product;
      return [activation ? z[activation]() : z];
    }),
  softmaxCrossEntropy: (_, [logits, labels]) =>
    tidy(() => [neg(pickLabelled("softmaxCrossEntropy", logSoftmax(logits), labels))]),
  activationGradient: ({ activation }, [gradient, output]) => tidy(() => [slopes[activation](gradient, output)]),
  softmaxCrossEntropyGradient: (_, [logits, labels, gradient]) =>
    tidy(() => {
      const chosen = classMask("softmaxCrossEntropyGradient", labels, logits.shape[1] ?? 0);
      const slope = sub(softmax(logits), chosen.cast(logits.dtype));
      return [mul(slope, unsqueeze(gradient, 1))];
    }),
  sgdStep: sgdStep.composite as Composite<"sgdStep">,
  momentumStep: momentumStep.composite as Composite<"momentumStep">,
  adamStep: adamStep.composite as Composite<"adamStep">,
};
