/** Number literals reach the kernels as numbers: no storage is made for them. */
import { type Computed, type Kernel, type Operand, ops, type TypedArray, tensor, type View } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { createWasm } from "../src/index.ts";

const backend = await createWasm({ threads: 2 });

/** Runs an op's kernel on operands as they are, and reads the result. */
function run(op: "add" | "sub" | "mul" | "less" | "maximum" | "where", shape: readonly number[], ...inputs: Operand[]) {
  const kernel = backend.kernel(ops[op] as unknown as Computed<typeof op>) as Kernel<typeof op>;
  const like = inputs.findLast((input) => typeof input !== "number") as View;
  const [storage] = kernel({}, inputs as unknown as Parameters<typeof kernel>[1], []);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const view: View = { storage: storage!, dtype: op === "less" ? "bool" : like.dtype, shape, strides, offset: 0 };
  return Array.from((backend.readSync as (view: View) => TypedArray)(view));
}

const view = (data: Parameters<typeof tensor>[0], dtype: View["dtype"] = "float32"): View =>
  tensor(data, { dtype, backend }) as unknown as View;

describe("a number stands for every element", () => {
  test("on either side", () => {
    expect(run("sub", [3], view([1, 2, 3]), 1)).toEqual([0, 1, 2]);
    expect(run("sub", [3], 1, view([1, 2, 3]))).toEqual([0, -1, -2]);
  });

  test("beside a view of any strides", () => {
    const x = view([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const transposed: View = { ...x, storage: x.storage, dtype: "float32", shape: [3, 2], strides: [1, 3], offset: 0 };
    expect(run("mul", [3, 2], transposed, 10)).toEqual([10, 40, 20, 50, 30, 60]);
  });

  test("in a scalar, in one element, and in none", () => {
    expect(run("add", [], view(1), 2)).toEqual([3]);
    expect(run("add", [1, 1], view([[1]]), 2)).toEqual([3]);
    expect(run("add", [0], view([]), 2)).toEqual([]);
  });

  test("in large data, whose ends lie in different chunks", () => {
    const n = 100_003;
    const sums = run("add", [n], view(new Float32Array(n).fill(1)), 0.5);
    expect(sums).toHaveLength(n);
    expect(sums.every((sum) => sum === 1.5)).toBe(true);
  });
});

describe("it has the view's dtype", () => {
  test("float32: it is rounded to one", () => {
    expect(run("less", [1], view([0.1]), 0.1)).toEqual([0]);
    expect(run("sub", [1], view([0.1]), 0.1)).toEqual([0]);
    expect(run("add", [2], view([1, 2]), Number.NaN)).toEqual([Number.NaN, Number.NaN]);
    expect(run("mul", [1], view([1]), -0)).toEqual([-0]);
  });

  test("int32: all 32 bits of it count", () => {
    expect(run("sub", [1], view([2 ** 31 - 1], "int32"), 2 ** 31 - 2)).toEqual([1]);
  });

  test("bool", () => expect(run("maximum", [2], view([0, 1], "bool"), 1)).toEqual([1, 1]));
});

test("where takes a number for either branch", () => {
  const condition = view([1, 0, 1], "bool");
  expect(run("where", [3], condition, view([1, 2, 3]), -1)).toEqual([1, -1, 3]);
  expect(run("where", [3], condition, 7, view([1, 2, 3], "int32"))).toEqual([7, 2, 7]);
});

test("no storage is made for it", () => {
  const x = view([1, 2, 3]);
  const { storages } = backend.memory;
  run("add", [3], x, 1);
  expect(backend.memory.storages - storages).toBe(1); // The result, which this test does not free.
});
