/**
 * The training loop that every app shares. It does what the loop by hand does, and gives the same numbers:
 *
 *     for each epoch, for each minibatch:
 *       value, gradients = valueAndGrad(() => loss(model.forward(x), y), parameters)
 *       optimizer.step(gradients)
 *
 * What it adds: figures for each epoch, progress, validation, a stop when asked for or when the loss is no number any
 * more, and regular breaths: it awaits the device and lets timers, signals and the page have their turn.
 */
import { valueAndGrad } from "@dlcc/autograd";
import { ArgumentError, DlccError, tidy, unrecorded } from "@dlcc/tensor";
import type { Batch, Figures, Gradients, Loss, Metric, Model, Probe, StepOptimizer } from "./contracts.ts";
import { firstBad } from "./first-bad.ts";
import { discard, type Measured, Meter, measure } from "./meter.ts";
import { needParts } from "./parts.ts";
import { Values } from "./values.ts";

/** Steps after which results are read at the latest: an asynchronous device gets no further ahead. */
const stepsBetweenReads = 16;

/** Milliseconds after which `fit` takes a breath: often enough for a picture that moves. */
const breath = 50;

/** Where training is. */
export interface Progress<Name extends string = string> extends Figures<Name> {
  /** Counted from 1. */
  readonly epoch: number;
  /** How many batches of this epoch have been done. */
  readonly batch: number;
}

/** What came out of an epoch. Loss and metrics are means over its batches, each before its step. */
export interface EpochReport<Name extends string = string, Validated extends string = string> extends Figures<Name> {
  /** Counted from 1. */
  readonly epoch: number;
  /** What `validate` gave. */
  readonly validation: Figures<Validated> | undefined;
  /** Of training, without validation. */
  readonly seconds: number;
}

/** What `fit` takes. */
export interface FitOptions<Name extends string = string, Validated extends string = string> {
  /** What is to be trained. */
  readonly model: Model;
  /** How wrong it is. */
  readonly loss: Loss;
  /** How its parameters move; made with `model.parameters()`. */
  readonly optimizer: StepOptimizer;
  /** The minibatches of an epoch (counted from 1), such as `(epoch) => minibatches(x, y, { size, seed, epoch })`. */
  readonly batches: (epoch: number) => Iterable<Batch>;
  /** The last epoch. */
  readonly epochs: number;
  /** Where to begin, to go on with a model that was saved. Default: 1. */
  readonly firstEpoch?: number;
  /** Figures to follow besides the loss, by name. */
  readonly metrics?: Readonly<Record<Name, Metric>>;
  /** Asked after each epoch, such as `() => evaluate({ … })`. */
  readonly validate?: (epoch: number) => Promise<Figures<Validated>>;
  /** What happens to gradients before the step, such as clipping. What it makes on the way is freed after the step. */
  readonly transform?: (gradients: Gradients) => Gradients;
  /** Looks at the layers at some of the steps: see `layerProbe`. */
  readonly probe?: Probe;
  /** Called now and then while training. */
  readonly onProgress?: (progress: Progress<Name>) => void;
  /** Called after each epoch; awaited. */
  readonly onEpoch?: (report: EpochReport<Name, Validated>) => void | Promise<void>;
  /** Ends training after the step that is under way. */
  readonly signal?: AbortSignal;
}

/** The loss became NaN or infinite. Model and optimizer have been put back to where they were at the last good reading. */
export class NonFiniteLossError extends DlccError {
  override readonly name = "NonFiniteLossError";
  /** Counted from 1. */
  readonly epoch: number;
  /** Counted from 1. */
  readonly batch: number;
  /** The first tensor that was not finite, in words; undefined if it could not be found again. */
  readonly tensor: string | undefined;

  constructor(epoch: number, batch: number, loss: number, tensor?: string) {
    const first = tensor === undefined ? "" : ` What went bad first: ${tensor}.`;
    const advice = tensor?.includes("of the batch")
      ? "Look for what is no number in the data"
      : "A smaller learning rate is the first thing to try; then look for NaN in the data";
    super(
      `fit: the loss became ${loss} in epoch ${epoch}, batch ${batch}.${first} The model is back at its last good values. ${advice}`,
    );
    this.epoch = epoch;
    this.batch = batch;
    this.tensor = tensor;
  }
}

/**
 * Trains a model.
 *
 * @returns A report for each epoch that was completed.
 * @throws {NonFiniteLossError} if the loss becomes NaN or infinite; the model is put back to its last good values.
 * @throws {ArgumentError} if a part is missing, `epochs` is no whole number from 0, or an epoch has no batches.
 * @example
 * ```ts
 * import { Linear } from "@dlcc/layers";
 * import { mse } from "@dlcc/losses";
 * import { gradientDescent } from "@dlcc/optim";
 * import { tensor } from "@dlcc/tensor";
 * import { fit } from "@dlcc/train";
 *
 * const x = tensor([[0], [1], [2], [3]]);
 * const y = x.mul(2).add(1);
 * const model = new Linear(1, 1, { seed: 1 });
 * const optimizer = gradientDescent(model.parameters(), { lr: 0.1 });
 * await fit({ model, loss: mse, optimizer, batches: () => [{ x, y }], epochs: 200 });
 * console.log((await model.weight.value.item()).toFixed(2)); // → 2.00
 * ```
 */
export async function fit<Name extends string = never, Validated extends string = never>(
  options: FitOptions<Name, Validated>,
): Promise<EpochReport<Name, Validated>[]> {
  needParts("fit", options, ["model", "loss", "optimizer", "batches", "epochs"]);
  const { model, loss, optimizer, metrics = {}, transform, probe, signal } = options;
  if (typeof options.batches !== "function") {
    throw new ArgumentError("fit: batches is a function of the epoch, as in { batches: (epoch) => minibatches(…) }");
  }
  if (!Number.isInteger(options.epochs) || options.epochs < 0) {
    throw new ArgumentError(`fit: ${options.epochs} is no number of epochs: give a whole number from 0`);
  }
  const parameters = [...model.parameters()];
  const reports: EpochReport<Name, Validated>[] = [];
  const values = new Values(parameters, optimizer);
  const pending: Measured[] = [];
  let breathed = performance.now();
  const learn = ({ x, y }: Batch, watcher?: Probe): Measured =>
    tidy(() => {
      const { value, aux, gradients } = valueAndGrad(() => {
        const outputs = watcher ? watcher.forward(() => model.forward(x)) : model.forward(x);
        return { value: loss(outputs, y), aux: unrecorded(() => measure(metrics, outputs, y)) };
      }, parameters);
      watcher?.gradients(gradients);
      optimizer.step(transform ? transform(gradients) : gradients);
      return { loss: value, metrics: aux, examples: x.shape[0] ?? 0 };
    });
  try {
    for (let epoch = options.firstEpoch ?? 1; epoch <= options.epochs && !signal?.aborted; epoch++) {
      const started = performance.now();
      const meter = new Meter();
      let batch = 0;

      const read = async (): Promise<void> => {
        if (pending.length === 0) return;
        const from = batch - pending.length + 1;
        for (let measured = pending.shift(); measured; measured = pending.shift()) {
          const value = await meter.add(measured);
          if (!Number.isFinite(value)) {
            const bad = batch - pending.length;
            await probe?.report(epoch);
            await values.rewind();
            const replay = { from, bad, parameters, step: (again: Batch) => discard(learn(again)) };
            const tensor = await firstBad({ ...replay, batches: options.batches(epoch) }).catch(() => undefined);
            await values.restore();
            throw new NonFiniteLossError(epoch, bad, value, tensor);
          }
          values.confirm();
        }
        values.take();
        options.onProgress?.({ ...(meter.figures() as Figures<Name>), epoch, batch });
        if (performance.now() - breathed < breath) return;
        await new Promise((resolve) => setTimeout(resolve));
        breathed = performance.now();
      };

      model.train?.();
      for (const minibatch of options.batches(epoch)) {
        batch++;
        pending.push(learn(minibatch, probe?.wants(epoch, batch) ? probe : undefined));
        if (pending.length === stepsBetweenReads || performance.now() - breathed >= breath) await read();
        if (signal?.aborted) break;
      }
      await read();
      await probe?.report(epoch);
      if (signal?.aborted) break;
      if (batch === 0) {
        throw new ArgumentError(
          `fit: epoch ${epoch} had no batches: make them anew for each, as in batches: (epoch) => minibatches(…)`,
        );
      }

      const seconds = (performance.now() - started) / 1000;
      const figures = meter.figures() as Figures<Name>;
      const report = { ...figures, epoch, seconds, validation: await options.validate?.(epoch) };
      reports.push(report);
      await options.onEpoch?.(report);
    }
  } finally {
    values.release();
    for (const measured of pending) discard(measured);
  }
  return reports;
}
