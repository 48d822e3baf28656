import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  Flatten,
  type Layer,
  Linear,
  MaxPool2d,
  Residual,
  Sequential,
} from "@dlcc/layers";
import type { Optimizer } from "@dlcc/optim";
import { activations } from "./choices/activations.ts";
import { type InitialValues, initializers } from "./choices/initializers.ts";
import { optimizers } from "./choices/optimizers.ts";
import { schedules } from "./choices/schedules.ts";
import { valueFor } from "./choices/value-for.ts";
import { type NetworkOptions, type PlannedLayer, planOf } from "./network/plan.ts";

/** How layers are made, by the names of their classes. */
type Makers = Readonly<Record<string, (layer: PlannedLayer) => Layer>>;

/** The layers of a network for numbers. */
const dense: Makers = {
  Linear: ({ sizes: [inputs = 0, outputs = 0], ...layer }) => new Linear(inputs, outputs, weightsOf(layer)),
  Dropout: ({ sizes: [p], seed }) => new Dropout(p, seed === undefined ? {} : { seed }),
  Flatten: () => new Flatten(),
};

/** Those of a network for images, too. */
const all: Makers = {
  ...dense,
  Conv2d: ({ sizes: [inputs = 0, outputs = 0, kernel = 0], options, ...layer }) =>
    new Conv2d(inputs, outputs, kernel, { ...options, ...weightsOf(layer) }),
  BatchNorm1d: ({ sizes: [features = 0] }) => new BatchNorm1d(features),
  BatchNorm2d: ({ sizes: [channels = 0] }) => new BatchNorm2d(channels),
  MaxPool2d: ({ sizes: [size = 0], options }) => new MaxPool2d(size, options),
  AvgPool2d: ({ sizes: [size = 0], options }) => new AvgPool2d(size, options),
  AdaptiveAvgPool2d: ({ sizes: [size = 0] }) => new AdaptiveAvgPool2d(size),
  Residual: ({ layers = [] }) => new Residual(layersOf(layers, all)),
};

const layersOf = (plan: readonly PlannedLayer[], makers: Makers): Layer[] =>
  plan.map((layer) => makers[layer.type]?.(layer) ?? valueFor(activations, layer.type));

const networkOf = (options: NetworkOptions, makers: Makers): Sequential =>
  new Sequential(layersOf(planOf(options), makers));

/** What a layer with weights is made with. */
function weightsOf({ init = "", seed = 0 }: Partial<PlannedLayer>): InitialValues & { readonly seed: number } {
  return { ...valueFor(initializers, init), seed };
}

/**
 * A network: the hidden layers with their activation and dropout, and the output layer. Its input is `[examples, inputs]`, or
 * `[examples, channels, height, width]` for `layers` of images, its output `[examples, outputs]`.
 *
 * @throws {RangeError} if a name is not in its table, a layer is not written as it should be, or an image is too small for a layer.
 * @example
 * ```ts
 * import { buildNetwork } from "@dlcc/experiment";
 * import { countParameters } from "@dlcc/layers";
 *
 * const options = { outputs: 10, activation: "relu", loss: "cross-entropy", init: "he", seed: 1 };
 * const model = buildNetwork({ ...options, inputs: 784, hidden: [30] });
 * console.log(model.parameters().map(({ name }) => name).join(" "));
 * // → layers.0.weight layers.0.bias layers.2.weight layers.2.bias
 *
 * const layers = "conv 20 5, pool 2, dense 100"; // a network of Nielsen's book
 * console.log(countParameters(buildNetwork({ ...options, inputs: [1, 28, 28], hidden: [], layers }))); // → 289630
 * ```
 */
export const buildNetwork = (options: NetworkOptions): Sequential => networkOf(options, all);

/**
 * {@link buildNetwork} without `layers` of images: what a page needs that trains dense layers alone, in a smaller bundle.
 *
 * @throws {RangeError} if a name is not in its table.
 * @example
 * ```ts
 * import { buildDenseNetwork } from "@dlcc/experiment";
 *
 * const options = { activation: "relu", loss: "cross-entropy", init: "he", seed: 1 };
 * console.log(buildDenseNetwork({ ...options, inputs: 784, hidden: [30], outputs: 10 }).parameters().length); // → 4
 * ```
 */
export const buildDenseNetwork = (options: Omit<NetworkOptions, "layers">): Sequential => networkOf(options, dense);

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
