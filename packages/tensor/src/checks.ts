/** What several ops ask of their inputs. */
import type { Backend } from "./backend.ts";
import { type DType, isFloat } from "./dtype.ts";
import { BackendError, DTypeError, ShapeError, show } from "./errors.ts";
import type { Result } from "./op.ts";
import { sameShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** Says that an op does not take this dtype. */
export function refuseDType(op: string, x: Tensor, wanted: string): never {
  throw new DTypeError(`${op}: takes ${wanted}, got ${x.dtype} ${show(x.shape)}: cast first, as in x.cast("float32")`);
}

/** Floats alone. */
export function needFloat(op: string, x: Tensor): void {
  if (!isFloat(x.dtype)) refuseDType(op, x, "float32 or float64");
}

/** Floats and whole numbers. */
export function needNumber(op: string, x: Tensor): void {
  if (x.dtype === "bool") refuseDType(op, x, "numbers");
}

/** Inputs that must have one dtype. */
export function needSameDType(op: string, a: Result, b: Result): void {
  if (a.dtype === b.dtype) return;
  throw new DTypeError(
    `${op}: dtypes differ, ${a.dtype} ${show(a.shape)} and ${b.dtype} ${show(b.shape)}: cast one, as in x.cast("${a.dtype}")`,
  );
}

/** Inputs that must have one shape. */
export function needSameShape(op: string, a: Result, b: Result): void {
  if (sameShape(a.shape, b.shape)) return;
  throw new ShapeError(`${op}: shapes differ, ${show(a.shape)} and ${show(b.shape)}: broadcast first`);
}

/**
 * Checks that a backend holds a dtype.
 *
 * @param op As the message begins.
 * @throws {BackendError} if it does not.
 * @example
 * ```ts
 * import { cpu, needDType } from "@dlcc/tensor";
 *
 * try {
 *   needDType("double", { ...cpu, name: "small", dtypes: ["float32", "int32", "bool"] }, "float64");
 * } catch (error) {
 *   console.log((error as Error).message.split(":", 2).join(":")); // → double: the backend small does not hold float64
 * }
 * ```
 */
export function needDType(op: string, { name, dtypes }: Backend, dtype: DType): void {
  if (dtypes.includes(dtype)) return;
  throw new BackendError(
    `${op}: the backend ${name} does not hold ${dtype}: it has ${dtypes.join(", ")}. Cast first: t.cast("float32")`,
  );
}
