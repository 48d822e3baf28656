/** Steps that move an image as a whole: shifts, rotations, zooms, shears, flips. */
import { ArgumentError } from "@dlcc/tensor";
import { type Affine, type Distortion, drawn, ends, type Range } from "./distortion.ts";

/** Leaves everything where it is. */
export const identity: Affine = [1, 0, 0, 0, 1, 0];

/** First one map, then another. */
export const compose = ([a, b, c, d, e, f]: Affine, [g, h, i, j, k, l]: Affine): Affine => [
  g * a + h * d,
  g * b + h * e,
  g * c + h * f + i,
  j * a + k * d,
  j * b + k * e,
  j * c + k * f + l,
];

/** Terms of the series below: with |x| ≤ π/4 the eleventh is less than 2⁻⁶⁰ of the first. */
const terms = 10;

/**
 * Cosine and sine of an angle in degrees, by + − × ÷ alone: `Math.sin` may differ in the last bit from one engine to the next,
 * and then so would the same seed's images. Multiples of 90° are exact.
 */
export function turn(degrees: number): readonly [cosine: number, sine: number] {
  const quarters = Math.round(degrees / 90);
  const x = ((degrees - 90 * quarters) * Math.PI) / 180;
  let [cosine, sine] = [1, 1];
  for (let k = terms; k > 0; k--) {
    cosine = 1 - (cosine * x * x) / ((2 * k - 1) * (2 * k));
    sine = 1 - (sine * x * x) / (2 * k * (2 * k + 1));
  }
  sine *= x;
  const turned = [
    [cosine, sine],
    [-sine, cosine],
    [-cosine, -sine],
    [sine, -cosine],
  ] as const;
  return turned[((quarters % 4) + 4) % 4] ?? [cosine, sine];
}

/**
 * Moves images by a random number of pixels, to the right and downwards; what comes in from outside is background. Parts of
 * pixels are interpolated.
 *
 * @param pixels Both ways, uniform: `2` for −2 to 2, or a range `[low, high]`.
 * @param down Another range for downwards. Default: the same.
 * @throws {ArgumentError} if a range is not finite, or its ends are in the wrong order.
 * @example
 * ```ts
 * import { augment, randomShift } from "@dlcc/data";
 * import { tensor } from "@dlcc/tensor";
 *
 * const right = augment([randomShift([1, 1], 0)]);
 * console.log(await right(tensor([[[1, 2, 3]]])).array()); // → [ [ [ 0, 1, 2 ] ] ]
 * ```
 */
export function randomShift(pixels: Range, down: Range = pixels): Distortion {
  const [horizontal, vertical] = [pixels, down].map((range) => ends("randomShift", "pixels", range));
  return {
    kind: "affine",
    draw(random) {
      const [x, y] = [drawn(random, horizontal ?? [0, 0]), drawn(random, vertical ?? [0, 0])];
      return [1, 0, -x, 0, 1, -y];
    },
  };
}

/**
 * Rotates images around their centre by a random angle, counterclockwise.
 *
 * @param degrees Uniform: `10` for −10° to 10°, or a range `[low, high]`.
 * @throws {ArgumentError} if the range is not finite, or its ends are in the wrong order.
 * @example
 * ```ts
 * import { augment, randomRotation } from "@dlcc/data";
 * import { tensor } from "@dlcc/tensor";
 *
 * const quarter = augment([randomRotation([90, 90])]);
 * console.log(await quarter(tensor([[[1, 2], [3, 4]]])).array()); // → [ [ [ 2, 4 ], [ 1, 3 ] ] ]
 * ```
 */
export function randomRotation(degrees: Range): Distortion {
  const range = ends("randomRotation", "degrees", degrees);
  return {
    kind: "affine",
    draw(random) {
      const [cosine, sine] = turn(drawn(random, range));
      return [cosine, -sine, 0, sine, cosine, 0];
    },
  };
}

/**
 * Zooms into images around their centre, or out of them, by a random factor: above 1 things grow.
 *
 * @param amount Uniform: `0.1` for factors of 0.9 to 1.1, or a range `[low, high]` of factors.
 * @throws {ArgumentError} if a factor is not a number above 0, or the ends are in the wrong order.
 * @example
 * ```ts
 * import { augment, randomZoom } from "@dlcc/data";
 * import { tensor } from "@dlcc/tensor";
 *
 * const twice = augment([randomZoom([2, 2])]);
 * console.log(await twice(tensor([[[0, 4, 0]]])).array()); // → [ [ [ 2, 4, 2 ] ] ]
 * ```
 */
export function randomZoom(amount: Range): Distortion {
  const range = ends("randomZoom", "amount", amount, 1);
  if (range[0] <= 0) {
    throw new ArgumentError(`randomZoom: factors must be above 0, got ${range[0]} to ${range[1]}`);
  }
  return {
    kind: "affine",
    draw(random) {
      const factor = drawn(random, range);
      return [1 / factor, 0, 0, 0, 1 / factor, 0];
    },
  };
}

/**
 * Slants images by a random angle: rows move to the right by `tan(angle)` for each pixel that they are above the centre, as
 * italics do.
 *
 * @param degrees Uniform, above −90° and below 90°: `10` for −10° to 10°, or a range `[low, high]`.
 * @throws {ArgumentError} if an angle is not between −90° and 90°, or the ends are in the wrong order.
 * @example
 * ```ts
 * import { augment, randomShear } from "@dlcc/data";
 * import { round, tensor } from "@dlcc/tensor";
 *
 * const slanted = augment([randomShear([45, 45])]);
 * const stroke = tensor([[[0, 1, 0], [0, 1, 0], [0, 1, 0]]]);
 * const image = await round(slanted(stroke)).array();
 * console.log(JSON.stringify(image)); // → [[[0,0,1],[0,1,0],[1,0,0]]]
 * ```
 */
export function randomShear(degrees: Range): Distortion {
  const range = ends("randomShear", "degrees", degrees);
  if (range[0] <= -90 || range[1] >= 90) {
    throw new ArgumentError(`randomShear: degrees must be above -90 and below 90, got ${range[0]} to ${range[1]}`);
  }
  return {
    kind: "affine",
    draw(random) {
      const [cosine, sine] = turn(drawn(random, range));
      return [1, sine / cosine, 0, 0, 1, 0];
    },
  };
}

/**
 * Mirrors images, left to right: for photographs and clothes, not for digits.
 *
 * @param probability How often. Default: 0.5.
 * @throws {ArgumentError} if `probability` is not a number from 0 to 1.
 * @example
 * ```ts
 * import { augment, randomFlip } from "@dlcc/data";
 * import { tensor } from "@dlcc/tensor";
 *
 * console.log(await augment([randomFlip(1)])(tensor([[[1, 2, 3]]])).array()); // → [ [ [ 3, 2, 1 ] ] ]
 * ```
 */
export function randomFlip(probability = 0.5): Distortion {
  assertProbability("randomFlip", probability);
  return {
    kind: "affine",
    draw: (random) => (random.uniform() < probability ? [-1, 0, 0, 0, 1, 0] : identity),
  };
}

/** Checks a probability. */
export function assertProbability(op: string, probability: number): void {
  if (probability >= 0 && probability <= 1) return;
  throw new ArgumentError(`${op}: probability must be a number from 0 to 1, got ${probability}`);
}
