import { BackendError } from "./errors.ts";

/**
 * The element types of a tensor.
 *
 * - `float32`: the default; what networks train in.
 * - `float64`: for gradient checks and for results to compare with; a backend may lack it.
 * - `int32`: class labels and indices.
 * - `bool`: what comparisons give; one byte an element, 0 or 1.
 */
export type DType = "float32" | "float64" | "int32" | "bool";

/** The array that a tensor is read into: `Uint8Array` (of 0 and 1) for `bool`. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const;

/** All dtypes. */
export const dtypes: readonly DType[] = Object.keys(arrayTypes) as DType[];

/**
 * Whether a dtype holds real numbers, as `float32` and `float64` do.
 *
 * @example
 * ```ts
 * import { dtypes, isFloat } from "@dlcc/tensor";
 * console.log(dtypes.filter(isFloat)); // → [ 'float32', 'float64' ]
 * ```
 */
export const isFloat = (dtype: DType): boolean => dtype === "float32" || dtype === "float64";

/** What an element takes in memory. */
export const bytesPerElement = (dtype: DType): number => arrayTypes[dtype].BYTES_PER_ELEMENT;

/** A zero-filled host array for `size` elements of `dtype`. */
export function emptyArray(dtype: DType, size: number): TypedArray {
  try {
    return new arrayTypes[dtype](size);
  } catch (cause) {
    throw new BackendError(
      `out of memory: could not allocate ${size} elements of ${dtype}: work on one part at a time, and free tensors with tidy(…)`,
      { cause },
    );
  }
}

/** Whether a dtype has a number: `int32` the whole ones of 32 bits, `bool` 0 and 1, floats all. */
export function holds(dtype: DType, value: number): boolean {
  if (dtype === "int32") return (value | 0) === value;
  return dtype !== "bool" || value === 0 || value === 1;
}

/** A host array of `dtype` with `values` converted into it: what is not 0 is true, numbers are cut towards zero for `int32`. */
export function toArray(dtype: DType, values: ArrayLike<number>): TypedArray {
  const array = emptyArray(dtype, values.length);
  if (dtype !== "bool") {
    array.set(values);
    return array;
  }
  for (let i = 0; i < array.length; i++) array[i] = Number(values[i]) === 0 ? 0 : 1; // NaN and true are true.
  return array;
}

/** The dtype of a typed array, or undefined. A `Uint8Array` may be numbers or booleans, so it has none. */
export function dtypeOfArray(array: unknown): DType | undefined {
  return dtypes.find((dtype) => dtype !== "bool" && array instanceof arrayTypes[dtype]);
}
