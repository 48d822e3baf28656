import { describe, expect, test } from "vitest";
import { embeddedDigits } from "../src/node.ts";

describe("the embedded digits", () => {
  const { train, test: held } = embeddedDigits();

  test("are 8,000 to learn from and 2,000 others", () => {
    expect([train.images.shape, held.images.shape]).toEqual([
      [8000, 784],
      [2000, 784],
    ]);
  });

  // The counts are those of the first 10,000 labels of MNIST's training file.
  test("hold each digit as often as MNIST's first 10,000 do", async () => {
    const counts = new Array<number>(10).fill(0);
    for (const part of [train, held]) for (const label of await part.labels.data()) counts[label]! += 1;
    expect(counts).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
  });

  test("have pixels of v/255, from 0 to 1", async () => {
    const pixels = await train.images.data();
    const whole = (v: number): boolean => Math.abs(v * 255 - Math.round(v * 255)) < 1e-4;
    expect(pixels.every((v) => v >= 0 && v <= 1 && whole(v))).toBe(true);
    expect(pixels.some((v) => v === 1)).toBe(true);
  });

  test("no image is in both parts", async () => {
    const rows = async (x: typeof held.images): Promise<string[]> => {
      const data = (await x.data()) as Float32Array;
      return Array.from({ length: x.shape[0]! }, (_, i) => data.subarray(i * 784, (i + 1) * 784).join());
    };
    const learned = new Set(await rows(train.images));
    expect((await rows(held.images)).filter((row) => learned.has(row))).toEqual([]);
  });
});
