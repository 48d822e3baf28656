/**
 * A sheet of paper, with ink on it, under a light: what the kinds of pictures are put together from. Lengths are pixels,
 * shades are from 0 (black) to 255 (white).
 */
import type { GrayImage } from "@dlcc/data";
import type { Dice } from "./dice.ts";

/** A sheet of paper. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly shades: Float32Array;
}

/** Where a digit's 28×28 pixels are on a sheet. */
export interface Place {
  /** The middle. */
  readonly x: number;
  readonly y: number;
  /** The size of one of the 28 pixels. */
  readonly scale: number;
  /** In degrees. Default: 0. */
  readonly turn?: number;
}

export const sheetOf = (width: number, height: number, shade: number): Sheet => ({
  width,
  height,
  shades: new Float32Array(width * height).fill(shade),
});

/** The gray picture of a sheet: whole numbers, as a file has them. */
export const pictureOf = ({ width, height, shades }: Sheet): GrayImage => ({
  width,
  height,
  pixels: Uint8ClampedArray.from(shades),
});

/** The side of MNIST's images. */
const side = 28;

/** The share of each pixel of a sheet that a digit's ink covers: the digit's pixels, interpolated. */
export function coverage(ink: ArrayLike<number>, { width, height }: Sheet, place: Place): Float32Array {
  const { x, y, scale, turn = 0 } = place;
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180) / scale, Math.sin((turn * Math.PI) / 180) / scale];
  const at = (column: number, row: number): number =>
    column < 0 || row < 0 || column >= side || row >= side ? 0 : (ink[row * side + column] as number);
  const out = new Float32Array(width * height);
  const reach = Math.ceil(scale * side * 0.75);
  const [left, right] = [Math.max(0, Math.floor(x - reach)), Math.min(width, Math.ceil(x + reach))];
  const [top, bottom] = [Math.max(0, Math.floor(y - reach)), Math.min(height, Math.ceil(y + reach))];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const [dx, dy] = [column + 0.5 - x, row + 0.5 - y];
      const [u, v] = [cos * dx + sin * dy + side / 2 - 0.5, cos * dy - sin * dx + side / 2 - 0.5];
      const [i, j] = [Math.floor(u), Math.floor(v)];
      const [a, b] = [u - i, v - j];
      out[row * width + column] =
        (1 - b) * ((1 - a) * at(i, j) + a * at(i + 1, j)) + b * ((1 - a) * at(i, j + 1) + a * at(i + 1, j + 1));
    }
  }
  return out;
}

/** Coverage whose edges are as sharp as those of a pen, for digits that are much enlarged. */
export const sharpened = (covered: Float32Array, edge: number): Float32Array =>
  covered.map((share) => Math.min(1, Math.max(0, (share - 0.5) / edge + 0.5)));

/** Coverage that is grown, or shrunk, by a number of pixels. */
export function grown(covered: Float32Array, { width, height }: Sheet, by: number): Float32Array {
  const reach = Math.ceil(Math.abs(by));
  const pick = by > 0 ? Math.max : Math.min;
  const out = new Float32Array(covered);
  for (let row = reach; row < height - reach; row++) {
    for (let column = reach; column < width - reach; column++) {
      let value = covered[row * width + column] as number;
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          if (dx * dx + dy * dy > by * by) continue;
          value = pick(value, covered[(row + dy) * width + column + dx] as number);
        }
      }
      out[row * width + column] = value;
    }
  }
  return out;
}

/** Puts ink of a shade on a sheet. */
export function ink({ shades }: Sheet, covered: Float32Array, shade: number): void {
  covered.forEach((share, i) => {
    shades[i] = (1 - share) * (shades[i] as number) + share * shade;
  });
}

/** A straight line from edge to edge, through a point. @param turn In degrees: 0 is level. */
export function line(
  { width, height, shades }: Sheet,
  [x, y]: readonly [number, number],
  turn: number,
  thickness: number,
  shade: number,
): void {
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const distance = Math.abs(cos * (row + 0.5 - y) - sin * (column + 0.5 - x));
      const share = Math.min(1, Math.max(0, (thickness + 1) / 2 - distance));
      const i = row * width + column;
      if (share > 0) shades[i] = Math.min(shades[i] as number, (1 - share) * (shades[i] as number) + share * shade);
    }
  }
}

/** A disc. */
export function disc(
  { width, height, shades }: Sheet,
  [x, y]: readonly [number, number],
  radius: number,
  shade: number,
): void {
  for (let row = Math.max(0, Math.floor(y - radius - 1)); row < Math.min(height, y + radius + 1); row++) {
    for (let column = Math.max(0, Math.floor(x - radius - 1)); column < Math.min(width, x + radius + 1); column++) {
      const share = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y)));
      const i = row * width + column;
      shades[i] = (1 - share) * (shades[i] as number) + share * shade;
    }
  }
}

/** A rectangle that isn't filled, `inset` from the edges of the sheet. */
export function frame({ width, height, shades }: Sheet, inset: number, thickness: number, shade: number): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const depth = Math.min(row, column, height - 1 - row, width - 1 - column);
      if (depth >= inset && depth < inset + thickness) shades[row * width + column] = shade;
    }
  }
}

/** Multiplies each shade by the light there, of 0 to 1; `x` and `y` are from 0 to 1. */
export function light({ width, height, shades }: Sheet, of: (x: number, y: number) => number): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const i = row * width + column;
      shades[i] = (shades[i] as number) * of((column + 0.5) / width, (row + 0.5) / height);
    }
  }
}

/** Adds normal noise to each pixel. @param deviation The standard deviation. */
export function noise({ shades }: Sheet, dice: Dice, deviation: number): void {
  shades.forEach((shade, i) => {
    shades[i] = Math.min(255, Math.max(0, shade + deviation * dice.normal()));
  });
}

/** Grain of paper: noise that is coarser than a pixel. */
export function grain({ width, height, shades }: Sheet, dice: Dice, deviation: number, size: number): void {
  const [columns, rows] = [Math.ceil(width / size) + 2, Math.ceil(height / size) + 2];
  const knots = Float32Array.from({ length: columns * rows }, () => deviation * 1.5 * dice.normal());
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [u, v] = [column / size, row / size];
      const at = Math.floor(v) * columns + Math.floor(u);
      const [a, b] = [u % 1, v % 1];
      const [p, q] = [at, at + columns];
      const value =
        (1 - b) * ((1 - a) * (knots[p] as number) + a * (knots[p + 1] as number)) +
        b * ((1 - a) * (knots[q] as number) + a * (knots[q + 1] as number));
      const i = row * width + column;
      shades[i] = Math.min(255, Math.max(0, (shades[i] as number) + value));
    }
  }
}

/** The mean of squares of a side of three pixels: a lens that isn't sharp. */
export function blur({ width, height, shades }: Sheet): void {
  const old = shades.slice();
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++) {
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) sum += old[(row + dy) * width + column + dx] as number;
      }
      shades[row * width + column] = sum / 9;
    }
  }
}

/** The brightness table of the JPEG standard, annex K. */
const quantization = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];
/** The cosine transform of eight numbers: row k has the k-th wave. */
const waves = Array.from({ length: 8 }, (_, k) =>
  Array.from({ length: 8 }, (__, n) => (k === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * n + 1) * k * Math.PI) / 16)),
);

/** What a JPEG of this quality (1 to 100) does to each block of 8×8. */
export function compress({ width, height, shades }: Sheet, quality: number): void {
  const factor = (quality < 50 ? 5000 / quality : 200 - 2 * quality) / 100;
  const steps = quantization.map((step) => Math.max(1, Math.round(step * factor)));
  const wave = (k: number, n: number): number => waves[k]?.[n] as number;
  for (let top = 0; top + 8 <= height; top += 8) {
    for (let left = 0; left + 8 <= width; left += 8) {
      const block = Array.from({ length: 64 }, (_, i) => {
        return (shades[(top + (i >> 3)) * width + left + (i & 7)] as number) - 128;
      });
      const turn = (from: readonly number[], forward: boolean): number[] =>
        Array.from({ length: 64 }, (_, i) => {
          let sum = 0;
          for (let n = 0; n < 8; n++) {
            sum += (from[(i >> 3) * 8 + n] as number) * (forward ? wave(i & 7, n) : wave(n, i & 7));
          }
          return sum;
        });
      const flip = (from: readonly number[]): number[] => from.map((_, i) => from[(i & 7) * 8 + (i >> 3)] as number);
      const found = flip(turn(flip(turn(block, true)), true));
      const kept = found.map((value, i) => Math.round(value / (steps[i] as number)) * (steps[i] as number));
      const back = flip(turn(flip(turn(kept, false)), false));
      for (let i = 0; i < 64; i++) {
        shades[(top + (i >> 3)) * width + left + (i & 7)] = Math.min(255, Math.max(0, (back[i] as number) + 128));
      }
    }
  }
}
