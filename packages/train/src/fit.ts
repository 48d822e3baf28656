/**
 * The training loop that every app shares: a loop over a stepper, see `stepper.ts`. It gives the numbers of the loop by
 * hand:
 *
 *     for each epoch, for each minibatch: stepper.step(minibatch)
 *
 * What it adds: figures for each epoch, progress, validation, a stop when asked for or when the loss becomes NaN or infinite.
 * At regular intervals it awaits the device, and yields to the event loop, so that timers, signals and the page have their
 * turn.
 */
import { ArgumentError, DlccError } from "@dlcc/tensor";
import type { Batch, Batches, Figures, Probe } from "./contracts.ts";
import { type DivergenceWarning, scaleAdvice, watchDivergence } from "./divergence.ts";
import { type FirstBad, firstBad } from "./first-bad.ts";
import { createMeter } from "./meter.ts";
import { assertParts } from "./parts.ts";
import { createStepper, type StepperOptions } from "./stepper.ts";
import { holdValues } from "./values.ts";

/** How often `fit` yields to the event loop, in milliseconds: often enough for a moving chart. */
const yieldInterval = 50;

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
export interface FitOptions<Name extends string = string, Validated extends string = string>
  extends StepperOptions<Name> {
  /**
   * The minibatches of an epoch (counted from 1), such as `(epoch) => minibatches(x, y, { size, seed, epoch })`. They may come from
   * an async iterable, such as that of `streamMinibatches` or your own, which ends with the epoch.
   */
  readonly batches: (epoch: number) => Batches;
  /** The last epoch. */
  readonly epochs: number;
  /** Where to begin, to go on with a model that was saved. Default: 1. */
  readonly firstEpoch?: number;
  /** Asked after each epoch, such as `() => evaluate({ … })`. */
  readonly validate?: (epoch: number) => Promise<Figures<Validated>>;
  /** Looks at the layers at some of the steps: see `layerProbe`. */
  readonly probe?: Probe;
  /**
   * Called when the loss is finite, but far from falling: see {@link DivergenceWarning}; at most once. Default: it is printed
   * with `console.warn`.
   */
  readonly onWarning?: (warning: DivergenceWarning) => void;
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

  constructor(epoch: number, batch: number, loss: number, bad?: FirstBad) {
    const first = bad === undefined ? "" : ` What went bad first: ${bad.tensor}.`;
    const advice =
      bad?.advice ?? `Use a smaller learning rate, and ${scaleAdvice}; then look for NaN or Infinity in the data`;
    super(
      `fit: the loss became ${loss} in epoch ${epoch}, batch ${batch}.${first} The model is back at its last good values. ${advice}`,
    );
    this.epoch = epoch;
    this.batch = batch;
    this.tensor = bad?.tensor;
  }
}

/**
 * Trains a model.
 *
 * @returns A report for each epoch that was completed.
 * @throws {NonFiniteLossError} if the loss becomes NaN or infinite; the model is put back to its last good values.
 * @throws {ArgumentError} if a part is missing, `epochs` is not a whole number from 0, or an epoch has no batches.
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
  assertParts("fit", options, ["model", "loss", "optimizer", "batches", "epochs"]);
  const { model, optimizer, probe, signal } = options;
  if (typeof options.batches !== "function") {
    throw new ArgumentError(
      `fit: batches must be a function of the epoch, got ${typeof options.batches}: as in (epoch) => minibatches(…)`,
    );
  }
  if (!Number.isInteger(options.epochs) || options.epochs < 0) {
    throw new ArgumentError(`fit: epochs must be a whole number from 0, got ${options.epochs}`);
  }
  const reports: EpochReport<Name, Validated>[] = [];
  const stepper = createStepper(options);
  const values = holdValues(model, optimizer);
  const divergence = watchDivergence(options.onWarning);
  let yielded = performance.now();

  try {
    for (let epoch = options.firstEpoch ?? 1; epoch <= options.epochs && !signal?.aborted; epoch++) {
      const started = performance.now();
      const meter = createMeter();
      let batch = 0;

      const read = async (): Promise<void> => {
        const steps = await stepper.read();
        if (steps.length === 0) return;
        const from = batch - steps.length + 1;
        for (const [i, figures] of steps.entries()) {
          if (!Number.isFinite(figures.loss)) {
            const bad = from + i;
            await probe?.report(epoch);
            await values.rewind();
            const step = (again: Batch): void => {
              stepper.step(again);
              stepper.discard();
            };
            const replay = { from, bad, model, step, batches: options.batches(epoch) };
            const first = await firstBad(replay).catch(() => undefined);
            await values.restore();
            throw new NonFiniteLossError(epoch, bad, figures.loss, first);
          }
          meter.add(figures);
          values.confirm();
          await divergence.see(figures.loss, epoch, from + i);
        }
        values.take();
        options.onProgress?.({ ...(meter.figures() as Figures<Name>), epoch, batch });
        if (performance.now() - yielded < yieldInterval) return;
        await new Promise((resolve) => setTimeout(resolve));
        yielded = performance.now();
      };

      model.train?.();
      for await (const minibatch of options.batches(epoch)) {
        batch++;
        divergence.begin(minibatch);
        stepper.step(minibatch, probe?.wants(epoch, batch) ? probe : undefined);
        if (stepper.readDue || performance.now() - yielded >= yieldInterval) await read();
        if (signal?.aborted) break;
      }
      await read();
      await divergence.endEpoch(epoch, batch);
      await probe?.report(epoch);
      if (signal?.aborted) break;
      if (batch === 0) {
        throw new ArgumentError(
          `fit: batches must have at least one example, got none in epoch ${epoch}: make them anew each time`,
        );
      }

      const report = {
        ...(meter.figures() as Figures<Name>),
        epoch,
        seconds: (performance.now() - started) / 1000,
        validation: await options.validate?.(epoch),
      };
      reports.push(report);
      await options.onEpoch?.(report);
    }
  } finally {
    values.release();
    divergence.release();
    stepper.discard();
  }
  return reports;
}
