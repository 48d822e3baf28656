import type { DType } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { tidy } from "../memory.ts";
import { named } from "../named.ts";
import type { Tensor } from "../tensor.ts";
import { assertLabels } from "./checks.ts";
import { gather } from "./movement.ts";
import { sum } from "./reduction.ts";
import { unsqueeze } from "./views.ts";
import { where } from "./where.ts";

/**
 * Each label as a row with 1 at its place and 0 elsewhere: the course's unit vectors `e_y`. On a device that can't be read at
 * once, a label outside the classes gives a row of NaN.
 *
 * @param labels `int32`, any shape.
 * @param classes How many places a row has.
 * @param dtype Default: `float32`.
 * @returns The labels' shape and one more axis, of length `classes`.
 * @throws {DTypeError} if the labels are not `int32`.
 * @throws {ArgumentError} if a label is outside the classes, where the backend can tell.
 * @example
 * ```ts
 * import { oneHot, tensor } from "@dlcc/tensor";
 * console.log(await oneHot(tensor([2, 0], { dtype: "int32" }), 3).array()); // → [ [ 0, 0, 1 ], [ 1, 0, 0 ] ]
 * ```
 */
export function oneHot(labels: Tensor, classes: number, dtype: DType = "float32"): Tensor {
  return named("oneHot", () => classMask("oneHot", labels, classes).cast(dtype));
}

/** Whether each class is the labelled one: `bool`, the labels' shape and one more axis. */
export function classMask(op: string, labels: Tensor, classes: number): Tensor {
  if (!Number.isInteger(classes) || classes < 1)
    throw new ArgumentError(`${op}: classes must be a whole number from 1, got ${classes}`);
  assertLabels(op, labels, classes);
  return tidy(() => {
    const indices = Int32Array.from({ length: classes }, (_, i) => i);
    const all = labels.upload(indices, "int32", [classes]);
    // What could not be checked: a label outside the classes is an index outside its axis, which devices answer with NaN.
    // One below 0 would count from the end.
    const known = labels.backend.readSync ? labels : gather(all, where(labels.less(0), classes, labels));
    return unsqueeze(known, -1).equal(all);
  });
}

/**
 * For each row, the element that its label names: `x[i, labels[i]]`.
 *
 * @param x `[n, classes]`.
 * @param labels `int32 [n]`.
 */
export const pickLabelled = (op: string, x: Tensor, labels: Tensor): Tensor =>
  tidy(() => sum(where(classMask(op, labels, x.shape[1] as number), x, 0), 1));
