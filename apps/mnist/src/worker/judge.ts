/** How the network does on the digits that it never learns from. */
import { type Examples, minibatches } from "@dlcc/data";
import { asInput, type LoadedModel, type OutputKind, scores } from "@dlcc/experiment";
import { type Backend, type Tensor, tidy, unrecorded } from "@dlcc/tensor";
import type { Loss, Model } from "@dlcc/train";
import type { Judged, Mistake } from "../messages.ts";

const batch = 250;
const worst = 12;
const classes = 10;

export interface JudgeOptions {
  readonly model: Model;
  readonly loss: Loss;
  readonly outputs: OutputKind;
  readonly input: LoadedModel["input"];
  readonly backend: Backend;
  /** Lets messages have their turn. */
  readonly yieldToMessages: () => Promise<void>;
}

/** The digit that the network reads in each example. */
export type Guesses = Uint8Array;

export async function judge(
  { images, labels }: Examples,
  options: JudgeOptions,
): Promise<Omit<Judged, "step"> & { readonly guesses: Guesses }> {
  const { model, loss, outputs, input, backend, yieldToMessages } = options;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const wrong: { row: number; label: number; guess: number; score: number }[] = [];
  let [total, right, count] = [0, 0, 0];
  const truth = await labels.data();
  const guesses = new Uint8Array(truth.length);
  model.eval?.();
  for (const { x, y, indices } of minibatches(images, labels, { size: batch, shuffle: false, backend })) {
    const found: { loss: Tensor; scores: Tensor } = unrecorded(() =>
      tidy(() => {
        const logits = model.forward(asInput(x, input));
        return { loss: loss(logits, y), scores: scores(logits, outputs) };
      }),
    );
    total += (await found.loss.item()) * indices.length;
    const values = await found.scores.data();
    found.loss.dispose();
    found.scores.dispose();
    for (const [i, row] of indices.entries()) {
      const of = [...values.subarray(i * classes, (i + 1) * classes)];
      const score = Math.max(...of);
      const [label, guess] = [truth[row] as number, of.indexOf(score)];
      const counts = confusion[label] as number[];
      guesses[row] = guess;
      counts[guess] = (counts[guess] ?? 0) + 1;
      if (guess === label) right++;
      else wrong.push({ row, label, guess, score });
      count++;
    }
    await yieldToMessages();
  }
  wrong.sort((a, b) => b.score - a.score);
  const pixels = await images.data();
  const size = images.shape[1] ?? 0;
  const mistakes = wrong
    .slice(0, worst)
    .map(
      ({ row, ...rest }): Mistake => ({ ...rest, pixels: pixels.slice(row * size, (row + 1) * size) as Float32Array }),
    );
  return { loss: total / count, accuracy: right / count, confusion, mistakes, guesses };
}

/** At most so many digits of a cell are shown. */
const mostOfCell = 24;

/** The first digits with a label and a guess. */
export async function digitsWith(
  { images, labels }: Examples,
  guesses: Guesses,
  label: number,
  guess: number,
): Promise<readonly Float32Array[]> {
  const [pixels, truth] = [await images.data(), await labels.data()];
  const size = images.shape[1] ?? 0;
  return [...guesses.keys()]
    .filter((row) => truth[row] === label && guesses[row] === guess)
    .slice(0, mostOfCell)
    .map((row) => pixels.slice(row * size, (row + 1) * size) as Float32Array);
}
