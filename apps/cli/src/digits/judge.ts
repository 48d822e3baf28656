import { type Examples, minibatches } from "@dlcc/data";
import { asInput, type ModelUse } from "@dlcc/experiment";
import type { Module } from "@dlcc/layers";
import { argmax, type Backend, tidy, unrecorded } from "@dlcc/tensor";
import type { Loss } from "@dlcc/train";
import { type Confusion, countConfusion } from "../terminal/confusion.ts";

/** The batch size for evaluation: enough to keep the matrix product busy. */
export const evaluationBatch = 250;

/** The figures of a model on examples. */
export interface Judgement {
  /** The share of examples that are right. */
  readonly accuracy: number;
  /** The mean loss of the examples. */
  readonly loss: number;
  readonly confusion: Confusion;
}

/** The options of {@link judge}. */
export interface JudgeOptions {
  readonly model: Module;
  readonly loss: Loss;
  readonly classes: number;
  /** What the model takes. Default: the images as they are. */
  readonly input?: ModelUse["input"];
  /** The backend of the model. Default: that of the examples. */
  readonly backend?: Backend;
}

/** Runs a model over examples, in evaluation mode: its accuracy, its mean loss, and a confusion table. */
export async function judge(
  { images, labels }: Examples,
  { model, loss, classes, input, backend = images.backend }: JudgeOptions,
): Promise<Judgement> {
  model.eval();
  const guesses: number[] = [];
  let sum = 0;
  for (const { x, y, indices } of minibatches(images, labels, { size: evaluationBatch, shuffle: false, backend })) {
    const found = unrecorded(() =>
      tidy(() => {
        const outputs = model.forward(input ? asInput(x, input) : x);
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
