/** A whole trainer: reads MNIST from a folder, learns the digits, and says how many of new ones it reads. */
import { minibatches } from "@dlcc/data";
import { loadMnist } from "@dlcc/data/node";
import { Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { accuracy, evaluate, fit } from "@dlcc/train";

const [folder = "mnist", epochs = "3"] = process.argv.slice(2);
const { train, test } = await loadMnist(folder);

const model = new Sequential([new Linear(784, 128, { seed: 1 }), relu, new Linear(128, 10, { seed: 2 })]);
const metrics = { accuracy };

await fit({
  model,
  loss: crossEntropy,
  optimizer: sgd(model.parameters(), { lr: 0.1, momentum: 0.9 }),
  batches: (epoch) => minibatches(train.images, train.labels, { size: 64, seed: 3, epoch }),
  epochs: Number(epochs),
  metrics,
  validate: () =>
    evaluate({
      model,
      loss: crossEntropy,
      batches: minibatches(test.images, test.labels, { size: 500, shuffle: false }),
      metrics,
    }),
  onEpoch: ({ epoch, loss, validation }) =>
    console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}, test accuracy ${validation?.metrics.accuracy?.toFixed(4)}`),
});
