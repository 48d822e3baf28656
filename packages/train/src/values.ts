import { type Parameter, retain, type Tensor } from "@dlcc/tensor";
import type { Model, StepOptimizer } from "./contracts.ts";

/** What model and optimizer were at some time: tensors with references of our own. */
interface Held {
  readonly values: readonly (readonly [cell: Parameter, value: Tensor])[];
  /** The optimizer's, if it tells. */
  readonly state: Readonly<Record<string, Tensor>> | undefined;
}

/**
 * The values of a model's parameters and buffers, and what the optimizer remembers, at two times: when they were taken last,
 * and when they were good last. Tensors are immutable, so to hold on to them costs nothing but their memory. Buffers belong
 * to them: with the place of a dropout in its random stream, say, the steps that are done again are the same steps.
 *
 * Values are good once a loss that was computed with them has been read and is a number: those after a step may be bad
 * although the loss before it was fine.
 */
export interface Values {
  /** Takes hold of the values that the next step begins with. */
  take(): void;
  /** The values that were taken last have given a loss that is a number. */
  confirm(): void;
  /** Puts everything back to where it was taken last. */
  rewind(): Promise<void>;
  /** Puts everything back to the last good values; where there are none yet, to the first. */
  restore(): Promise<void>;
  /** Gives back what it holds on to: it is of no use afterwards. */
  release(): void;
}

/** Takes hold of the values that there are. */
export function holdValues(model: Model, optimizer: StepOptimizer): Values {
  const cells = [...model.parameters(), ...(model.buffers?.() ?? [])];
  const hold = (): Held => ({
    values: cells.map((cell) => [cell, retain(cell.peek())]),
    state: optimizer.stateDict?.(),
  });
  const putBack = async ({ values, state }: Held): Promise<void> => {
    for (const [cell, value] of values) cell.value = value;
    if (state) await optimizer.loadStateDict?.(state);
  };
  let taken = hold();
  let good = taken;
  const confirm = (): void => {
    if (taken !== good) release(good);
    good = taken;
  };
  return {
    take() {
      if (taken !== good) release(taken);
      taken = hold();
    },
    confirm,
    rewind: () => putBack(taken),
    restore: () => putBack(good),
    release() {
      confirm();
      release(good);
    },
  };
}

function release({ values, state = {} }: Held): void {
  for (const tensor of [...values.map(([, value]) => value), ...Object.values(state)]) tensor.dispose();
}
