/** Trains on files of which only a part is in memory at any time. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { minibatches, streamMinibatches } from "@dlcc/data";
import { openIdx } from "@dlcc/data/node";
import { embeddedDigits } from "@dlcc/experiment/node";
import { Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { accuracy, evaluate, fit } from "@dlcc/train";
import { createWasm } from "@dlcc/wasm";
import { write } from "./write.js";

const folder = await mkdtemp(join(tmpdir(), "dlcc-stream-"));
try {
  const { images, labels, size } = await write(folder, 4);
  const examples = await openIdx(images, labels);
  const count = [...examples.blocks].reduce((sum, length) => sum + length, 0);
  console.log(
    `${count} images, ${(size / 1e6).toFixed(1)} MB on disk, ${((count * 784 * 4) / 1e6).toFixed(1)} MB as tensors`,
  );

  /** How many images are in memory at once, and shuffled together: 6.4 MB as tensors. */
  const window = 2048;
  const backend = await createWasm();
  const model = new Sequential([new Linear(784, 64, { seed: 1 }), relu, new Linear(64, 10, { seed: 2 })]);
  await model.to(backend);
  await fit({
    model,
    loss: crossEntropy,
    optimizer: adam(model.parameters(), { lr: 0.003 }),
    batches: (epoch) => streamMinibatches(examples, { size: 64, seed: 3, epoch, window, backend }),
    epochs: 2,
    onEpoch: ({ epoch, loss }) => console.log(`epoch ${epoch}: loss ${loss.toFixed(3)}`),
  });
  await examples.close();

  const { test } = embeddedDigits();
  const batches = minibatches(test.images, test.labels, { size: 500, shuffle: false, backend });
  const { metrics } = await evaluate({ model, loss: crossEntropy, batches, metrics: { accuracy } });
  console.log(`test accuracy ${metrics.accuracy.toFixed(4)}`);
} finally {
  await rm(folder, { recursive: true });
}
