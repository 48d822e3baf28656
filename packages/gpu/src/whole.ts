/** Numbers that come from the host: those that the device can hold. */
import { BackendError, type DType } from "@dlcc/tensor";
import { largestWhole } from "./kernels/source.ts";

/** Why a number is refused, and the way out. */
export const limit: string = `the gpu backend keeps int32 as float32, which skips whole numbers beyond ${largestWhole}: compute this on cpu or wasm`;

/** Refuses numbers that the device can't hold. */
export function checkedWhole<T extends ArrayLike<number>>(op: string, numbers: T): T {
  for (let i = 0; i < numbers.length; i++) {
    if (Math.abs(numbers[i] as number) > largestWhole) {
      throw new BackendError(`${op}: ${numbers[i]} is too large: ${limit}`);
    }
  }
  return numbers;
}

/** A number literal as the device holds numbers of a dtype. */
export function literalOf(op: string, value: number, dtype: DType): number {
  if (dtype === "int32") return checkedWhole(op, [Math.trunc(value)])[0] as number;
  return dtype === "bool" ? Number(value !== 0) : Math.fround(value);
}
