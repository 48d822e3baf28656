export { type AdamOptions, adam, adamW } from "./adam.ts";
export {
  type AdaDeltaOptions,
  type AdaGradOptions,
  adadelta,
  adagrad,
  type RmsPropOptions,
  rmsProp,
} from "./adaptive.ts";
export { clipByGlobalNorm, clipByValue } from "./clipping.ts";
export {
  type CommonOptions,
  createOptimizer,
  type Gradients,
  type Optimizer,
  type ParameterGroup,
  type Trainable,
  type UpdateRule,
} from "./optimizer.ts";
export { cosine, exponentialDecay, linear, type Schedule, stepDecay, warmUp } from "./schedules.ts";
export { type GradientDescentOptions, gradientDescent, type SgdOptions, sgd } from "./sgd.ts";
