import type { Generator } from "./generator.ts";

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
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = generator.integer(i + 1);
    const chosen = order[j] as number;
    order[j] = order[i] as number;
    order[i] = chosen;
  }
  return order;
}
