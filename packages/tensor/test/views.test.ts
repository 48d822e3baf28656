import { describe, expect, test } from "vitest";
import {
  arange,
  broadcastTo,
  concat,
  contiguous,
  flatten,
  permute,
  reshape,
  type SliceRange,
  slice,
  squeeze,
  stack,
  type Tensor,
  tensor,
  transpose,
  unsqueeze,
  zeros,
} from "../src/index.ts";
import { reshapedStrides } from "../src/shape.ts";

const sharesStorage = (a: Tensor, b: Tensor): boolean => a.storage === b.storage;

describe("views share their storage", () => {
  const x = arange(24).reshape([2, 3, 4]);
  test.each<[string, () => Tensor]>([
    ["transpose", () => transpose(x)],
    ["permute", () => permute(x, [2, 0, 1])],
    ["slice", () => slice(x, 1, [0, 2], [undefined, undefined, -1])],
    ["broadcastTo", () => broadcastTo(x, [5, 2, 3, 4])],
    ["reshape of contiguous data", () => reshape(x, [6, 4])],
    ["reshape to the same shape", () => reshape(x, [2, 3, 4])],
    ["squeeze", () => squeeze(slice(x, [0, 1]))],
    ["unsqueeze of a transpose", () => unsqueeze(transpose(x), 0)],
    ["flatten", () => flatten(x, 0)],
    ["contiguous of contiguous data", () => contiguous(x)],
  ])("%s", (_, view) => {
    expect(sharesStorage(view(), x)).toBe(true);
  });

  test.each<[string, () => Tensor]>([
    ["reshape of a transpose", () => reshape(transpose(x), [24])],
    ["contiguous of a transpose", () => contiguous(transpose(x))],
    ["reshape across a broadcast axis", () => reshape(broadcastTo(arange(3), [2, 3]), [6])],
  ])("%s copies", (_, copied) => {
    expect(sharesStorage(copied(), x)).toBe(false);
  });
});

describe("reshapedStrides", () => {
  test.each<[shape: number[], strides: number[], to: number[], expected: number[] | undefined]>([
    [
      [4, 6],
      [6, 1],
      [2, 12],
      [12, 1],
    ], // contiguous: anything goes
    [
      [3, 4],
      [8, 1],
      [3, 1, 4],
      [8, 0, 1],
    ], // rows with gaps: axes of length 1 may come
    [
      [3, 1, 4],
      [8, 5, 1],
      [3, 4],
      [8, 1],
    ], // and go
    [[3, 4], [8, 1], [12], undefined], // but nothing is joined
    [[4, 3], [1, 4], [2, 2, 3], undefined], // nor split
    [[4, 3], [1, 4], [3, 4], undefined], // nor given other lengths
    [
      [1, 4],
      [0, -1],
      [4, 1],
      [-1, 0],
    ], // backwards
    [
      [3, 4],
      [0, 0],
      [1, 3, 4],
      [0, 0, 0],
    ], // one number for all
    [
      [0, 3],
      [7, 2],
      [3, 0],
      [0, 1],
    ], // nothing: any order is right
    [[1, 4], [99, 1], [4], [1]], // the stride of a length of 1 does not matter
    [[], [], [1, 1], [1, 1]],
  ])("%j with strides %j to %j", (shape, strides, to, expected) => {
    expect(reshapedStrides(shape, strides, to)).toEqual(expected);
  });

  test("keeps the order of the elements, whenever it gives strides", () => {
    const elements = (shape: number[], strides: number[]): number[] =>
      shape.length === 0
        ? [0]
        : Array.from({ length: shape[0]! }, (_, i) =>
            elements(shape.slice(1), strides.slice(1)).map((offset) => i * strides[0]! + offset),
          ).flat();
    const targets = [[24], [2, 12], [12, 2], [3, 8], [8, 3], [4, 6], [6, 4], [2, 3, 4], [4, 3, 2], [2, 2, 6], [24, 1]];
    for (const strides of [
      [12, 4, 1],
      [1, 2, 6],
      [4, 8, 1],
      [-12, -4, -1],
      [0, 4, 1],
      [24, 8, 2],
      [12, 0, 0],
    ]) {
      for (const target of targets) {
        const reshaped = reshapedStrides([2, 3, 4], strides, target);
        if (reshaped) expect(elements(target, reshaped)).toEqual(elements([2, 3, 4], strides));
      }
    }
  });
});

/** By NumPy's rules: what `np.arange(6)[start:end:step]` gives. */
// biome-ignore format: a table
const slices: readonly [range: SliceRange, expected: number[]][] = [
  [[], [0, 1, 2, 3, 4, 5]],
  [[2], [2, 3, 4, 5]],
  [[2, 4], [2, 3]],
  [[undefined, -1], [0, 1, 2, 3, 4]],
  [[-2], [4, 5]],
  [[-100, 100], [0, 1, 2, 3, 4, 5]],
  [[4, 2], []],
  [[6], []],
  [[100], []],
  [[0, 6, 2], [0, 2, 4]],
  [[1, 6, 2], [1, 3, 5]],
  [[0, 5, 4], [0, 4]],
  [[undefined, undefined, -1], [5, 4, 3, 2, 1, 0]],
  [[undefined, undefined, -2], [5, 3, 1]],
  [[4, 1, -1], [4, 3, 2]],
  [[4, undefined, -3], [4, 1]],
  [[100, -100, -1], [5, 4, 3, 2, 1, 0]],
  [[-100, undefined, -1], []],
  [[1, 4, -1], []],
  [[undefined, 2, -1], [5, 4, 3]],
  [[2, undefined, -1], [2, 1, 0]],
  [[-1, -7, -1], [5, 4, 3, 2, 1, 0]],
  [[-1, -6, -1], [5, 4, 3, 2, 1]],
];

describe("slice follows NumPy", () => {
  test.each(slices)("%j", async (range, expected) => {
    expect(await slice(arange(6), range).array()).toEqual(expected);
  });

  test("an index takes its axis away; a negative one counts from the end", async () => {
    const x = arange(6).reshape([2, 3]);
    expect(await slice(x, -1).array()).toEqual([3, 4, 5]);
    expect(await slice(x, [], 1).array()).toEqual([1, 4]);
    expect(slice(x, 0, 0).shape).toEqual([]);
  });

  test("of a slice is a slice of the whole", async () => {
    const x = slice(arange(10), [undefined, undefined, -1]); // 9 … 0
    expect(await slice(x, [1, 8, 3]).array()).toEqual([8, 5, 2]);
    expect(await slice(slice(x, [2]), [undefined, undefined, -2]).array()).toEqual([0, 2, 4, 6]);
  });

  test("of an empty axis is empty", () => {
    expect(slice(zeros([0, 3]), [undefined, undefined, -1]).shape).toEqual([0, 3]);
  });
});

test("reshape infers one length", () => {
  expect(reshape(zeros([4, 6]), [-1, 8]).shape).toEqual([3, 8]);
  expect(reshape(zeros([0, 3]), [-1]).shape).toEqual([0]);
});

test("stack puts a new axis where it is asked to", async () => {
  const rows = [tensor([1, 2]), tensor([3, 4]), tensor([5, 6])];
  // biome-ignore format: a matrix
  expect(await stack(rows).array()).toEqual([[1, 2], [3, 4], [5, 6]]);
  // biome-ignore format: a matrix
  expect(await stack(rows, -1).array()).toEqual([[1, 3, 5], [2, 4, 6]]);
});

test("concat takes an axis from the end", async () => {
  // biome-ignore format: a matrix
  expect(await concat([tensor([[1], [2]]), tensor([[3], [4]])], -1).array()).toEqual([[1, 3], [2, 4]]);
});
