/** Pictures of strokes, for the chapter on convolution. */
import type { Rows } from "@dlcc/course";

type Point = readonly [x: number, y: number];

/** Rows and columns of a picture. */
export const side = 20;

const strokes = {
  seven: [
    [
      [5, 5],
      [14, 5],
      [9, 16],
    ],
  ],
  four: [
    [
      [10, 3],
      [5, 11],
      [15, 11],
    ],
    [
      [12, 7],
      [12, 17],
    ],
  ],
  zero: [
    Array.from(
      { length: 25 },
      (_, i): Point => [10 + 5 * Math.sin((i * Math.PI) / 12), 10 - 6.5 * Math.cos((i * Math.PI) / 12)],
    ),
  ],
} as const satisfies Readonly<Record<string, readonly (readonly Point[])[]>>;

export type PictureName = keyof typeof strokes;

/** The distance of a point from a line between two others. */
function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const part = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - ax - part * dx, y - ay - part * dy);
}

/** A figure with soft strokes, moved by some pixels: rows of numbers from 0 to 1. */
export function pictureOf(name: PictureName, [right, down]: Point): Rows {
  const lines: readonly (readonly Point[])[] = strokes[name];
  const pixel = (x: number, y: number): number => {
    const distances = lines.flatMap((line) =>
      line.slice(1).map((end, i) => distance([x - right, y - down], line[i] ?? end, end)),
    );
    return Math.max(0, Math.min(1, 1.7 - Math.min(...distances)));
  };
  return Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => pixel(x, y)));
}
