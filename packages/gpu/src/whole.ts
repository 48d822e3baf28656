/** Whole numbers that come from the host: those that the device can hold. */
import { BackendError } from "@dlcc/tensor";
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

/** A number among whole numbers: cut towards zero, as arrays of them do. */
export const wholeNumber = (op: string, value: number): number => checkedWhole(op, [Math.trunc(value)])[0] as number;
