import type { Sequential } from "@dlcc/layers";
import type { Optimizer } from "@dlcc/optim";
import { optimizers } from "./choices/optimizers.ts";
import { schedules } from "./choices/schedules.ts";
import { valueFor } from "./choices/value-for.ts";

/** The options that make an optimizer. */
export interface OptimizerOptions {
  /** A name in `optimizers`. */
  readonly optimizer: string;
  /** The learning rate at the beginning of the schedule. */
  readonly lr: number;
  /** A name in `schedules`. */
  readonly schedule: string;
  /** The weight decay λ of the weights; biases, and what normalization learns, never decay. */
  readonly weightDecay: number;
  /** How many steps the run has; a schedule ends with them. */
  readonly steps: number;
  /** In how many epochs. */
  readonly epochs: number;
}

/**
 * An optimizer for all parameters of a network. Weights decay; biases, and what normalization learns, never do.
 *
 * @throws {RangeError} if a name is not in its table.
 * @example
 * ```ts
 * import { buildOptimizer } from "@dlcc/experiment";
 * import { Linear, Sequential } from "@dlcc/layers";
 *
 * const model = new Sequential([new Linear(2, 1)]);
 * const run = { optimizer: "adam", lr: 0.01, schedule: "constant", weightDecay: 1e-4, steps: 100, epochs: 2 };
 * const optimizer = buildOptimizer(model, run);
 * console.log(typeof optimizer.step); // → function
 * ```
 */
export function buildOptimizer(model: Sequential, options: OptimizerOptions): Optimizer {
  const { optimizer, lr, schedule, weightDecay, steps, epochs } = options;
  // Biases, and what normalization learns, have one axis.
  const [weights = [], others = []] = [true, false].map((isWeight) =>
    model.parameters().filter((parameter) => parameter.peek().rank > 1 === isWeight),
  );
  const groups = [
    { parameters: weights, weightDecay },
    { parameters: others, weightDecay: 0 },
  ];
  return valueFor(optimizers, optimizer)(groups, valueFor(schedules, schedule)(lr, steps, epochs));
}
