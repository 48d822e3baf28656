/**
 * All ops as values: what `apply` takes and recorders see. `ops.exp` has that op alone in a bundle; `ops[name]` has all.
 *
 * @module
 */
export { custom } from "./custom.ts";
export { activationGradient } from "./fused/activation-gradient.ts";
export { linear } from "./fused/linear.ts";
export { softmaxCrossEntropy, softmaxCrossEntropyGradient } from "./fused/softmax-cross-entropy.ts";
export { adamStep, momentumStep, sgdStep } from "./fused/steps.ts";
export {
  abs,
  add,
  cast,
  div,
  equal,
  exp,
  greater,
  less,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  sign,
  sqrt,
  sub,
  tanh,
  where,
} from "./primitives/elementwise.ts";
export { matmul } from "./primitives/matmul.ts";
export { concat, copy, gather, pad, scatterAdd } from "./primitives/movement.ts";
export { argmax, max, min, sum } from "./primitives/reduction.ts";
export { broadcastTo, permute, reshape, slice } from "./primitives/views.ts";
export { fold, unfold } from "./primitives/window.ts";
