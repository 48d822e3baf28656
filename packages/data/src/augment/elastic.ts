import { ArgumentError } from "@dlcc/tensor";
import type { Distortion } from "./distortion.ts";

/** A Gaussian is cut off at this many standard deviations, where it is 1 % of its height. */
const reach = 3;

/** Terms of the series of e^x below: with x ≤ 1 the last is less than 2⁻⁶⁰. */
const terms = 20;

/**
 * The weights of a Gaussian of standard deviation σ at −r … r for r = 3 σ rounded; they sum to 1. By + − × ÷ alone, so that they
 * are the same in every engine.
 */
export function gaussianWeights(sigma: number): Float64Array {
  const radius = Math.floor(reach * sigma + 0.5);
  // e^(−k²/2σ²) = q^(k²) with q = e^(−1/2σ²), whose exponent is halved until the series is short.
  let [exponent, halvings] = [1 / (2 * sigma * sigma), 0];
  while (exponent > 1) {
    exponent /= 2;
    halvings++;
  }
  let q = 1;
  for (let k = terms; k > 0; k--) q = 1 + (q * exponent) / k;
  q = 1 / q;
  for (; halvings > 0; halvings--) q *= q;
  const weights = new Float64Array(2 * radius + 1);
  let sum = 0;
  for (let [k, value, ratio] = [0, 1, q]; k <= radius; k++) {
    weights[radius + k] = weights[radius - k] = value;
    sum += k === 0 ? value : 2 * value;
    value *= ratio;
    ratio *= q * q;
  }
  return weights.map((weight) => weight / sum);
}

/**
 * Blurs two fields along their rows, with nothing outside of them, and transposes: twice gives a blur both ways. Two fields at
 * once, as one sum would wait for each addition.
 */
function blurRows(
  from: readonly [Float64Array, Float64Array],
  to: readonly [Float64Array, Float64Array],
  rows: number,
  columns: number,
  weights: Float64Array,
): void {
  const radius = weights.length >> 1;
  const [first, second] = from;
  for (let column = 0; column < columns; column++) {
    const [low, high] = [Math.max(0, column - radius), Math.min(columns - 1, column + radius)];
    for (let row = 0; row < rows; row++) {
      let [a, b] = [0, 0];
      const start = row * columns;
      for (let k = low; k <= high; k++) {
        const weight = weights[k - column + radius] as number;
        a += weight * (first[start + k] as number);
        b += weight * (second[start + k] as number);
      }
      to[0][column * rows + row] = a;
      to[1][column * rows + row] = b;
    }
  }
}

/** Blurs two fields in place. */
export function blur(dx: Float64Array, dy: Float64Array, height: number, width: number, weights: Float64Array): void {
  const turned = [new Float64Array(dx.length), new Float64Array(dx.length)] as const;
  blurRows([dx, dy], turned, height, width, weights);
  blurRows(turned, [dx, dy], width, height, weights);
}

/**
 * Distorts images as if they were drawn on rubber: each pixel gets a displacement to the right and one downwards, uniform between
 * −1 and 1; both fields are blurred by a Gaussian of standard deviation `sigma`, and multiplied by `alpha`. Source: Simard,
 * Steinkraus & Platt 2003, "Best practices for convolutional neural networks applied to visual document analysis", whose values
 * for digits are the defaults; pixels then move by about `alpha / (6 sigma)`, 1.4 pixels.
 *
 * @param alpha How strong: in pixels, before the blur. Default: 34.
 * @param sigma How smooth: in pixels. Default: 4.
 * @throws {ArgumentError} if `alpha` is not a finite number, or `sigma` not a number above 0.
 * @example
 * ```ts
 * import { augment, randomElastic } from "@dlcc/data";
 * import { zeros } from "@dlcc/tensor";
 *
 * const distort = augment([randomElastic(34, 4)]);
 * console.log(distort(zeros([64, 784]), { seed: 1 }).shape); // → [ 64, 784 ]
 * ```
 */
export function randomElastic(alpha = 34, sigma = 4): Distortion {
  if (!Number.isFinite(alpha) || !(sigma > 0 && sigma < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError(
      `randomElastic: alpha must be finite and sigma finite and above 0, got ${alpha} and ${sigma}`,
    );
  }
  const weights = gaussianWeights(sigma);
  return {
    kind: "displacement",
    draw(random, { height, width }, dx, dy) {
      // A word's 32 bits are enough here, and half as many to draw.
      for (const field of [dx, dy])
        for (let i = 0; i < field.length; i++) field[i] = alpha * (random.bits() / 2 ** 31 - 1);
      blur(dx, dy, height, width, weights);
    },
  };
}
