import { softmax as softmaxOf, tidy } from "@dlcc/tensor";
import { at, numbersOf, vector } from "./numbers.ts";

/**
 * Softmax of some numbers: `aⱼ = e^{zⱼ} / Σₖ e^{zₖ}`.
 *
 * Source: the course, "Softmax Activation".
 *
 * @example
 * ```ts
 * import { softmax } from "@dlcc/course";
 * console.log(softmax([0, 0]), softmax([1000, 0])); // → [ 0.5, 0.5 ] [ 1, 0 ]
 * ```
 */
export const softmax = (z: readonly number[]): number[] => tidy(() => numbersOf(softmaxOf(vector(z))));

/** Softmax at a temperature, beside argmax. */
export interface SmoothArgmax {
  /** The temperature T, above 0. */
  readonly temperature: number;
  /** The activations `softmax(z/T)`. */
  readonly activations: readonly number[];
  /** How far they are from argmax: the largest |aⱼ − eⱼ|, where e is 1 at the largest z and 0 elsewhere. */
  readonly distance: number;
}

/**
 * Softmax as a smooth argmax. Argmax, written as a vector, is 1 at the largest z and 0 elsewhere: it jumps, and has no slope.
 * `softmax(z/T)` has one everywhere. At T = 1 it is softmax; the lower the temperature T, the sharper it is, and it tends to argmax
 * for T → 0; for T → ∞ all activations become equal. Where several z are the largest they share, and `distance` is to the first.
 *
 * Source: the course, "Softmax Activation"; the temperature is that of Boltzmann's distribution.
 *
 * @param z The weighted inputs. @param temperatures Default: from 4 down to 1/8.
 * @throws {RangeError} if a temperature is not above 0. @throws {ShapeError} if `z` is empty.
 * @example
 * ```ts
 * import { smoothArgmax } from "@dlcc/course";
 *
 * for (const { temperature, activations } of smoothArgmax([1, 0, 2], [100, 1, 0.1])) {
 *   console.log(temperature, activations.map((a) => a.toFixed(2)).join(" "));
 * }
 * // → 100 0.33 0.33 0.34
 * //   1 0.24 0.09 0.67
 * //   0.1 0.00 0.00 1.00
 * ```
 */
export function smoothArgmax(
  z: readonly number[],
  temperatures: readonly number[] = [4, 1, 1 / 2, 1 / 4, 1 / 8],
): SmoothArgmax[] {
  const largest = z.reduce((best, v, j) => (v > at(z, best) ? j : best), 0);
  return temperatures.map((temperature) => {
    if (!(temperature > 0)) throw new RangeError(`smoothArgmax: a temperature must be above 0, got ${temperature}`);
    // The largest becomes 0 first, so that a low temperature makes no number infinite.
    const activations = softmax(z.map((v) => (v - at(z, largest)) / temperature));
    const distance = activations.reduce((most, a, j) => Math.max(most, Math.abs(a - (j === largest ? 1 : 0))), 0);
    return { temperature, activations, distance };
  });
}

/** The activations after a change of an input. */
export interface SoftmaxSample {
  /** The new value of z_m. */
  readonly at: number;
  /** The activations. */
  readonly activations: readonly number[];
}

/** The four properties of softmax, with the numbers that show each. */
export interface SoftmaxProperties {
  /** `e^{zⱼ}`, which is positive for any z. */
  readonly exponentials: readonly number[];
  /** The activations: each exponential's share of their sum. */
  readonly activations: readonly number[];
  /** 1. The least activation: above 0. */
  readonly least: number;
  /** 2. Their sum: 1. */
  readonly sum: number;
  /** 3. `∂aⱼ/∂z_m`, from `aⱼ(δ_{jm} − a_m)`: above 0 for j = m, below 0 for the others; they sum to 0. */
  readonly slopes: readonly number[];
  /** 3. The activations while z_m goes from far below the others to far above. */
  readonly raised: readonly SoftmaxSample[];
  /** 4. The activations at lower and lower temperatures: they tend to 1 for the largest z and 0 for the others, as argmax does. */
  readonly sharpened: readonly SmoothArgmax[];
}

/**
 * The four properties of softmax at some numbers: the activations are positive and sum to 1; raising one z lifts its own
 * activation and lowers the others; and if one z is much larger than the others, it takes all.
 *
 * Source: the course, "Softmax Activation".
 *
 * @param z The weighted inputs. @param m Which of them is raised.
 * @throws {RangeError} if `m` is not an index of `z`.
 * @example
 * ```ts
 * import { softmaxProperties } from "@dlcc/course";
 * console.log(softmaxProperties([0, 0], 0).slopes); // → [ 0.25, -0.25 ]
 * ```
 */
export function softmaxProperties(z: readonly number[], m: number): SoftmaxProperties {
  const activations = softmax(z);
  const own = at(activations, m);
  const middle = z.reduce((sum, v) => sum + v, 0) / z.length;
  const samples = Array.from({ length: 41 }, (_, i) => middle - 8 + (16 * i) / 40);
  return {
    exponentials: z.map(Math.exp),
    activations,
    least: activations.reduce((least, a) => Math.min(least, a), Number.POSITIVE_INFINITY),
    sum: activations.reduce((sum, a) => sum + a, 0),
    slopes: activations.map((a, j) => a * ((j === m ? 1 : 0) - own)),
    raised: samples.map((v) => ({ at: v, activations: softmax(z.map((other, j) => (j === m ? v : other))) })),
    sharpened: smoothArgmax(z),
  };
}
