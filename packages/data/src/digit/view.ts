/** Looks at a picture, or at a part of it, with no more pixels than are needed. */
import { ArgumentError } from "@dlcc/tensor";
import type { Box } from "./box.ts";
import type { Plane } from "./plane.ts";

/** An image in shades of gray. */
export interface GrayImage {
  /** Row by row from the top: bytes in 0..255, or floats in 0..1. Either end may be white. */
  readonly pixels: Uint8Array | Uint8ClampedArray | Float32Array | Float64Array;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** A part of a picture, reduced. */
export interface View {
  /** Its brightness, from 0 to 1. */
  readonly plane: Plane;
  /** How many of the picture's pixels each is wide and high. */
  readonly side: number;
  /** The place of the first in the picture. */
  readonly left: number;
  readonly top: number;
}

/** How many pixels the longer side has at most. */
const longest = 256;

const isFloat = ({ pixels }: GrayImage): boolean => pixels instanceof Float32Array || pixels instanceof Float64Array;

/** The brightness of a pixel, from 0 to 1. */
export const shadeOf = (image: GrayImage, at: number): number =>
  (image.pixels[at] as number) / (isFloat(image) ? 1 : 255);

/** @throws {ArgumentError} if the pixels do not fill the size or are outside their range; `name` is the caller's. */
export function checkImage(name: string, image: GrayImage): void {
  const { pixels, width, height } = image;
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new ArgumentError(`${name}: width and height must be whole numbers from 1, got ${width} and ${height}`);
  }
  if (pixels.length !== width * height) {
    const channels = pixels.length / (width * height);
    throw new ArgumentError(
      `${name}: pixels must have ${width * height} numbers for ${width}×${height}, got ${pixels.length}${channels === 3 || channels === 4 ? `, which is ${channels} a pixel: take the luminance first, 0.299 r + 0.587 g + 0.114 b` : ""}`,
    );
  }
  const outside = isFloat(image) ? pixels.findIndex((value) => !(value >= 0 && value <= 1)) : -1;
  if (outside >= 0) {
    throw new ArgumentError(
      `${name}: pixels in floats must be from 0 to 1, got ${pixels[outside]} at index ${outside}`,
    );
  }
}

/** The view of a part: each of its pixels is the mean of a square of the picture's; the last ones may be of a part of it. */
export function viewOf(image: GrayImage, { left, top, right, bottom }: Box): View {
  const [wide, high] = [right - left, bottom - top];
  const side = Math.ceil(Math.max(wide, high) / longest);
  const [width, height] = [Math.ceil(wide / side), Math.ceil(high / side)];
  const values = new Float32Array(width * height);
  const white = isFloat(image) ? 1 : 255;
  for (let row = 0; row < high; row++) {
    const to = Math.floor(row / side) * width;
    const from = (top + row) * image.width + left;
    for (let column = 0; column < wide; column++) {
      const cell = side === 1 ? to + column : to + Math.floor(column / side);
      values[cell] = (values[cell] as number) + (image.pixels[from + column] as number);
    }
  }
  for (let row = 0; row < height; row++) {
    const tall = Math.min(side, high - row * side);
    for (let column = 0; column < width; column++) {
      const cell = row * width + column;
      const covered = tall * Math.min(side, wide - column * side);
      values[cell] = (values[cell] as number) / covered / white;
    }
  }
  return { plane: { values, width, height }, side, left, top };
}
