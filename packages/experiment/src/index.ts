/**
 * @packageDocumentation
 * @mergeModuleWith <project>
 */
export { buildNetwork } from "./build.ts";
export { buildDenseNetwork } from "./build-dense.ts";
export { buildOptimizer, type OptimizerOptions } from "./build-optimizer.ts";
export { activations } from "./choices/activations.ts";
export { parseAugment } from "./choices/augmentation.ts";
export { type BackendChoice, backends } from "./choices/backends.ts";
export { type Choice, type Code, type Ingredients, type LossFunction, pick } from "./choices/choice.ts";
export { type CreateDistortion, type DistortionChoice, distortions, usualAugment } from "./choices/distortions.ts";
export { type InitialValues, initializers } from "./choices/initializers.ts";
export { type LossChoice, losses } from "./choices/losses.ts";
export { type NetworkChoice, networks } from "./choices/networks.ts";
export { type CreateOptimizer, type DecayGroups, type OptimizerChoice, optimizers } from "./choices/optimizers.ts";
export { type CreateSchedule, schedules } from "./choices/schedules.ts";
export { openBackend, valueFor } from "./choices/value-for.ts";
export { toCommand } from "./command.ts";
export { arrangeDigits, type EmbeddedDigits } from "./digits/arrange.ts";
export { checkReadsDigits, digitClasses } from "./digits/kind.ts";
export { type DigitSource, defaults, type Experiment, type HiddenLayer, networkOptions } from "./experiment.ts";
export { type LoadedModel, ModelFileError, type ModelUse, readModel, writeModel } from "./model/format.ts";
export { type HiddenSpec, type LayerWord, layerWords, parseLayers } from "./network/layers.ts";
export { architecture, type NetworkOptions } from "./network/plan.ts";
export type { BackendOptions, OpenBackend, OpenedBackend } from "./open-backend.ts";
export { asInput, type OutputKind, scoreNames, scores } from "./outputs.ts";
export { toProgram } from "./program.ts";
