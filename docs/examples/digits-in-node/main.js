/** A network for handwritten digits, trained on 8,000 of MNIST that come with a package, and judged on 2,000 others. */
import { minibatches } from "@dlcc/data";
import { embeddedDigits } from "@dlcc/experiment/node";
import { Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { accuracy, evaluate, fit } from "@dlcc/train";
import { createWasm } from "@dlcc/wasm";

const backend = await createWasm(); // or cpu of @dlcc/tensor: slower, and nothing else changes
const { train, test } = embeddedDigits();

const model = new Sequential([new Linear(784, 64, { seed: 1 }), relu, new Linear(64, 10, { seed: 2 })]);
await model.to(backend);

await fit({
  model,
  loss: crossEntropy,
  optimizer: adam(model.parameters(), { lr: 0.003 }),
  batches: (epoch) => minibatches(train.images, train.labels, { size: 32, seed: 3, epoch, backend }),
  epochs: 3,
  onEpoch: async ({ epoch, loss }) => {
    const batches = minibatches(test.images, test.labels, { size: 500, shuffle: false, backend });
    const { metrics } = await evaluate({ model, loss: crossEntropy, batches, metrics: { accuracy } });
    console.log(`epoch ${epoch}: loss ${loss.toFixed(3)}, test accuracy ${metrics.accuracy.toFixed(4)}`);
  },
});
