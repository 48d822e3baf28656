/**
 * The model that greets the visitor: a small convolutional network that learned from the page's 8,000 training digits, as they
 * were scanned and as a pen draws their strokes, all distorted anew in each epoch, and from scribbles, which are an eleventh class.
 */
import { writeFileSync } from "node:fs";
import { findDigit, minibatches, transformBatches } from "@dlcc/data";
import { buildNetwork, buildOptimizer, defaults, losses, openBackend, parseAugment, valueFor } from "@dlcc/experiment";
import { embeddedDigits } from "@dlcc/experiment/node";
import { type Tensor, tensor } from "@dlcc/tensor";
import { fit } from "@dlcc/train";
import { greetingNetwork, notADigit } from "../../src/greeting.ts";
import { strokesFrom } from "../../test/drawing.ts";
import { Hand } from "./drawings.ts";
import { frame } from "./frame.ts";
import { halfPrecision } from "./half-precision.ts";
import { measureGreeting } from "./measure.ts";

const pixels = 784;
const [epochs, size, lr, seed] = [14, 64, 0.002, 7];
/** So many hands draw each digit. */
const hands = 2;
/** So many scribbles for each digit that is drawn. */
const scribbles = 0.09;
/** On top of what the hand does to the strokes. */
const distortion = "rotation 10, zoom 0.1, shear 10, shift 1";

/** All that is learned from: the scans, their strokes redrawn, the scribbles. */
async function examples(): Promise<{ images: Tensor; labels: Tensor }> {
  const { train } = embeddedDigits();
  const [scans, digits] = [(await train.images.data()) as Float32Array, [...(await train.labels.data())]];
  const strokes = digits.map((_, row) => strokesFrom(scans.subarray(row * pixels, (row + 1) * pixels)));
  const images = [...scans];
  const labels = [...digits];
  const add = (image: Iterable<number>, label: number): void => {
    for (const value of image) images.push(value);
    labels.push(label);
  };
  const hand = new Hand(1000 * seed);
  for (let round = 0; round < hands; round++) {
    for (const [row, digit] of digits.entries()) {
      const drawing = hand.redraw(strokes[row] ?? []);
      if (drawing) add(frame(drawing), digit);
    }
    for (let i = 0; i < digits.length * scribbles; i++) {
      const drawing = hand.scribble(strokes[hand.whole(0, digits.length - 1)] ?? []);
      // Where no digit is found, it is known without a network.
      const found = drawing && findDigit(drawing);
      if (found) add(found.pixels, notADigit);
    }
    console.log(`${labels.length} examples`);
  }
  return { images: tensor(images, { shape: [labels.length, pixels] }), labels: tensor(labels, { dtype: "int32" }) };
}

export async function trainGreeting(file: string): Promise<void> {
  const { images, labels } = await examples();
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
    optimizer: buildOptimizer(model, { ...defaults, optimizer: "adam", lr, steps }),
    epochs,
    batches: (epoch) =>
      transformBatches(minibatches(images, labels, { size, seed, epoch }), parseAugment(distortion), {
        seed,
        epoch,
        backend,
      }),
    onEpoch: ({ epoch, loss }) => console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}`),
  });
  const bytes = await halfPrecision(model);
  writeFileSync(file, bytes);
  console.log(`${bytes.length} bytes`);
  console.log(await measureGreeting(bytes, 100));
}
