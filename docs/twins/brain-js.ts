/** XOR with brain.js and with dlcc, from the same start by the same rule: what the guide "Coming from brain.js" shows. */
import { valueAndGrad } from "@dlcc/autograd";
import { importBrain } from "@dlcc/convert";
import { quadraticCost } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { tensor } from "@dlcc/tensor";
import { NeuralNetwork } from "brain.js";

const examples = [
  { input: [0, 0], output: [0] },
  { input: [0, 1], output: [1] },
  { input: [1, 0], output: [1] },
  { input: [1, 1], output: [0] },
];
const [learningRate, momentum] = [0.3, 0.1];

/** brain.js's answers to the four examples, after so many passes over them. */
export function theirs(start: object, iterations: number): number[] {
  const net = new NeuralNetwork();
  net.fromJSON(start);
  net.train(examples, { iterations, learningRate, momentum, errorThresh: 1e-9 });
  return examples.map(({ input }) => net.run(input)[0] ?? Number.NaN);
}

/** dlcc's. */
export async function ours(start: object, iterations: number): Promise<number[]> {
  const { model } = importBrain(start);
  // brain.js has no momentum on biases.
  const [weights, biases] = ["weight", "bias"].map((kind) =>
    model.parameters().filter(({ name }) => name.endsWith(kind)),
  ) as [ReturnType<typeof model.parameters>, ReturnType<typeof model.parameters>];
  const optimizer = sgd([{ parameters: weights, momentum }, { parameters: biases }], { lr: learningRate });
  const pairs = examples.map(({ input, output }) => ({ x: tensor([input]), y: tensor([output]) }));
  for (let pass = 0; pass < iterations; pass++) {
    for (const { x, y } of pairs) {
      const { value, gradients } = valueAndGrad(() => quadraticCost(model.forward(x), y), model.parameters());
      optimizer.step(gradients);
      value.dispose();
    }
  }
  const answers = await model.forward(tensor(examples.map(({ input }) => input))).array<number[][]>();
  return answers.map(([answer = Number.NaN]) => answer);
}
