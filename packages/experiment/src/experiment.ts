/** An experiment on the digits as plain data. `build.ts` turns it into a network, `command.ts` into a command, `program.ts` into a program. */
import { pick } from "./choices/choice.ts";
import { optimizers } from "./choices/optimizers.ts";
import type { NetworkOptions } from "./network/plan.ts";

/** A hidden layer of an experiment. */
export interface HiddenLayer {
  /** How many units it has. */
  readonly units: number;
  /** A name in `activations`. */
  readonly activation: string;
}

/** Everything that determines a run on the digits. */
export interface Experiment {
  /** The hidden layers, from input to output. */
  readonly hidden: readonly HiddenLayer[];
  /** The hidden layers as text, in place of `hidden`, such as `conv 20 5, pool 2, dense 100`: see `parseLayers`. */
  readonly layers?: string | undefined;
  /** How images are changed at random, as text, such as `rotation 10, shift 2`: see `parseAugment`. Default: not at all. */
  readonly augment?: string | undefined;
  /** A name in `losses`. */
  readonly loss: string;
  /** A name in `optimizers`. */
  readonly optimizer: string;
  /** The learning rate at the beginning of the schedule. */
  readonly lr: number;
  /** A name in `schedules`. */
  readonly schedule: string;
  /** Examples in a minibatch. */
  readonly batchSize: number;
  /** Passes over the digits. */
  readonly epochs: number;
  /** The weight decay λ of the weights; biases never decay. */
  readonly weightDecay: number;
  /** The probability that an output of a dense hidden layer is dropped while training. */
  readonly dropout: number;
  /** A name in `initializers`. */
  readonly init: string;
  /** The same seed gives the same run. */
  readonly seed: number;
  /** A name in `backends`. */
  readonly backend: string;
}

/** The digits of a run: the 10,000 of `embeddedDigits`, or the user's own files. */
export type DigitSource = "embedded" | "files";

/** The experiment that `dlcc train mnist` runs on the embedded digits by default. */
export const defaults: Experiment = {
  hidden: [{ units: 128, activation: "relu" }],
  loss: "cross-entropy",
  optimizer: "nesterov",
  lr: pick(optimizers, "nesterov").lr,
  schedule: "linear",
  batchSize: 64,
  epochs: 5,
  weightDecay: 0,
  dropout: 0,
  init: "he",
  seed: 1,
  backend: "auto",
};

/** One name for all hidden layers, or one for each. */
export const activationsOf = ({ hidden }: Pick<Experiment, "hidden">): string => {
  const names = hidden.map(({ activation }) => activation);
  return new Set(names).size <= 1 ? (names[0] ?? "relu") : names.join(",");
};

/**
 * The options of `buildNetwork` for an experiment: 784 pixels in, or images of 28×28 for `layers`; ten classes out.
 *
 * @example
 * ```ts
 * import { buildNetwork, defaults, networkOptions } from "@dlcc/experiment";
 * import { countParameters } from "@dlcc/layers";
 *
 * console.log(countParameters(buildNetwork(networkOptions(defaults)))); // → 101770
 * ```
 */
export const networkOptions = (experiment: Experiment): NetworkOptions => ({
  inputs: experiment.layers === undefined ? 784 : [1, 28, 28],
  hidden: experiment.hidden.map(({ units }) => units),
  layers: experiment.layers,
  outputs: 10,
  activation: activationsOf(experiment),
  loss: experiment.loss,
  init: experiment.init,
  dropout: experiment.dropout,
  seed: experiment.seed,
});
