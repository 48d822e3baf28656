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
import type { BatchesLeft } from "./batches-left.ts";
import type { Best } from "./best.ts";
import type { Checkpointer } from "./checkpointer.ts";
import type { Batches, Figures, Probe } from "./contracts.ts";
import { type DivergenceWarning, scaleAdvice, watchDivergence } from "./divergence.ts";
import { type FirstBad, firstBad } from "./first-bad.ts";
import { createMeter, type Sums } from "./meter.ts";
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
  /**
   * Saves the run at intervals, when it is ended early, and at its end; and goes on where the newest checkpoint was taken:
   * see `createCheckpointer`.
   */
  readonly checkpoints?: Checkpointer;
  /** Keeps the best epoch, with whose values the model ends, and may end training early: see `keepBest`. */
  readonly best?: Best;
  /** Looks at the layers at some of the steps: see `layerProbe`. */
  readonly probe?: Probe;
  /**
   * Called when the loss is finite, but far from falling: see {@link DivergenceWarning}; at most once. Default: it is printed
   * with `console.warn`.
   */
  readonly onWarning?: (warning: DivergenceWarning) => void;
  /** Called once if the run goes on from a checkpoint: the epoch, counted from 1, and how many of its batches are done. */
  readonly onResume?: (place: { readonly epoch: number; readonly batch: number }) => void;
  /** Called now and then while training. */
  readonly onProgress?: (progress: Progress<Name>) => void;
  /** Called after each epoch; awaited. */
  readonly onEpoch?: (report: EpochReport<Name, Validated>) => void | Promise<void>;
  /** Ends training after the step that is under way. */
  readonly signal?: AbortSignal;
}

/** Where a run is, as checkpoints have it. */
interface Place {
  /** The epoch that is under way, or is next. */
  readonly epoch: number;
  /** How many of its batches are done. */
  readonly batch: number;
  /** Of all epochs before it. */
  readonly reports: readonly EpochReport[];
  /** Of its batches so far. */
  readonly sums?: Sums;
  /** How long it has taken so far. */
  readonly seconds?: number;
  /** The position in its data, if the batches can tell. */
  readonly data?: unknown;
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
 * @returns A report for each epoch that was completed, some 400 bytes each; with checkpoints also of those before the run was
 * interrupted.
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
  const { model, optimizer, probe, signal, checkpoints, best } = options;
  if (typeof options.batches !== "function") {
    throw new ArgumentError(
      `fit: batches must be a function of the epoch, got ${typeof options.batches}: as in (epoch) => minibatches(…)`,
    );
  }
  if (!Number.isInteger(options.epochs) || options.epochs < 0) {
    throw new ArgumentError(`fit: epochs must be a whole number from 0, got ${options.epochs}`);
  }
  /** Of the epoch in which the run was interrupted. */
  let left: BatchesLeft | undefined;
  let resumed = (await checkpoints?.load(async (progress) => {
    const { epoch, batch, data } = progress as Place;
    if (batch > 0) left = await checkpoints.batches(options.batches(epoch), batch, data);
  })) as Place | undefined;
  if (resumed) options.onResume?.({ epoch: resumed.epoch, batch: resumed.batch });
  const reports = [...(resumed?.reports ?? [])] as EpochReport<Name, Validated>[];
  const stepper = createStepper(options);
  const values = holdValues(model, optimizer);
  const divergence = watchDivergence(options.onWarning);
  let yielded = performance.now();
  /** Whether there is something that no checkpoint has: in a new run its beginning. */
  let unsaved = resumed === undefined;
  let epoch = resumed?.epoch ?? options.firstEpoch ?? 1;

  const save = async (place: Partial<Place> = {}): Promise<void> => {
    await checkpoints?.save({ epoch, batch: 0, reports, ...place } satisfies Place);
    unsaved = false;
  };

  try {
    for (; epoch <= options.epochs && !signal?.aborted && !best?.isOver(epoch - 1); epoch++) {
      const started = performance.now() - 1000 * (resumed?.seconds ?? 0);
      const meter = createMeter(resumed?.sums);
      let batch = resumed?.batch ?? 0;
      if (!left) checkpoints?.begin();
      const batches = left ?? options.batches(epoch);
      const position = left ?? (await checkpoints?.batches(batches));
      left = undefined;
      resumed = undefined;

      const read = async (): Promise<void> => {
        const steps = await stepper.read();
        if (steps.length === 0) return;
        const from = batch - steps.length + 1;
        for (const [i, figures] of steps.entries()) {
          if (!Number.isFinite(figures.loss)) {
            const bad = from + i;
            await probe?.report(epoch);
            // Other processes can't be made to take these steps again: what went bad first is not looked for.
            const first = stepper.together
              ? undefined
              : await firstBad({ from, bad, model, stepper, values, batches: options.batches(epoch) });
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
      const saveHere = async (): Promise<void> => {
        await read();
        const seconds = (performance.now() - started) / 1000;
        await save({ batch, sums: meter.sums(), seconds, data: position?.state() });
      };

      model.train?.();
      for await (const minibatch of position ?? batches) {
        batch++;
        divergence.begin(minibatch);
        stepper.step(minibatch, probe?.wants(epoch, batch) ? probe : undefined);
        unsaved = true;
        if (stepper.readDue || performance.now() - yielded >= yieldInterval) await read();
        if (checkpoints?.due("step")) await saveHere();
        if (signal?.aborted) break;
      }
      await read();
      await divergence.endEpoch(epoch, batch);
      await probe?.report(epoch);
      if (signal?.aborted) {
        if (unsaved) await saveHere();
        break;
      }
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
      await best?.see(report);
      await options.onEpoch?.(report);
      unsaved = true;
      if (checkpoints?.due("epoch")) await save({ epoch: epoch + 1 });
    }
    if (unsaved) await save();
    best?.restore();
  } finally {
    values.release();
    divergence.release();
    stepper.discard();
  }
  return reports;
}
