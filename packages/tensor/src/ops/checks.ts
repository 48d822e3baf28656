/** What several ops ask of their inputs. */
import type { Backend } from "../backend.ts";
import { type DType, isFloat } from "../dtype.ts";
import { ArgumentError, BackendError, DTypeError, kindOf, ShapeError, show } from "../errors.ts";
import { isTensor } from "../is-tensor.ts";
import type { Result } from "../op.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** Says that an op does not take this dtype. */
export function refuseDType(op: string, x: Tensor, wanted: string, wayOut = ""): never {
  throw new DTypeError(
    `${op}: the input must be ${wanted}, got ${x.dtype} ${show(x.shape)}: cast first, as in x.cast("float32")${wayOut}`,
  );
}

/** An op that takes floats. */
export function assertFloat(op: string, x: Tensor, wayOut?: string): void {
  if (!isFloat(x.dtype)) refuseDType(op, x, "float32 or float64", wayOut);
}

/** An op that takes floats and whole numbers. */
export function assertNumber(op: string, x: Tensor): void {
  if (x.dtype === "bool") refuseDType(op, x, "numbers");
}

/** An op whose inputs must have one dtype. */
export function assertSameDType(op: string, a: Result, b: Result): void {
  if (a.dtype === b.dtype) return;
  throw new DTypeError(
    `${op}: dtypes must be equal, got ${a.dtype} ${show(a.shape)} and ${b.dtype} ${show(b.shape)}: cast one, as in x.cast("${a.dtype}")`,
  );
}

/** An op whose inputs must have one shape. */
export function assertSameShape(op: string, a: Result, b: Result): void {
  if (sameShape(a.shape, b.shape)) return;
  throw new ShapeError(`${op}: shapes must be equal, got ${show(a.shape)} and ${show(b.shape)}: broadcast first`);
}

/**
 * Checks that a backend supports a dtype.
 *
 * @param op As the message begins.
 * @throws {BackendError} if it does not.
 * @example
 * ```ts
 * import { cpu, assertDType } from "@dlcc/tensor";
 *
 * try {
 *   assertDType("double", { ...cpu, name: "small", dtypes: ["float32", "int32", "bool"] }, "float64");
 * } catch (error) {
 *   console.log((error as Error).message.split(":", 2).join(":")); // → double: the dtype must be one of the backend small, float32, int32, bool, got float64
 * }
 * ```
 */
export function assertDType(op: string, { name, dtypes }: Backend, dtype: DType): void {
  if (dtypes.includes(dtype)) return;
  throw new BackendError(
    `${op}: the dtype must be one of the backend ${name}, ${dtypes.join(", ")}, got ${dtype}: cast first, as in x.cast("float32")`,
  );
}

/**
 * Checks what TypeScript promises, for those who call from JavaScript, or from two copies of this package.
 *
 * @param op As the message begins.
 * @throws {ArgumentError} if `x` is not a tensor. @throws {BackendError} if it is one of another copy of this package.
 * @throws {DisposedError} if it was disposed of.
 * @example
 * ```ts
 * import { assertTensor, type Tensor } from "@dlcc/tensor";
 *
 * const double = (x: Tensor): Tensor => {
 *   assertTensor("double", x);
 *   return x.add(x);
 * };
 * try {
 *   double([1, 2] as never);
 * } catch (error) {
 *   console.log((error as Error).message); // → double: expected a tensor, got Array: make one with tensor(…)
 * }
 * ```
 */
export function assertTensor(op: string, x: unknown): asserts x is Tensor {
  if (!isTensor(x)) throw notATensor(op, x);
  if (x.disposed) x.refuse(op);
}

/** Says what came instead of a tensor; a tensor of another copy of this package is the case that puzzles people. */
export function notATensor(op: string, value: unknown): Error {
  if (typeof value === "object" && value !== null && "strides" in value && "backend" in value) {
    return new BackendError(
      `${op}: a tensor comes from another copy of @dlcc/tensor: this program has loaded two. Find them with \`npm ls @dlcc/tensor\`, and make the versions agree or run \`npm dedupe\``,
    );
  }
  return new ArgumentError(`${op}: expected a tensor, got ${kindOf(value)}: make one with tensor(…)`);
}

/** Checks that what a caller gave as a list is one. */
export function assertList(op: string, what: string, value: unknown): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw new ArgumentError(`${op}: ${what} must be an array, got ${kindOf(value)}`);
}

/**
 * Checks class labels. Where the backend can't be read at once, as a GPU can't, their values go unchecked.
 *
 * @param op As the message begins.
 * @param labels Of any shape.
 * @param classes How many classes there are.
 * @throws {DTypeError} if they are not `int32`. @throws {ArgumentError} if one is outside the classes.
 * @example
 * ```ts
 * import { assertLabels, tensor } from "@dlcc/tensor";
 *
 * try {
 *   assertLabels("hinge", tensor([0, 3], { dtype: "int32" }), 3);
 * } catch (error) {
 *   console.log((error as Error).message); // → hinge: labels must be from 0 to 2, got 3 for example 1
 * }
 * ```
 */
export function assertLabels(op: string, labels: Tensor, classes: number): void {
  assertTensor(op, labels);
  const { backend, dtype, shape, size } = labels;
  if (dtype !== "int32") {
    throw new DTypeError(
      `${op}: labels must be class indices in int32, got ${dtype} ${show(shape)}: cast them with labels.cast("int32")`,
    );
  }
  if (!backend.readSync) return;
  const values = labels.dataSync();
  const outside = values.findIndex((label) => !(label >= 0 && label < classes));
  if (outside < 0) return;
  const example = Math.floor((outside * (shape[0] ?? 1)) / size);
  throw new ArgumentError(
    `${op}: labels must be from 0 to ${classes - 1}, got ${values[outside]} for example ${example}`,
  );
}
