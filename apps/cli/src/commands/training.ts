/** The part of every `dlcc train` after data, network and optimizer have been made. */
import { type ImageTransform, transformBatches } from "@dlcc/data";
import { FileError, replaceFile } from "@dlcc/io/node";
import type { Sequential } from "@dlcc/layers";
import { type DistributedOptimizer, distributed, shard } from "@dlcc/mpi";
import type { Optimizer } from "@dlcc/optim";
import { type Backend, cpu, profile } from "@dlcc/tensor";
import {
  type Best,
  createCheckpointer,
  type EpochReport,
  evaluate,
  type Figures,
  firstBad,
  fit,
  keepBest,
  type Loss,
  layerProbe,
  type Metric,
  NonFiniteLossError,
} from "@dlcc/train";
import { type BatchOptions, batchesOf, type Part } from "../batches.ts";
import { type Begun, fingerprint, lasting, noteOf, openFolder, resumeCommand } from "../checkpoints.ts";
import { evaluationBatch } from "../digits/judge.ts";
import { type Interrupt, untilInterrupted } from "../interrupt.ts";
import { messageOf } from "../message.ts";
import { assertSameRun, isFirst, isShared, sameFigures, sharedStore, world } from "../ranks.ts";
import type { Reporter } from "../terminal/reporter.ts";
import type { Save } from "./save.ts";
import type { SettledOptions } from "./training-options.ts";

/** Everything that makes a run. */
export interface Training {
  readonly options: SettledOptions;
  /** How it was started, and where its data are. */
  readonly begun: Pick<Begun, "what" | "typed"> & { readonly paths: object };
  readonly model: Sequential;
  readonly loss: Loss;
  /** A name in `losses`. */
  readonly lossName: string;
  readonly optimizer: Optimizer;
  readonly lr: number;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly train: Part;
  readonly validation: Part | undefined;
  /** More that a run must have in common with the checkpoint that it goes on from. */
  readonly identity?: Readonly<Record<string, unknown>>;
  /** Changes the images at random, if it is to. */
  readonly distort?: ImageTransform | undefined;
  readonly backend: Backend;
  readonly epochs: number;
  /** Saves the model, if it is saved. @param outcome The facts known so far. */
  readonly save: Save;
  readonly reporter: Reporter;
}

/** The outcome of a run. */
export interface Trained {
  readonly reports: readonly EpochReport[];
  /** Of the epoch whose values the model has. */
  readonly report: EpochReport | undefined;
  /** That epoch, if the best one was kept. */
  readonly best: number | undefined;
  /** What the model's file says of them. */
  readonly facts: Readonly<Record<string, string>>;
  readonly seconds: number;
}

/** The outcome of a run that is over, and has been reported: a signal ended it, or another rank judges the model. */
export interface Over {
  readonly exitCode: number;
}

/**
 * Trains until the last epoch or a signal, and saves the model.
 *
 * @throws {NonFiniteLossError} if the loss becomes NaN or infinite; if there is an `out`, the last good values are saved.
 */
export async function runTraining(training: Training): Promise<Trained | Over> {
  const { options, save } = training;
  const { out } = options;
  const { checkpoint } = options;
  const identity = checkpoint !== undefined || isShared() ? await identityOf(training) : {};
  if (isShared()) assertSameRun({ ...identity, ...sharedOptions(training) });
  const interrupt = untilInterrupted();
  const optimizer = distributed(training.optimizer, world(), { signal: interrupt.signal });
  const best = bestOf(training);
  const factsOf = (epochs: number): Record<string, string> => ({
    epochs: String(epochs),
    ...(best?.epoch !== undefined && { bestEpoch: String(best.epoch) }),
  });
  try {
    const started = performance.now();
    const { reports, failed } = await profiled(training, () => learn(training, optimizer, best, identity));
    const seconds = (performance.now() - started) / 1000;
    const facts = factsOf(reports.length);
    const saved = await save(facts);
    if (optimizer.signal.aborted) return interrupted(interrupt, training, saved, failed);
    if (!isFirst()) return { exitCode: 0 };
    const report = reports.find(({ epoch }) => epoch === best?.epoch) ?? reports.at(-1);
    return { reports, report, best: best?.epoch, facts, seconds };
  } catch (error) {
    if (!(error instanceof NonFiniteLossError) || out === undefined) throw error;
    // All ranks have it, and the first one saves: it ends the others afterwards.
    if (!isFirst()) await world().barrier();
    best?.restore();
    const file = await save(factsOf(error.epoch - 1));
    const saved = best?.epoch === undefined ? "They are saved in" : `Those of epoch ${best.epoch}, the best, are in`;
    throw new Error(`${error.message}. ${saved} ${file}`, { cause: error });
  } finally {
    interrupt.end();
    best?.dispose();
  }
}

/** Runs the training, measures its ops if that is asked for, and writes their trace to the file. */
async function profiled<T>({ options, reporter }: Training, run: () => Promise<T>): Promise<T> {
  const { profile: file } = options;
  if (file === undefined || !isFirst()) return run();
  const found = await profile(run);
  try {
    await replaceFile(file, JSON.stringify(found.trace()));
    reporter.profile(found, file);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    // The model is still to be saved and tested: a trace is not worth a run.
    reporter.profile(found, undefined);
    reporter.warning(`The trace was not written: ${messageOf(error)}`);
  }
  return found.result;
}

/** Says what is left of the run, and how to go on. @param saved The model's file. @param failed Whether the last checkpoint could not be written. */
function interrupted(
  { what, exitCode }: Interrupt,
  { options, reporter }: Training,
  saved: string | undefined,
  failed: boolean,
): Over {
  const { checkpoint } = options;
  const from = failed ? ", from the checkpoint before this one, which could not be written" : "";
  const kept = [
    ...(checkpoint === undefined ? [] : [`${resumeCommand(checkpoint)} goes on with the run${from}`]),
    ...(saved === undefined ? [] : [`the model so far is in ${saved}`]),
  ];
  const nothing = "nothing was saved (--checkpoint DIR saves the run, --out FILE the model)";
  reporter.interrupted(`${what}: ${kept.join("; ") || nothing}`);
  return { exitCode };
}

/** For people: which epoch was kept, and why training ended. */
export const bestLine = ({ best, reports }: Trained, epochs: number): string[] =>
  best === undefined
    ? []
    : [`of epoch ${best}, the best of ${reports.length}${reports.length < epochs ? ": no later one was better" : ""}`];

/** Keeps the best epoch, if the options ask for it. */
function bestOf({ options, model, save }: Training): Best | undefined {
  const { bestBy = options.patience === undefined ? undefined : "loss", patience } = options;
  if (bestBy === undefined) return undefined;
  return keepBest(model, {
    ...(patience !== undefined && { patience }),
    better: bestBy === "loss" ? "lower" : "higher",
    by: ({ loss, metrics, validation }) => {
      const figures = validation ?? { loss, metrics };
      return bestBy === "loss" ? figures.loss : (figures.metrics.accuracy ?? Number.NaN);
    },
    onBest: async ({ epoch }) => {
      await save({ epochs: String(epoch), bestEpoch: String(epoch) });
    },
  });
}

/** What a run must have in common with the checkpoint that it goes on from. */
async function identityOf({
  options,
  begun,
  lossName,
  lr,
  train,
  epochs,
  identity,
}: Training): Promise<Record<string, unknown>> {
  const { optimizer, schedule, batchSize, weightDecay, seed, validation, bestBy } = options;
  return {
    command: begun.what[0],
    data: await fingerprint(train),
    ...{
      loss: lossName,
      optimizer,
      lr,
      schedule,
      "batch size": batchSize,
      "weight decay": weightDecay,
      seed,
      validation,
    },
    // Other schedules end with the last epoch, so all of their rates depend on it.
    ...(schedule !== "constant" && { epochs }),
    ...(bestBy !== undefined && { "best by": bestBy }),
    ...identity,
  };
}

/** Options that ranks may have each for itself: where things are, and what the first one does for all. */
const ofRank = [
  ...["threads", "backend", "data", "from", "stream"],
  ...["out", "svg", "profile", "diagnose", "json", "checkpoint", "resume", "every", "keep"],
];

/** What all ranks must have in common besides the identity of the run. */
const sharedOptions = ({ options, epochs }: Training): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(Object.entries(options).filter(([name]) => !ofRank.includes(name))),
  epochs,
});

/** The training itself. @param identity For checkpoints. @returns Also whether the last checkpoint could not be written. */
async function learn(
  training: Training,
  optimizer: DistributedOptimizer,
  best: Best | undefined,
  identity: Readonly<Record<string, unknown>>,
): Promise<{ reports: EpochReport[]; failed: boolean }> {
  const { options, begun, model, loss, metrics, train, validation, backend, epochs, reporter } = training;
  const { batchSize: size, seed, diagnose, checkpoint, every, keep } = options;
  const { distort } = training;
  const whole = { size: evaluationBatch, shuffle: false, backend };
  const folder = checkpoint === undefined ? undefined : openFolder(checkpoint, keep, (text) => reporter.warning(text));
  const checkpoints =
    folder &&
    createCheckpointer({
      store: sharedStore(folder.store),
      model,
      optimizer,
      every,
      options: identity,
      notes: noteOf({ ...begun, options: lasting(options, { ...begun.paths, backend: backend.name }) }),
      ...(best && { parts: { best } }),
      onFailure: (error) =>
        reporter.warning(
          `The checkpoint was not written: ${messageOf(error)}. Training goes on; the next one is tried.`,
        ),
    });
  /** The minibatches of an epoch; where there are several ranks, this one's part of each. */
  const part = (how: BatchOptions): ReturnType<typeof batchesOf> => {
    const batches = batchesOf(train, how);
    return isShared() ? shard(batches, world()) : batches;
  };
  const judge = async (examples: Part): Promise<Figures> => {
    const figures = await evaluate<string>({ model, loss, metrics, batches: batchesOf(examples, whole) });
    return isShared() ? sameFigures(figures) : figures;
  };
  const reports = await fit<string, string>({
    model,
    loss,
    optimizer,
    epochs,
    metrics,
    batches: (epoch) =>
      distort
        ? transformBatches(part({ size, seed, epoch, backend: cpu }), distort, { seed, epoch, backend })
        : part({ size, seed, epoch, backend }),
    ...(validation && { validate: () => judge(validation) }),
    explain: firstBad,
    onWarning: (warning) => reporter.divergence(warning),
    ...(checkpoints && { checkpoints }),
    ...(best && { best }),
    ...(diagnose && { probe: layerProbe(model, { onReport: (report) => reporter.diagnosis(report) }) }),
    onResume: (place) => reporter.resume(place, checkpoint ?? ""),
    onProgress: (progress) => reporter.progress(progress),
    onEpoch: (report) => reporter.epoch(report),
    signal: optimizer.signal,
  });
  return { reports, failed: folder?.failed() ?? false };
}
