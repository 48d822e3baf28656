export { activationsPlot } from "./activations.ts";
export { backpropagationPlot } from "./backpropagation.ts";
export { type BlocksRun, blocksPlot } from "./blocks.ts";
export { type OverfittingRun, overfittingPlot, type UnstableRun, unstablePlot } from "./deep.ts";
export { type DerivativeData, derivativePlot } from "./derivative.ts";
export {
  type DescentData,
  descentPlot,
  type FieldData,
  gradientFieldPlot,
  type LandscapeData,
} from "./gradient-descent.ts";
export { kernelsPlot } from "./kernels.ts";
export { type LossRun, lossesPlot } from "./losses.ts";
export { type MultilayerData, multilayerPlot } from "./multilayer.ts";
export { type LearnedTable, perceptronPlot } from "./perceptron.ts";
export { type MinibatchData, minibatchPlot, type RegressionData, regressionPlot } from "./regression.ts";
export { type SoftmaxData, softmaxPlot } from "./softmax.ts";
export { type ConfusionData, confusionPlot, type PredictionsData, predictionsPlot } from "./tables.ts";
export { type ValleyData, valleyPlot } from "./valley.ts";
