import { Dropout, type Layer, Linear, Sequential } from "@dlcc/layers";
import { linear, type Optimizer, type Schedule } from "@dlcc/optim";
import { activations, initializers, losses, optimizers, pick } from "./choices.ts";

/** The options that make a network. */
export interface NetworkOptions {
  readonly inputs: number;
  readonly hidden: readonly number[];
  readonly outputs: number;
  /** Of the hidden layers: a name for all, or one a layer, such as `relu,tanh`. */
  readonly activation: string;
  readonly loss: string;
  readonly init: string;
  /** How the output layer begins, where it is another way. */
  readonly outputInit?: string | undefined;
  /** With which probability an output of a hidden layer is left out while training. Default: 0, and then there is no layer for it. */
  readonly dropout?: number;
  readonly seed: number;
}

/** What is left out is drawn from other streams than the weights are. */
const dropoutSeeds = 2 ** 40;

/** A fully connected network: the hidden layers with their activation, and the output layer. */
export function buildNetwork(options: NetworkOptions): Sequential {
  const sizes = [options.inputs, ...options.hidden, options.outputs];
  const names = options.activation.split(",");
  const { dropout = 0 } = options;
  const layers = sizes.slice(1).flatMap((outputs, i): Layer[] => {
    const inputs = sizes[i] as number;
    const isOutput = i === options.hidden.length;
    const { weight, bias } = pick(initializers, (isOutput && options.outputInit) || options.init);
    // One seed for the network; each layer has a stream of numbers of its own.
    const seed = options.seed * sizes.length + i;
    const layer = new Linear(inputs, outputs, { weight, bias, seed });
    if (isOutput) return [layer];
    const activation = pick(activations, names[i] ?? (names[0] as string));
    return dropout > 0 ? [layer, activation, new Dropout(dropout, { seed: dropoutSeeds + seed })] : [layer, activation];
  });
  const { output } = pick(losses, options.loss);
  return new Sequential(output ? [...layers, output] : layers);
}

/** The architecture in short, such as `784-128-10`. */
export const architecture = ({
  inputs,
  hidden,
  outputs,
}: Pick<NetworkOptions, "inputs" | "hidden" | "outputs">): string => [inputs, ...hidden, outputs].join("-");

/** The options that make an optimizer. */
export interface OptimizerOptions {
  readonly optimizer: string;
  readonly lr: number;
  readonly schedule: "constant" | "linear";
  readonly weightDecay: number;
  /** How many steps the run has: where a schedule ends. */
  readonly steps: number;
}

/** An optimizer for all parameters; weights decay, biases never do. */
export function buildOptimizer(model: Sequential, options: OptimizerOptions): Optimizer {
  const { optimizer, lr, schedule, weightDecay, steps } = options;
  const rate: number | Schedule = schedule === "linear" ? linear(lr, { steps }) : lr;
  const [weights, biases] = [".weight", ".bias"].map((end) =>
    model.parameters().filter(({ name }) => name.endsWith(end)),
  );
  const groups = [
    { parameters: weights ?? [], weightDecay },
    { parameters: biases ?? [], weightDecay: 0 },
  ];
  return pick(optimizers, optimizer).create(groups, rate);
}
