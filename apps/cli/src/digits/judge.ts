import { type Examples, minibatches } from "@dlcc/data";
import { inRange } from "@dlcc/experiment";
import type { Module } from "@dlcc/layers";
import { argmax, type Backend, tidy, unrecorded } from "@dlcc/tensor";
import type { Loss } from "@dlcc/train";
import { type Confusion, countConfusion } from "../terminal/confusion.ts";

/** Examples at a time where nothing is learned: enough to keep the matrix product busy. */
export const evaluationBatch = 250;

/** How a model does on examples. */
export interface Judgement {
  /** The share of examples that it got right. */
  readonly accuracy: number;
  /** The mean over the examples. */
  readonly loss: number;
  readonly confusion: Confusion;
}

/** What to judge, and by what. */
export interface JudgeOptions {
  readonly model: Module;
  readonly loss: Loss;
  readonly classes: number;
  /** What the model takes for no ink and full ink. Default: 0 and 1. */
  readonly range?: readonly [number, number];
  /** Where the model is. Default: where the examples are. */
  readonly backend?: Backend;
}

/** Runs a model over examples, in evaluation mode: how often it is right, its mean loss, and what it takes for what. */
export async function judge(
  { images, labels }: Examples,
  { model, loss, classes, range = [0, 1], backend = images.backend }: JudgeOptions,
): Promise<Judgement> {
  model.eval();
  const guesses: number[] = [];
  let sum = 0;
  for (const { x, y, indices } of minibatches(images, labels, { size: evaluationBatch, shuffle: false, backend })) {
    const found = unrecorded(() =>
      tidy(() => {
        const outputs = model.forward(inRange(x, range));
        return { loss: loss(outputs, y), guess: argmax(outputs, 1) };
      }),
    );
    sum += (await found.loss.item()) * indices.length;
    guesses.push(...(await found.guess.data()));
    found.loss.dispose();
    found.guess.dispose();
  }
  const truth = await labels.data();
  const right = guesses.filter((guess, i) => guess === truth[i]).length;
  return {
    accuracy: right / guesses.length,
    loss: sum / guesses.length,
    confusion: countConfusion(truth, guesses, classes),
  };
}
