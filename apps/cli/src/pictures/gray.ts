/**
 * Turns an image into shades of gray, and transparency into background. A file does not define the colour behind its
 * transparent pixels: it is chosen to make the other pixels readable.
 */
import type { GrayImage } from "@dlcc/data";
import type { DecodedPng } from "fast-png";
import { type Shades, shadesOf } from "./shades.ts";

/** The shades of gray of a file's picture. */
export interface Picture extends GrayImage {
  /** How many of the file's pixels each is wide and high. */
  readonly side: number;
}

/** From this opacity on a pixel is visible. */
const seen = 0.5;

/** If visible pixels differ by more than this, they include both paper and ink. */
const paperAndInk = 0.5;

/** The longest side, in pixels. A digit is scaled to 20: more would take time and memory, and change nothing. */
const longest = 1024;

/**
 * The luminance of each pixel; the background shows through transparent ones. A larger image is reduced: each of its
 * pixels is then the mean of a square.
 */
export function grayOf(png: DecodedPng): Picture {
  const { width, height } = png;
  const shades = shadesOf(png);
  const { light, alpha } = shades;
  const background = alpha ? behind(shades, width * height) : 0;
  const shade = alpha
    ? (pixel: number): number => alpha(pixel) * light(pixel) + (1 - alpha(pixel)) * background
    : light;
  const square = Math.ceil(Math.max(width, height) / longest);
  const [columns, rows] = [Math.ceil(width / square), Math.ceil(height / square)];
  const pixels = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = [row * square, Math.min(height, (row + 1) * square)];
    for (let column = 0; column < columns; column++) {
      const [left, right] = [column * square, Math.min(width, (column + 1) * square)];
      let sum = 0;
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += shade(y * width + x);
      pixels[row * columns + column] = Math.min(1, sum / ((bottom - top) * (right - left)));
    }
  }
  return { pixels, width: columns, height: rows, side: square };
}

/** The highest of the levels to which light is rounded to find its median: that of 16 bits. */
const white = 2 ** 16 - 1;

/**
 * The luminance behind the transparent pixels. If the others have light and dark, it is that of the paper, which most of
 * them show; else they are the ink, and the background is the opposite.
 */
function behind({ light, alpha = () => 1 }: Shades, pixels: number): number {
  const counts = new Uint32Array(white + 1);
  let visible = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    if (alpha(pixel) < seen) continue;
    const level = Math.round(light(pixel) * white);
    counts[level] = (counts[level] ?? 0) + 1;
    visible++;
  }
  if (visible === 0) return 0;
  const darkest = counts.findIndex((count) => count > 0) / white;
  const lightest = counts.findLastIndex((count) => count > 0) / white;
  let below = 0;
  const middle =
    counts.findIndex((count) => {
      below += count;
      return below > visible >> 1;
    }) / white;
  if (lightest - darkest > paperAndInk) return middle;
  return middle < 0.5 ? 1 : 0;
}
