import { type Examples, minibatches, split } from "@dlcc/data";
import { asInput, buildNetwork, buildOptimizer, digitClasses, losses, type ModelUse, valueFor } from "@dlcc/experiment";
import type { Module } from "@dlcc/layers";
import type { Backend } from "@dlcc/tensor";
import { accuracy, evaluate, fit, type Loss } from "@dlcc/train";
import { evaluationBatch } from "../digits/judge.ts";
import type { Position } from "../terminal/progress.ts";
import type { Laboratory } from "./laboratory.ts";
import type { Run, TrainingSettings } from "./recipe.ts";

/** Options of a run. */
export interface Watch {
  /** Called now and then while a network learns. */
  readonly onProgress?: (position: Position) => void;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
}

/** The number of minibatches of an epoch. */
export const stepsPerEpoch = ({ train, batchSize }: TrainingSettings): number => Math.ceil(train / batchSize);

/** What the network of a recipe takes: MNIST's digits as rows of pixels, or as images. */
export const inputOf = ({ layers, range = [0, 1] }: Pick<TrainingSettings, "layers" | "range">): ModelUse["input"] => ({
  shape: layers === undefined ? [784] : [1, 28, 28],
  range,
});

/**
 * Trains a network from one seed, and judges it after each epoch.
 *
 * @returns The accuracies in per cent: on the test digits, and on the validation digits if there are any. Undefined if the
 * run was ended early.
 */
export async function train(
  settings: TrainingSettings,
  seed: number,
  laboratory: Pick<Laboratory, "train" | "test" | "backend">,
  { onProgress, signal }: Watch = {},
): Promise<Run["figures"] | undefined> {
  const { batchSize: size, epochs, shuffle = true, validation: aside } = settings;
  const { backend } = laboratory;
  const input = inputOf(settings);
  const [digits, test] = [laboratory.train, laboratory.test].map(({ images, labels }) => ({
    images: asInput(images, input),
    labels,
  })) as [Examples, Examples];
  const { train: learned, validation } =
    aside > 0
      ? split(digits.images, digits.labels, aside, { shuffle: false })
      : { train: digits, validation: undefined };
  const outputs = digitClasses.length;
  const model = await buildNetwork({ ...settings, inputs: input.shape, outputs, seed }).to(backend);
  const loss = valueFor(losses, settings.loss);
  const steps = stepsPerEpoch(settings);
  const weightDecay = settings.lambda / settings.train;
  const optimizer = buildOptimizer(model, { ...settings, weightDecay, epochs, steps: epochs * steps });
  const curves = { test: [] as number[], validation: [] as number[] };
  await fit({
    model,
    loss,
    optimizer,
    epochs,
    batches: (epoch) => minibatches(learned.images, learned.labels, { size, seed, epoch, shuffle, backend }),
    onProgress: ({ epoch, batch, loss: value }) => {
      const [judged] = curves.test.slice(-1);
      const figure = judged === undefined ? "not judged yet" : `test ${judged.toFixed(2)} %`;
      onProgress?.({ epoch, epochs, done: (epoch - 1) * steps + batch, loss: value, figure });
    },
    onEpoch: async () => {
      curves.test.push(await percentRight(model, loss, test, backend));
      if (validation) curves.validation.push(await percentRight(model, loss, validation, backend));
    },
    ...(signal && { signal }),
  });
  if (signal?.aborted) return undefined;
  return validation ? curves : { test: curves.test };
}

/** The accuracy of a network on examples, in per cent. */
async function percentRight(model: Module, loss: Loss, examples: Examples, backend: Backend): Promise<number> {
  const whole = { size: evaluationBatch, shuffle: false, backend };
  const batches = minibatches(examples.images, examples.labels, whole);
  const { metrics, examples: count } = await evaluate({ model, loss, metrics: { accuracy }, batches });
  // The metric is a mean of float32 numbers; the count behind it is whole.
  const right = Math.round((metrics.accuracy ?? 0) * count);
  return Number(((100 * right) / count).toFixed(4));
}
