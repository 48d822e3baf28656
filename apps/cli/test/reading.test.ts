/** Digits are read in pictures as people have them: in shadow, on lines, with noise. The figures stand in docs/guide/pictures.md. */
import { type Examples, findDigits, prepareDigit } from "@dlcc/data";
import { loadMnist } from "@dlcc/data/node";
import { type LoadedModel, scores } from "@dlcc/experiment";
import { embeddedDigits, loadModel } from "@dlcc/experiment/node";
import { type Tensor, tensor, tidy, unrecorded } from "@dlcc/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { sureFrom, suretyOf } from "../src/digits/doubt.ts";
import { largest } from "../src/largest.ts";
import { dlcc, newPath } from "./dlcc.ts";
import { Dice } from "./pictures/dice.ts";
import { easy, hard, type Kind, more } from "./pictures/kinds.ts";
import { other } from "./pictures/others.ts";
import { results } from "./pictures/results.ts";

/** A network as `dlcc train mnist` makes it. */
async function trained(data: string): Promise<LoadedModel> {
  const file = newPath("digits.safetensors");
  await dlcc(["train", "mnist", "--data", data, "--backend", "wasm", "--out", file, "--json"]);
  return loadModel(file);
}

/** A test digit, by its number, and the picture of a kind that shows it. */
function pictureOf({ images, labels }: Examples, kind: Kind, seed: number, i: number) {
  const dice = new Dice(seed, i);
  const row = Math.floor(dice.between(0, labels.shape[0] ?? 0));
  const pixels = (images.dataSync() as Float32Array).subarray(row * 784, (row + 1) * 784);
  return { picture: kind(pixels, dice), label: labels.dataSync()[row] };
}

function scoresOf({ model, outputs }: LoadedModel, x: Tensor): number[] {
  return [...unrecorded(() => tidy(() => scores(model.eval().forward(x), outputs))).dataSync()] as number[];
}

const guessOf = (found: readonly number[]): number => found.indexOf(largest(found));

/** The number of pictures of a kind that a network reads rightly. */
function right(model: LoadedModel, digits: Examples, kind: Kind, count: number): number {
  return Array.from({ length: count }, (_, i) => pictureOf(digits, kind, 1, i)).filter(
    ({ picture, label }) => guessOf(scoresOf(model, prepareDigit(picture))) === label,
  ).length;
}

describe("the embedded digits, by kind: 9 of 12 and more", () => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await trained("embedded");
  }, 60_000);
  test.each(Object.entries({ ...hard, ...easy, ...more }))("%s", (_, kind) => {
    expect(right(model, embeddedDigits().test, kind, 12)).toBeGreaterThanOrEqual(9);
  });
});

const mnist = process.env.DLCC_MNIST_DIR;
describe.skipIf(!mnist)("MNIST (where DLCC_MNIST_DIR says that it is)", () => {
  let model: LoadedModel;
  let digits: Examples;
  beforeAll(async () => {
    model = await trained(mnist as string);
    digits = (await loadMnist(mnist as string)).test;
  }, 120_000);

  test.each(Object.entries(hard))(
    "%s: 185 of 200 are read, at least",
    (_, kind) => {
      expect(right(model, digits, kind, 200)).toBeGreaterThanOrEqual(185);
    },
    120_000,
  );

  test.each(Object.entries({ ...hard, ...easy, ...more }).filter(([name]) => name in results.kinds))(
    "%s: as many as the guide says, within 3",
    (name, kind) => {
      const written = results.kinds[name]?.after ?? Number.NaN;
      expect(Math.abs(right(model, digits, kind, results.of) - written)).toBeLessThanOrEqual(3);
    },
    120_000,
  );

  test("the share of wrong guesses that are not sure, of right ones, and of what is no digit, is as the guide says, within 0.05", async () => {
    const surety = async (pixels: Float32Array): Promise<{ guess: number; sure: boolean }> => {
      const found = scoresOf(model, tensor(pixels, { shape: [1, 784] }));
      return { guess: guessOf(found), sure: (await suretyOf(model, pixels, found)) >= sureFrom };
    };
    const doubted = { wrong: [0, 0], right: [0, 0], others: [0, 0] } satisfies Record<string, [number, number]>;
    const count = (which: keyof typeof doubted, sure: boolean): void => {
      doubted[which][0] = (doubted[which][0] as number) + (sure ? 0 : 1);
      doubted[which][1] = (doubted[which][1] as number) + 1;
    };
    const kinds = Object.values(hard);
    for (let i = 0; i < results.doubt.pictures; i++) {
      const { picture, label } = pictureOf(digits, kinds[i % kinds.length] as Kind, 77, i);
      const { guess, sure } = await surety(prepareDigit(picture).dataSync() as Float32Array);
      count(guess === label ? "right" : "wrong", sure);
    }
    for (let i = 0; i < results.doubt.digits; i++) {
      const pixels = (digits.images.dataSync() as Float32Array).slice(784 * i, 784 * (i + 1));
      const { guess, sure } = await surety(pixels);
      count(guess === digits.labels.dataSync()[i] ? "right" : "wrong", sure);
    }
    for (let i = 0; i < results.doubt.others; i++) {
      const [found] = findDigits(other(new Dice(78, i)));
      count("others", found !== undefined && (await surety(found.pixels)).sure);
    }
    for (const [which, [doubts, all]] of Object.entries(doubted)) {
      const written = results.doubt.shares[which as keyof typeof doubted];
      expect(Math.abs(doubts / all - written), `${which}: ${doubts} of ${all}`).toBeLessThanOrEqual(0.05);
    }
  }, 240_000);
});
