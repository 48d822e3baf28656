import { split } from "@dlcc/data";
import { ArgumentError, arange, ShapeError, zeros } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

const images = arange(20).reshape([10, 2]);
const labels = arange(10, { dtype: "int32" });

describe("split", () => {
  test("puts each example into one part", () => {
    const { train, validation } = split(images, labels, 3, { seed: 1 });
    const both = [...train.labels.dataSync(), ...validation.labels.dataSync()];
    expect(both.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(validation.labels.shape).toEqual([3]);
  });

  test("keeps images and labels together", () => {
    const { train, validation } = split(images, labels, 3, { seed: 1 });
    for (const part of [train, validation]) {
      expect([...part.images.dataSync()]).toEqual([...part.labels.dataSync()].flatMap((i) => [2 * i, 2 * i + 1]));
    }
  });

  test("takes a fraction, rounded to whole examples", () => {
    expect(split(images, labels, 0.2, { seed: 1 }).validation.images.shape).toEqual([2, 2]);
    expect(split(images, labels, 0.26, { seed: 1 }).validation.images.shape).toEqual([3, 2]);
  });

  test("chooses the same for one seed, and differently for another", () => {
    const wide = arange(1000);
    const chosen = (seed: number) => split(wide, wide, 100, { seed }).validation.images.dataSync().join();
    expect(chosen(1)).toBe(chosen(1));
    expect(chosen(1)).not.toBe(chosen(2));
  });

  test("sets the last examples aside without shuffle", () => {
    const { train, validation } = split(images, labels, 3, { shuffle: false });
    expect([...train.labels.dataSync()]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([...validation.labels.dataSync()]).toEqual([7, 8, 9]);
  });

  test.each([0, -1, 10, 11, 2.5, 0.01, 0.99, Number.NaN])("refuses to set %d of ten aside", (validation) => {
    expect(() => split(images, labels, validation)).toThrow(ArgumentError);
    expect(() => split(images, labels, validation)).toThrow(/count from 1 to 9/);
  });

  test("refuses counts that differ, and no examples", () => {
    expect(() => split(images, arange(9), 3)).toThrow(ShapeError);
    expect(() => split(zeros([0, 2]), zeros([0]), 3)).toThrow(ShapeError);
  });
});
