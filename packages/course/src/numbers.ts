/** Converts between numbers and tensors. The chapters compute in float64, so that rounding doesn't distract from the lesson. */
import { type Tensor, tensor } from "@dlcc/tensor";

/** Numbers as a vector `[n]`. */
export const vector = (numbers: readonly number[]): Tensor => tensor([...numbers], { dtype: "float64" });

/** The numbers of a tensor. */
export const numbersOf = (t: Tensor): number[] => Array.from(t.dataSync(), Number);

/** The item at an index that must exist. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list.at(index);
  if (item === undefined) throw new RangeError(`index must be below the length ${list.length}, got ${index}`);
  return item;
}

/** What a run hands out last. */
export function lastOf<T>(run: Iterable<T>): T {
  return at([...run], -1);
}
