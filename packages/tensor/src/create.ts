/** Making tensors. All take `{ dtype, backend }`: by default `float32`, on `cpu`. */
import type { Backend } from "./backend.ts";
import { claim } from "./budget.ts";
import { cpu } from "./cpu/index.ts";
import { type DType, dtypeOfArray, dtypes, emptyArray, holds, type TypedArray, toArray } from "./dtype.ts";
import { ArgumentError, DTypeError, kindOf, ShapeError, show } from "./errors.ts";
import { assertTensor } from "./ops/checks.ts";
import { checkShape, type Shape, sameShape, sizeOf } from "./shape.ts";
import { assertRoom, fromData, type Tensor } from "./tensor.ts";

/** What every creating function takes. */
export interface CreateOptions {
  /** Default: `float32`; for `tensor`, a typed array's own. */
  readonly dtype?: DType;
  /** Where the tensor lives. Default: `cpu`. */
  readonly backend?: Backend;
}

function checkedDType(op: string, dtype: DType = "float32"): DType {
  if (dtypes.includes(dtype)) return dtype;
  throw new DTypeError(`${op}: the dtype must be one of ${dtypes.join(", ")}, got ${dtype}`);
}

/** Refuses what `int32` does not have, as a cast would cut it. What is not 0 is true for `bool`. */
function checkNumber(op: string, dtype: DType, value: number): void {
  if (dtype !== "int32" || holds(dtype, Number(value))) return;
  throw new DTypeError(
    `${op}: numbers of int32 must be whole and from -2147483648 to 2147483647, got ${value}: cast floats, as in x.cast("int32")`,
  );
}

/** Checks what a creating function was given, before the host makes an array for it. */
export function assertCreatable(op: string, shape: Shape, options: CreateOptions): void {
  assertStorable(op, shape, options);
  claim(op, shape);
}

/** The same for data that are given: a budget is for what is made. */
function assertStorable(op: string, shape: Shape, { dtype, backend = cpu }: CreateOptions): void {
  checkShape(op, shape);
  assertRoom(backend, sizeOf(shape), checkedDType(op, dtype));
}

/** Makes a tensor of a host array that has no other user, when {@link assertCreatable} has been asked. */
export function create(
  op: string,
  data: ArrayLike<number>,
  shape: Shape,
  { dtype = "float32", backend = cpu }: CreateOptions,
): Tensor {
  if (dtypeOfArray(data) === dtype) return fromData(data as TypedArray, dtype, shape, backend);
  for (let i = 0; dtype === "int32" && i < data.length; i++) checkNumber(op, dtype, data[i] as number);
  return fromData(toArray(dtype, data), dtype, shape, backend);
}

/** Numbers or booleans, nested as deep as the tensor has axes; or a typed array. */
export type TensorData = number | boolean | TypedArray | readonly TensorData[];

/** What `tensor` takes: a shape, too, for flat data. */
export interface TensorOptions extends CreateOptions {
  /** The shape that flat data has. Default: as the data is nested. */
  readonly shape?: Shape;
}

/**
 * A tensor of given numbers.
 *
 * @param data A number, nested arrays, or a typed array; it is copied. Without `dtype`, booleans make a `bool` tensor,
 * a `Float64Array` or an `Int32Array` one of its own dtype, and all else makes `float32`.
 * @throws {ArgumentError} if the data is something else, or the options are not an object.
 * @throws {ShapeError} if the nesting is uneven, or the data does not fill `shape`.
 * @throws {DTypeError} if `int32` does not have one of the numbers.
 * @example
 * ```ts
 * import { tensor } from "@dlcc/tensor";
 *
 * console.log(tensor([[1, 2, 3], [4, 5, 6]]).shape); // → [ 2, 3 ]
 * console.log(tensor(new Int32Array([1, 2, 3, 4]), { shape: [2, 2] }).dtype); // → int32
 * ```
 */
export function tensor(data: TensorData, options: TensorOptions = {}): Tensor {
  assertOptions("tensor", options);
  const flat: (number | boolean)[] = [];
  const typed = isTyped(data) ? (data as TypedArray) : undefined;
  const nested = typed ? [typed.length] : flatten(data, flat);
  const shape = options.shape ?? nested;
  const size = sizeOf(nested);
  if (size !== sizeOf(shape)) {
    throw new ShapeError(`tensor: ${show(shape)} must have as many elements as the data, got ${size}`);
  }
  const dtype =
    options.dtype ??
    dtypeOfArray(data) ??
    (flat.length > 0 && flat.every((item) => typeof item === "boolean") ? "bool" : "float32");
  const chosen = { ...options, dtype };
  assertStorable("tensor", shape, chosen);
  return create("tensor", typed ?? (flat as number[]), shape, chosen);
}

/** Whether it is a typed array of numbers: bigints are none. */
const isTyped = (data: unknown): data is TypedArray =>
  ArrayBuffer.isView(data) &&
  !(data instanceof DataView || data instanceof BigInt64Array || data instanceof BigUint64Array);

/** Catches a dtype or a backend that was passed without its object: it would be ignored. */
function assertOptions(op: string, options: unknown): void {
  if (typeof options !== "object" || options === null || "kernel" in options) {
    throw new ArgumentError(`${op}: the options must be an object, as in { dtype: "int32", backend }`);
  }
}

/** Appends the elements to `flat`, and returns the shape. */
function flatten(data: TensorData, flat: (number | boolean)[]): number[] {
  if (typeof data === "number" || typeof data === "boolean") {
    flat.push(data);
    return [];
  }
  if (!Array.isArray(data) && !isTyped(data)) {
    throw new ArgumentError(`tensor: the data must be a number, nested arrays or a typed array, got ${kindOf(data)}`);
  }
  let inner: number[] = [];
  for (let i = 0; i < data.length; i++) {
    const shape = flatten(data[i] as TensorData, flat);
    if (i > 0 && !sameShape(shape, inner)) {
      throw new ShapeError(
        `tensor: nested arrays must be of one shape, got ${show(inner)} at 0 and ${show(shape)} at ${i}`,
      );
    }
    inner = shape;
  }
  return [data.length, ...inner];
}

/**
 * Filled with one number.
 *
 * @throws {DTypeError} if the dtype is `int32`, and the number is not one of it.
 * @example
 * ```ts
 * import { full } from "@dlcc/tensor";
 * console.log(await full([2], 7).array()); // → [ 7, 7 ]
 * ```
 */
export const full = (shape: Shape, value: number, options: CreateOptions = {}): Tensor =>
  filled("full", shape, value, options);

function filled(op: string, shape: Shape, value: number, options: CreateOptions): Tensor {
  assertOptions(op, options);
  const { dtype = "float32" } = options;
  assertCreatable(op, shape, options);
  checkNumber(op, dtype, value);
  return create(op, emptyArray(dtype, sizeOf(shape)).fill(toArray(dtype, [value])[0] as number), shape, options);
}

/** Filled with one number, as another tensor is. */
function filledLike(op: string, x: Tensor, value: number): Tensor {
  assertTensor(op, x);
  return filled(op, x.shape, value, x);
}

/**
 * Filled with 0.
 *
 * @example
 * ```ts
 * import { zeros } from "@dlcc/tensor";
 * console.log(await zeros([2, 2]).array()); // → [ [ 0, 0 ], [ 0, 0 ] ]
 * ```
 */
export const zeros = (shape: Shape, options: CreateOptions = {}): Tensor => filled("zeros", shape, 0, options);

/**
 * Filled with 1.
 *
 * @example
 * ```ts
 * import { ones } from "@dlcc/tensor";
 * console.log(await ones([3]).array()); // → [ 1, 1, 1 ]
 * ```
 */
export const ones = (shape: Shape, options: CreateOptions = {}): Tensor => filled("ones", shape, 1, options);

/**
 * Zeros of another tensor's shape, dtype and backend.
 *
 * @example
 * ```ts
 * import { tensor, zerosLike } from "@dlcc/tensor";
 * const x = zerosLike(tensor([5, 6], { dtype: "int32" }));
 * console.log(await x.array(), x.dtype); // → [ 0, 0 ] int32
 * ```
 */
export const zerosLike = (x: Tensor): Tensor => filledLike("zerosLike", x, 0);

/**
 * Ones of another tensor's shape, dtype and backend.
 *
 * @example
 * ```ts
 * import { onesLike, tensor } from "@dlcc/tensor";
 * const x = onesLike(tensor([5, 6], { dtype: "int32" }));
 * console.log(await x.array(), x.dtype); // → [ 1, 1 ] int32
 * ```
 */
export const onesLike = (x: Tensor): Tensor => filledLike("onesLike", x, 1);

/**
 * `0, 1, …, end − 1`; or from `start` by `step`, up to `end` exclusive.
 *
 * @throws {DTypeError} if the dtype is `int32`, and one of them is a fraction or beyond 32 bits.
 * @example
 * ```ts
 * import { arange } from "@dlcc/tensor";
 * console.log(await arange(4).array()); // → [ 0, 1, 2, 3 ]
 * console.log(await arange(1, { end: 2, step: 0.25 }).array()); // → [ 1, 1.25, 1.5, 1.75 ]
 * ```
 */
export function arange(
  n: number,
  options: CreateOptions & { readonly end?: number; readonly step?: number } = {},
): Tensor {
  assertOptions("arange", options);
  const [start, end] = options.end === undefined ? [0, n] : [n, options.end];
  const step = options.step ?? 1;
  const length = Math.max(0, Math.ceil((end - start) / step));
  if (!Number.isFinite(length))
    throw new ArgumentError(`arange: the step must lead from start to end, got ${start}, ${end} and a step of ${step}`);
  assertCreatable("arange", [length], options);
  const data = emptyArray("float64", length);
  for (let i = 0; i < length; i++) data[i] = start + i * step;
  return create("arange", data, [length], options);
}

/**
 * `count` numbers at even distances, from `start` to `end` inclusive.
 *
 * @throws {DTypeError} if the dtype is `int32`, and one of them is a fraction or beyond 32 bits.
 * @example
 * ```ts
 * import { linspace } from "@dlcc/tensor";
 * console.log(await linspace(0, 1, 5).array()); // → [ 0, 0.25, 0.5, 0.75, 1 ]
 * ```
 */
export function linspace(start: number, end: number, count: number, options: CreateOptions = {}): Tensor {
  assertCreatable("linspace", [count], options);
  const data = emptyArray("float64", count);
  for (let i = 0; i < count; i++) data[i] = start + (i * (end - start)) / Math.max(1, count - 1);
  if (count > 1) data[count - 1] = end;
  return create("linspace", data, [count], options);
}

/**
 * The identity matrix.
 *
 * @example
 * ```ts
 * import { eye } from "@dlcc/tensor";
 * console.log(await eye(2).array()); // → [ [ 1, 0 ], [ 0, 1 ] ]
 * ```
 */
export function eye(n: number, options: CreateOptions = {}): Tensor {
  assertCreatable("eye", [n, n], options);
  const data = emptyArray("float64", n * n);
  for (let i = 0; i < n; i++) data[i * (n + 1)] = 1;
  return create("eye", data, [n, n], options);
}
