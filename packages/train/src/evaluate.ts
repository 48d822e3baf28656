import { ArgumentError, tidy, unrecorded } from "@dlcc/tensor";
import type { Batches, Figures, Loss, Measured, Metric, Model } from "./contracts.ts";
import { createMeter, measure, readFigures } from "./meter.ts";
import { assertParts } from "./parts.ts";

/** What `evaluate` takes. */
export interface EvaluateOptions<Name extends string = string> {
  /** What is to be judged. */
  readonly model: Model;
  /** How wrong it is. */
  readonly loss: Loss;
  /** The examples to judge by. */
  readonly batches: Batches;
  /** By name. Default: none. */
  readonly metrics?: Readonly<Record<Name, Metric>>;
}

/**
 * The mean loss and metrics of a model over batches, in evaluation mode, without a tape. Afterwards the model is
 * in the mode that it was in.
 *
 * @returns Means over the examples.
 * @throws {ArgumentError} if a part is missing, or there are no batches.
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
export async function evaluate<Name extends string = never>(options: EvaluateOptions<Name>): Promise<Figures<Name>> {
  assertParts("evaluate", options, ["model", "loss", "batches"]);
  const { model, batches } = options;
  const wasTraining = model.training !== false;
  model.eval?.();
  const meter = createMeter();
  try {
    for await (const batch of batches) {
      const measured: Measured = unrecorded(() => tidy(() => measure(options, model.forward(batch.x), batch)));
      meter.add(await readFigures(measured));
    }
  } finally {
    if (wasTraining) model.train?.();
  }
  const figures = meter.figures() as Figures<Name>;
  if (figures.examples > 0) return figures;
  throw new ArgumentError("evaluate: batches must have at least one example, got none: make them anew each time");
}
