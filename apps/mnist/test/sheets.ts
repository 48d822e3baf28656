/** What networks are asked to read: test digits that are drawn by the page's pen, and digits that are typed. */
import { readFileSync } from "node:fs";
import { prepareDigit, readIdx } from "@dlcc/data";
import { embeddedDigits } from "@dlcc/experiment/node";
import { argmax, concat, type Tensor, tidy } from "@dlcc/tensor";
import type { Drawing } from "../src/messages.ts";
import type { Stroke } from "../src/strokes.ts";
import { type Change, draw, strokesFrom } from "./drawing.ts";

/** Pictures, prepared as the page does it, and what they show. */
export interface Sheet {
  /** `[pictures, 784]`. */
  readonly images: Tensor;
  readonly truth: readonly number[];
}

export const sheetOf = (drawings: readonly Drawing[], truth: readonly number[]): Sheet => ({
  images: concat(
    drawings.map((drawing) => prepareDigit(drawing)),
    0,
  ),
  truth,
});

/** The strokes of test digits, the first of each class. @param each How many of a class. */
export async function strokesOfDigits(each: number): Promise<{ strokes: Stroke[][]; truth: number[] }> {
  const { images, labels } = embeddedDigits().test;
  const [pixels, digits] = [(await images.data()) as Float32Array, await labels.data()];
  const rows = Array.from({ length: 10 }, (_, digit) =>
    [...digits.keys()].filter((row) => digits[row] === digit).slice(0, each),
  ).flat();
  return {
    strokes: rows.map((row) => strokesFrom(pixels.subarray(row * 784, (row + 1) * 784))),
    truth: rows.map((row) => digits[row] ?? 0),
  };
}

/** What is drawn, by its name: a sheet for each change of the strokes. @param each How many test digits of a class. */
export async function drawnSheets<Name extends string>(
  rows: Readonly<Record<Name, readonly Change[]>>,
  each: number,
): Promise<Record<Name, Sheet[]>> {
  const { strokes, truth } = await strokesOfDigits(each);
  const named = Object.entries<readonly Change[]>(rows).map(([name, changes]) => [
    name,
    changes.map((change) =>
      sheetOf(
        strokes.map((digit) => draw(digit, change)),
        truth,
      ),
    ),
  ]);
  return Object.fromEntries(named) as Record<Name, Sheet[]>;
}

/** The ten digits of six fonts, as pictures: `fixtures/typeset.py` drew them. No network is trained on these fonts. */
export async function typedSheet(): Promise<Sheet> {
  const { shape, data } = await readIdx(readFileSync(new URL("./fixtures/typeset.idx.gz", import.meta.url)));
  const [count = 0, height = 0, width = 0] = shape;
  const size = height * width;
  const pictures = Array.from(
    { length: count },
    (_, i): Drawing => ({
      pixels: Uint8Array.from(data.subarray(i * size, (i + 1) * size)),
      width,
      height,
    }),
  );
  return sheetOf(
    pictures,
    pictures.map((_, i) => i % 10),
  );
}

/** The share of some sheets that a network reads rightly, in per cent. @param forward Its scores, `[pictures, classes]`. */
export async function shareOf(forward: (images: Tensor) => Tensor, sheets: readonly Sheet[]): Promise<number> {
  let [right, all] = [0, 0];
  for (const { images, truth } of sheets) {
    const guesses = await tidy(() => argmax(forward(images), 1)).data();
    right += truth.filter((digit, i) => guesses[i] === digit).length;
    all += truth.length;
  }
  return (100 * right) / all;
}
