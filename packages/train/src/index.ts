export type { BatchesLeft } from "./batches-left.ts";
export { type Best, type KeepBestOptions, keepBest } from "./best.ts";
export {
  CheckpointError,
  type Checkpointer,
  type CheckpointerOptions,
  type CheckpointInterval,
  createCheckpointer,
} from "./checkpointer.ts";
export type {
  Batch,
  Batches,
  Checkpoint,
  CheckpointStore,
  Figures,
  Gradients,
  Loss,
  Measured,
  Metric,
  Model,
  Probe,
  Stateful,
  StepOptimizer,
  StepProbe,
} from "./contracts.ts";
export type { DivergenceWarning } from "./divergence.ts";
export { type EvaluateOptions, evaluate } from "./evaluate.ts";
export type { FirstBad } from "./first-bad.ts";
export { type EpochReport, type FitOptions, fit, NonFiniteLossError, type Progress } from "./fit.ts";
export { type LayerProbeOptions, type LayerReport, layerProbe } from "./layer-probe.ts";
export type { LayerStatistics } from "./layer-statistics.ts";
export type { LayerWarning } from "./layer-warnings.ts";
export { accuracy } from "./metrics.ts";
export { createStepper, type Stepper, type StepperOptions } from "./stepper.ts";
