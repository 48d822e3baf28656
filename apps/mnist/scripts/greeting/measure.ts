/** What the model that greets reads of digits that it never learned from: scanned, and drawn by a pen. */
import { prepareDigit } from "@dlcc/data";
import { buildNetwork } from "@dlcc/experiment";
import { embeddedDigits } from "@dlcc/experiment/node";
import { deserialize } from "@dlcc/io";
import { argmax, concat, tidy } from "@dlcc/tensor";
import { greetingNetwork, notADigit } from "../../src/greeting.ts";
import { type Point, pictureOf, type Stroke } from "../../src/strokes.ts";
import { Hand, strokesOn } from "./drawings.ts";

const each = 10;

/** Turns and scales strokes around the middle of the sheet. */
const changed = (strokes: readonly Stroke[], degrees: number, size: number): Stroke[] => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180) * size, Math.sin((degrees * Math.PI) / 180) * size];
  return strokes.map((stroke) =>
    stroke.map(([x, y]): Point => [0.5 + cos * (x - 0.5) - sin * (y - 0.5), 0.5 + sin * (x - 0.5) + cos * (y - 0.5)]),
  );
};

export async function measureGreeting(bytes: Uint8Array): Promise<void> {
  const { test } = embeddedDigits();
  const [pixels, labels] = [(await test.images.data()) as Float32Array, await test.labels.data()];
  const model = buildNetwork(greetingNetwork);
  model.loadStateDict(deserialize(bytes).tensors);
  model.eval();
  const read = async (x: typeof test.images): Promise<ArrayLike<number>> =>
    tidy(() => argmax(model.forward(x.reshape([x.shape[0] ?? 0, 1, 28, 28])), 1)).data();
  const share = (found: ArrayLike<number>, truth: ArrayLike<number>): string =>
    ((100 * Array.from(found).filter((guess, i) => guess === truth[i]).length) / found.length).toFixed(1);
  console.log("scanned", share(await read(test.images), labels));
  const rows = Array.from({ length: 10 }, (_, digit) =>
    [...labels.keys()].filter((row) => labels[row] === digit).slice(0, Number(process.env.EACH ?? each)),
  ).flat();
  const truth = rows.map((row) => labels[row] ?? 0);
  const strokes = rows.map((row) => strokesOn(pixels.subarray(row * 784, (row + 1) * 784)));
  for (const [degrees, size] of [
    [0, 1],
    [-15, 1],
    [15, 1],
    [25, 1],
    [0, 0.5],
    [0, 0.25],
  ] as const) {
    const pictures = strokes.flatMap((digit) => {
      const p = pictureOf(changed(digit, degrees, size));
      return p ? [prepareDigit(p)] : [];
    });
    console.log(`drawn, ${degrees} degrees, ${size}:`, share(await read(concat(pictures, 0)), truth));
  }
  const hand = new Hand(99);
  const others = strokes.flatMap((digit) => {
    const p = hand.scribble(digit);
    return p ? [prepareDigit(p)] : [];
  });
  console.log(
    "scribbles",
    share(
      await read(concat(others, 0)),
      others.map(() => notADigit),
    ),
  );
}
