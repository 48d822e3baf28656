import { ArgumentError } from "../errors.ts";
import type { Generator } from "./generator.ts";

/**
 * A random whole number from 0 to `n − 1`, each as likely (up to n / 2⁵³).
 *
 * @throws {ArgumentError} if `n` is not a whole number from 1.
 * @example
 * ```ts
 * import { Generator, integer } from "@dlcc/tensor";
 * console.log(integer(new Generator(1), 6) < 6); // → true
 * ```
 */
export function integer(generator: Generator, n: number): number {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new ArgumentError(`integer: the limit must be a whole number from 1, got ${n}`);
  return Math.floor(generator.uniform() * n);
}

/**
 * The numbers from 0 to `n − 1` in random order, each order as likely.
 *
 * Source: Fisher & Yates; Durstenfeld 1964.
 *
 * @example
 * ```ts
 * import { Generator, permutation } from "@dlcc/tensor";
 * console.log(permutation(new Generator(1), 5).toSorted().join("")); // → 01234
 * ```
 */
export function permutation(generator: Generator, n: number): Int32Array {
  const order = new Int32Array(n).map((_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = integer(generator, i + 1);
    const chosen = order[j] as number;
    order[j] = order[i] as number;
    order[i] = chosen;
  }
  return order;
}
