/**
 * The derivatives of the fused ops: a rule of one's own, or `"recompute"`, which replays the op's composite of
 * primitives under a tape of its own and walks that back, and so is right at any order.
 */
import { type FusedOp, matmul, mul, oneHot, softmax, sub, sum, transpose, unsqueeze } from "@dlcc/tensor";
import { activationDerivatives, type Rule } from "./rules.ts";

/** The derivatives of all fused ops. */
export const fusedRules: { readonly [O in FusedOp]: Rule<O> | "recompute" } = {
  // y = f(x Wᵀ + b). With δ = f′ · dy: dx = δ W, dW = δᵀ x, db = Σ δ over the examples.
  linear: (g, { inputs: [x, weight], output, attributes: { activation } }) => {
    const delta = activation ? activationDerivatives[activation](g, output) : g;
    return [() => matmul(delta, weight), () => matmul(transpose(delta), x), () => sum(delta, 0)];
  },
  // −log softmax(z)_y: dz = softmax(z) − e_y
  softmaxCrossEntropy: (g, { inputs: [logits, labels] }) => [
    () => mul(sub(softmax(logits), oneHot(labels, logits.shape[1] ?? 0, logits.dtype)), unsqueeze(g, 1)),
    undefined,
  ],
  sgdStep: "recompute",
  momentumStep: "recompute",
  adamStep: "recompute",
};
