import { tidy, unrecorded } from "@dlcc/tensor";
import type { Batch, Figures, Loss, Metric, Model } from "./contracts.ts";
import { type Measured, Meter, measure } from "./meter.ts";

/** What `evaluate` takes. */
export interface EvaluateOptions {
  /** What is to be judged. */
  readonly model: Model;
  /** How wrong it is. */
  readonly loss: Loss;
  /** The examples to judge by. */
  readonly batches: Iterable<Batch>;
  /** By name. Default: none. */
  readonly metrics?: Readonly<Record<string, Metric>>;
}

/**
 * The mean loss and metrics of a model over batches, in evaluation mode, without a tape. Afterwards the model is
 * in the mode that it was in.
 *
 * @returns Means over the examples.
 * @example
 * ```ts
 * import { Linear } from "@dlcc/layers";
 * import { crossEntropy } from "@dlcc/losses";
 * import { eye, tensor } from "@dlcc/tensor";
 * import { accuracy, evaluate } from "@dlcc/train";
 *
 * const batches = [{ x: eye(2), y: tensor([0, 1], { dtype: "int32" }) }];
 * const figures = await evaluate({ model: new Linear(2, 2), loss: crossEntropy, batches, metrics: { accuracy } });
 * console.log(figures.examples, Object.keys(figures.metrics)); // → 2 [ 'accuracy' ]
 * ```
 */
export async function evaluate({ model, loss, batches, metrics = {} }: EvaluateOptions): Promise<Figures> {
  const wasTraining = model.training !== false;
  model.eval?.();
  const meter = new Meter();
  try {
    for (const { x, y } of batches) {
      const measured: Measured = unrecorded(() =>
        tidy(() => {
          const outputs = model.forward(x);
          return { loss: loss(outputs, y), metrics: measure(metrics, outputs, y), examples: x.shape[0] ?? 0 };
        }),
      );
      await meter.add(measured);
    }
  } finally {
    if (wasTraining) model.train?.();
  }
  return meter.figures();
}
