/**
 * Divergence that stays finite: steps that are too large carry the weights further away each time, and with a loss that grows no
 * faster than its numbers allow, there is never a NaN to notice. The usual cause is inputs that are not scaled: a gradient is a
 * product with the inputs, so that the largest rate that converges is inverse to their mean square.
 */
import { retain, type Tensor } from "@dlcc/tensor";
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
  const rootMeanSquare = async (): Promise<number> => {
    const data: readonly number[] | Float64Array = inputs ? Float64Array.from(await inputs.data()) : [];
    let sum = 0;
    for (const value of data) sum += value * value;
    return Math.sqrt(sum / Math.max(1, data.length));
  };
  const say = async (kind: DivergenceWarning["kind"], epoch: number, batch: number): Promise<void> => {
    const size = await rootMeanSquare();
    if (kind === "unscaled" && size < largeInputs) return;
    warned = true;
    const large = size < largeInputs ? "" : `, and the root mean square of the inputs is ${size.toPrecision(3)}`;
    const change = `${kind === "diverging" ? "has grown" : "has hardly fallen"} from ${brief(first)} to ${brief(last)}`;
    const scale = "scale the inputs (and targets that are numbers) to a mean of 0 and a standard deviation of 1";
    warn({
      kind,
      epoch,
      batch,
      found: `the loss ${change} in epoch ${epoch}, batch ${batch}${large}`,
      advice:
        large === "" ? `use a smaller learning rate, and ${scale}` : `${scale}, or use a much smaller learning rate`,
    });
  };
  return {
    begin({ x }) {
      inputs ??= retain(x);
    },
    async see(loss, epoch, batch) {
      first ??= loss;
      last = loss;
      if (!warned && Math.abs(loss) > grown * Math.abs(first)) await say("diverging", epoch, batch);
    },
    async endEpoch(epoch, batch) {
      if (!warned && first !== undefined && last > fallen * first) await say("unscaled", epoch, batch);
    },
    release: () => inputs?.dispose(),
  };
}

const brief = (loss = Number.NaN): string => {
  const size = Math.abs(loss);
  return size >= 1e6 || size < 1e-3 ? loss.toExponential(1) : String(Number(loss.toPrecision(3)));
};
