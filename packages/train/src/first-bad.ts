/**
 * Where NaN began. When a loss that is NaN or infinite is read, the device may be some steps ahead, and everything is NaN. So
 * the steps are done again from the last good values, with a recorder that looks at the result of every op.
 */
import { isFloat, retain, type Step, type Tensor, withRecorder } from "@dlcc/tensor";
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
  const names = [...namesOf(model)];
  let number = 0;
  for (const batch of batches) {
    number++;
    if (number < from) continue;
    /** The results of all ops, in their order. */
    const noted: { readonly what: string; readonly tensor: Tensor }[] = [];
    const note = (what: string, tensor: Tensor): void => {
      if (isFloat(tensor.dtype)) noted.push({ what, tensor: retain(tensor) });
    };
    const record = ({ op, inputs, outputs }: Step): void => {
      const ids = inputs.map((input) => typeof input !== "number" && input.id);
      const used = names.flatMap(([parameter, name]) => (ids.includes(parameter.peek().id) ? [name] : []));
      for (const output of outputs)
        note(`the result of ${op.name}${used.length > 0 ? ` with ${used.join(", ")}` : ""}`, output);
    };
    try {
      note("the x of the batch", batch.x);
      note("the y of the batch", batch.y);
      withRecorder({ record }, () => step(batch));
      // Before the bad batch, infinities on the way did no harm, unless they got into a parameter.
      if (number < bad && (await allFinite(names.map(([parameter]) => parameter.peek())))) continue;
      for (const { what, tensor } of noted) {
        if (!(await allFinite([tensor]))) return `${what}, ${tensor.dtype} [${tensor.shape}]`;
      }
      return undefined;
    } finally {
      for (const { tensor } of noted) tensor.dispose();
    }
  }
  return undefined;
}

async function allFinite(tensors: readonly Tensor[]): Promise<boolean> {
  for (const tensor of tensors) if (!(await tensor.data()).every(Number.isFinite)) return false;
  return true;
}
