import type { Tensor } from "@dlcc/tensor";
import type { Figures, Metric } from "./contracts.ts";

/** The scalars of one batch, still on the device. */
export interface Measured {
  readonly loss: Tensor;
  readonly metrics: Readonly<Record<string, Tensor>>;
  readonly examples: number;
}

/** Computes the metrics of a batch. */
export const measure = (
  metrics: Readonly<Record<string, Metric>>,
  outputs: Tensor,
  targets: Tensor,
): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, metric(outputs, targets)]));

/** Frees the scalars of a batch. */
export function discard({ loss, metrics }: Measured): void {
  for (const scalar of [loss, ...Object.values(metrics)]) scalar.dispose();
}

/** Reads the figures of a batch, and frees its scalars. */
export async function readFigures(measured: Measured): Promise<Figures> {
  try {
    const loss = await measured.loss.item();
    const metrics: Record<string, number> = {};
    for (const [name, metric] of Object.entries(measured.metrics)) metrics[name] = await metric.item();
    return { loss, metrics, examples: measured.examples };
  } finally {
    discard(measured);
  }
}

/** Sums up the figures of batches, each by the number of its examples. */
export class Meter {
  #loss = 0;
  readonly #metrics: Record<string, number> = {};
  #examples = 0;

  /** Adds the figures of a batch. */
  add({ loss, metrics, examples }: Figures): void {
    this.#loss += loss * examples;
    for (const [name, value] of Object.entries(metrics)) {
      this.#metrics[name] = (this.#metrics[name] ?? 0) + value * examples;
    }
    this.#examples += examples;
  }

  /** How many examples there were. */
  get examples(): number {
    return this.#examples;
  }

  /** The means so far. */
  figures(): Figures {
    const metrics = Object.entries(this.#metrics).map(([name, sum]) => [name, sum / this.#examples]);
    return { loss: this.#loss / this.#examples, metrics: Object.fromEntries(metrics), examples: this.#examples };
  }
}
