/** Digits are read in pictures as people have them: in shadow, on lines, with noise. */
import { type Examples, prepareDigit } from "@dlcc/data";
import { loadMnist } from "@dlcc/data/node";
import { type LoadedModel, scores } from "@dlcc/experiment";
import { embeddedDigits, loadModel } from "@dlcc/experiment/node";
import { concat, tidy, unrecorded } from "@dlcc/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { largest } from "../src/largest.ts";
import { dlcc, newPath } from "./dlcc.ts";
import { Dice } from "./pictures/dice.ts";
import { easy, hard, type Kind, more } from "./pictures/kinds.ts";

/** A network as `dlcc train mnist` makes it. */
async function trained(...data: string[]): Promise<LoadedModel> {
  const file = newPath("digits.safetensors");
  await dlcc(["train", "mnist", ...data, "--backend", "wasm", "--out", file, "--json"]);
  return loadModel(file);
}

/** The number of pictures of a kind that a network reads rightly. */
function right({ model, outputs }: LoadedModel, { images, labels }: Examples, kind: Kind, count: number): number {
  const [pixels, truth] = [images.dataSync() as Float32Array, labels.dataSync()];
  const rows = Array.from({ length: count }, (_, i) => {
    const dice = new Dice(1, i);
    const row = Math.floor(dice.between(0, truth.length));
    return { x: prepareDigit(kind(pixels.subarray(row * 784, (row + 1) * 784), dice)), label: truth[row] };
  });
  const batch = concat(
    rows.map(({ x }) => x),
    0,
  );
  const found = unrecorded(() => tidy(() => scores(model.forward(batch), outputs))).dataSync() as Float32Array;
  return rows.filter(({ label }, i) => {
    const row = [...found.subarray(10 * i, 10 * i + 10)];
    return row.indexOf(largest(row)) === label;
  }).length;
}

describe("the embedded digits, by kind: 9 of 12 and more", () => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await trained("--data", "embedded");
    model.model.eval();
  });
  test.each(Object.entries({ ...hard, ...easy, ...more }))("%s", (_, kind) => {
    expect(right(model, embeddedDigits().test, kind, 12)).toBeGreaterThanOrEqual(9);
  });
});

const mnist = process.env.DLCC_MNIST_DIR;
describe.skipIf(!mnist)("MNIST (where DLCC_MNIST_DIR says that it is)", () => {
  let model: LoadedModel;
  let digits: Examples;
  beforeAll(async () => {
    model = await trained("--data", mnist as string);
    model.model.eval();
    digits = (await loadMnist(mnist as string)).test;
  }, 120_000);

  test.each(Object.entries(hard))("%s: 185 of 200 are read, at least", (_, kind) => {
    expect(right(model, digits, kind, 200)).toBeGreaterThanOrEqual(185);
  }, 120_000);
});
