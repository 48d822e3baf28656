/** Connected parts of the ink, and which of them are digits. */
import { type Box, heightOf, type Part, sizeOf, widthOf } from "./box.ts";
import { isFrame, isRim, surrounds } from "./frames.ts";
import type { Plane } from "./plane.ts";

/** The connected parts of the pixels above a threshold. */
export function partsOf(plane: Plane, threshold: number): Part[] {
  const { values, width, height } = plane;
  const seen = new Uint8Array(values.length);
  const found: Part[] = [];
  for (let first = 0; first < values.length; first++) {
    if (seen[first] === 1 || !((values[first] as number) > threshold)) continue;
    const pixels = [first];
    seen[first] = 1;
    for (let next = 0; next < pixels.length; next++)
      addNeighbours(pixels, pixels[next] as number, seen, plane, threshold);
    found.push({ pixels, ...boxAround(pixels, width, height) });
  }
  return found;
}

/** Adds those of a pixel's eight neighbours that are above a threshold and were not seen. */
function addNeighbours(
  pixels: number[],
  i: number,
  seen: Uint8Array,
  { values, width, height }: Plane,
  threshold: number,
): void {
  const [row, column] = [Math.floor(i / width), i % width];
  for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++) {
      const j = y * width + x;
      if (seen[j] === 1 || !((values[j] as number) > threshold)) continue;
      seen[j] = 1;
      pixels.push(j);
    }
  }
}

/** The box around pixels. */
function boxAround(pixels: readonly number[], width: number, height: number): Box {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (const i of pixels) {
    const [x, y] = [i % width, Math.floor(i / width)];
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
  }
  return { left, top, right, bottom };
}

/** Pixels and those around them that are above a threshold, as far as a number of steps leads. */
export function grown(core: readonly number[], plane: Plane, threshold: number, steps: number): Part {
  const seen = new Uint8Array(plane.values.length);
  for (const i of core) seen[i] = 1;
  const pixels = [...core];
  for (let step = 0, first = 0; step < steps; step++) {
    for (const end = pixels.length; first < end; first++) {
      addNeighbours(pixels, pixels[first] as number, seen, plane, threshold);
    }
  }
  return { pixels, ...boxAround(pixels, plane.width, plane.height) };
}

/** The distance between two boxes; 0 if they overlap. */
function gap(a: Box, b: Box): number {
  const x = Math.max(0, a.left - b.right, b.left - a.right);
  const y = Math.max(0, a.top - b.bottom, b.top - a.bottom);
  return Math.hypot(x, y);
}

/** The share of the narrower box's width that is above or below the other. */
function overlap(a: Box, b: Box): number {
  const common = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  return common / Math.min(widthOf(a), widthOf(b));
}

/** Parts that make one digit. */
export type Group = readonly Part[];

/** The box around parts. */
export const boxOf = (parts: Group): Box => ({
  left: Math.min(...parts.map(({ left }) => left)),
  top: Math.min(...parts.map(({ top }) => top)),
  right: Math.max(...parts.map(({ right }) => right)),
  bottom: Math.max(...parts.map(({ bottom }) => bottom)),
});

/** A digit's parts beside the largest are at least this share of its size, and within this share of it. */
const [least, near] = [0.22, 0.35];
/** Their ink is at least this share as dark: what is left of an erased line, or of a shadow's edge, is paler. */
const dark = 0.5;
/** And they are so thick in relation to the largest: pixels for each pixel of their size. */
const thick = 0.18;
/** A part of this share of the largest digit's size may be a digit of its own. */
const tall = 0.5;

/**
 * The digits among the parts, the largest first: frames, rims and specks are left out; parts that are one above the
 * other or close together are one digit.
 *
 * @param littered Whether lines were erased, or the paper's light was estimated: what may be left of lines and of the
 *   edges of shadows is left out.
 */
export function digitsAmong(parts: readonly Part[], plane: Plane, littered: boolean): Group[] {
  const shaped = parts.filter((part) => !isFrame(part, plane));
  const inner = shaped.filter((part) => !isRim(part, plane));
  const candidates = inner.length > 0 ? inner : shaped;
  const weight = (part: Part): number => part.pixels.length * sizeOf(part);
  const sorted = candidates
    .filter((part) => !candidates.some((other) => surrounds(part, other, plane)))
    .toSorted((a, b) => weight(b) - weight(a));
  const [main] = sorted;
  if (!main) return [];
  const darkness = (part: Part): number =>
    part.pixels.reduce((sum, i) => sum + (plane.values[i] as number), 0) / part.pixels.length;
  const thickness = (part: Part): number => part.pixels.length / sizeOf(part);
  const paler = dark * darkness(main);
  const thinner = thick * thickness(main);
  const groups: Part[][] = [];
  const largest = sizeOf(main);
  for (const part of sorted) {
    const size = sizeOf(part);
    if (littered && (darkness(part) < paler || thickness(part) < thinner)) continue;
    const home = groups.find((group) => {
      const box = boxOf(group);
      const whole = sizeOf(box);
      if (size < least * whole || gap(part, box) > near * whole) return false;
      // Two that stand beside each other and are as tall are two digits.
      return !(size >= tall * whole && overlap(part, box) < 0.3 && heightOf(part) >= tall * heightOf(box));
    });
    if (home) home.push(part);
    else if (size >= tall * largest && part.pixels.length >= 0.15 * main.pixels.length) groups.push([part]);
  }
  return groups;
}
