/**
 * The model that greets the visitor: a small convolutional network that learned from the page's 8,000 training digits, as they
 * were scanned and as a pen draws their strokes, both distorted, and from scribbles, which are an eleventh class.
 */
import { writeFileSync } from "node:fs";
import { minibatches, prepareDigit, transformBatches } from "@dlcc/data";
import { buildNetwork, buildOptimizer, defaults, losses, openBackend, parseAugment, valueFor } from "@dlcc/experiment";
import { embeddedDigits } from "@dlcc/experiment/node";
import { type Tensor, tensor } from "@dlcc/tensor";
import { fit } from "@dlcc/train";
import { greetingNetwork, notADigit } from "../../src/greeting.ts";
import type { Drawing } from "../../src/messages.ts";
import { Hand, strokesOn } from "./drawings.ts";
import { halfPrecision } from "./half-precision.ts";
import { measureGreeting } from "./measure.ts";

const pixels = 784;
const [epochs, size, lr, seed] = [32, 64, 0.002, 7];
/** Digits take longer to draw than to learn from: each drawing is learned from so many times. */
const reuse = 4;
/** So many scribbles for each digit. */
const scribbles = 0.12;
const distortion = "rotation 15, zoom 0.12, shear 15, shift 1";

export async function trainGreeting(file: string): Promise<void> {
  const { train } = embeddedDigits();
  const [scans, labels] = [(await train.images.data()) as Float32Array, await train.labels.data()];
  const count = labels.length;
  const strokes = Array.from({ length: count }, (_, row) =>
    strokesOn(scans.subarray(row * pixels, (row + 1) * pixels)),
  );
  const opened = await openBackend("wasm");
  const model = buildNetwork(greetingNetwork);
  await model.to(opened.backend);
  const others = Math.round(count * scribbles);
  const rows = 2 * count + others;
  const steps = epochs * Math.ceil(rows / size);
  const optimizer = buildOptimizer(model, { ...defaults, optimizer: "adam", lr, steps });

  /** All of an epoch: the scans distorted, the strokes redrawn, the scribbles. */
  const examples = async (epoch: number) => {
    const hand = new Hand(1000 * seed + epoch);
    const images = new Float32Array(rows * pixels);
    const truth = new Int32Array(rows);
    let at = 0;
    const order = minibatches(train.images, train.labels, { size: 250, shuffle: false, seed, epoch });
    for (const { x, y } of transformBatches(order, parseAugment(distortion), { seed, epoch })) {
      const [values, of] = [await x.data(), await y.data()];
      images.set(values as Float32Array, at * pixels);
      truth.set(of as Int32Array, at);
      at += of.length;
    }
    const add = (drawing: Drawing | undefined, label: number): void => {
      if (drawing) images.set(prepareDigit(drawing).dataSync() as Float32Array, at * pixels);
      truth[at++] = label;
    };
    for (let row = 0; row < count; row++) add(hand.redraw(strokes[row] ?? []), labels[row] ?? 0);
    for (let row = 0; row < others; row++) add(hand.scribble(strokes[hand.whole(0, count - 1)] ?? []), notADigit);
    return { images: tensor(images, { shape: [rows, pixels] }), labels: tensor(truth) };
  };

  const network = {
    forward: (x: Tensor) => model.forward(x.reshape([x.shape[0] ?? 0, 1, 28, 28])),
    parameters: () => model.parameters(),
    train: () => model.train(),
    eval: () => model.eval(),
  };
  for (let first = 1; first <= epochs; first += reuse) {
    const { images, labels } = await examples(first);
    await fit({
      model: network,
      loss: valueFor(losses, "cross-entropy"),
      optimizer,
      epochs: reuse,
      batches: (epoch) => minibatches(images, labels, { size, seed, epoch: first + epoch, backend: opened.backend }),
      onEpoch: ({ epoch, loss }) => console.log(`epoch ${first - 1 + epoch}: loss ${loss.toFixed(4)}`),
    });
    images.dispose();
    labels.dispose();
  }
  const bytes = await halfPrecision(model);
  writeFileSync(file, bytes);
  console.log(`${bytes.length} bytes`);
  console.log(await measureGreeting(bytes, 100));
}
