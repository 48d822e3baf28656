/** How much may be created: for those who build and run what a file describes. */
import { BackendError, show } from "./errors.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** The elements that may still be created; the scopes of a budget are synchronous, so one number serves the program. */
let left = Number.POSITIVE_INFINITY;

/**
 * Runs a function that may create only so many elements, as initial weights or as results of ops: what asks for more is
 * refused before it has memory. All that was created counts, also what has been freed since; tensors made of given data and
 * views don't.
 *
 * @param elements How many in all.
 * @param fn A synchronous function.
 * @returns What `fn` returns.
 * @throws {BackendError} if `fn` asks for more.
 * @example
 * ```ts
 * import { withBudget, zeros } from "@dlcc/tensor";
 *
 * const weights = withBudget(100, () => zeros([10, 10]));
 * try {
 *   withBudget(100, () => zeros([30_000, 30_000]));
 * } catch (error) {
 *   console.log((error as Error).message); // → zeros: [30000,30000] must have 100 elements at most, as the budget has
 * }
 * ```
 */
export function withBudget<T>(elements: number, fn: () => T): T {
  const outer = left;
  const given = Math.min(elements, outer);
  left = given;
  try {
    return fn();
  } finally {
    left = outer - (given - left);
  }
}

/**
 * Takes the elements of a shape from the budget, if there is one. What creates tensors does so by itself; this is for a layer
 * that makes an array first.
 *
 * @param op As messages begin.
 * @throws {BackendError} if the budget has fewer.
 * @example
 * ```ts
 * import { claim, withBudget } from "@dlcc/tensor";
 *
 * const table = (n: number): number[] => {
 *   claim("table", [n]);
 *   return new Array<number>(n).fill(0);
 * };
 * console.log(withBudget(10, () => table(3))); // → [ 0, 0, 0 ]
 * ```
 */
export function claim(op: string, shape: Shape): void {
  if (left === Number.POSITIVE_INFINITY) return;
  const size = sizeOf(shape);
  if (size > left) {
    throw new BackendError(`${op}: ${show(shape)} must have ${left} elements at most, as the budget has`);
  }
  left -= size;
}
