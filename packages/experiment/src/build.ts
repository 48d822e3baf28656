import { Dropout, type Layer, Linear, Sequential } from "@dlcc/layers";
import type { Optimizer } from "@dlcc/optim";
import { activations } from "./choices/activations.ts";
import { pick } from "./choices/choice.ts";
import { initializers } from "./choices/initializers.ts";
import { losses } from "./choices/losses.ts";
import { optimizers } from "./choices/optimizers.ts";
import { schedules } from "./choices/schedules.ts";
import { valueFor } from "./choices/value-for.ts";
import { layerSeeds } from "./seeds.ts";

/** The options that make a network. */
export interface NetworkOptions {
  /** How many numbers an example has. */
  readonly inputs: number;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** How many classes, or predicted numbers, there are. */
  readonly outputs: number;
  /** The activation of the hidden layers: a name in `activations` for all, or one for each layer, such as `relu,tanh`. */
  readonly activation: string;
  /** A name in `losses`: some losses add an activation to the output layer. */
  readonly loss: string;
  /** A name in `initializers`. */
  readonly init: string;
  /** The initializer of the output layer. Default: `init`. */
  readonly outputInit?: string | undefined;
  /** The probability that an output of a hidden layer is dropped while training. Default: 0, which adds no layer. */
  readonly dropout?: number;
  /** The same seed gives the same network. */
  readonly seed: number;
}

/**
 * A fully connected network: the hidden layers with their activation and dropout, and the output layer. Its input is
 * `[examples, inputs]`, its output `[examples, outputs]`.
 *
 * @throws {RangeError} if a name is not in its table.
 * @example
 * ```ts
 * import { buildNetwork } from "@dlcc/experiment";
 * import { summary } from "@dlcc/layers";
 *
 * const sizes = { inputs: 784, hidden: [30], outputs: 10 };
 * const model = buildNetwork({ ...sizes, activation: "relu", loss: "cross-entropy", init: "he", seed: 1 });
 * console.log(model.parameters().map(({ name }) => name).join(" "));
 * // → layers.0.weight layers.0.bias layers.2.weight layers.2.bias
 * ```
 */
export function buildNetwork(options: NetworkOptions): Sequential {
  const sizes = [options.inputs, ...options.hidden, options.outputs];
  const names = options.activation.split(",");
  const { dropout = 0 } = options;
  const layers = sizes.slice(1).flatMap((outputs, i): Layer[] => {
    const inputs = sizes[i] as number;
    const isOutput = i === options.hidden.length;
    const { weight, bias } = valueFor(initializers, (isOutput && options.outputInit) || options.init);
    const seeds = layerSeeds(options.seed, sizes.length - 1, i);
    const layer = new Linear(inputs, outputs, { weight, bias, seed: seeds.weights });
    if (isOutput) return [layer];
    const activation = valueFor(activations, names[i] ?? (names[0] as string));
    return dropout > 0 ? [layer, activation, new Dropout(dropout, { seed: seeds.dropout })] : [layer, activation];
  });
  const { output } = pick(losses, options.loss);
  return new Sequential(output === undefined ? layers : [...layers, valueFor(activations, output)]);
}

/**
 * The sizes of a network's layers as text.
 *
 * @example
 * ```ts
 * import { architecture } from "@dlcc/experiment";
 *
 * console.log(architecture({ inputs: 784, hidden: [128], outputs: 10 })); // → 784-128-10
 * ```
 */
export const architecture = ({
  inputs,
  hidden,
  outputs,
}: Pick<NetworkOptions, "inputs" | "hidden" | "outputs">): string => [inputs, ...hidden, outputs].join("-");

/** The options that make an optimizer. */
export interface OptimizerOptions {
  /** A name in `optimizers`. */
  readonly optimizer: string;
  /** The learning rate at the beginning of the schedule. */
  readonly lr: number;
  /** A name in `schedules`. */
  readonly schedule: string;
  /** The weight decay λ of the weights; biases never decay. */
  readonly weightDecay: number;
  /** How many steps the run has; a schedule ends with them. */
  readonly steps: number;
}

/**
 * An optimizer for all parameters of a network. Weights decay, biases never do.
 *
 * @throws {RangeError} if a name is not in its table.
 * @example
 * ```ts
 * import { buildOptimizer } from "@dlcc/experiment";
 * import { Linear, Sequential } from "@dlcc/layers";
 *
 * const model = new Sequential([new Linear(2, 1)]);
 * const run = { optimizer: "adam", lr: 0.01, schedule: "constant", weightDecay: 1e-4, steps: 100 };
 * const optimizer = buildOptimizer(model, run);
 * console.log(typeof optimizer.step); // → function
 * ```
 */
export function buildOptimizer(model: Sequential, options: OptimizerOptions): Optimizer {
  const { optimizer, lr, schedule, weightDecay, steps } = options;
  const [weights, biases] = [".weight", ".bias"].map((end) =>
    model.parameters().filter(({ name }) => name.endsWith(end)),
  );
  const groups = [
    { parameters: weights ?? [], weightDecay },
    { parameters: biases ?? [], weightDecay: 0 },
  ];
  return valueFor(optimizers, optimizer)(groups, valueFor(schedules, schedule)(lr, steps));
}
