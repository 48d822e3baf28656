import { type GrayImage, prepareDigit } from "@dlcc/data";
import { loadMnist } from "@dlcc/data/node";
import { ArgumentError, cpu, slice, type Tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

/** An image of one gray with rectangles of another: `[left, top, width, height]`. */
function drawing(
  width: number,
  height: number,
  rectangles: readonly (readonly [number, number, number, number])[],
  { paper = 0, ink = 255 } = {},
): GrayImage & { pixels: Uint8Array } {
  const pixels = new Uint8Array(width * height).fill(paper);
  for (const [left, top, w, h] of rectangles) {
    for (let row = top; row < top + h; row++) pixels.fill(ink, row * width + left, row * width + left + w);
  }
  return { pixels, width, height };
}

/** The 28 rows of the result. */
function rows(image: GrayImage): number[][] {
  const data = [...prepareDigit(image).dataSync()];
  return Array.from({ length: 28 }, (_, row) => data.slice(28 * row, 28 * row + 28));
}

/** The box around all pixels above 0: `[left, top, width, height]`. */
function box(image: GrayImage): number[] {
  const pixels = rows(image);
  const inked = (line: readonly number[]) => line.some((value) => value > 0);
  const ys = pixels.flatMap((row, y) => (inked(row) ? [y] : []));
  const xs = pixels.flatMap((_, x) => (inked(pixels.map((row) => row[x] as number)) ? [x] : []));
  return [xs[0]!, ys[0]!, xs.at(-1)! - xs[0]! + 1, ys.at(-1)! - ys[0]! + 1];
}

/** The greatest difference between two results. */
const furthest = (a: Tensor, b: Tensor): number => {
  const others = b.dataSync();
  return Math.max(...Array.from(a.dataSync(), (value, i) => Math.abs(value - (others[i] as number))));
};

/** A lopsided figure: a stem with a foot to the right. */
const lShape = [
  [10, 10, 10, 60],
  [10, 60, 40, 10],
] as const;

describe("prepareDigit", () => {
  test("gives a row of 784 numbers in 0..1, the brightest of them 1", () => {
    const x = prepareDigit(drawing(100, 100, lShape, { ink: 180 }));
    expect(x.shape).toEqual([1, 784]);
    expect(x.dtype).toBe("float32");
    const data = [...x.dataSync()];
    expect(Math.max(...data)).toBe(1);
    expect(Math.min(...data)).toBe(0);
  });

  test("makes the longer side 20 and keeps the ratio", () => {
    expect(box(drawing(100, 100, [[20, 10, 30, 60]])).slice(2)).toEqual([10, 20]);
    expect(box(drawing(200, 100, [[20, 10, 160, 40]])).slice(2)).toEqual([20, 5]);
  });

  test("enlarges what is smaller", () => {
    expect(box(drawing(12, 12, [[3, 3, 2, 5]])).slice(2)).toEqual([8, 20]);
  });

  test("puts a symmetric figure into the middle of the field", () => {
    expect(box(drawing(90, 60, [[30, 20, 20, 20]]))).toEqual([4, 4, 20, 20]);
  });

  test("puts the centre of mass within half a pixel of 14", () => {
    const pixels = rows(drawing(100, 100, lShape));
    const mass = pixels.flat().reduce((sum, ink) => sum + ink);
    const x = pixels.flatMap((row) => row.map((ink, column) => ink * column)).reduce((sum, m) => sum + m) / mass;
    const y = pixels.flatMap((row, index) => row.map((ink) => ink * index)).reduce((sum, m) => sum + m) / mass;
    expect(Math.abs(x - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y - 14)).toBeLessThanOrEqual(0.5);
  });

  test("cuts nothing off where the mass is far to one side", () => {
    // A block with a long thin tail to the right.
    const image = drawing(140, 60, [
      [10, 10, 30, 40],
      [40, 29, 90, 2],
    ]);
    const [left, , width] = box(image); // The field's last 20 columns: the mass would have gone further to the right.
    expect([left, width]).toEqual([8, 20]);
  });

  test("averages areas: an edge in the middle of a pixel is half gray", () => {
    // 40 by 40 become 20 by 20: of the stem's three columns, one new pixel covers two, and the next covers one.
    const image = drawing(60, 60, [
      [10, 10, 3, 40],
      [13, 10, 37, 2],
    ]);
    const stem = rows(image)[14] as number[];
    const first = stem.findIndex((value) => value > 0);
    expect(stem.slice(first, first + 3)).toEqual([1, 0.5, 0]);
  });

  test.each([1, 3, 10])(
    "on a sheet of one colour, ink is the share of the darkest, of all the pixels that a picture %d times as large has",
    (times) => {
      // A step of 40 by 40 pixels: rows of full ink, of a half and of a quarter; 5 % are none.
      const [side, shades] = [120 * times, [0, 100, 150, 190] as const];
      const pixels = new Uint8Array(side * side).fill(200);
      shades.forEach((shade, step) => {
        for (let row = (40 + 10 * step) * times + 1; row < (50 + 10 * step) * times + 1; row++) {
          pixels.fill(shade, row * side + 40 * times + 1, row * side + 80 * times + 1);
        }
      });
      // 30 rows and 40 columns become 15 and 20: five rows of each shade.
      const found = rows({ pixels, width: side, height: side });
      const inked = found.filter((row) => row.some((ink) => ink > 0)).map((row) => row.filter((ink) => ink > 0));
      expect(inked.map(({ length }) => length)).toEqual(new Array(15).fill(20));
      const expected = [1, 0.5, 0.25].flatMap((ink) => new Array<number>(5).fill(ink));
      inked.forEach((row, i) => {
        for (const ink of row) expect(ink).toBeCloseTo(expected[i] as number, 5);
      });
    },
  );

  test("gives the same for dark on light as for light on dark", () => {
    const light = prepareDigit(drawing(100, 100, lShape, { paper: 0, ink: 255 })).dataSync();
    const dark = prepareDigit(drawing(100, 100, lShape, { paper: 255, ink: 0 })).dataSync();
    expect(dark).toEqual(light);
  });

  test("finds light ink on light gray paper by the border", () => {
    const light = prepareDigit(drawing(100, 100, lShape)).dataSync();
    const pale = prepareDigit(drawing(100, 100, lShape, { paper: 150, ink: 250 })).dataSync();
    pale.forEach((value, i) => {
      expect(value).toBeCloseTo(light[i] as number, 6);
    });
  });

  test("is not led astray by a stroke that runs over the border", () => {
    const [, , width, height] = box(drawing(40, 40, [[0, 10, 20, 10]], { paper: 255, ink: 0 }));
    expect([width, height]).toEqual([20, 10]);
  });

  test("gives the same for floats in 0..1 as for bytes", () => {
    const image = drawing(100, 100, lShape);
    const floats = { ...image, pixels: Float32Array.from(image.pixels, (value) => value / 255) };
    expect(prepareDigit(floats).dataSync()).toEqual(prepareDigit(image).dataSync());
  });

  test("ignores faint noise around the digit", () => {
    const image = drawing(100, 100, lShape);
    const noisy = { ...image, pixels: image.pixels.map((value, i) => (value === 0 && i % 7 === 0 ? 20 : value)) };
    expect(furthest(prepareDigit(noisy), prepareDigit(image))).toBeLessThan(0.05);
  });

  test("leaves an image that is prepared as it is", () => {
    const first = prepareDigit(drawing(100, 100, lShape));
    const pixels = first.dataSync() as Float32Array;
    expect(furthest(prepareDigit({ pixels, width: 28, height: 28 }), first)).toBeLessThan(0.05);
  });

  test("puts the result on the backend of the options", () => {
    const backend = { ...cpu, name: "other" };
    expect(prepareDigit(drawing(20, 20, [[5, 5, 5, 5]]), { backend }).backend).toBe(backend);
  });

  test.each([0, 128, 255])("refuses a blank image of gray %d", (paper) => {
    expect(() => prepareDigit(drawing(30, 20, [], { paper }))).toThrow(ArgumentError);
    expect(() => prepareDigit(drawing(30, 20, [], { paper }))).toThrow(/got a blank one of 30×20/);
  });

  test("refuses pixels that do not fill the size, and recognizes colours", () => {
    expect(() => prepareDigit({ pixels: new Uint8Array(9), width: 2, height: 5 })).toThrow(ArgumentError);
    expect(() => prepareDigit({ pixels: new Uint8Array(9), width: 2, height: 5 })).toThrow(/2×5.*got 9/);
    expect(() => prepareDigit({ pixels: new Uint8Array(40), width: 2, height: 5 })).toThrow(/4 a pixel.*luminance/);
  });

  test.each([1.5, -0.1, Number.NaN])("refuses a float of %d", (value) => {
    const pixels = Float32Array.of(0, value, 1, 0);
    expect(() => prepareDigit({ pixels, width: 2, height: 2 })).toThrow(
      /pixels in floats must be from 0 to 1, got .* at index 1/,
    );
  });

  test.each([0, -3, 2.5])("refuses a width of %d", (width) => {
    expect(() => prepareDigit({ pixels: new Uint8Array(4), width, height: 2 })).toThrow(ArgumentError);
  });
});

const mnist = process.env.DLCC_MNIST_DIR;
describe.skipIf(!mnist)("prepareDigit on the real MNIST (where DLCC_MNIST_DIR says that it is)", () => {
  test("gives its digits back when they were enlarged, inverted, made pale and moved", async () => {
    const { images } = (await loadMnist(mnist as string)).test;
    const [count, enlarged, width, height] = [500, 5, 200, 170];
    let alike = 0;
    for (let i = 0; i < count; i++) {
      const digit = slice(images, i).dataSync();
      const pixels = new Float32Array(width * height).fill(0.9);
      for (let row = 0; row < 28 * enlarged; row++) {
        for (let column = 0; column < 28 * enlarged; column++) {
          const ink = digit[Math.floor(row / enlarged) * 28 + Math.floor(column / enlarged)] as number;
          pixels[(row + 9) * width + column + 40] = 0.9 - 0.8 * ink;
        }
      }
      const prepared = prepareDigit({ pixels, width, height }).dataSync();
      // Faint pixels are taken for noise, so a few differ; all of a digit's ink is about 100.
      const distance = [...prepared].reduce((sum, ink, j) => sum + Math.abs(ink - digit[j]!), 0);
      if (distance < 2) alike++;
    }
    expect(alike / count).toBeGreaterThan(0.95);
  });
});
