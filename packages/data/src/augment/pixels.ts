/** Steps that change pixels where they are: noise, and erasing. */
import { ArgumentError, integer, normal } from "@dlcc/tensor";
import { assertProbability } from "./affine.ts";
import { type Distortion, drawn } from "./distortion.ts";

/**
 * Adds noise to each pixel: normal, of mean 0. Pixels may leave their range.
 *
 * @param standardDeviation Of the noise, in the unit of the pixels.
 * @throws {ArgumentError} if it is not a number from 0.
 * @example
 * ```ts
 * import { augment, meanAndStandardDeviation, randomNoise } from "@dlcc/data";
 * import { zeros } from "@dlcc/tensor";
 *
 * const noisy = augment([randomNoise(0.1)])(zeros([10, 784]), { seed: 1 });
 * console.log((await meanAndStandardDeviation(noisy)).standardDeviation.toFixed(2)); // → 0.10
 * ```
 */
export function randomNoise(standardDeviation: number): Distortion {
  if (!(standardDeviation >= 0 && standardDeviation < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError(`randomNoise: standardDeviation must be a number from 0, got ${standardDeviation}`);
  }
  return {
    kind: "pixels",
    apply(pixels, random) {
      for (let i = 0; i < pixels.length; i++) {
        pixels[i] = (pixels[i] as number) + standardDeviation * normal(random);
      }
    },
  };
}

/** The options of {@link randomErasing}. */
export interface ErasingOptions {
  /** How often an image is hit. Default: 0.5. */
  readonly probability?: number;
  /** The rectangle's share of the image: uniform in this range, above 0 and at most 1. Default: 0.02 to 0.33. */
  readonly area?: readonly [low: number, high: number];
  /** Its height by its width: uniform in this range. Default: 0.3 to 3.3. */
  readonly aspect?: readonly [low: number, high: number];
}

/** How often a rectangle that doesn't fit into the image is drawn anew, before the image is left as it is. */
const tries = 10;

/**
 * Sets a random rectangle to the background, so that a network doesn't rely on one part of an image alone. Source: Zhong et al.
 * 2017, "Random erasing data augmentation".
 *
 * @throws {ArgumentError} if an option is outside its range.
 * @example
 * ```ts
 * import { augment, randomErasing } from "@dlcc/data";
 * import { ones } from "@dlcc/tensor";
 *
 * const erase = augment([randomErasing({ probability: 1, area: [0.25, 0.25], aspect: [1, 1] })]);
 * console.log(await erase(ones([1, 28, 28]), { seed: 1 }).sum().item()); // → 588
 * ```
 */
export function randomErasing({
  probability = 0.5,
  area = [0.02, 0.33],
  aspect = [0.3, 3.3],
}: ErasingOptions = {}): Distortion {
  assertProbability("randomErasing", probability);
  for (const [name, [low, high], most] of [
    ["area", area, 1],
    ["aspect", aspect, Number.MAX_VALUE],
  ] as const) {
    if (low > 0 && low <= high && high <= most) continue;
    throw new ArgumentError(
      `randomErasing: ${name} must be a range of numbers above 0${most === 1 ? ", at most 1" : ""}, got [${low}, ${high}]`,
    );
  }
  return {
    kind: "pixels",
    apply(pixels, random, { channels, height, width }, background) {
      if (random.uniform() >= probability) return;
      for (let attempt = 0; attempt < tries; attempt++) {
        const share = drawn(random, area) * height * width;
        const ratio = drawn(random, aspect);
        const [rows, columns] = [Math.round(Math.sqrt(share * ratio)), Math.round(Math.sqrt(share / ratio))];
        if (rows < 1 || columns < 1 || rows > height || columns > width) continue;
        const [top, left] = [integer(random, height - rows + 1), integer(random, width - columns + 1)];
        for (let channel = 0; channel < channels; channel++) {
          for (let row = top; row < top + rows; row++) {
            const start = (channel * height + row) * width + left;
            pixels.fill(background, start, start + columns);
          }
        }
        return;
      }
    },
  };
}
