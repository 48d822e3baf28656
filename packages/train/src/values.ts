import { type Parameter, retain, type Tensor } from "@dlcc/tensor";
import type { StepOptimizer } from "./contracts.ts";

/** What model and optimizer were at some time. */
interface Held {
  readonly values: readonly Tensor[];
  /** Of the optimizer, if it tells. */
  readonly state: Readonly<Record<string, Tensor>> | undefined;
}

/**
 * The values of parameters, and what the optimizer remembers, at some times. Tensors are immutable, so to hold on to
 * them costs nothing but their memory.
 *
 * Values are good once a loss that was computed with them has been read and is a number: those after a step may be bad
 * although the loss before it was fine.
 */
export class Values {
  readonly #parameters: readonly Parameter[];
  readonly #optimizer: StepOptimizer;
  #taken: Held | undefined;
  #good: Held | undefined;

  constructor(parameters: readonly Parameter[], optimizer: StepOptimizer) {
    this.#parameters = parameters;
    this.#optimizer = optimizer;
    this.take();
  }

  /** Takes hold of the values that the next step begins with. */
  take(): void {
    release(this.#taken);
    const values = this.#parameters.map((parameter) => retain(parameter.peek()));
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
    this.#parameters.forEach((parameter, i) => {
      const value = held?.values[i];
      if (value) parameter.value = value;
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
