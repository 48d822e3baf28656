import { findDigit, findDigits, prepareDigit } from "@dlcc/data";
import { Generator } from "@dlcc/tensor";
import { expect, test } from "vitest";

/** 100 strokes on a large sheet in a light that falls off, none in line with another, and how often a pixel of it was read. */
function manyStrokes(): { image: { pixels: Uint8Array; width: number; height: number }; reads: () => number } {
  const [side, cell] = [1000, 100];
  const pixels = Uint8Array.from({ length: side * side }, (_, i) => 240 - Math.floor(i / side / 25));
  for (let i = 0; i < 100; i++) {
    const left = cell * (i % 10) + 20 + ((i * 37) % 50);
    const top = cell * Math.floor(i / 10) + 10 + ((i * 53) % 20);
    for (let row = top; row < top + 66; row++) pixels.fill(20, row * side + left, row * side + left + 9);
  }
  let count = 0;
  const counted = new Proxy(pixels, {
    get(target, key) {
      count++;
      return Reflect.get(target, key) as unknown;
    },
  });
  return { image: { pixels: counted, width: side, height: side }, reads: () => count };
}

test("of many small digits in a large picture the largest alone are looked at again: a pixel is read less than 1.5 times, on average", () => {
  const { image, reads } = manyStrokes();
  expect(findDigits(image)).toHaveLength(100);
  expect(reads()).toBeLessThan(1.5 * image.width * image.height);
});

test("prepareDigit looks again at the digit that it prepares alone", () => {
  const { image, reads } = manyStrokes();
  prepareDigit(image);
  expect(reads()).toBeLessThan(1.1 * image.width * image.height);
});

test("findDigit finds what prepareDigit prepares, with its place", () => {
  const { image } = manyStrokes();
  const digit = findDigit(image);
  expect(digit?.pixels).toEqual(prepareDigit(image).dataSync());
  expect(findDigits(image)).toContainEqual(digit);
});

test("findDigit finds none on blank paper, and names itself in its errors", () => {
  expect(findDigit({ pixels: new Uint8Array(600).fill(200), width: 30, height: 20 })).toBeUndefined();
  expect(() => findDigit({ pixels: new Uint8Array(9), width: 2, height: 5 })).toThrow(
    /^findDigit: pixels must have 10/,
  );
});

/** A stroke on a sheet of 240×240, and more ink where `drawn` says so, in a light that falls off. */
function strokeAnd(drawn: (x: number, y: number) => number): { pixels: Float32Array; width: number; height: number } {
  const side = 240;
  const pixels = Float32Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    const stroke = x >= 114 && x < 126 && y >= 80 && y < 160 ? 0.8 : 0;
    return (1 - Math.max(stroke, drawn(x, y))) * (1 - (0.3 * x) / side);
  });
  return { pixels, width: side, height: side };
}

/** The place of what is found. */
const placeOf = (image: Parameters<typeof findDigit>[0]): number[] => {
  const { left = 0, top = 0, width = 0, height = 0 } = findDigit(image) ?? {};
  return [left, top, width, height];
};

test.each([
  ["a circle", (x: number, y: number) => Math.hypot(x - 120, y - 120)],
  ["a box", (x: number, y: number) => Math.max(Math.abs(x - 120), Math.abs(y - 120))],
  ["a diamond", (x: number, y: number) => (Math.abs(x - 120) + Math.abs(y - 120)) / 1.3],
])("%s around a digit is no digit, nor a part of it", (_, distance) => {
  const image = strokeAnd((x, y) => (Math.abs(distance(x, y) - 75) < 4 ? 0.8 : 0));
  expect(placeOf(image)).toEqual([114, 80, 12, 80]);
  expect(findDigits(image)).toHaveLength(1);
});

test("noise on white paper, which is never lighter than white, is no ink", () => {
  const side = 160;
  const generator = new Generator(7);
  const pixels = Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    const shade = x >= 70 && x < 90 && y >= 30 && y < 130 ? 60 : 255;
    return Math.min(255, shade + 100 * (generator.uniform() - 0.5));
  });
  const [left = 0, top = 0, width = 0, height = 0] = placeOf({
    pixels: Float32Array.from(pixels, (v) => v / 255),
    width: side,
    height: side,
  });
  expect(Math.abs(left - 70)).toBeLessThanOrEqual(3);
  expect(Math.abs(top - 30)).toBeLessThanOrEqual(3);
  expect(Math.abs(width - 20)).toBeLessThanOrEqual(6);
  expect(Math.abs(height - 100)).toBeLessThanOrEqual(6);
});

test("what is close to a digit and much paler, such as the edge of a shadow, is no part of it; what is as dark is one", () => {
  const beside = (ink: number) => strokeAnd((x, y) => (x >= 136 && x < 146 && y >= 80 && y < 112 ? ink : 0));
  expect(placeOf(beside(0.35))).toEqual([114, 80, 12, 80]);
  expect(placeOf(beside(0.8))).toEqual([114, 80, 32, 80]);
});
