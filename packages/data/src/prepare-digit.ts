/**
 * Turns an image of any size into one like MNIST's. The database's makers treated their scans so: each was scaled to fit
 * into 20×20 pixels with its aspect ratio kept, anti-aliased, and placed in a field of 28×28 with the centre of mass in the
 * middle. A network that was trained on MNIST expects the same of its inputs.
 *
 * Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database".
 */
import { ArgumentError, type CreateOptions, type Tensor, tensor } from "@dlcc/tensor";

/** An image in shades of gray. */
export interface GrayImage {
  /** Row by row from the top: bytes in 0..255, or floats in 0..1. Either end may be white. */
  readonly pixels: Uint8Array | Uint8ClampedArray | Float32Array | Float64Array;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** The side of MNIST's images, in pixels. */
const field = 28;
/** The longer side of the digit in them. */
const digit = 20;
/** The place of the centre of mass. In MNIST's images it is between 13.5 and 14.5 in both directions, 14.0 on average. */
const centre = field / 2;
/** A pixel whose difference from the background is below this share of the greatest difference is noise. */
const noise = 0.1;
/** If no pixel differs from the background by this much, the image is blank: 4 of the 255 steps of a byte. */
const blank = 4 / 255;

/** The ink on each pixel, row by row. */
interface Ink {
  readonly values: Float64Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Prepares a picture of one digit as MNIST's were: found on its background (lighter or darker: the border tells which),
 * cropped, scaled to fit 20×20, and placed in 28×28 by its centre of mass, light on black.
 *
 * @param image Any size. Of a coloured image, take the luminance: `0.299 r + 0.587 g + 0.114 b`.
 * @returns `float32 [1, 784]` in 0..1; the brightest pixel is 1.
 * @throws {ArgumentError} if the pixels do not fill the size, are outside their range, or are all the same.
 * @example
 * ```ts
 * import { prepareDigit } from "@dlcc/data";
 * import { min, slice } from "@dlcc/tensor";
 *
 * const pixels = new Uint8Array(50 * 40).fill(255); // white paper, 50 wide and 40 high
 * for (let row = 5; row < 35; row++) pixels.fill(0, row * 50 + 10, row * 50 + 16); // a black stroke: a 1
 * const x = prepareDigit({ pixels, width: 50, height: 40 });
 * console.log(x.shape); // → [ 1, 784 ]
 * const stroke = slice(x.reshape([28, 28]), [4, 24], [12, 16]); // 20 high and, as 6 is to 30, 4 wide
 * console.log(await min(stroke).item(), await x.sum().item()); // → 1 80
 * ```
 */
export function prepareDigit(image: GrayImage, options: Pick<CreateOptions, "backend"> = {}): Tensor {
  return tensor(place(resize(crop(findInk(image)))), { ...options, shape: [1, field * field] });
}

function findInk({ pixels, width, height }: GrayImage): Ink {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new ArgumentError(`prepareDigit: width and height must be whole numbers from 1, got ${width} and ${height}`);
  }
  if (pixels.length !== width * height) {
    const channels = pixels.length / (width * height);
    throw new ArgumentError(
      `prepareDigit: pixels must have ${width * height} numbers for ${width}×${height}, got ${pixels.length}${channels === 3 || channels === 4 ? `, which is ${channels} a pixel: take the luminance first, 0.299 r + 0.587 g + 0.114 b` : ""}`,
    );
  }
  const white = pixels instanceof Float32Array || pixels instanceof Float64Array ? 1 : 255;
  const outside = pixels.findIndex((value) => !(value >= 0 && value <= white));
  if (outside >= 0) {
    throw new ArgumentError(
      `prepareDigit: pixels in floats must be from 0 to 1, got ${pixels[outside]} at index ${outside}`,
    );
  }
  const values = new Float64Array(pixels);
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / white;
  const background = borderMedian(values, width, height);
  let [lightest, darkest] = [0, 1];
  for (const value of values) {
    if (value > lightest) lightest = value;
    if (value < darkest) darkest = value;
  }
  const contrast = Math.max(lightest - background, background - darkest);
  if (contrast < blank) {
    throw new ArgumentError(
      `prepareDigit: the image must have light and dark pixels, got a blank one of ${width}×${height}: its pixels are from ${darkest.toFixed(2)} to ${lightest.toFixed(2)} of white`,
    );
  }
  const sign = lightest - background === contrast ? 1 : -1;
  for (let i = 0; i < values.length; i++) {
    const ink = (sign * ((values[i] as number) - background)) / contrast;
    values[i] = ink > noise ? ink : 0;
  }
  return { values, width, height };
}

/** The median of the values along the border: a stroke that touches it here and there doesn't matter. */
function borderMedian(values: Float64Array, width: number, height: number): number {
  const rows = Math.min(2, height);
  const border = new Float64Array(rows * width + Math.min(2, width) * Math.max(0, height - 2));
  border.set(values.subarray(0, width));
  if (rows === 2) border.set(values.subarray((height - 1) * width), width);
  let at = rows * width;
  for (let row = 1; row < height - 1; row++) {
    border[at++] = values[row * width] as number;
    if (width > 1) border[at++] = values[(row + 1) * width - 1] as number;
  }
  return border.sort()[border.length >> 1] as number;
}

/** The smallest part of the image that contains all the ink. */
function crop({ values, width, height }: Ink): Ink {
  let [top, left, bottom, right] = [height, width, 0, 0];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (values[row * width + column] === 0) continue;
      if (row < top) top = row;
      bottom = row + 1;
      if (column < left) left = column;
      if (column >= right) right = column + 1;
    }
  }
  const part = new Float64Array((bottom - top) * (right - left));
  for (let row = top; row < bottom; row++) {
    part.set(values.subarray(row * width + left, row * width + right), (row - top) * (right - left));
  }
  return { values: part, width: right - left, height: bottom - top };
}

/** Scales the longer side to 20 and keeps the aspect ratio. */
function resize({ values, width, height }: Ink): Ink {
  const scale = digit / Math.max(width, height);
  const [columns, rows] = [width, height].map((length) => Math.max(1, Math.round(length * scale))) as [number, number];
  const turned = average(values, height, width, columns);
  return { values: average(turned, columns, height, rows), width: columns, height: rows };
}

/**
 * Scales each row from `length` to `target` pixels and transposes the image; a second call transposes it back. A new pixel
 * is the mean of the old ones that it covers, with partly covered ones weighted by the part.
 */
function average(values: Float64Array, rows: number, length: number, target: number): Float64Array {
  const out = new Float64Array(target * rows);
  const stretch = length / target;
  for (let i = 0; i < target; i++) {
    const [from, to] = [i * stretch, Math.min(length, (i + 1) * stretch)];
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let j = Math.floor(from); j < to; j++) {
        sum += (Math.min(to, j + 1) - Math.max(from, j)) * (values[row * length + j] as number);
      }
      out[i * rows + row] = sum / stretch;
    }
  }
  return out;
}

/** Places the digit in the field with the centre of mass in the middle, but cuts nothing off. The brightest pixel becomes 1. */
function place({ values, width, height }: Ink): Float32Array {
  let [mass, momentX, momentY, most] = [0, 0, 0, 0];
  values.forEach((ink, i) => {
    mass += ink;
    momentX += ink * (i % width);
    momentY += ink * Math.floor(i / width);
    most = Math.max(most, ink);
  });
  const start = (moment: number, length: number): number =>
    Math.min(field - length, Math.max(0, Math.ceil(centre - 0.5 - moment / mass)));
  const [left, top] = [start(momentX, width), start(momentY, height)];
  const out = new Float32Array(field * field);
  values.forEach((ink, i) => {
    out[(top + Math.floor(i / width)) * field + left + (i % width)] = ink / most;
  });
  return out;
}
