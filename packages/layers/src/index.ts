export { type Activation, identity, labelled, relu, sigmoid, softmax, step, tanh } from "./activations.ts";
export { Buffer, type BufferOptions } from "./buffer.ts";
export { countParameters } from "./count-parameters.ts";
export { Dropout } from "./dropout.ts";
export { Flatten } from "./flatten.ts";
export { fromConfig, type LayerTypes, type ModuleClass } from "./from-config.ts";
export {
  constant,
  fanInUniform,
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
export { layerTypes } from "./layer-types.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { callLayer, type Layer, type LayerConfig, Module, type Target } from "./module.ts";
export { Perceptron } from "./perceptron.ts";
export { Sequential } from "./sequential.ts";
export { type SummaryRow, summary, summaryRows } from "./summary.ts";
