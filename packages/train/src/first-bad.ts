/**
 * Where NaN began. When a loss that is NaN or infinite is read, the device may be some steps ahead, and everything is NaN. So
 * the steps are done again from the last good values, with a recorder that looks at the result of every op.
 */
import { isFloat, type Parameter, type Recorder, retain, type Step, type Tensor, withRecorder } from "@dlcc/tensor";
import type { Batch, Model } from "./contracts.ts";
import { namesOf } from "./names.ts";

/** What to do again. */
export interface Replay {
  /** The batches of the epoch, as they were. */
  readonly batches: Iterable<Batch>;
  /** The batch that the model, as it is now, learns from next; counted from 1. */
  readonly from: number;
  /** The batch whose loss was bad. */
  readonly bad: number;
  readonly model: Model;
  /** Learns from a batch. */
  readonly step: (batch: Batch) => void;
}

/**
 * Names the first tensor that is not finite.
 *
 * @returns Undefined if it can't be found again, as when the batches come in another order each time.
 */
export async function firstBad({ batches, from, bad, model, step }: Replay): Promise<string | undefined> {
  const names = namesOf(model);
  let number = 0;
  for (const batch of batches) {
    number++;
    if (number < from) continue;
    const trace = new Trace(names);
    try {
      for (const name of ["x", "y"] as const) trace.note(`the ${name} of the batch`, batch[name]);
      withRecorder(trace, () => step(batch));
      // Before the bad batch, infinities on the way did no harm, unless they got into a parameter.
      const values = Array.from(names.keys(), (parameter) => parameter.peek());
      if (number === bad || !(await allFinite(values))) return await trace.firstBad();
    } finally {
      trace.release();
    }
  }
  return undefined;
}

/** Holds on to the results of all ops, in their order. */
class Trace implements Recorder {
  readonly #names: ReadonlyMap<Parameter, string>;
  readonly #noted: { readonly what: string; readonly tensor: Tensor }[] = [];

  constructor(names: ReadonlyMap<Parameter, string>) {
    this.#names = names;
  }

  record({ op, inputs, outputs }: Step): void {
    const ids = new Set(inputs.map((input) => (typeof input === "number" ? undefined : input.id)));
    const names = Array.from(this.#names).flatMap(([parameter, name]) => (ids.has(parameter.peek().id) ? [name] : []));
    const what = `the result of ${op.name}${names.length > 0 ? ` with ${names.join(", ")}` : ""}`;
    for (const output of outputs) this.note(what, output);
  }

  note(what: string, tensor: Tensor): void {
    if (isFloat(tensor.dtype)) this.#noted.push({ what, tensor: retain(tensor) });
  }

  async firstBad(): Promise<string | undefined> {
    for (const { what, tensor } of this.#noted) {
      if (!(await allFinite([tensor]))) return `${what}, ${tensor.dtype} [${tensor.shape}]`;
    }
    return undefined;
  }

  release(): void {
    for (const { tensor } of this.#noted) tensor.dispose();
  }
}

async function allFinite(tensors: readonly Tensor[]): Promise<boolean> {
  for (const tensor of tensors) if (!(await tensor.data()).every(Number.isFinite)) return false;
  return true;
}
