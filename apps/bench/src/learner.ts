/** The network in dlcc, and its training step as the guide shows it. */
import { valueAndGrad } from "@dlcc/autograd";
import { Conv2d, Flatten, type Initializer, type Layer, Linear, MaxPool2d, relu, Sequential, tanh } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { type Optimizer, sgd } from "@dlcc/optim";
import { type Backend, type Parameter, type Tensor, tensor, tidy } from "@dlcc/tensor";
import type { Batch } from "@dlcc/train";
import { isConvolutional, side } from "./networks.ts";
import type { Initial, Training } from "./recipe.ts";

/** The network at the start of its training. */
export interface Learner {
  readonly model: Sequential;
  readonly parameters: readonly Parameter[];
  readonly optimizer: Optimizer;
}

const activations = { relu, tanh } as const;

/** Makes it on a backend. */
export async function learner({ network, parameters: initial }: Training, backend: Backend): Promise<Learner> {
  let next = 0;
  /** The initializer of the next parameter. */
  const following = (): Initializer => {
    const { values } = initial[next++] as Initial;
    return ({ shape }) => tensor(values, { shape });
  };
  const dense = network.layers.findIndex(({ kind }) => kind === "dense");
  const layers = network.layers.flatMap((layer, i): Layer[] => {
    if (layer.kind === "pool") return [new MaxPool2d(2)];
    const { inputs, outputs, activation } = layer;
    const options = { weight: following(), bias: following() };
    return [
      ...(i === dense && isConvolutional(network) ? [new Flatten()] : []),
      layer.kind === "dense"
        ? new Linear(inputs, outputs, options)
        : new Conv2d(inputs, outputs, layer.kernel, { padding: layer.padding, ...options }),
      ...(activation ? [activations[activation]] : []),
    ];
  });
  const model = await new Sequential(layers).to(backend);
  const parameters = model.parameters();
  return { model, parameters, optimizer: sgd(parameters, { lr: network.learningRate }) };
}

/** The minibatch, as the network takes it. */
export const imagesOf = ({ network, batch, x }: Training, backend?: Backend): Tensor =>
  tensor(x, {
    shape: isConvolutional(network) ? [batch, 1, side, side] : [batch, side * side],
    ...(backend && { backend }),
  });

/** A step. @returns The loss before it. */
export function stepOf({ model, parameters, optimizer }: Learner, { x, y }: Batch): Tensor {
  return tidy(() => {
    const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), parameters);
    optimizer.step(gradients);
    return value;
  });
}
