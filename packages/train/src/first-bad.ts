/**
 * Where NaN began. When a loss that is NaN or infinite is read, the device may be some steps ahead, and everything is NaN. So
 * the steps are done again from the last good values, with a recorder that looks at the result of every op.
 */
import { isFloat, originOf, retain, type Step, type Tensor, type TensorLike, withRecorder } from "@dlcc/tensor";
import type { Batches, Model } from "./contracts.ts";
import { namesOf } from "./names.ts";
import type { Stepper } from "./stepper.ts";
import type { Values } from "./values.ts";

/** What to do again. */
export interface Replay {
  /** The batches of the epoch, as they were. */
  readonly batches: Batches;
  /** The batch that the model learns from first, where `values` takes it back to; counted from 1. */
  readonly from: number;
  /** The batch whose loss was bad. */
  readonly bad: number;
  readonly model: Model;
  /** Takes the steps again. */
  readonly stepper: Pick<Stepper, "step" | "discard">;
  /** Takes model and optimizer back. */
  readonly values: Pick<Values, "rewind">;
}

/** What went bad first. */
export interface FirstBad {
  /** The tensor, in words. */
  readonly tensor: string;
  /** What to do, where that is clear. */
  readonly advice: string | undefined;
}

/** The result of an op, or a part of the batch. */
interface Noted {
  readonly what: string;
  /** A reference of its own. */
  readonly tensor: Tensor;
  /** Where it was made, if that is known. */
  readonly origin: string;
  /** The op's inputs, by their numbers. */
  readonly inputs: readonly number[];
}

const whereAdvice =
  "where multiplies the branch that is not taken by 0 on the way back, and 0 · ∞ is NaN: guard the input, too, as in where(ok, where(ok, x, 1).log(), 0)";
const dataAdvice = "Look for NaN or Infinity in the data";

/**
 * Names the first tensor that is not finite. The steps since the last good loss are done again, and the result of each op is read.
 *
 * @returns Undefined if it can't be found again, as when the batches come in another order each time.
 */
export async function firstBad(replay: Replay): Promise<FirstBad | undefined> {
  try {
    await replay.values.rewind();
    return await again(replay);
  } catch {
    return undefined; // What is said of it must not hide that the loss is bad.
  }
}

async function again({ batches, from, bad, model, stepper }: Replay): Promise<FirstBad | undefined> {
  const names = [...namesOf(model)];
  let number = 0;
  for await (const batch of batches) {
    number++;
    if (number < from) continue;
    /** The results of all ops, in their order. */
    const noted: Noted[] = [];
    /** The results of `where`, with their branches. */
    const choices: Tensor[][] = [];
    const note = (what: string, tensor: Tensor, inputs: readonly number[] = []): void => {
      if (isFloat(tensor.dtype)) noted.push({ what, tensor: retain(tensor), origin: originOf(tensor), inputs });
    };
    const record = ({ op, attributes, inputs, outputs }: Step): void => {
      const tensors = (inputs as readonly TensorLike[]).filter((input) => typeof input !== "number");
      const ids = tensors.map(({ id }) => id);
      const used = names.flatMap(([parameter, name]) => (ids.includes(parameter.peek().id) ? [name] : []));
      const name = "name" in attributes ? attributes.name : op.name;
      const result = `the result of ${name}${used.length > 0 ? ` with ${used.join(", ")}` : ""}`;
      for (const output of outputs) note(result, output, ids);
      if (op.name === "where") choices.push([outputs[0], ...tensors.slice(1)].map(retain));
    };
    try {
      note("the x of the batch", batch.x);
      note("the y of the batch", batch.y);
      withRecorder({ record }, () => stepper.step(batch));
      stepper.discard();
      // Before the bad batch, infinities on the way did no harm, unless they got into a parameter.
      if (number < bad && (await allFinite(names.map(([parameter]) => parameter.peek())))) continue;
      for (const { what, tensor, origin, inputs } of noted) {
        if (await allFinite([tensor])) continue;
        return {
          tensor: `${what}, ${tensor.dtype} [${tensor.shape}]${origin && `, ${origin}`}`,
          advice: what.includes("of the batch") ? dataAdvice : await aboutWhere(choices, inputs),
        };
      }
      return undefined;
    } finally {
      for (const tensor of [...noted.map(({ tensor }) => tensor), ...choices.flat()]) tensor.dispose();
    }
  }
  return undefined;
}

/** Whether it came about behind a `where`: a branch that is infinite and not taken, or the 0 that one passes back. */
async function aboutWhere(
  choices: readonly (readonly Tensor[])[],
  inputs: readonly number[],
): Promise<string | undefined> {
  for (const [output, ...branches] of choices) {
    if (!output || !(await allFinite([output]))) continue;
    if (inputs.includes(output.id) || !(await allFinite(branches))) return whereAdvice;
  }
  return undefined;
}

async function allFinite(tensors: readonly Tensor[]): Promise<boolean> {
  for (const tensor of tensors) if (!(await tensor.data()).every(Number.isFinite)) return false;
  return true;
}
