/** What the tables of gradient checks share. */
import { randn, type Tensor, uniform, withRecorder } from "@dlcc/tensor";

/** A function and a place where it is smooth. */
export interface Case {
  readonly f: (...inputs: Tensor[]) => Tensor;
  readonly at: readonly Tensor[];
}

/** A case, in one line. */
export const check = (f: (...inputs: Tensor[]) => Tensor, ...at: Tensor[]): Case => ({ f, at });

/** Normal numbers in float64: at least 0.01 from each other and from 0 with these seeds, so away from kinks and ties. */
export const normal = (shape: readonly number[], seed = 1): Tensor => randn(shape, { seed, dtype: "float64" });

/** Numbers from 0.5 to 2 in float64. */
export const positive = (shape: readonly number[], seed = 1): Tensor =>
  uniform(shape, { low: 0.5, high: 2, seed, dtype: "float64" });

/** The names of the ops that run in `fn`, in order. */
export function opsOf(fn: () => unknown): string[] {
  const ops: string[] = [];
  withRecorder({ record: ({ op }) => ops.push(op.name) }, fn);
  return ops;
}
