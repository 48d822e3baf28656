/** The best epoch of a run, and when to stop: early stopping. */
import { ArgumentError, type Parameter, retain, type Tensor } from "@dlcc/tensor";
import type { Model, Stateful } from "./contracts.ts";
import type { EpochReport } from "./fit.ts";
import { cellsOf } from "./names.ts";

/** What `keepBest` takes. */
export interface KeepBestOptions {
  /** The figure of an epoch to go by. Default: the validation loss; where nothing is validated, the loss of training. */
  readonly by?: (report: EpochReport) => number;
  /** Whether the better figure is the lower or the higher one. Default: `lower`. */
  readonly better?: "lower" | "higher";
  /** After how many epochs without a better one training ends. Default: it goes on to the last. */
  readonly patience?: number;
  /** Called after each epoch that is the best so far, with the model as it is then; awaited. */
  readonly onBest?: (report: EpochReport) => void | Promise<void>;
}

/** Keeps the best values of a model. */
export interface Best extends Stateful {
  /** The best epoch so far, counted from 1; undefined before the first. */
  readonly epoch: number | undefined;
  /** Looks at the model after an epoch. */
  see(report: EpochReport): Promise<void>;
  /** Whether its patience is at an end. @param epoch The last one that was done. */
  isOver(epoch: number): boolean;
  /** Puts the model back to its best values, if an epoch has been seen. */
  restore(): void;
  /** Gives back the values that it holds. */
  dispose(): void;
}

/**
 * Keeps the values that a model had after its best epoch, and says when no better one has come for a while. Training ends
 * then, and `fit` leaves the model with its best values: early stopping. Source: Prechelt 1998; Goodfellow, Bengio and
 * Courville, "Deep Learning", section 7.8.
 *
 * @param model What is trained.
 * @throws {ArgumentError} if `patience` is not a whole number from 1.
 * @example
 * ```ts
 * import { Linear } from "@dlcc/layers";
 * import { mse } from "@dlcc/losses";
 * import { sgd } from "@dlcc/optim";
 * import { tensor } from "@dlcc/tensor";
 * import { fit, keepBest } from "@dlcc/train";
 *
 * const batch = { x: tensor([[1], [2]]), y: tensor([[2], [4]]) };
 * const model = new Linear(1, 1, { seed: 1 });
 * const optimizer = sgd(model.parameters(), { lr: 0.1 });
 * const losses = [0.5, 0.3, 0.4, 0.6, 0.2]; // of validation, say
 * const validate = async (epoch: number) => ({ loss: losses[epoch - 1] ?? 1, metrics: {}, examples: 2 });
 * const best = keepBest(model, { patience: 2 });
 * const reports = await fit({ model, loss: mse, optimizer, batches: () => [batch], epochs: 5, validate, best });
 * console.log(reports.length, best.epoch); // → 4 2
 * ```
 */
export function keepBest(model: Model, options: KeepBestOptions = {}): Best {
  const { by = ({ loss, validation }) => validation?.loss ?? loss, better = "lower", onBest } = options;
  const { patience = Number.POSITIVE_INFINITY } = options;
  if (options.patience !== undefined && !(Number.isInteger(patience) && patience >= 1)) {
    throw new ArgumentError(`keepBest: patience must be a whole number of epochs from 1, got ${patience}`);
  }
  const cells = cellsOf(model);
  let found: { readonly epoch: number; readonly figure: number } | undefined;
  let values = new Map<string, Tensor>();
  const hold = (tensorOf: (name: string, cell: Parameter) => Tensor): void => {
    const old = values;
    values = new Map([...cells].map(([name, cell]) => [name, tensorOf(name, cell)]));
    for (const tensor of old.values()) tensor.dispose();
  };
  const isBetter = (figure: number): boolean => {
    if (found === undefined) return !Number.isNaN(figure);
    return better === "lower" ? figure < found.figure : figure > found.figure;
  };
  return {
    get epoch() {
      return found?.epoch;
    },
    async see(report) {
      const figure = by(report);
      if (!isBetter(figure)) return;
      found = { epoch: report.epoch, figure };
      hold((_, cell) => retain(cell.peek()));
      await onBest?.(report);
    },
    isOver: (epoch) => epoch - (found?.epoch ?? 0) >= patience,
    restore() {
      for (const [name, value] of values) {
        const cell = cells.get(name);
        if (cell) cell.value = value;
      }
    },
    dispose: () => {
      for (const value of values.values()) value.dispose();
      values.clear();
    },
    state: () => found,
    loadState(state) {
      found = (state ?? undefined) as typeof found;
    },
    stateDict: () => Object.fromEntries([...values].map(([name, value]) => [name, retain(value)])),
    async loadStateDict(state) {
      const there = new Map<string, Tensor>();
      for (const [name, value] of Object.entries(state)) {
        const backend = cells.get(name)?.peek().backend;
        if (!backend) continue;
        const moved = await value.to(backend);
        there.set(name, retain(moved));
        if (moved !== value) moved.dispose();
      }
      for (const tensor of values.values()) tensor.dispose();
      values = there;
    },
  };
}
