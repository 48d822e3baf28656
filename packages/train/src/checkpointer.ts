/**
 * What a checkpoint has: everything that a run depends on, so that going on with it equals never having stopped.
 *
 *     model.<path>          the model's parameters and buffers: a dropout's place in its random stream is one
 *     optimizer.<name>      the optimizer's state; its count of steps is the place in a schedule of the learning rate
 *     parts.<part>.<name>   the tensors of more parts
 *
 * and, in the metadata, as JSON:
 *
 *     run        what it is a run of: the architecture, the optimizer's name, the options
 *     progress   where it is: the epoch, the position in the data, the figures so far
 *     parts      the states of more parts, by name: at this moment, and where the epoch began
 */
import { ArgumentError, DlccError, loadValues, retain, type Tensor } from "@dlcc/tensor";
import { type BatchesLeft, batchesLeft } from "./batches-left.ts";
import type { Batches, Checkpoint, CheckpointStore, Model, Stateful, StepOptimizer } from "./contracts.ts";
import { cellsOf } from "./names.ts";
import { assertParts } from "./parts.ts";
import { differences, fromText, toText } from "./plain.ts";
import { holdValues } from "./values.ts";

/** A checkpoint that does not belong to the run that is to go on with it. */
export class CheckpointError extends DlccError {
  override readonly name = "CheckpointError";
}

/** How often a checkpoint is due: one of the three. */
export type CheckpointInterval =
  | {
      /** After so many steps. */
      readonly steps: number;
    }
  | {
      /** At the first step after so much time. */
      readonly seconds: number;
    }
  | {
      /** At the end of every so many epochs. */
      readonly epochs: number;
    };

/** What `createCheckpointer` takes. */
export interface CheckpointerOptions {
  /** Where checkpoints are kept. */
  readonly store: CheckpointStore;
  /** What is trained. */
  readonly model: Model;
  /** How its parameters move. It must have `stateDict` and `loadStateDict`, or no state. */
  readonly optimizer: StepOptimizer;
  /** How often `fit` writes one. Default: after each epoch. */
  readonly every?: CheckpointInterval;
  /**
   * What else makes the run what it is, as plain data: the learning rate, the batch size, the name of the data. A checkpoint
   * with others is refused.
   */
  readonly options?: Readonly<Record<string, unknown>>;
  /** More that the run depends on, by name: a generator, an augmentation, `keepBest`. */
  readonly parts?: Readonly<Record<string, Stateful>>;
  /** More notes for the metadata, which are not compared: how to start the program again, say. */
  readonly notes?: Readonly<Record<string, string>>;
  /** Called if a checkpoint can't be written, as when the disk is full; training goes on. Default: `save` throws. */
  readonly onFailure?: (error: unknown) => void;
}

/** Saves a run, and goes on with it. */
export interface Checkpointer {
  /**
   * Puts the run back to where the newest checkpoint was taken.
   *
   * @param goTo Goes to the place in the data: batches that are done are made once more here, and let go. What they draw from
   * random streams among the parts changes nothing: the streams are put to where the epoch began before, and to where the
   * checkpoint was taken afterwards.
   * @returns What was passed to `save`; undefined if there is no checkpoint: the run is new.
   * @throws {CheckpointError} if it is another run's: the message names the difference. Nothing has changed then.
   * @throws {ArgumentError | ShapeError} if names, shapes or dtypes differ from the model's or the optimizer's.
   */
  load(goTo?: (progress: unknown) => void | Promise<void>): Promise<unknown>;
  /** Writes a checkpoint. @param progress Where the run is, as plain data. */
  save(progress: unknown): Promise<void>;
  /** The batches of an epoch, of which some may be done, with the position in them: see {@link BatchesLeft}. */
  batches(all: Batches, done?: number, state?: unknown): Promise<BatchesLeft>;
  /** Notes the states of the parts where an epoch begins. Call it before its batches are made. */
  begin(): void;
  /** Whether a checkpoint is due, now that a step or an epoch has been done. Call it after each of them. */
  due(done: "step" | "epoch"): boolean;
}

/** The states of parts by name: plain data. */
type States = Readonly<Record<string, unknown>>;

const format = "dlcc-checkpoint";

/** Increases when an older dlcc would misread a newer file. */
const formatVersion = 1;

/** The most differences that an error lists. */
const most = 4;

/**
 * Makes what saves a run and goes on with it, for {@link fit} or a loop of your own. Going on equals never having stopped, bit
 * for bit, on cpu and wasm.
 *
 * @throws {ArgumentError} if a part is missing, or the interval is not a number above 0.
 * @example
 * ```ts
 * import { minibatches } from "@dlcc/data";
 * import { checkpointStore } from "@dlcc/io";
 * import { Linear } from "@dlcc/layers";
 * import { mse } from "@dlcc/losses";
 * import { sgd } from "@dlcc/optim";
 * import { randn } from "@dlcc/tensor";
 * import { createCheckpointer, fit } from "@dlcc/train";
 *
 * const files = new Map<string, Uint8Array>(); // in Node: checkpointFolder("runs/1") of @dlcc/io/node
 * const store = checkpointStore({
 *   name: "memory",
 *   list: async () => [...files.keys()],
 *   read: async (name) => files.get(name) ?? new Uint8Array(),
 *   write: async (name, bytes) => void files.set(name, bytes),
 *   remove: async (name) => void files.delete(name),
 * });
 * const [x, y] = [randn([40, 2], { seed: 1 }), randn([40, 1], { seed: 2 })];
 *
 * async function train(epochs: number): Promise<number> {
 *   const model = new Linear(2, 1, { seed: 3 });
 *   const optimizer = sgd(model.parameters(), { lr: 0.1, momentum: 0.9 });
 *   const checkpoints = createCheckpointer({ store, model, optimizer, options: { lr: 0.1 } });
 *   const batches = (epoch: number) => minibatches(x, y, { size: 8, seed: 4, epoch });
 *   const reports = await fit({ model, loss: mse, optimizer, batches, epochs, checkpoints });
 *   return reports.length;
 * }
 * console.log(await train(2)); // → 2
 * // Another process, say: it goes on with epoch 3, and has the reports of all.
 * console.log(await train(5)); // → 5
 * ```
 */
export function createCheckpointer(options: CheckpointerOptions): Checkpointer {
  assertParts("createCheckpointer", options, ["store", "model", "optimizer"]);
  const { store, model, optimizer, every = { epochs: 1 }, parts = {}, notes = {}, onFailure } = options;
  const interval = intervalOf(every);
  const cells = cellsOf(model);
  const run = { architecture: architectureOf(model), optimizer: optimizer.name, options: options.options ?? {} };
  const count = { steps: 0, epochs: 0 };
  let saved = performance.now();
  const restart = (): void => {
    Object.assign(count, { steps: 0, epochs: 0 });
    saved = performance.now();
  };

  const states = (): States => Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.state?.()]));
  const loadStates = async (found: States | undefined): Promise<void> => {
    if (found) for (const [name, part] of Object.entries(parts)) await part.loadState?.(found[name]);
  };
  /** Where the epoch began. */
  let begun: States | undefined;

  /** All states at this moment. Tensors are immutable, so what is written meanwhile does not depend on what comes next. */
  const take = (progress: unknown): Checkpoint => ({
    tensors: Object.fromEntries([
      ...[...cells].map(([name, cell]) => [`model.${name}`, retain(cell.peek())] as const),
      ...prefixed("optimizer", optimizer.stateDict?.()),
      ...Object.entries(parts).flatMap(([name, part]) => prefixed(`parts.${name}`, part.stateDict?.())),
    ]),
    metadata: {
      ...notes,
      format,
      formatVersion: String(formatVersion),
      run: toText(run),
      progress: toText(progress),
      parts: toText({ now: states(), begun }),
    },
  });

  const restore = async ({ tensors, metadata }: Checkpoint, goTo: () => Promise<void>): Promise<void> => {
    const moved: Tensor[] = [];
    const to = async (tensor: Tensor, like: Tensor | undefined): Promise<Tensor> => {
      const there = await tensor.to(like?.backend ?? tensor.backend);
      if (there !== tensor) moved.push(there);
      return there;
    };
    const held = holdValues(model, optimizer);
    try {
      const allTo = async (prefix: string, likeOf: (name: string) => Tensor | undefined) =>
        Object.fromEntries(
          await Promise.all(
            under(prefix, tensors).map(async ([name, tensor]) => [name, await to(tensor, likeOf(name))] as const),
          ),
        );
      const values = await allTo("model", (name) => cells.get(name)?.peek());
      loadValues("checkpoint", "network", cells, values);
      // An optimizer's state is where the parameters are.
      const [first] = model.parameters();
      const memory = await allTo("optimizer", () => first?.peek());
      await optimizer.loadStateDict?.(memory);
      for (const [name, part] of Object.entries(parts)) {
        await part.loadStateDict?.(Object.fromEntries(under(`parts.${name}`, tensors)));
      }
      const found = fromText(metadata.parts ?? "{}") as { readonly now?: States; readonly begun?: States };
      await loadStates(found.begun);
      await goTo();
      await loadStates(found.now ?? {});
      begun = found.begun;
    } catch (error) {
      await held.restore();
      throw error;
    } finally {
      held.release();
      for (const tensor of moved) tensor.dispose();
    }
  };

  return {
    async load(goTo) {
      const found = await store.read();
      if (!found) return undefined;
      try {
        const { format: is, formatVersion: version, run: was = "{}", progress = "null" } = found.metadata;
        if (is !== format) {
          throw new CheckpointError(`checkpoint: its format must be "${format}", got ${is ?? "none"}`);
        }
        if (!(Number(version) <= formatVersion)) {
          throw new CheckpointError(
            `checkpoint: formatVersion must be ${formatVersion} or less for this dlcc, got ${version}: install a newer one`,
          );
        }
        refuseOthers(run, fromText(was));
        const place = fromText(progress);
        await restore(found, async () => goTo?.(place));
        restart();
        return place;
      } finally {
        for (const tensor of Object.values(found.tensors)) tensor.dispose();
      }
    },
    async save(progress) {
      const checkpoint = take(progress);
      try {
        await store.write(checkpoint);
      } catch (error) {
        if (!onFailure) throw error;
        onFailure(error);
      } finally {
        for (const tensor of Object.values(checkpoint.tensors)) tensor.dispose();
        restart();
      }
    },
    batches: batchesLeft,
    begin() {
      begun = fromText(toText(states())) as States; // a copy: a part may change its own
    },
    due(done) {
      if (done === "epoch") count.epochs++;
      else count.steps++;
      if (interval.unit === "epochs") return done === "epoch" && count.epochs >= interval.length;
      if (interval.unit === "steps") return count.steps >= interval.length;
      return performance.now() - saved >= 1000 * interval.length;
    },
  };
}

function intervalOf(every: CheckpointInterval): { readonly unit: string; readonly length: number } {
  const [[unit, length] = ["", Number.NaN]] = Object.entries(every);
  if (["steps", "seconds", "epochs"].includes(unit) && typeof length === "number" && length > 0)
    return { unit, length };
  throw new ArgumentError(
    `createCheckpointer: every must be { steps }, { seconds } or { epochs } above 0, got ${JSON.stringify(every)}`,
  );
}

/** Undefined for a model that can't say: its names, shapes and dtypes are compared all the same. */
function architectureOf(model: Model): unknown {
  try {
    return model.config?.();
  } catch {
    return undefined;
  }
}

/** Throws if a checkpoint is of another run. */
function refuseOthers(run: unknown, was: unknown): void {
  // As it was saved: without what JSON leaves out.
  const found = differences(fromText(toText(run)), was);
  if (found.length === 0) return;
  const list = found
    .slice(0, most)
    .map(({ path, is, was }) => `${path.replace(/^options\./, "")} is ${textOf(was)} there, and ${textOf(is)} here`);
  const others = found.length > most ? `; and ${found.length - most} more` : "";
  throw new CheckpointError(`checkpoint: it must be of this run, got another's: ${list.join("; ")}${others}`);
}

const textOf = (value: unknown): string => (value === undefined ? "missing" : toText(value));

const prefixed = (prefix: string, state: Readonly<Record<string, Tensor>> = {}): [string, Tensor][] =>
  Object.entries(state).map(([name, tensor]) => [`${prefix}.${name}`, tensor]);

const under = (prefix: string, tensors: Readonly<Record<string, Tensor>>): [string, Tensor][] =>
  Object.entries(tensors).flatMap(([name, tensor]) =>
    name.startsWith(`${prefix}.`) ? [[name.slice(prefix.length + 1), tensor]] : [],
  );
