/** XOR: a network with one hidden layer learns what no single perceptron can. */
import { valueAndGrad } from "@dlcc/autograd";
import { Linear, Sequential, tanh } from "@dlcc/layers";
import { binaryCrossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { tensor } from "@dlcc/tensor";

const x = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const y = tensor([[0], [1], [1], [0]]);

const model = new Sequential([new Linear(2, 8, { seed: 1 }), tanh, new Linear(8, 1, { seed: 2 })]);
const optimizer = adam(model.parameters(), { lr: 0.05 });

for (let step = 0; step <= 100; step++) {
  const { value, gradients } = valueAndGrad(() => binaryCrossEntropy(model.forward(x), y), model.parameters());
  optimizer.step(gradients);
  if (step % 50 === 0) console.log(`step ${step}: loss ${(await value.item()).toFixed(3)}`);
}

const inputs = await x.array();
const outputs = await model.forward(x).greater(0).array();
for (const [i, [a, b]] of inputs.entries()) console.log(`${a} xor ${b} = ${outputs[i]}`);
