/**
 * All ops: what `apply` takes and recorders see. `ops.exp` has that op alone in a bundle; `ops[name]` has all.
 *
 * @module
 */

export * from "./activations.ts";
export * from "./adaptive-pooling.ts";
export * from "./arithmetic.ts";
export * from "./arranging.ts";
export { maskedFill, takeAlongAxis } from "./choosing.ts";
export * from "./comparison.ts";
export { type ContractedAxes, dot, outer, tensordot } from "./contraction.ts";
export { type Conv1dOptions, conv1d } from "./conv1d.ts";
export * from "./convolution.ts";
export type { Conv2dOptions, ConvolutionOptions, ConvTranspose2dOptions } from "./convolution-options.ts";
export * from "./counting.ts";
export { custom } from "./custom.ts";
export * from "./division.ts";
export { einsum } from "./einsum.ts";
export * from "./elementwise.ts";
export * from "./exponential.ts";
export { linear } from "./linear.ts";
export { matmul } from "./matmul.ts";
export { meshgrid } from "./meshgrid.ts";
export * from "./movement.ts";
export { nonzero } from "./nonzero.ts";
export {
  type Affine,
  type BatchNormOptions,
  batchNorm,
  channelMoments,
  channelNorm,
  channelNormGradient,
  channelNormSums,
  groupNorm,
  layerNorm,
  type NormOptions,
} from "./normalization.ts";
export { oneHot } from "./one-hot.ts";
export * from "./order.ts";
export * from "./pooling.ts";
export * from "./reduction.ts";
export * from "./rounding.ts";
export * from "./scans.ts";
export * from "./softmax.ts";
export * from "./statistics.ts";
export * from "./steps.ts";
export * from "./triangles.ts";
export * from "./trigonometric.ts";
export * from "./upsample.ts";
export * from "./views.ts";
export { where } from "./where.ts";
export * from "./window.ts";
export type { WindowOptions } from "./window-options.ts";
