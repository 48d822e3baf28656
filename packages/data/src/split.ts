import {
  ArgumentError,
  gather,
  generatorOf,
  permutation,
  type Seed,
  slice,
  type Tensor,
  tensor,
  tidy,
} from "@dlcc/tensor";
import type { Examples } from "./examples.ts";
import { countExamples } from "./rows.ts";

/** How to divide examples in two. */
export interface SplitOptions {
  /** Makes the choice repeatable. Default: another choice each time. */
  readonly seed?: Seed;
  /** Whether to choose at random. Default: true; otherwise the last examples are the validation set, and nothing is copied. */
  readonly shuffle?: boolean;
}

/** Examples for training, and others for validation. */
export interface Split {
  /** For training. */
  readonly train: Examples;
  /** For validation. */
  readonly validation: Examples;
}

/**
 * Sets some examples aside, to measure a network on examples that it has not seen in training.
 *
 * @param images `[n, …]`.
 * @param labels `[n]` or `[n, …]`.
 * @param validation How many to set aside: a count from 1 to n − 1, or a fraction between 0 and 1.
 * @returns Both parts, on the backend of the examples. Each example is in one of them.
 * @throws {ShapeError} if there are not as many labels as images, or none.
 * @throws {ArgumentError} if either part would be empty.
 * @example
 * ```ts
 * import { split } from "@dlcc/data";
 * import { arange } from "@dlcc/tensor";
 *
 * const images = arange(20).reshape([10, 2]);
 * const labels = arange(10, { dtype: "int32" });
 * const { train, validation } = split(images, labels, 0.2, { seed: 1 });
 * console.log(train.images.shape); // → [ 8, 2 ]
 * console.log(validation.labels.shape); // → [ 2 ]
 * ```
 */
export function split(images: Tensor, labels: Tensor, validation: number, options: SplitOptions = {}): Split {
  const { seed, shuffle = true } = options;
  const count = countExamples("split", images, labels);
  const aside = validation > 0 && validation < 1 ? Math.round(validation * count) : validation;
  if (!Number.isInteger(aside) || aside < 1 || aside >= count) {
    throw new ArgumentError(
      `split: validation must be a count from 1 to ${count - 1}, or a fraction that leaves examples in both parts, got ${validation} of ${count} examples`,
    );
  }
  const kept = count - aside;
  if (!shuffle) {
    const part = (from: number, to: number): Examples => ({
      images: slice(images, [from, to]),
      labels: slice(labels, [from, to]),
    });
    return { train: part(0, kept), validation: part(kept, count) };
  }
  const order = permutation(generatorOf(seed), count);
  const at = (examples: Tensor, indices: Int32Array): Tensor =>
    gather(examples, tensor(indices, { backend: examples.backend }));
  const part = (indices: Int32Array): Examples => ({ images: at(images, indices), labels: at(labels, indices) });
  return tidy(() => ({ train: part(order.subarray(0, kept)), validation: part(order.subarray(kept)) }));
}
