export { type ActivationName, activations, sharpened } from "./activations.ts";
export {
  type Backpropagation,
  type BackwardStep,
  backpropagate,
  type CheckedSum,
  type Network,
} from "./backpropagation.ts";
export { type BlockOptions, type TrainedBlocks, trainBlocks, trainBlocksByAndBy } from "./blocks.ts";
export { type Chapter, type ChapterName, chapters } from "./chapters.ts";
export {
  addBits,
  adder,
  type Bit,
  type Decision,
  decisionTable,
  type Gate,
  multiplyBits,
  nand,
  perceptron,
  runCircuit,
} from "./circuits.ts";
export { type DeepLayer, type DeepOptions, deepGradients, type InitializationName, layerParameters } from "./deep.ts";
export { type Curve, type CurvePoint, curve, type Nudge, sensitivity } from "./derivative.ts";
export { answerOf, type Exercise, letterOf } from "./exercises/exercise.ts";
export { type Judgement, judge } from "./exercises/judge.ts";
export { exercisesOf } from "./exercises/table.ts";
export { type Descent, type DescentOptions, descend } from "./gradient-descent.ts";
export {
  convolutionParameters,
  featureMap,
  type JudgedNetwork,
  type KernelOptions,
  type LearnedKernels,
  learnKernels,
  type Rows,
} from "./kernels.ts";
export {
  bestLine,
  costSurface,
  descendInMinibatches,
  descendToLine,
  type Line,
  type LineOptions,
  type MinibatchDescentOptions,
  type Pairs,
  pointsAroundLine,
  type TimedLine,
} from "./linear-regression.ts";
export {
  type ClassifierOptions,
  type LabelledPoints,
  type LossName,
  type LossOfOutputs,
  lossesOf,
  lossNames,
  type RingOptions,
  ringOfClasses,
  trainClassifier,
  trainClassifierByAndBy,
} from "./losses.ts";
export { type HiddenLayerOptions, type LearnedByDescent, learnWithHiddenLayer } from "./multilayer.ts";
export { type FitPoint, type Overfitting, type OverfittingOptions, overfit, overfitByAndBy } from "./overfitting.ts";
export { countWrong, type Learned, learnPerceptron } from "./perceptron.ts";
export {
  createPlayground,
  type Playground,
  type PlaygroundData,
  type PlaygroundLook,
  type PlaygroundOptions,
  playgroundPoints,
} from "./playground.ts";
export {
  type SmoothArgmax,
  type SoftmaxProperties,
  type SoftmaxSample,
  smoothArgmax,
  softmax,
  softmaxProperties,
} from "./softmax.ts";
export {
  bowl,
  changesAround,
  type DirectedStep,
  gradientField,
  hillAndValley,
  type Place,
  type Surface,
  type SurfacePoint,
} from "./surfaces.ts";
export { type ChainSum, type ChainTerm, type Factor, type Origin, sub, type TracedLayer } from "./traced-layers.ts";
export { type Seen, type Valley, type ValleyOptions, valley } from "./valley.ts";
