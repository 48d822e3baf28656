import { ArgumentError, type Tensor, tidy } from "@dlcc/tensor";

/** The mean and spread of numbers. */
export interface Distribution {
  /** Their mean. */
  readonly mean: number;
  /** Their standard deviation: above 0. */
  readonly standardDeviation: number;
}

/**
 * Moves and scales images so that their pixels have mean 0 and standard deviation 1: `(x − mean) / standardDeviation`.
 * Measure on the training images, and treat all others with the same two numbers.
 *
 * @param images Floats, any shape.
 * @param distribution The training images'; for MNIST in 0..1, a mean of 0.1307 and a standard deviation of 0.3081.
 * @returns The same shape, dtype and backend.
 * @throws {ArgumentError} if the mean is not finite, or the standard deviation not above 0.
 * @example
 * ```ts
 * import { standardize } from "@dlcc/data";
 * import { tensor } from "@dlcc/tensor";
 *
 * const images = standardize(tensor([[0, 1]]), { mean: 0.5, standardDeviation: 0.25 });
 * console.log(await images.array()); // → [ [ -2, 2 ] ]
 * ```
 */
export function standardize(images: Tensor, { mean, standardDeviation }: Distribution): Tensor {
  if (!Number.isFinite(mean) || !Number.isFinite(standardDeviation) || !(standardDeviation > 0)) {
    throw new ArgumentError(
      `standardize: mean must be finite and standardDeviation finite and above 0, got ${mean} and ${standardDeviation} (a deviation of 0 means that all pixels are equal)`,
    );
  }
  return tidy(() => images.sub(mean).div(standardDeviation));
}

/**
 * The mean of all elements, and their standard deviation around it, `√(Σ (x − mean)² / n)`; summed in float64.
 *
 * @param images Any shape and dtype.
 * @throws {ArgumentError} if `images` has no elements.
 * @example
 * ```ts
 * import { meanAndStandardDeviation } from "@dlcc/data";
 * import { tensor } from "@dlcc/tensor";
 *
 * console.log(await meanAndStandardDeviation(tensor([[1, 3], [1, 3]]))); // → { mean: 2, standardDeviation: 1 }
 * ```
 */
export async function meanAndStandardDeviation(images: Tensor): Promise<Distribution> {
  if (images.size === 0)
    throw new ArgumentError(`meanAndStandardDeviation: images must have at least one element, got [${images.shape}]`);
  const data = await images.data();
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] as number;
  const mean = sum / data.length;
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += ((data[i] as number) - mean) ** 2;
  return { mean, standardDeviation: Math.sqrt(squares / data.length) };
}
