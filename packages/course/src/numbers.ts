/** Between numbers and tensors. The chapters compute in float64, so that what rounding does stays out of the lesson. */
import { type Tensor, tensor } from "@dlcc/tensor";

/** Numbers as a vector `[n]`. */
export const vector = (numbers: readonly number[]): Tensor => tensor([...numbers], { dtype: "float64" });

/** The numbers of a tensor. */
export const numbersOf = (t: Tensor): number[] => Array.from(t.dataSync(), Number);

/** What stands at a place that must be there. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list.at(index);
  if (item === undefined) throw new RangeError(`nothing at ${index}: the list has ${list.length}`);
  return item;
}
