/** The part of every `dlcc train` after data, network and optimizer have been made. */
import { writeFile } from "node:fs/promises";
import type { Sequential } from "@dlcc/layers";
import type { Optimizer } from "@dlcc/optim";
import { type Backend, profile } from "@dlcc/tensor";
import { type EpochReport, evaluate, fit, type Loss, layerProbe, type Metric, NonFiniteLossError } from "@dlcc/train";
import { batchesOf, type Part } from "../batches.ts";
import { evaluationBatch } from "../digits/judge.ts";
import { untilInterrupted } from "../interrupt.ts";
import type { Reporter } from "../terminal/reporter.ts";

/** Everything that makes a run. */
export interface Training {
  readonly model: Sequential;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly train: Part;
  readonly validation: Part | undefined;
  readonly backend: Backend;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Whether to diagnose the layers while they learn. */
  readonly diagnose?: boolean | undefined;
  /** The file of the profile, if there is to be one. */
  readonly profile?: string | undefined;
  /** The file of the model, if it is saved. */
  readonly out: string | undefined;
  /** Saves it. @param outcome The facts known so far. */
  readonly save: (outcome: Readonly<Record<string, string>>) => Promise<void>;
  readonly reporter: Reporter;
}

/** The outcome of a run. */
export interface Trained {
  readonly reports: readonly EpochReport[];
  readonly seconds: number;
}

/**
 * Trains until the last epoch or Ctrl-C, and saves the model.
 *
 * @returns Undefined after Ctrl-C, which has been reported.
 * @throws {NonFiniteLossError} if the loss becomes NaN or infinite; if there is an `out`, the last good values are saved.
 */
export async function runTraining(training: Training): Promise<Trained | undefined> {
  const { out, save, reporter } = training;
  const interrupt = untilInterrupted();
  try {
    const started = performance.now();
    const reports = await profiled(training, () => learn(training, interrupt.signal));
    const seconds = (performance.now() - started) / 1000;
    await save({ epochs: String(reports.length) });
    if (!interrupt.signal.aborted) return { reports, seconds };
    const kept = `the model so far is in ${out}`;
    reporter.interrupted(`interrupted: ${out === undefined ? "nothing was saved (--out FILE saves the model)" : kept}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof NonFiniteLossError) || out === undefined) throw error;
    await save({ epochs: String(error.epoch - 1) });
    throw new Error(`${error.message}. They are saved in ${out}`, { cause: error });
  } finally {
    interrupt.end();
  }
}

/** Runs the training, measures its ops if that is asked for, and writes their trace to the file. */
async function profiled<T>({ profile: file, reporter }: Training, run: () => Promise<T>): Promise<T> {
  if (file === undefined) return run();
  // Before the training, so that it does not end with a file that can't be written.
  await writeFile(file, "");
  const found = await profile(run);
  await writeFile(file, JSON.stringify(found.trace()));
  reporter.profile(found, file);
  return found.result;
}

/** The training itself. */
function learn(training: Training, signal: AbortSignal): Promise<EpochReport[]> {
  const { model, loss, optimizer, metrics, train, validation, backend, epochs, reporter } = training;
  const { batchSize: size, seed } = training;
  const whole = { size: evaluationBatch, shuffle: false, backend };
  return fit<string, string>({
    model,
    loss,
    optimizer,
    epochs,
    metrics,
    batches: (epoch) => batchesOf(train, { size, seed, epoch, backend }),
    ...(validation && {
      validate: () => evaluate<string>({ model, loss, metrics, batches: batchesOf(validation, whole) }),
    }),
    ...(training.diagnose && { probe: layerProbe(model, { onReport: (report) => reporter.diagnosis(report) }) }),
    onWarning: (warning) => reporter.divergence(warning),
    onProgress: (progress) => reporter.progress(progress),
    onEpoch: (report) => reporter.epoch(report),
    signal,
  });
}
