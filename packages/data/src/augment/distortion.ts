/** What the steps of an augmentation are. */
import { ArgumentError, type Generator } from "@dlcc/tensor";

/** The size of an image. */
export interface ImageSize {
  /** 1 for shades of gray. */
  readonly channels: number;
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
}

/**
 * Where a pixel comes from: `x' = a x + b y + c` and `y' = d x + e y + f`, in pixels from the image's centre, x to the right and
 * y downwards. `[a, b, c, d, e, f]`.
 */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/**
 * A step of an augmentation. `random` is the stream of one image, so what a step draws depends on seed and image alone.
 *
 * - `affine`: moves pixels by a linear map; neighbours in a list become one map, so that the image is interpolated once;
 * - `displacement`: moves each pixel by itself: it comes from `(x + dx, y + dy)`; interpolated together with the affine steps
 *   before it;
 * - `pixels`: changes pixels in place: `channels × height × width` numbers, the rows of a channel one after the other.
 *
 * @example
 * ```ts
 * import { augment, type Distortion } from "@dlcc/data";
 * import { tensor } from "@dlcc/tensor";
 *
 * const randomNegative: Distortion = {
 *   kind: "pixels",
 *   apply(pixels, random) {
 *     if (random.uniform() < 0.5) pixels.forEach((value, i) => (pixels[i] = 1 - value));
 *   },
 * };
 * const images = augment([randomNegative])(tensor([[[0, 1]], [[0, 1]], [[0, 1]]]), { seed: 2 });
 * console.log(await images.array()); // → [ [ [ 1, 0 ] ], [ [ 0, 1 ] ], [ [ 1, 0 ] ] ]
 * ```
 */
export type Distortion = AffineDistortion | DisplacementDistortion | PixelDistortion;

/** Moves the whole image by one map. */
export interface AffineDistortion {
  /** What it changes. */
  readonly kind: "affine";
  /** Draws the map of one image. */
  readonly draw: (random: Generator) => Affine;
}

/** Moves each pixel by a way of its own. */
export interface DisplacementDistortion {
  /** What it changes. */
  readonly kind: "displacement";
  /** Draws how far each pixel of one image moves, in pixels. */
  readonly draw: (random: Generator, size: ImageSize, dx: Float64Array, dy: Float64Array) => void;
}

/** Changes the values of pixels where they are. */
export interface PixelDistortion {
  /** What it changes. */
  readonly kind: "pixels";
  /** Changes the pixels of one image. */
  readonly apply: (pixels: Pixels, random: Generator, size: ImageSize, background: number) => void;
}

/** The pixels of an image, channel by channel, row by row. */
export type Pixels = Float32Array | Float64Array;

/** What a random number lies between: `r` for `−r` to `r`, or the two ends. */
export type Range = number | readonly [low: number, high: number];

/** The ends of a range. @param around What a single number is the distance from. */
export function ends(op: string, what: string, range: Range, around = 0): readonly [low: number, high: number] {
  const [low, high] = typeof range === "number" ? [around - range, around + range] : range;
  if (Number.isFinite(low) && Number.isFinite(high) && low <= high) return [low, high];
  throw new ArgumentError(
    `${op}: ${what} must be a number from 0 or a range [low, high], got ${typeof range === "number" ? range : `[${range}]`}`,
  );
}

/** A random number of a range. One is drawn also where both ends are equal, so that the numbers after it are the same. */
export const drawn = (random: Generator, [low, high]: readonly [low: number, high: number]): number =>
  low + (high - low) * random.uniform();
