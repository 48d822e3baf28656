import { meanAndStandardDeviation, standardize } from "@dlcc/data";
import { ArgumentError, tensor, zeros } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

describe("meanAndStandardDeviation", () => {
  test("is the population's: 2, 4, 4, 4, 5, 5, 7, 9 have 5 and 2", async () => {
    const images = tensor([2, 4, 4, 4, 5, 5, 7, 9], { shape: [2, 4] });
    expect(await meanAndStandardDeviation(images)).toEqual({ mean: 5, standardDeviation: 2 });
  });

  test("refuses a tensor without elements", async () => {
    await expect(meanAndStandardDeviation(zeros([0, 4]))).rejects.toThrow(ArgumentError);
  });
});

describe("standardize", () => {
  test("gives mean 0 and standard deviation 1", async () => {
    const images = tensor([2, 4, 4, 4, 5, 5, 7, 9], { shape: [2, 4] });
    const result = standardize(images, await meanAndStandardDeviation(images));
    expect([...result.dataSync()]).toEqual([-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]);
  });

  test.each([
    [0.5, 0],
    [0.5, -1],
    [0.5, Number.NaN],
    [Number.POSITIVE_INFINITY, 1],
  ])("refuses mean %d with standard deviation %d", (mean, standardDeviation) => {
    expect(() => standardize(zeros([1, 1]), { mean, standardDeviation })).toThrow(ArgumentError);
  });
});
