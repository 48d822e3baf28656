import { describe, expect, test } from "vitest";
import { arange, eye, full, linspace, ones, onesLike, tensor, zeros, zerosLike } from "../src/index.ts";

describe("tensor", () => {
  test("takes its shape from the nesting", () => {
    expect(tensor([[[1], [2]]]).shape).toEqual([1, 2, 1]);
    expect(tensor(5).shape).toEqual([]);
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
  });

  test("takes its dtype from a typed array or from booleans; else it is float32", () => {
    expect(tensor(Float64Array.of(1)).dtype).toBe("float64");
    expect(tensor(Int32Array.of(1)).dtype).toBe("int32");
    expect(tensor(Uint8Array.of(200)).dtype).toBe("float32");
    expect(tensor([true, false]).dtype).toBe("bool");
    expect(tensor([1, 2]).dtype).toBe("float32");
  });

  test("takes true for 1 and false for 0", async () => {
    expect(await tensor([true, false]).array()).toEqual([1, 0]);
    expect(await tensor(false).item()).toBe(0);
  });

  test("copies its data", async () => {
    const host = Float32Array.of(1, 2);
    const x = tensor(host);
    host.fill(9);
    expect(await x.array()).toEqual([1, 2]);
  });

  test("converts to the dtype that it is given", async () => {
    expect(await tensor([1, -1], { dtype: "int32" }).array()).toEqual([1, -1]);
    expect(await tensor([0, 0.5, NaN], { dtype: "bool" }).array()).toEqual([0, 1, 1]);
    expect(await tensor(Uint8Array.of(0, 200), { dtype: "bool" }).array()).toEqual([0, 1]);
  });

  test("takes flat data with a shape", async () => {
    // biome-ignore format: a matrix
    expect(await tensor([1, 2, 3, 4], { shape: [2, 2] }).array()).toEqual([[1, 2], [3, 4]]);
  });

  test("reads as a number where it is a scalar", async () => {
    expect(await tensor(5).array()).toBe(5);
    expect(await tensor([[5]]).item()).toBe(5);
  });
});

describe("filled tensors", () => {
  test("zeros, ones and full have their value and dtype", async () => {
    expect(await zeros([2]).array()).toEqual([0, 0]);
    expect(await ones([1, 2], { dtype: "int32" }).array()).toEqual([[1, 1]]);
    expect(await full([2], 2.5, { dtype: "float64" }).array()).toEqual([2.5, 2.5]);
    expect(await full([], 1).item()).toBe(1);
    expect(zeros([0, 3]).size).toBe(0);
  });

  test("zerosLike and onesLike take shape and dtype", () => {
    const x = zeros([2, 3], { dtype: "float64" });
    expect([zerosLike(x).shape, zerosLike(x).dtype, onesLike(x).dtype]).toEqual([[2, 3], "float64", "float64"]);
  });

  test("full of bool is true for all but 0", async () => {
    expect(await full([1], 0.5, { dtype: "bool" }).array()).toEqual([1]);
  });
});

describe("sequences", () => {
  test("arange leaves out its end, as NumPy's", async () => {
    expect(await arange(3).array()).toEqual([0, 1, 2]);
    expect(await arange(2, { end: 5 }).array()).toEqual([2, 3, 4]);
    expect(await arange(5, { end: 0, step: -2 }).array()).toEqual([5, 3, 1]);
    expect(await arange(1, { end: 2, step: 0.4, dtype: "float64" }).array()).toEqual([1, 1.4, 1.8]);
    expect(arange(3, { end: 1 }).shape).toEqual([0]);
  });

  test("linspace meets both ends", async () => {
    expect(await linspace(-1, 1, 5).array()).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(await linspace(3, 9, 1).array()).toEqual([3]);
    expect(linspace(0, 1, 0).shape).toEqual([0]);
  });

  test("eye is the identity of matmul", async () => {
    // biome-ignore format: a matrix
    const x = tensor([[1, 2], [3, 4]]);
    // biome-ignore format: a matrix
    expect(await x.matmul(eye(2)).array()).toEqual([[1, 2], [3, 4]]);
  });
});
