import { type Layer, Linear, Sequential } from "@dlcc/layers";
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
  readonly seed: number;
}

/** A fully connected network: the hidden layers with their activation, and the output layer. */
export function buildNetwork(options: NetworkOptions): Sequential {
  const sizes = [options.inputs, ...options.hidden, options.outputs];
  const names = options.activation.split(",");
  const layers = sizes.slice(1).flatMap((outputs, i): Layer[] => {
    const inputs = sizes[i] as number;
    const isOutput = i === options.hidden.length;
    const { weight, bias } = pick(initializers, (isOutput && options.outputInit) || options.init);
    // One seed for the network; each layer has a stream of numbers of its own.
    const layer = new Linear(inputs, outputs, { weight, bias, seed: options.seed * sizes.length + i });
    return isOutput ? [layer] : [layer, pick(activations, names[i] ?? (names[0] as string))];
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
