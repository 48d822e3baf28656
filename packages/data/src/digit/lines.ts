/** Takes the lines of ruled or squared paper, and the sides of a frame, out of the ink. */
import { like, type Plane, transposed } from "./plane.ts";

/** How far lines may lean: in rows from one side of the picture to the other, as a share of its width. */
const lean = 0.1;
/** Into how many parts of equal length a line is divided: all but one must show it, and both ends. */
const parts = 10;
/** The thickness of a line is at most this share of the picture's longer side. */
const thickest = 0.035;

/** The rows from the middle of a line to where it isn't any more. */
const reachOf = ({ width, height }: Plane): number => Math.max(2, Math.ceil(Math.max(width, height) * thickest));

/** A line: in each column a row, from the left to the right. */
interface Line {
  /** The row at the left, and the rows by which it is lower at the right. */
  readonly start: number;
  readonly fall: number;
  /** The darkness beyond the surroundings. */
  readonly strength: number;
}

/** The row of a line in a column. */
const rowOf = ({ start, fall }: Pick<Line, "start" | "fall">, column: number, width: number): number =>
  Math.round(start + (fall * column) / Math.max(1, width - 1));

/**
 * How much darker each pixel is than those `reach` above and below it: the lesser of the two differences counts, and no
 * more than `most`, so that the ink of a digit doesn't outweigh the rest of a line.
 */
function ridges({ values, width, height }: Plane, reach: number, most: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const i = row * width + column;
      const above = row >= reach ? (values[i - reach * width] as number) : Number.NEGATIVE_INFINITY;
      const below = row + reach < height ? (values[i + reach * width] as number) : Number.NEGATIVE_INFINITY;
      const side =
        above === Number.NEGATIVE_INFINITY ? below : below === Number.NEGATIVE_INFINITY ? above : (above + below) / 2;
      out[i] = Math.min(most, Math.max(-most, (values[i] as number) - side));
    }
  }
  return out;
}

/** The level lines, the strongest first. */
function findLines(plane: Plane, noise: number, contrast: number): Line[] {
  const { width, height } = plane;
  if (width < parts) return [];
  const reach = reachOf(plane);
  const ridge = ridges(plane, reach, Math.max(0.25 * contrast, 3 * noise));
  // The sums over each part of the width, by its first row and the rows by which it falls.
  const falls = Math.ceil((lean * width) / parts);
  const edges = Array.from({ length: parts + 1 }, (_, part) => Math.floor((part * width) / parts));
  const span = width / parts;
  const sums = Array.from({ length: parts }, (_, part) => {
    const [from, to] = [edges[part] as number, edges[part + 1] as number];
    const out = new Float32Array((2 * falls + 1) * height);
    for (let fall = -falls; fall <= falls; fall++) {
      for (let column = from; column < to; column++) {
        const shift = Math.round((fall * (column - from)) / span);
        const [first, end] = [Math.max(0, -shift), Math.min(height, height - shift)];
        const to = (fall + falls) * height;
        for (let row = first, i = (first + shift) * width + column; row < end; row++, i += width) {
          out[to + row] = (out[to + row] as number) + (ridge[i] as number);
        }
      }
    }
    return out;
  });
  const found: Line[] = [];
  const least = Math.max(0.05 * contrast, (3 * noise) / Math.sqrt(span), 0.012);
  const means = new Float32Array(parts);
  const whole = Math.round(lean * width);
  for (let fall = -whole; fall <= whole; fall++) {
    const local = (Math.round(fall / parts) + falls) * height;
    for (let start = Math.min(0, -fall); start < height + Math.max(0, -fall); start++) {
      let outside = 0;
      for (let part = 0; part < parts; part++) {
        const row = Math.round(start + (fall * part) / parts);
        const inside = row >= 0 && row < height;
        if (!inside) outside++;
        means[part] = inside ? ((sums[part] as Float32Array)[local + row] as number) / span : 0;
      }
      if (outside > parts / 5) continue;
      if (outside === 0 && ((means[0] as number) < least || (means[parts - 1] as number) < least)) continue;
      let [missing, total] = [0, 0];
      for (const mean of means) {
        if (mean < least) missing++;
        total += mean;
      }
      if (missing <= (outside === 0 ? 2 : 3))
        found.push({ start, fall, strength: (total / parts) * (1 - (0.1 * Math.abs(fall)) / whole) });
    }
  }
  return found.sort((a, b) => b.strength - a.strength);
}

/** Lines that are no neighbours of a stronger one. */
function apart(lines: readonly Line[], width: number, distance: number): Line[] {
  const kept: Line[] = [];
  for (const line of lines) {
    const near = kept.some(
      (other) =>
        Math.abs(line.start - other.start) <= distance ||
        Math.abs(rowOf(line, width - 1, width) - rowOf(other, width - 1, width)) <= distance ||
        // They cross.
        line.start < other.start !== line.start + line.fall < other.start + other.fall,
    );
    if (!near) kept.push(line);
  }
  return kept;
}

/** The ink of a picture, as it is and with less noise. */
interface Planes {
  readonly sharp: Plane;
  readonly smooth: Plane;
}

/** Erases level lines. */
function eraseLevel({ sharp, smooth }: Planes, noise: number, contrast: number): Planes & { readonly count: number } {
  const lines = apart(findLines(smooth, noise, contrast), smooth.width, 3);
  if (lines.length === 0) return { sharp, smooth, count: 0 };
  const erased = (plane: Plane): Plane => like(plane, without(plane, lines, reachOf(plane), noise));
  return { sharp: erased(sharp), smooth: erased(smooth), count: lines.length };
}

/** A plane without lines: beneath them it is as between what is above and below, or darker where ink crosses a pale line. */
function without({ values, width, height }: Plane, lines: readonly Line[], reach: number, noise: number): Float32Array {
  const out = values.slice();
  const sample = new Float32Array(width);
  for (const line of lines) {
    // The darkness of the line at each distance from its middle: the median over the picture's width.
    const profile = Array.from({ length: 2 * reach + 1 }, (_, d) => {
      let count = 0;
      for (let column = 0; column < width; column++) {
        const row = rowOf(line, column, width) + d - reach;
        if (row >= 0 && row < height) sample[count++] = values[row * width + column] as number;
      }
      const part = sample.subarray(0, count).slice().sort();
      return part[Math.floor(0.4 * count)] ?? 0;
    });
    const peak = profile[reach] as number;
    const isLine = (d: number): boolean => (profile[d] as number) > Math.max(0.12 * peak, noise);
    let [top, bottom] = [reach, reach];
    while (top > 0 && isLine(top - 1)) top--;
    while (bottom < 2 * reach && isLine(bottom + 1)) bottom++;
    // It may lie half a pixel beside the rows that it was found on.
    if (width > 64) [top, bottom] = [Math.max(0, top - 1), Math.min(2 * reach, bottom + 1)];
    for (let column = 0; column < width; column++) {
      const middle = rowOf(line, column, width) - reach;
      const at = (row: number): number =>
        row < 0 || row >= height ? Number.NaN : (values[row * width + column] as number);
      const [above, below] = [at(middle + top - 1), at(middle + bottom + 1)];
      const [upper, lower] = [Number.isNaN(above) ? below : above, Number.isNaN(below) ? above : below];
      for (let d = top; d <= bottom; d++) {
        const row = middle + d;
        if (row < 0 || row >= height) continue;
        const i = row * width + column;
        const between = upper + ((lower - upper) * (d - top + 1)) / (bottom - top + 2);
        const value = values[i] as number;
        const line = profile[d] as number;
        // Ink that is clearly darker than the line is ink.
        const crossing = value - line > Math.max(0.35 * peak, 3 * noise) ? value : 0;
        out[i] = Math.max(Math.min(value, between), crossing);
      }
    }
  }
  return out;
}

const turned = ({ sharp, smooth }: Planes): Planes => ({ sharp: transposed(sharp), smooth: transposed(smooth) });

/**
 * Erases lines that go from side to side, level or upright.
 *
 * @param noise The standard deviation of `smooth` on the paper. @param contrast The darkness of ink.
 * @returns The ink without them, and how many there were.
 */
export function eraseLines(ink: Planes, noise: number, contrast: number): Planes & { readonly count: number } {
  const level = eraseLevel(ink, noise, contrast);
  const upright = eraseLevel(turned(level), noise, contrast);
  return { ...turned(upright), count: level.count + upright.count };
}
