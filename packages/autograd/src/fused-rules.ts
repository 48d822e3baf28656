/**
 * The derivatives of the fused ops: a rule of one's own, or `"recompute"`, which replays the op's composite of
 * primitives under a tape of its own and walks that back, and so is right at any order.
 */
import { apply, type Derivative, type FusedOp, matmul, ops, sum, transpose } from "@dlcc/tensor";
import type { SelfDerived } from "./rules.ts";

/** The derivatives of the fused ops that don't bring one along. */
export const fusedRules: { readonly [O in Exclude<FusedOp, SelfDerived>]: Derivative<O> | "recompute" } = {
  // y = f(x Wᵀ + b). With δ = f′ · dy: dx = δ W, dW = δᵀ x, db = Σ δ over the examples.
  linear: (g, { inputs: [x, weight], output, attributes: { activation } }) => {
    const delta = activation ? apply(ops.activationGradient, { activation }, g, output) : g;
    return [() => matmul(delta, weight), () => matmul(transpose(delta), x), () => sum(delta, 0)];
  },
  activationGradient: "recompute",
  softmaxCrossEntropyGradient: "recompute",
  sgdStep: "recompute",
  momentumStep: "recompute",
  adamStep: "recompute",
};
