import type { Examples } from "@dlcc/data";
import { Generator, permutation, tensor } from "@dlcc/tensor";

/** How many pixels a digit has. */
export const pixels: number = 28 * 28;

/** How many digits are for training; the others are the test. */
const learned = 8000;

/** Fixed, so that the test digits are the same in every run, whatever its seed. */
const splitSeed = 1;

/** The digits for training, and others for the test. */
export interface EmbeddedDigits {
  /** 8,000 of the 10,000. */
  readonly train: Examples;
  /** The other 2,000. */
  readonly test: Examples;
}

/**
 * Puts the embedded digits into a fixed random order, and splits them: the first 8,000 are for training.
 *
 * @param images 784 bytes for each digit, 0 to 255.
 * @param labels One byte for each digit.
 * @returns Images of 0..1, `[digits, 784]`, and labels, `[digits]`.
 * @example
 * ```ts
 * import { arrangeDigits } from "@dlcc/experiment";
 *
 * const { train, test } = arrangeDigits(new Uint8Array(10_000 * 784), new Uint8Array(10_000));
 * console.log(train.images.shape, test.images.shape); // → [ 8000, 784 ] [ 2000, 784 ]
 * ```
 */
export function arrangeDigits(images: Uint8Array, labels: Uint8Array): EmbeddedDigits {
  const order = permutation(new Generator(splitSeed), labels.length);
  const part = (indices: Int32Array): Examples => {
    const values = new Float32Array(indices.length * pixels);
    indices.forEach((index, row) => {
      for (let i = 0; i < pixels; i++) values[row * pixels + i] = (images[index * pixels + i] as number) / 255;
    });
    const digits = Int32Array.from(indices, (index) => labels[index] as number);
    return { images: tensor(values, { shape: [indices.length, pixels] }), labels: tensor(digits) };
  };
  return { train: part(order.subarray(0, learned)), test: part(order.subarray(learned)) };
}
