import { examplesFromIdx, IdxError, imagesFromIdx, labelsFromIdx, parseIdx } from "@dlcc/data";
import { describe, expect, test } from "vitest";
import { idxBytes } from "./idx-bytes.ts";

const idx = (shape: readonly number[], contents: ArrayLike<number>, code = 8) =>
  parseIdx(idxBytes(shape, contents, code));

describe("imagesFromIdx", () => {
  test("makes a row of each image and scales its bytes to 0..1", () => {
    const images = imagesFromIdx(idx([2, 1, 3], [0, 51, 255, 255, 102, 0]));
    expect(images.shape).toEqual([2, 3]);
    expect(images.dtype).toBe("float32");
    expect(images.dataSync()).toEqual(Float32Array.of(0, 0.2, 1, 1, 0.4, 0));
  });

  test("refuses labels in place of images", () => {
    expect(() => imagesFromIdx(idx([2], [1, 2]))).toThrow(IdxError);
    expect(() => imagesFromIdx(idx([2], [1, 2]))).toThrow(/\[n, rows, columns\].*\[2\]/);
  });

  test("refuses four dimensions, and numbers other than bytes", () => {
    expect(() => imagesFromIdx(idx([1, 1, 1, 1], [1]))).toThrow(/\[n, rows, columns\].*\[1,1,1,1\]/);
    expect(() => imagesFromIdx(idx([1, 1, 1], [0, 1], 11))).toThrow(/bytes.*Int16Array/);
  });
});

describe("labelsFromIdx", () => {
  test("makes int32 of bytes", () => {
    const labels = labelsFromIdx(idx([3], [9, 0, 4]));
    expect(labels.dtype).toBe("int32");
    expect(labels.dataSync()).toEqual(Int32Array.of(9, 0, 4));
  });

  test("refuses a label that is not a digit, and names its index", () => {
    expect(() => labelsFromIdx(idx([3], [9, 10, 4]))).toThrow(IdxError);
    expect(() => labelsFromIdx(idx([3], [9, 10, 4]))).toThrow("labels must be from 0 to 9, got 10 at index 1");
  });

  test("takes the number of classes", () => {
    expect(labelsFromIdx(idx([1], [25]), 26).dataSync()).toEqual(Int32Array.of(25));
  });

  test("refuses images in place of labels", () => {
    expect(() => labelsFromIdx(idx([1, 1, 2], [1, 2]))).toThrow(/\[n\].*\[1,1,2\]/);
  });
});

describe("examplesFromIdx", () => {
  test("gives images and labels", () => {
    const { images, labels } = examplesFromIdx(idx([2, 1, 1], [0, 255]), idx([2], [3, 8]));
    expect(images.dataSync()).toEqual(Float32Array.of(0, 1));
    expect(labels.dataSync()).toEqual(Int32Array.of(3, 8));
  });

  test("refuses counts that differ, and names both", () => {
    expect(() => examplesFromIdx(idx([2, 1, 1], [0, 255]), idx([3], [3, 8, 1]))).toThrow(IdxError);
    expect(() => examplesFromIdx(idx([2, 1, 1], [0, 255]), idx([3], [3, 8, 1]))).toThrow(
      "images and labels must have the same count, got 2 and 3",
    );
  });

  test("refuses no examples at all", () => {
    expect(() => examplesFromIdx(idx([0, 28, 28], []), idx([0], []))).toThrow(
      "images and labels must have at least one example, got 0",
    );
  });
});
