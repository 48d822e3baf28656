/** Numbers from the host: those that the device can represent. */
import { BackendError, type DType } from "@dlcc/tensor";
import { largestWhole } from "./kernels/source.ts";

/** Why a number is refused, and the way out. */
export const limit: string = `the gpu backend stores int32 as float32, which skips whole numbers beyond ${largestWhole}: compute this on cpu or wasm`;

/** Throws if the device can't represent a number. */
export function checkedWhole<T extends ArrayLike<number>>(op: string, numbers: T): T {
  for (let i = 0; i < numbers.length; i++) {
    if (Math.abs(numbers[i] as number) > largestWhole) {
      throw new BackendError(`${op}: a number of int32 must be within ±${largestWhole}, got ${numbers[i]}: ${limit}`);
    }
  }
  return numbers;
}

/** A number literal, rounded as the device rounds numbers of a dtype. */
export function literalOf(op: string, value: number, dtype: DType): number {
  if (dtype === "int32") return checkedWhole(op, [Math.trunc(value)])[0] as number;
  return dtype === "bool" ? Number(value !== 0) : Math.fround(value);
}
