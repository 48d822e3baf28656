export type { Batch, Figures, Gradients, Loss, Metric, Model, StepOptimizer } from "./contracts.ts";
export { type EvaluateOptions, evaluate } from "./evaluate.ts";
export { type EpochReport, type FitOptions, fit, NonFiniteLossError, type Progress } from "./fit.ts";
export { accuracy } from "./metrics.ts";
