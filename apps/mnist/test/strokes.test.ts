import { expect, test } from "vitest";
import { strokesOf } from "../e2e/strokes.ts";
import { pictureOf, type Stroke, strokesIn, textOf } from "../src/strokes.ts";

/** The letter L: a line down, and one to the right. */
const ell: Stroke[] = [
  [
    [0.2, 0.1],
    [0.2, 0.9],
    [0.7, 0.9],
  ],
];
const scaled = (strokes: readonly Stroke[], size: number, dx = 0, dy = 0): Stroke[] =>
  strokes.map((stroke) => stroke.map(([x, y]) => [x * size + dx, y * size + dy]));

test("a digit of a quarter of the size, in a corner, is the same picture: its strokes are scaled, and the pen is not", () => {
  const [large, small] = [pictureOf(ell), pictureOf(scaled(ell, 0.25, 0.7, 0.02))];
  let apart = 0;
  large?.pixels.forEach((pixel, i) => {
    apart = Math.max(apart, Math.abs(pixel - (small?.pixels[i] ?? 0)));
  });
  expect(apart).toBeLessThanOrEqual(1);
});

test("the pen is 2.6 of 20 wide", () => {
  const picture = pictureOf(ell);
  if (!picture) throw new Error("the strokes must have a picture");
  // A row through the upright line: its ink, in pixels of the picture, of which five are one of MNIST's.
  const row = picture.pixels.subarray(picture.width * 50, picture.width * 51);
  const ink = row.reduce((sum, gray) => sum + (255 - gray) / 255, 0);
  expect(ink).toBeCloseTo(2.6 * 5, 1);
});

test("no stroke is no picture; a point is a dot", () => {
  expect(pictureOf([])).toBeUndefined();
  expect(pictureOf([[[0.5, 0.5]]])?.pixels.some((gray) => gray === 0)).toBe(true);
});

test("strokes come back from their text, to a step of 1/63", () => {
  const strokes: Stroke[] = [...ell, [[0.5, 0.5]]];
  const again = strokesIn(textOf(strokes));
  expect(again).toHaveLength(2);
  for (const [i, stroke] of strokes.entries()) {
    for (const [j, [x, y]] of stroke.entries()) {
      const [u = 0, v = 0] = again[i]?.[j] ?? [];
      expect(Math.abs(x - u)).toBeLessThanOrEqual(0.5 / 63 + 1e-12);
      expect(Math.abs(y - v)).toBeLessThanOrEqual(0.5 / 63 + 1e-12);
    }
  }
  expect(encodeURIComponent(textOf(strokes))).toBe(textOf(strokes));
});

test.each(["", "A", "AAA", "<b>", "AA..BB", "A".repeat(5000)])("a text that is no drawing gives none: %j", (text) => {
  expect(strokesIn(text)).toEqual([]);
});

/** A picture of 28×28 by the darkness of each pixel, from 0 to 1, at its middle. */
const scan = (darkness: (x: number, y: number) => number): Float32Array =>
  Float32Array.from({ length: 784 }, (_, i) => darkness((i % 28) + 0.5, Math.floor(i / 28) + 0.5));

test("the strokes of a scan: two lines that a pen has nearly joined are two, each in its middle", () => {
  const bars = scan((x, y) => {
    if (y < 6 || y > 22) return 0;
    return Math.abs(x - 11) < 1.5 || Math.abs(x - 15) < 1.5 ? 1 : Math.abs(x - 13) < 1 ? 0.5 : 0;
  });
  const strokes = strokesOf(bars);
  expect(strokes).toHaveLength(2);
  const middles = strokes.map((stroke) => stroke.reduce((sum, [x]) => sum + x, 0) / stroke.length);
  for (const [i, x] of middles.toSorted((a, b) => a - b).entries())
    expect(Math.abs(x - [11, 15][i]!)).toBeLessThan(0.5);
});

test("the stroke of a ring is one, and closed", () => {
  const strokes = strokesOf(scan((x, y) => Math.min(1, Math.max(0, 1.5 - Math.abs(Math.hypot(x - 14, y - 14) - 8)))));
  expect(strokes).toHaveLength(1);
  for (const [x, y] of strokes[0] ?? []) expect(Math.abs(Math.hypot(x - 14, y - 14) - 8)).toBeLessThan(0.5);
  const [[ax, ay] = [0, 0], [bx, by] = [9, 9]] = [strokes[0]?.[0], strokes[0]?.at(-1)];
  expect(Math.hypot(ax - bx, ay - by)).toBeLessThan(1.5);
});
