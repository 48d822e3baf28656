import { asInput, type ModelUse } from "@dlcc/experiment";
import type { Module } from "@dlcc/layers";
import { argmax, type Backend, cpu, tidy, unrecorded } from "@dlcc/tensor";
import type { Loss } from "@dlcc/train";
import { batchesOf, type Part } from "../batches.ts";
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
  /** The backend of the model. Default: cpu. */
  readonly backend?: Backend;
}

/** Runs a model over examples, in evaluation mode: its accuracy, its mean loss, and a confusion table. */
export async function judge(
  part: Part,
  { model, loss, classes, input, backend = cpu }: JudgeOptions,
): Promise<Judgement> {
  model.eval();
  let confusion = countConfusion([], [], classes);
  let sum = 0;
  for await (const { x, y, indices } of batchesOf(part, { size: evaluationBatch, shuffle: false, backend })) {
    const found = unrecorded(() =>
      tidy(() => {
        const outputs = model.forward(input ? asInput(x, input) : x);
        return { loss: loss(outputs, y), guess: argmax(outputs, 1) };
      }),
    );
    sum += (await found.loss.item()) * indices.length;
    confusion = countConfusion(await y.data(), await found.guess.data(), classes, confusion);
    found.loss.dispose();
    found.guess.dispose();
  }
  const count = confusion.flat().reduce((all, n) => all + n, 0);
  const right = confusion.reduce((all, row, label) => all + (row[label] ?? 0), 0);
  return { accuracy: right / count, loss: sum / count, confusion };
}
