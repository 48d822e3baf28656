/**
 * Divergence that stays finite: steps that are too large carry the weights further away each time, and with a loss that grows no
 * faster than its numbers allow, there is never a NaN to notice. The usual cause is inputs that are not scaled: a gradient is a
 * product with the inputs, so that the largest rate that converges is inverse to their mean square.
 */
import { retain, type Tensor, type TypedArray } from "@dlcc/tensor";
import type { Batch } from "./contracts.ts";

/** The loss is finite, but far from falling. */
export interface DivergenceWarning {
  /** `diverging`: the loss has grown a thousandfold. `unscaled`: it has not halved in an epoch, and the inputs are large. */
  readonly kind: "diverging" | "unscaled";
  /** Counted from 1. */
  readonly epoch: number;
  /** Counted from 1. */
  readonly batch: number;
  /** What was found, in words. */
  readonly found: string;
  /** What to do about it. */
  readonly advice: string;
}

/**
 * How many times the first loss is too much. Of runs that learn in the end, on scaled inputs and over ten seeds, those at bold rates
 * grow first: at 0.3 threefold, at 1 Adam 77-fold and momentum 674-fold.
 */
const grown = 1000;
/** A loss above this share of the first one has not fallen. */
const fallen = 0.5;
/** Inputs above this root mean square are large: standardized ones have 1, bytes that were not divided by 255 about 80. */
export const largeInputs = 30;

/** Looks at the losses of a run. */
interface Watch {
  /** A step is going to learn from these. */
  begin(batch: Batch): void;
  /** A step had this loss, a finite one. */
  see(loss: number, epoch: number, batch: number): Promise<void>;
  /** An epoch is over. */
  endEpoch(epoch: number, batch: number): Promise<void>;
  /** Gives back what it holds on to. */
  release(): void;
}

const print = ({ found, advice }: DivergenceWarning): void => console.warn(`fit: ${found}: ${advice}`);

/** Warns once. */
export function watchDivergence(warn: (warning: DivergenceWarning) => void = print): Watch {
  let inputs: Tensor | undefined;
  let first: number | undefined;
  let last = 0;
  let warned = false;
  const say = async (kind: DivergenceWarning["kind"], epoch: number, batch: number): Promise<void> => {
    // A loss that begins at 0, or below it, gives no measure.
    if (warned || first === undefined || !(first > 0)) return;
    const size = inputs ? rootMeanSquare(await inputs.data()) : 0;
    const large = size >= largeInputs;
    if (kind === "unscaled" && !large) return;
    warned = true;
    const change = `${kind === "diverging" ? "grown" : "hardly fallen"} from ${brief(first)} to ${brief(last)}`;
    warn({
      kind,
      epoch,
      batch,
      found: `the loss has ${change} in epoch ${epoch}, batch ${batch}${large ? `, and the root mean square of the inputs is ${brief(size)}` : ""}`,
      advice: `${large ? "" : "use a smaller learning rate, and "}${scaleAdvice}`,
    });
  };
  return {
    begin({ x }) {
      inputs ??= retain(x);
    },
    async see(loss, epoch, batch) {
      first ??= loss;
      last = loss;
      if (loss > grown * first) await say("diverging", epoch, batch);
    },
    async endEpoch(epoch, batch) {
      if (last > fallen * (first ?? 0)) await say("unscaled", epoch, batch);
    },
    release: () => inputs?.dispose(),
  };
}

/** What to do about inputs that are not scaled. */
export const scaleAdvice =
  "scale the inputs (and targets that are numbers) to a mean of 0 and a standard deviation of 1";

const rootMeanSquare = (values: TypedArray): number => {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
};

const brief = (value = Number.NaN): string => value.toPrecision(3);
