/** The network in dlcc, and its training step as the guide shows it. */
import { valueAndGrad } from "@dlcc/autograd";
import { type Initializer, Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { type Optimizer, sgd } from "@dlcc/optim";
import { type Backend, type Parameter, type Tensor, tensor, tidy } from "@dlcc/tensor";
import type { Batch } from "@dlcc/train";
import { layers, learningRate } from "./cases.ts";
import type { Training } from "./recipe.ts";

/** The network at the start of its training. */
export interface Learner {
  readonly model: Sequential;
  readonly parameters: readonly Parameter[];
  readonly optimizer: Optimizer;
}

/** Makes it on a backend. */
export async function learner({ weight1, bias1, weight2, bias2 }: Training, backend: Backend): Promise<Learner> {
  const { inputs, hidden, classes } = layers;
  const of =
    (values: Float32Array): Initializer =>
    ({ shape }) =>
      tensor(values, { shape });
  const model = await new Sequential([
    new Linear(inputs, hidden, { weight: of(weight1), bias: of(bias1) }),
    relu,
    new Linear(hidden, classes, { weight: of(weight2), bias: of(bias2) }),
  ]).to(backend);
  const parameters = model.parameters();
  return { model, parameters, optimizer: sgd(parameters, { lr: learningRate }) };
}

/** A step. @returns The loss before it. */
export function stepOf({ model, parameters, optimizer }: Learner, { x, y }: Batch): Tensor {
  return tidy(() => {
    const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), parameters);
    optimizer.step(gradients);
    return value;
  });
}
