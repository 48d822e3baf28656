/** What the model that greets learns from: digits as they were scanned, the same as a pen draws their strokes, and scribbles. */
import { findDigit } from "@dlcc/data";
import { loadMnist } from "@dlcc/data/node";
import { embeddedDigits } from "@dlcc/experiment/node";
import { type Tensor, tensor } from "@dlcc/tensor";
import { notADigit } from "../../src/greeting.ts";
import { strokesFrom } from "../../test/drawing.ts";
import { Hand } from "./drawings.ts";
import { frame } from "./frame.ts";

const pixels = 784;
/** So many scribbles for each digit. */
const scribbles = 0.15;

/** A picture as text, to find it again. */
const keyOf = (image: ArrayLike<number>): string =>
  String.fromCharCode(...Array.from(image, (v) => Math.round(255 * v)));

/** The rows of pictures `[n, 784]`. */
async function rowsOf(images: Tensor): Promise<Float32Array[]> {
  const data = (await images.data()) as Float32Array;
  return Array.from({ length: data.length / pixels }, (_, row) => data.subarray(row * pixels, (row + 1) * pixels));
}

/**
 * MNIST's training digits, without those that the page tests with: its 10,000 digits are all among MNIST's 60,000 for training.
 *
 * @param folder MNIST's four files.
 */
export async function greetingExamples(folder: string, seed: number): Promise<{ images: Tensor; labels: Tensor }> {
  const { train } = await loadMnist(folder);
  const [scans, truth] = [await rowsOf(train.images), await train.labels.data()];
  const held = new Set((await rowsOf(embeddedDigits().test.images)).map(keyOf));
  // Of each digit a scan, a drawing, and a scribble at most.
  const images = new Float32Array(3 * scans.length * pixels);
  const labels: number[] = [];
  const add = (image: ArrayLike<number>, label: number): void => {
    images.set(image, labels.length * pixels);
    labels.push(label);
  };
  const hand = new Hand(seed);
  for (const [row, scan] of scans.entries()) {
    if (row % 5000 === 0) console.log(`${row} digits: ${labels.length} examples`);
    if (held.has(keyOf(scan))) continue;
    const digit = truth[row] ?? 0;
    const strokes = strokesFrom(scan);
    add(scan, digit);
    const drawing = hand.redraw(strokes);
    if (drawing) add(frame(drawing), digit);
    if (hand.between(0, 1) >= scribbles) continue;
    const scribble = hand.scribble(strokes);
    // Where no digit is found, it is known without a network.
    const found = scribble && findDigit(scribble);
    if (found) add(found.pixels, notADigit);
  }
  const count = labels.length;
  return {
    images: tensor(images.subarray(0, count * pixels), { shape: [count, pixels] }),
    labels: tensor(labels, { dtype: "int32" }),
  };
}
