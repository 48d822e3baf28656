/**
 * What an experiment on the digits is made of: the choices, the network, the file that it is kept in. Nothing here needs
 * Node: the command trains by it, and so does the demo site.
 */
export { arrangeDigits, type EmbeddedDigits } from "./digits/arrange.ts";
export { checkReadsDigits, digitClasses } from "./digits/kind.ts";
export { type LoadedModel, ModelFileError, type ModelUse, readModel, writeModel } from "./model-format.ts";
export { buildNetwork, buildOptimizer, type NetworkOptions, type OptimizerOptions } from "./network/build.ts";
export { activations, initializers, losses, optimizers, pick } from "./network/choices.ts";
export { inRange, type OutputKind, scores } from "./network/outputs.ts";
export { learningRates } from "./network/rates.ts";
