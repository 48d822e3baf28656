import { type Tensor, unrecorded } from "@dlcc/tensor";
import type { Batch, Figures, Loss, Measured, Metric, StepProbe } from "./contracts.ts";

/** Computes the loss and the metrics of a batch from the outputs for it; of these, a tape sees the loss alone. */
export const measure = (
  { loss, metrics = {} }: { readonly loss: Loss; readonly metrics?: Readonly<Record<string, Metric>> },
  outputs: Tensor,
  { x, y, examples = x.shape[0] ?? 0, total }: Batch,
  probe?: StepProbe,
): Measured => ({
  loss: probe?.loss?.(() => loss(outputs, y)) ?? loss(outputs, y),
  metrics: unrecorded(() =>
    Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, metric(outputs, y)])),
  ),
  examples,
  total,
});

/** Loss and metrics. */
export const scalarsOf = ({ loss, metrics }: Measured): Tensor[] => [loss, ...Object.values(metrics)];

/** Whether they have been read. */
const isRead = (measured: Measured | Figures): measured is Figures => typeof measured.loss === "number";

/** Frees the scalars of a batch. */
export function discard(measured: Measured | Figures): void {
  if (!isRead(measured)) for (const scalar of scalarsOf(measured)) scalar.dispose();
}

/** Reads the figures of a batch, all asked for at once, and frees its scalars. */
export async function readFigures(measured: Measured | Figures): Promise<Figures> {
  if (isRead(measured)) return measured;
  try {
    const [loss, ...values] = await Promise.all(scalarsOf(measured).map((scalar) => scalar.item()));
    const metrics = Object.keys(measured.metrics).map((name, i) => [name, values[i] as number] as const);
    return { loss: loss as number, metrics: Object.fromEntries(metrics), examples: measured.examples };
  } finally {
    discard(measured);
  }
}

/** Sums over examples. */
export interface Sums {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly examples: number;
}

/** Sums up the figures of batches, each by the number of its examples. */
export interface Meter {
  /** Adds the figures of a batch. */
  add(figures: Figures): void;
  /** The means so far, and over how many examples. */
  figures(): Figures;
  /** The sums so far. */
  sums(): Sums;
}

/** A meter that begins at some sums. Default: at 0. */
export function createMeter({ loss, metrics, examples }: Sums = { loss: 0, metrics: {}, examples: 0 }): Meter {
  const sums = { ...metrics };
  return {
    add(batch) {
      loss += batch.loss * batch.examples;
      examples += batch.examples;
      for (const [name, value] of Object.entries(batch.metrics)) {
        sums[name] = (sums[name] ?? 0) + value * batch.examples;
      }
    },
    figures() {
      const metrics = Object.entries(sums).map(([name, sum]) => [name, sum / examples]);
      return { loss: loss / examples, metrics: Object.fromEntries(metrics), examples };
    },
    sums: () => ({ loss, metrics: { ...sums }, examples }),
  };
}
