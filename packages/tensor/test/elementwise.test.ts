import { describe, expect, test } from "vitest";
import {
  add,
  broadcastShapes,
  clip,
  type DType,
  full,
  greaterEqual,
  lessEqual,
  logicalNot,
  maximum,
  minimum,
  notEqual,
  ShapeError,
  step,
  sub,
  tensor,
  where,
  zeros,
} from "../src/index.ts";

/** From NumPy's manual, "Broadcasting", and its edge cases. */
const shapes: readonly [a: number[], b: number[], result: number[]][] = [
  [[256, 256, 3], [3], [256, 256, 3]],
  [
    [8, 1, 6, 1],
    [7, 1, 5],
    [8, 7, 6, 5],
  ],
  [[5, 4], [1], [5, 4]],
  [[5, 4], [4], [5, 4]],
  [
    [15, 3, 5],
    [15, 1, 5],
    [15, 3, 5],
  ],
  [
    [15, 3, 5],
    [3, 1],
    [15, 3, 5],
  ],
  [[], [2, 3], [2, 3]],
  [[], [], []],
  [[0], [1], [0]],
  [
    [1, 0],
    [5, 1],
    [5, 0],
  ],
  [[2, 0, 3], [3], [2, 0, 3]],
  [[1], [1, 1, 1], [1, 1, 1]],
];

describe("broadcasting follows NumPy", () => {
  test.each(shapes)("%j and %j make %j", (a, b, result) => {
    expect(broadcastShapes("add", a, b)).toEqual(result);
    expect(broadcastShapes("add", b, a)).toEqual(result);
    expect(add(zeros(a), zeros(b)).shape).toEqual(result);
  });

  test.each([
    [[3], [4]],
    [
      [2, 1],
      [8, 4, 3],
    ],
    [[0], [2]],
    [[2, 3], [2]],
  ])("%j and %j do not broadcast", (a, b) => {
    expect(() => broadcastShapes("add", a, b)).toThrow(ShapeError);
  });

  test("a column and a row make a table", async () => {
    // biome-ignore format: a matrix
    expect(await add(tensor([[0], [10], [20]]), tensor([1, 2])).array()).toEqual([[1, 2], [11, 12], [21, 22]]);
  });

  test("where broadcasts all three together", async () => {
    const condition = tensor([[1], [0]], { dtype: "bool" });
    // biome-ignore format: a matrix
    expect(await where(condition, tensor([1, 2, 3]), 0).array()).toEqual([[1, 2, 3], [0, 0, 0]]);
  });
});

describe("a number literal", () => {
  test.each(["float32", "float64", "int32"] as const)("takes the dtype of a %s tensor beside it", (dtype: DType) => {
    const x = full([2], 3, { dtype });
    expect([x.add(1).dtype, sub(1, x).dtype, maximum(x, 0).dtype]).toEqual([dtype, dtype, dtype]);
  });

  test("stands on either side", async () => {
    expect(await sub(10, tensor([1, 2])).array()).toEqual([9, 8]);
    expect(await sub(tensor([1, 2]), 10).array()).toEqual([-9, -8]);
  });

  test("may be 0 or 1 beside bool", async () => {
    expect(await tensor([1, 0], { dtype: "bool" }).equal(1).array()).toEqual([1, 0]);
  });
});

describe("composed comparisons", () => {
  const x = tensor([1, 2, 3, NaN]);
  test("≤ and ≥ hold at equality, and never for NaN", async () => {
    expect(await lessEqual(x, 2).array()).toEqual([1, 1, 0, 0]);
    expect(await greaterEqual(x, 2).array()).toEqual([0, 1, 1, 0]);
  });

  test("≠ holds for NaN, as in IEEE 754", async () => {
    expect(await notEqual(x, 2).array()).toEqual([1, 0, 1, 1]);
    expect(await notEqual(x, x).array()).toEqual([0, 0, 0, 1]);
  });

  test("not is 1 where an element is 0", async () => {
    expect(await logicalNot(tensor([0, 1, -2])).array()).toEqual([1, 0, 0]);
    expect(logicalNot(tensor([true])).dtype).toBe("bool");
  });
});

test("step is 0 at 0, as the course's perceptron", async () => {
  const fired = step(tensor([-1, 0, 1e-30]));
  expect(await fired.array()).toEqual([0, 0, 1]);
  expect(fired.dtype).toBe("float32");
});

test("clip holds numbers between its ends, and lets NaN through", async () => {
  expect(await clip(tensor([-2, -1, 0, 1, 2, NaN]), -1, 1).array()).toEqual([-1, -1, 0, 1, 1, NaN]);
});

test("clip with one bound leaves the other side alone", async () => {
  const x = tensor([-3, 0.5, Infinity, NaN]);
  expect(await clip(x, 0).array()).toEqual([0, 0.5, Infinity, NaN]);
  expect(await clip(x, undefined, 1).array()).toEqual([-3, 0.5, 1, NaN]);
  expect(() => clip(x)).toThrow(/^clip: low or high must be given, got neither/);
});

test("ops of booleans: maximum is or, minimum is and", async () => {
  const a = tensor([1, 1, 0, 0], { dtype: "bool" });
  const b = tensor([1, 0, 1, 0], { dtype: "bool" });
  expect(await maximum(a, b).array()).toEqual([1, 1, 1, 0]);
  expect(await minimum(a, b).array()).toEqual([1, 0, 0, 0]);
});
