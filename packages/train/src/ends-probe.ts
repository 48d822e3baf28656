/** What goes into a network and what comes out of it: inputs that are not scaled, and a softmax or sigmoid that is applied twice. */
import {
  abs,
  keep,
  max,
  mean,
  min,
  type Recorder,
  type Step,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  tidy,
  unrecorded,
} from "@dlcc/tensor";
import { largeInputs } from "./divergence.ts";
import type { LayerWarning } from "./layer-warnings.ts";

/** How far the sum of a row may be from 1, for probabilities in float32. */
const slack = 1e-3;

/** The activation in a loss that takes logits. */
type Activation = "softmax" | "sigmoid";
/** Losses that are one op, by the name of the op. */
const logitLosses: Readonly<Record<string, Activation>> = {
  softmaxCrossEntropy: "softmax",
  binaryCrossEntropy: "sigmoid",
  sigmoidCrossEntropy: "sigmoid",
};

/** Looks at both ends of a network, at some of the steps of an epoch. */
export class EndsProbe implements Recorder {
  /** `[4]` for each step, still on the device: the inputs' mean square; of the outputs min, max, and how far rows are from a sum of 1. */
  readonly #figures: Tensor[] = [];
  /** The outputs of the step that is under way, by their number. */
  #outputs: number | undefined;
  /** What the loss applies to the outputs. */
  #activation: Activation | undefined;

  /** After a forward pass. */
  see(inputs: Tensor | undefined, outputs: Tensor): void {
    this.#outputs = outputs.id;
    const figures = unrecorded(() =>
      tidy(() => {
        const rows = outputs.rank === 2 ? sum(outputs, 1) : mean(outputs);
        const from = inputs ?? outputs;
        return keep(stack([mean(square(from)), min(outputs), max(outputs), max(abs(sub(rows, 1)))]));
      }),
    );
    this.#figures.push(figures);
  }

  record({ op, attributes, inputs: [logits] }: Step): void {
    const name = "name" in attributes ? attributes.name : op.name;
    if (typeof logits === "number" || logits?.id !== this.#outputs) return;
    this.#activation = logitLosses[name] ?? this.#activation;
  }

  /** What is wrong; forgets the steps. @param first The path of the first layer. @param last That of the last. */
  async warnings(first: string, last: string): Promise<LayerWarning[]> {
    const steps: (readonly number[])[] = [];
    for (const figures of this.#figures.splice(0)) {
      steps.push([...(await figures.data())]);
      figures.dispose();
    }
    if (steps.length === 0) return [];
    const warnings: LayerWarning[] = [];
    const size = Math.sqrt(steps.reduce((all, [square = 0]) => all + square, 0) / steps.length);
    if (size >= largeInputs) {
      const found = `the root mean square of its inputs is ${size.toPrecision(3)}`;
      const advice =
        "the rate at which training converges shrinks with their square: scale the inputs to a mean of 0 and a standard deviation of 1";
      warnings.push({ kind: "unscaled", layer: first, found, advice });
    }
    const inside = steps.every(([, least = 0, largest = 0]) => least >= 0 && largest <= 1);
    const summed = steps.every(([, , , distance = 1]) => distance < slack);
    if (inside && this.#activation && (summed || this.#activation === "sigmoid")) {
      const found = `its outputs are probabilities, and the loss applies a ${this.#activation} to them once more`;
      const advice = `the loss takes logits: leave out the ${this.#activation} at the network's end`;
      warnings.push({ kind: "probabilities", layer: last, found, advice });
    }
    return warnings;
  }
}
