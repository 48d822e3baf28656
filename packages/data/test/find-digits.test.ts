import { findDigits, prepareDigit } from "@dlcc/data";
import { expect, test } from "vitest";

/** 100 strokes on a large sheet, none in line with another, and how often a pixel of it was read. */
function manyStrokes(): { image: { pixels: Uint8Array; width: number; height: number }; reads: () => number } {
  const [side, cell] = [1000, 100];
  const pixels = new Uint8Array(side * side).fill(240);
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
