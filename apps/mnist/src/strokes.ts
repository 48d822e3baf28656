/**
 * A digit as the strokes of a pen, and the picture that a network reads of it. The digit is scaled, not its picture: the pen
 * has one width, relative to the digit, whatever the digit's size on the sheet. So a small one is no blob.
 */
import type { Drawing } from "./messages.ts";

/** A place on the sheet: from 0 to 1, to the right and down. */
export type Point = readonly [x: number, y: number];

/** Where the pen went until it was lifted. */
export type Stroke = readonly Point[];

/** MNIST's digits fit into so many of their pixels, and a pen of this width leaves lines like theirs. */
const [box, pen] = [20, 2.6];
/** Pixels of the picture in one of MNIST's: its rims are smooth when it is scaled down. */
const fine = 5;
/** Around the digit, in pixels of the picture. */
const margin = 2 * fine;
/** The side of the picture. */
const side = box * fine + 2 * margin;
/** What is smaller than this part of the sheet isn't scaled up further: it is a dot. */
const smallest = 0.03;

/** The picture of a digit as large as MNIST's. @returns Undefined without a stroke. */
export function pictureOf(strokes: readonly Stroke[], width: number = pen): Drawing | undefined {
  const points = strokes.flat();
  if (points.length === 0) return undefined;
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [wide, high] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const scale = ((box - width) * fine) / Math.max(wide, high, smallest);
  const place = ([x, y]: Point): Point => [
    side / 2 + (x - left - wide / 2) * scale,
    side / 2 + (y - top - high / 2) * scale,
  ];
  const pixels = new Uint8Array(side * side).fill(255);
  for (const stroke of strokes) {
    const line = stroke.map(place);
    for (const [i, to] of line.entries()) drawLine(pixels, line[i - 1] ?? to, to, (width * fine) / 2);
  }
  return { pixels, width: side, height: side };
}

/** What a pen with a round tip leaves: a pixel on the rim of a line is as dark as the part of it that is covered. */
function drawLine(pixels: Uint8Array, [ax, ay]: Point, [bx, by]: Point, radius: number): void {
  const least = (a: number, b: number): number => Math.max(0, Math.floor(Math.min(a, b) - radius - 1));
  const most = (a: number, b: number): number => Math.min(side - 1, Math.ceil(Math.max(a, b) + radius + 1));
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy || 1;
  for (let row = least(ay, by); row <= most(ay, by); row++) {
    for (let column = least(ax, bx); column <= most(ax, bx); column++) {
      const [x, y] = [column + 0.5 - ax, row + 0.5 - ay];
      // The nearest place on the line.
      const t = Math.min(1, Math.max(0, (x * dx + y * dy) / squared));
      const [u, v] = [x - t * dx, y - t * dy];
      const covered = Math.min(1, Math.max(0, radius + 0.5 - Math.sqrt(u * u + v * v)));
      const at = row * side + column;
      pixels[at] = Math.min(pixels[at] ?? 255, Math.round(255 * (1 - covered)));
    }
  }
}

/** The characters of a number from 0 to 63: an address can have them. */
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Strokes are told apart by this. */
const gap = ".";
/** Points that are nearer to each other, in steps of a letter, are left out of an address. */
const near = 2;
/** A longer address holds no drawing that a hand has made. */
export const mostLetters = 4000;

/** Strokes as text for an address: two letters a point. */
export function textOf(strokes: readonly Stroke[]): string {
  const steps = (part: number): number => Math.round(Math.min(1, Math.max(0, part)) * (letters.length - 1));
  const text = strokes.map((stroke) => {
    const kept: Point[] = [];
    for (const [i, [x, y]] of stroke.entries()) {
      const [to, before] = [[steps(x), steps(y)] as const, kept.at(-1)];
      const far = !before || Math.hypot(to[0] - before[0], to[1] - before[1]) >= near;
      if (far || i === stroke.length - 1) kept.push(to);
    }
    return kept.map(([x, y]) => `${letters[x]}${letters[y]}`).join("");
  });
  return text.join(gap);
}

/** The strokes of a text. @returns None if it isn't one. */
export function strokesIn(text: string): Stroke[] {
  if (!/^(?:(?:[\w-]{2})+(?:\.|$))+$/.test(text) || text.length > mostLetters) return [];
  const part = (letter: string | undefined): number => letters.indexOf(letter ?? "") / (letters.length - 1);
  return text.split(gap).flatMap((stroke) => {
    const points = (stroke.match(/../g) ?? []).map(([x, y]): Point => [part(x), part(y)]);
    return points.length > 0 ? [points] : [];
  });
}
