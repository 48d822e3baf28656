import { writeFileSync } from "node:fs";
import { embeddedDigits } from "@dlcc/experiment/node";
import { encode } from "fast-png";
import { beforeAll, describe, expect, test } from "vitest";
import { dlcc, newPath, withoutSurroundings } from "./dlcc.ts";
import { Dice } from "./pictures/dice.ts";
import { other } from "./pictures/others.ts";
import { digitsOf } from "./pngs.ts";

withoutSurroundings();

let model: string;
beforeAll(async () => {
  model = newPath("digits.safetensors");
  await dlcc(["train", "mnist", "--data", "embedded", "--backend", "wasm", "--out", model, "--json"]);
}, 60_000);

/** Digits beside each other, black on white, each 56×56, 20 apart. */
function written(inks: readonly Float32Array[]): string {
  const [width, height] = [inks.length * 76 + 20, 96];
  const data = new Uint8Array(width * height).fill(255);
  inks.forEach((ink, n) => {
    for (let row = 0; row < 56; row++) {
      for (let column = 0; column < 56; column++) {
        data[(row + 20) * width + 20 + 76 * n + column] = 255 - 255 * ink[(row >> 1) * 28 + (column >> 1)]!;
      }
    }
  });
  const file = newPath("several.png");
  writeFileSync(file, encode({ width, height, data, channels: 1 }));
  return file;
}

const json = async (...words: string[]): Promise<Record<string, unknown>[]> =>
  (await dlcc(["predict", ...words, "--json"])).lines.map((line) => JSON.parse(line) as Record<string, unknown>);

describe("a picture of three digits", () => {
  const digits = digitsOf(embeddedDigits().test, 12).slice(9);
  /** What is read of each alone. */
  const alone = async (): Promise<unknown[]> =>
    (await json(model, ...digits.map(({ ink }) => written([ink])))).map(({ guess }) => guess);

  test("--digits reads them from the left to the right, with their places", async () => {
    const found = await json(model, "--digits", written(digits.map(({ ink }) => ink)));
    expect(found.map(({ guess }) => guess)).toEqual(await alone());
    found.forEach(({ box }, n) => {
      const [left, top, width, height] = box as [number, number, number, number];
      // MNIST's digits are within the 20 of 28 pixels in the middle, about.
      expect(left).toBeGreaterThanOrEqual(20 + 76 * n);
      expect(left + width).toBeLessThanOrEqual(20 + 76 * n + 56);
      expect(top).toBeGreaterThanOrEqual(20);
      expect(top + height).toBeLessThanOrEqual(76);
    });
  });

  test("for people, the number is said first", async () => {
    const file = written(digits.map(({ ink }) => ink));
    const { lines } = await dlcc(["predict", model, "--digits", file]);
    expect(lines[0]).toContain(`${file}: 3 digits, ${(await alone()).join(" ")}`);
  });

  test("without --digits one is read, and it is not sure", async () => {
    const file = written(digits.map(({ ink }) => ink));
    const found = await json(model, file);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ sure: false, doubt: expect.stringMatching(/has 3 digits, and --digits/) });
    const { lines } = await dlcc(["predict", model, file]);
    expect(lines.join("\n")).toMatch(/not sure: the picture has 3 digits[\s\S]*guess \d, not sure/);
  });
});

test("the place of a digit is in the file's own pixels, however large it is", async () => {
  const [width, height] = [2500, 1500]; // read as means of squares of 3 pixels
  const data = new Uint8Array(width * height).fill(255);
  for (let row = 600; row < 900; row++) data.fill(0, row * width + 1500, row * width + 1560);
  const file = newPath("large.png");
  writeFileSync(file, encode({ width, height, data, channels: 1 }));
  expect((await json(model, file))[0]?.box).toEqual([1500, 600, 60, 300]);
});

test("a light sheet on a dark table is no digit: not sure", async () => {
  const [width, height] = [300, 240];
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x >= 100 && x < 200 && y >= 70 && y < 170 ? 250 : 60;
  });
  const file = newPath("sheet.png");
  writeFileSync(file, encode({ width, height, data, channels: 1 }));
  expect((await json(model, file))[0]).toMatchObject({
    sure: false,
    doubt: expect.stringMatching(/more ink than any/),
  });
});

test("of 40 digits most are sure, and of 40 pictures of something else fewer", async () => {
  const sure = async (files: readonly string[]): Promise<number> =>
    (await json(model, ...files)).filter((found) => found.sure).length;
  const digits = digitsOf(embeddedDigits().test, 40).map(({ ink }) => written([ink]));
  const others = Array.from({ length: 40 }, (_, i) => {
    const { pixels, width, height } = other(new Dice(5, i));
    const file = newPath("other.png");
    writeFileSync(file, encode({ width, height, data: pixels as Uint8ClampedArray, channels: 1 }));
    return file;
  });
  expect(await sure(digits)).toBeGreaterThanOrEqual(32);
  expect(await sure(others)).toBeLessThanOrEqual(24);
});
