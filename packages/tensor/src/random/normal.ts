import type { Generator } from "./generator.ts";
import { portableLog } from "./log.ts";

/**
 * A normal random number, with mean 0 and variance 1, by the polar method: a random point in the unit circle gives two,
 * of which the second is handed out the next time. For whole tensors of them see {@link randn}.
 *
 * Source: Marsaglia & Bray 1964.
 *
 * @example
 * ```ts
 * import { Generator, normal } from "@dlcc/tensor";
 * console.log(normal(new Generator(1)) === normal(new Generator(1))); // → true
 * ```
 */
export function normal(generator: Generator): number {
  const { spare } = generator;
  if (spare !== undefined) {
    generator.spare = undefined;
    return spare;
  }
  for (;;) {
    const x = 2 * generator.uniform() - 1;
    const y = 2 * generator.uniform() - 1;
    const square = x * x + y * y;
    if (square >= 1 || square === 0) continue;
    const scale = Math.sqrt((-2 * portableLog(square)) / square);
    generator.spare = y * scale;
    return x * scale;
  }
}
