export {
  type Activation,
  elu,
  gelu,
  geluTanh,
  hardSwish,
  identity,
  labelled,
  leakyRelu,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  step,
  tanh,
} from "./activations.ts";
export type { NormLayerOptions } from "./affine.ts";
export { BatchNorm, BatchNorm1d, BatchNorm2d, type BatchNormLayerOptions, type InputAxes } from "./batch-norm.ts";
export { Buffer, type BufferOptions } from "./buffer.ts";
export { ConstantPad2d, type Sides } from "./constant-pad.ts";
export {
  Conv1d,
  type Conv1dLayerOptions,
  Conv2d,
  type Conv2dLayerOptions,
  ConvTranspose2d,
  type ConvTranspose2dLayerOptions,
} from "./convolution.ts";
export { countParameters } from "./count-parameters.ts";
export { Dropout } from "./dropout.ts";
export { Flatten } from "./flatten.ts";
export { freeze, unfreeze } from "./freeze.ts";
export { fromConfig, type LayerTypes, type ModuleClass } from "./from-config.ts";
export { GroupNorm } from "./group-norm.ts";
export {
  constant,
  fanInUniform,
  fansOf,
  heNormal,
  heUniform,
  type Init,
  type Initializer,
  nielsen,
  normal,
  uniform,
  xavierNormal,
  xavierUniform,
} from "./initializers.ts";
export { LayerNorm } from "./layer-norm.ts";
export { layerTypes } from "./layer-types.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { callLayer, type Layer, type LayerConfig, Module, type Target } from "./module.ts";
export { Perceptron } from "./perceptron.ts";
export { AdaptiveAvgPool2d, AvgPool2d, MaxPool2d } from "./pooling.ts";
export { PReLU, type PReluOptions } from "./prelu.ts";
export { Residual } from "./residual.ts";
export { Sequential } from "./sequential.ts";
export { type SummaryRow, summary, summaryRows } from "./summary.ts";
export { Upsample } from "./upsample.ts";
