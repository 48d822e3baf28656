/** How well a network reads the digits of pictures, kind by kind, and how well it knows when it doesn't. */
import { type Examples, findDigits, prepareDigit } from "@dlcc/data";
import { type LoadedModel, scores } from "@dlcc/experiment";
import { loadModel } from "@dlcc/experiment/node";
import { type Tensor, tensor, tidy, unrecorded } from "@dlcc/tensor";
import { suretyOf } from "../../src/digits/doubt.ts";
import { largest } from "../../src/largest.ts";
import { run } from "../../src/main.ts";
import { Dice } from "./dice.ts";
import { hard, type Kind } from "./kinds.ts";
import { other } from "./others.ts";

/** A network as `dlcc train mnist` makes it. @param out The file that it is written to. */
export async function trained(data: string, out: string): Promise<LoadedModel> {
  const screen = { isTerminal: false, columns: 80, colour: false };
  const keyboard = { isTerminal: false, lines: async function* () {} };
  await run(["train", "mnist", "--data", data, "--backend", "wasm", "--out", out, "--json"], () => {}, {
    screen,
    keyboard,
  });
  return loadModel(out);
}

/** The numbers of the digits that pictures show: from one up to, but not with, another. */
export type Rows = readonly [from: number, end: number];

/** A test digit as it is. */
const digitOf = ({ images, labels }: Examples, row: number) => ({
  pixels: (images.dataSync() as Float32Array).slice(row * 784, (row + 1) * 784),
  label: labels.dataSync()[row],
});

/** The picture of a kind that shows a test digit, by its number. */
function pictureOf(digits: Examples, kind: Kind, dice: Dice, [from, end]: Rows) {
  const { pixels, label } = digitOf(digits, Math.floor(dice.between(from, end)));
  return { picture: kind(pixels, dice), label };
}

function scoresOf({ model, outputs }: LoadedModel, x: Tensor): number[] {
  return [...unrecorded(() => tidy(() => scores(model.eval().forward(x), outputs))).dataSync()] as number[];
}

const guessOf = (found: readonly number[]): number => found.indexOf(largest(found));

/** The number of pictures of a kind that a network reads rightly. */
export function right(model: LoadedModel, digits: Examples, kind: Kind, count: number): number {
  const rows: Rows = [0, digits.labels.shape[0] ?? 0];
  let found = 0;
  for (let i = 0; i < count; i++) {
    const { picture, label } = pictureOf(digits, kind, new Dice(1, i), rows);
    if (guessOf(scoresOf(model, prepareDigit(picture))) === label) found++;
  }
  return found;
}

/** The number of test digits that are read rightly, if they are taken for pictures. */
export function rightOfRaw(model: LoadedModel, digits: Examples): number {
  let found = 0;
  for (let row = 0; row < (digits.labels.shape[0] ?? 0); row++) {
    const { pixels, label } = digitOf(digits, row);
    const x = prepareDigit({ pixels, width: 28, height: 28 });
    if (guessOf(scoresOf(model, x)) === label) found++;
  }
  return found;
}

/** How sure guesses are, from 0 to 1: wrong ones, right ones, and those about what is no digit (0: nothing was found). */
export interface Sureties {
  readonly wrong: readonly number[];
  readonly right: readonly number[];
  readonly others: readonly number[];
}

/** How many there are: pictures of the hard kinds, test digits themselves, and pictures of something else. */
export interface Counts {
  readonly pictures: number;
  readonly digits: number;
  readonly others: number;
}

/** The sureties of guesses about pictures of some test digits, these digits themselves, and something else. */
export async function suretiesOf(
  model: LoadedModel,
  digits: Examples,
  counts: Counts,
  { rows, seed }: { readonly rows: Rows; readonly seed: number },
): Promise<Sureties> {
  const found = { wrong: [] as number[], right: [] as number[], others: [] as number[] };
  const read = async (pixels: Float32Array): Promise<{ guess: number; surety: number }> => {
    const likely = scoresOf(model, tensor(pixels, { shape: [1, 784] }));
    return { guess: guessOf(likely), surety: await suretyOf(model, pixels, likely) };
  };
  const judge = async (pixels: Float32Array, label: number | undefined): Promise<void> => {
    const { guess, surety } = await read(pixels);
    found[guess === label ? "right" : "wrong"].push(surety);
  };
  const kinds = Object.values(hard);
  for (let i = 0; i < counts.pictures; i++) {
    const { picture, label } = pictureOf(digits, kinds[i % kinds.length] as Kind, new Dice(seed, i), rows);
    await judge(prepareDigit(picture).dataSync() as Float32Array, label);
  }
  for (let row = rows[0]; row < rows[0] + counts.digits; row++) {
    const { pixels, label } = digitOf(digits, row);
    await judge(pixels, label);
  }
  for (let i = 0; i < counts.others; i++) {
    const [first] = findDigits(other(new Dice(seed + 1, i)));
    found.others.push(first ? (await read(first.pixels)).surety : 0);
  }
  return found;
}

/** The share of guesses that are not sure. */
export const doubted = (sureties: readonly number[], from: number): number =>
  sureties.filter((surety) => surety < from).length / sureties.length;

/** This share of the right guesses of the digits for calibration is doubted. */
const tolerated = 0.05;

/** From which surety a guess is sure: a hundredth. */
export function calibrated({ right }: Sureties): number {
  const sorted = right.toSorted((a, b) => a - b);
  return Math.round(100 * (sorted[Math.floor(tolerated * sorted.length)] ?? 0)) / 100;
}

/** Digits and seeds for calibration, and others, which judge it. */
export const calibration = { rows: [0, 5000], seed: 77 } as const;
export const heldOut = { rows: [5000, 10_000], seed: 177 } as const;
