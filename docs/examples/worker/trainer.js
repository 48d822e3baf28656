/** The worker: it trains a little, says how far it is, and goes on or stops, as it is told. */
import { once } from "node:events";
import { parentPort } from "node:worker_threads";
import { valueAndGrad } from "@dlcc/autograd";
import { Linear, Sequential, tanh } from "@dlcc/layers";
import { binaryCrossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { tensor } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";

const heard = async () => (await once(parentPort, "message"))[0];

const { hidden, lr } = await heard();
const backend = await createWasm({ threads: 1 });
const x = tensor(
  [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  { backend },
);
const y = tensor([[0], [1], [1], [0]], { backend });
const model = new Sequential([new Linear(2, hidden, { seed: 1 }), tanh, new Linear(hidden, 1, { seed: 2 })]);
await model.to(backend);
const optimizer = adam(model.parameters(), { lr });

for (let step = 1, order = "go on"; order !== "stop"; step++) {
  const { value, gradients } = valueAndGrad(() => binaryCrossEntropy(model.forward(x), y), model.parameters());
  optimizer.step(gradients);
  if (step % 25 === 0) {
    parentPort.postMessage({ step, loss: await value.item() });
    order = await heard();
  }
  value.dispose();
}
parentPort.postMessage({ outputs: (await model.forward(x).greater(0).array()).flat() });
