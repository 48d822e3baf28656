/**
 * The model that greets the visitor: a small convolutional network that learned from MNIST's digits, as they were scanned and as a
 * pen draws their strokes, all distorted anew in each epoch, and from scribbles, which are an eleventh class.
 */
import { writeFileSync } from "node:fs";
import { minibatches, transformBatches } from "@dlcc/data";
import { buildNetwork, buildOptimizer, defaults, losses, openBackend, parseAugment, valueFor } from "@dlcc/experiment";
import type { Tensor } from "@dlcc/tensor";
import { fit } from "@dlcc/train";
import { greetingNetwork } from "../../src/greeting.ts";
import { greetingExamples } from "./examples.ts";
import { halfPrecision } from "./half-precision.ts";
import { measureGreeting } from "./measure.ts";

const [epochs, size, seed] = [5, 64, 7];
const recipe = { ...defaults, optimizer: "adam", lr: 0.003, schedule: "one-cycle", weightDecay: 1e-4, epochs };
/** On top of what the hand does to the strokes. */
const distortion = "rotation 5, zoom 0.08, shear 5, shift 1";

/** @param file Where the weights go, after each epoch. */
export async function trainGreeting(file: string): Promise<void> {
  const folder = process.env.DLCC_MNIST_DIR;
  if (!folder)
    throw new Error("DLCC_MNIST_DIR must name a folder with MNIST's four files: `dlcc data fetch mnist` gets them");
  const { images, labels } = await greetingExamples(folder, seed);
  // Any number of threads gives the same bytes.
  const { backend } = await openBackend("wasm", { threads: 1 });
  const model = buildNetwork(greetingNetwork);
  await model.to(backend);
  const steps = epochs * Math.ceil((labels.shape[0] ?? 0) / size);
  await fit({
    model: {
      forward: (x: Tensor) => model.forward(x.reshape([x.shape[0] ?? 0, 1, 28, 28])),
      parameters: () => model.parameters(),
      train: () => model.train(),
      eval: () => model.eval(),
    },
    loss: valueFor(losses, "cross-entropy"),
    optimizer: buildOptimizer(model, { ...recipe, steps }),
    epochs,
    batches: (epoch) =>
      transformBatches(minibatches(images, labels, { size, seed, epoch }), parseAugment(distortion), {
        seed,
        epoch,
        backend,
      }),
    onEpoch: async ({ epoch, loss, seconds }) => {
      writeFileSync(file, await halfPrecision(model));
      console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}, ${seconds.toFixed()} s`);
    },
  });
  console.log(await measureGreeting(await halfPrecision(model), 100));
}
