/** What no perceptron can do: a network with one hidden layer learns XOR. */
import { valueAndGrad } from "@dlcc/autograd";
import { Linear, Sequential, tanh } from "@dlcc/layers";
import { mse } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { tensor } from "@dlcc/tensor";

const inputs = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const targets = tensor([[0], [1], [1], [0]]);

const model = new Sequential([new Linear(2, 8, { seed: 1 }), tanh, new Linear(8, 1, { seed: 2 })]);
const optimizer = sgd(model.parameters(), { lr: 0.1, momentum: 0.9 });

for (let step = 0; step < 500; step++) {
  const { gradients } = valueAndGrad(() => mse(model.forward(inputs), targets), model.parameters());
  optimizer.step(gradients);
}

const outputs = await model.forward(inputs).data();
console.log([...outputs].map(Math.round)); // → [ 0, 1, 1, 0 ]
