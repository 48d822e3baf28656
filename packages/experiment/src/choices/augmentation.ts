/** Augmentation by name. It has a file of its own, as it loads all distortions. */
import {
  augment,
  type ImageTransform,
  randomElastic,
  randomErasing,
  randomFlip,
  randomNoise,
  randomRotation,
  randomShear,
  randomShift,
  randomZoom,
} from "@dlcc/data";
import { distortionsOf } from "./distortions.ts";

const distorting = {
  ...{ randomElastic, randomErasing, randomFlip, randomNoise },
  ...{ randomRotation, randomShear, randomShift, randomZoom },
};

/**
 * The augmentation that a text describes, for `transformBatches`.
 *
 * @param text Steps by their names in {@link distortions}, each with its numbers: `rotation 10, shift 2`.
 * @throws {RangeError} if a step is unknown, or has the wrong numbers; the message says how it is written.
 * @throws {ArgumentError} if a number is outside its range.
 * @example
 * ```ts
 * import { parseAugment } from "@dlcc/experiment";
 * import { zeros } from "@dlcc/tensor";
 *
 * const distort = parseAugment("rotation 10, shift 2, elastic");
 * console.log(distort(zeros([64, 784]), { seed: 1 }).shape); // → [ 64, 784 ]
 * ```
 */
export const parseAugment = (text: string): ImageTransform => augment(distortionsOf(text, distorting));
