import { type Parameter, retain, type Tensor } from "@dlcc/tensor";
import type { Model, StepOptimizer } from "./contracts.ts";

/** What model and optimizer were at some time: tensors with references of our own. */
interface Held {
  readonly values: readonly Tensor[];
  /** The optimizer's, if it tells. */
  readonly state: Readonly<Record<string, Tensor>> | undefined;
}

/**
 * The values of a model's parameters and buffers, and what the optimizer remembers, at some times. Tensors are immutable,
 * so to hold on to them costs nothing but their memory. Buffers belong to them: with the place of a dropout in its random
 * stream, say, the steps that are done again are the same steps.
 *
 * Values are good once a loss that was computed with them has been read and is a number: those after a step may be bad
 * although the loss before it was fine.
 */
export class Values {
  readonly #cells: readonly Parameter[];
  readonly #optimizer: StepOptimizer;
  #taken: Held | undefined;
  #good: Held | undefined;

  constructor(model: Model, optimizer: StepOptimizer) {
    this.#cells = [...model.parameters(), ...(model.buffers?.() ?? [])];
    this.#optimizer = optimizer;
    this.take();
  }

  /** Takes hold of the values that the next step begins with. */
  take(): void {
    release(this.#taken);
    const values = this.#cells.map((cell) => retain(cell.peek()));
    this.#taken = { values, state: this.#optimizer.stateDict?.() };
  }

  /** The values that were taken last have given a loss that is a number. */
  confirm(): void {
    if (!this.#taken) return;
    release(this.#good);
    this.#good = this.#taken;
    this.#taken = undefined;
  }

  /** Puts everything back to where it was taken last. */
  async rewind(): Promise<void> {
    await this.#putBack(this.#taken ?? this.#good);
  }

  /** Puts everything back to the last good values; where there are none yet, to the first. */
  async restore(): Promise<void> {
    await this.#putBack(this.#good ?? this.#taken);
  }

  async #putBack(held: Held | undefined): Promise<void> {
    this.#cells.forEach((cell, i) => {
      const value = held?.values[i];
      if (value) cell.value = value;
    });
    if (held?.state) await this.#optimizer.loadStateDict?.(held.state);
  }

  release(): void {
    release(this.#taken);
    release(this.#good);
    this.#taken = undefined;
    this.#good = undefined;
  }
}

function release(held: Held | undefined): void {
  for (const tensor of [...(held?.values ?? []), ...Object.values(held?.state ?? {})]) tensor.dispose();
}
