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

/** The activations after a change of the inputs. */
export interface SoftmaxSample {
  /** The new value of z_m, or the factor. */
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
  /** 4. The activations of z, 2z, 4z, …: they tend to 1 for the largest z and 0 for the others. */
  readonly sharpened: readonly SoftmaxSample[];
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
    sharpened: [1, 2, 4, 8, 16].map((factor) => ({ at: factor, activations: softmax(z.map((v) => factor * v)) })),
  };
}
