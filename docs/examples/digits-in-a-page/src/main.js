/** Trains in the page, and shows how far it is. */
import { minibatches } from "@dlcc/data";
import { Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { accuracy, evaluate, fit } from "@dlcc/train";
import { createWasm } from "@dlcc/wasm";
import { load } from "./load.js";

const log = document.querySelector("#log");
const backend = await createWasm();
log.textContent = `${backend.info.threads} threads\n`;

const [train, test] = await Promise.all([load("train"), load("test")]);
const model = new Sequential([new Linear(784, 64, { seed: 1 }), relu, new Linear(64, 10, { seed: 2 })]);
await model.to(backend);

await fit({
  model,
  loss: crossEntropy,
  optimizer: adam(model.parameters(), { lr: 0.003 }),
  batches: (epoch) => minibatches(train.images, train.labels, { size: 32, seed: 3, epoch, backend }),
  epochs: 3,
  onEpoch: ({ epoch, loss }) => {
    log.textContent += `epoch ${epoch}: loss ${loss.toFixed(3)}\n`;
  },
});

const batches = minibatches(test.images, test.labels, { size: 500, shuffle: false, backend });
const { metrics } = await evaluate({ model, loss: crossEntropy, batches, metrics: { accuracy } });
document.querySelector("#out").textContent = `test accuracy ${metrics.accuracy.toFixed(4)}`;
