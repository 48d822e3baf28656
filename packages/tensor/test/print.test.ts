import { expect, test } from "vitest";
import { arange, type Backend, cpu, tensor, zeros } from "../src/index.ts";

test("a vector prints on one line, below its dtype, shape and backend", () => {
  expect(String(tensor([1, -2.5, 0]))).toBe("Tensor float32 [3] on cpu\n[1, -2.5, 0]");
});

test("a scalar prints its number", () => {
  expect(String(tensor(3.25))).toBe("Tensor float32 [] on cpu\n3.25");
});

test("a matrix prints a row a line, with aligned columns", () => {
  // biome-ignore format: a matrix
  expect(String(tensor([[1, -20], [300, 4]]))).toBe("Tensor float32 [2,2] on cpu\n[[  1, -20],\n [300,   4]]");
});

test("an array of matrices has a blank line between them", () => {
  expect(String(arange(4).reshape([2, 1, 2]))).toBe("Tensor float32 [2,1,2] on cpu\n[[[0, 1]],\n\n [[2, 3]]]");
});

test("a view prints what it shows", () => {
  expect(String(arange(4).reshape([2, 2]).transpose())).toContain("[[0, 2],\n [1, 3]]");
});

test("fractions have six significant digits", () => {
  expect(String(tensor([1 / 3, 0.1, 1e-10], { dtype: "float64" }))).toContain("[0.333333, 0.1, 1e-10]");
});

test("NaN and infinities print as such", () => {
  expect(String(tensor([NaN, Infinity, -Infinity]))).toContain("[NaN, Infinity, -Infinity]");
});

test("bool prints as true and false", () => {
  expect(String(tensor([1, 0], { dtype: "bool" }))).toBe("Tensor bool [2] on cpu\n[true, false]");
});

test("a long tensor shows three elements at each end", () => {
  expect(String(arange(2000))).toBe("Tensor float32 [2000] on cpu\n[0, 1, 2, …, 1997, 1998, 1999]");
  expect(String(zeros([100, 100])).split("\n")).toHaveLength(8); // The title, three rows, …, and three rows.
});

test("a tensor of nothing prints brackets", () => {
  expect(String(zeros([0]))).toBe("Tensor float32 [0] on cpu\n[]");
});

test("a tensor that can't be read at once says how to read it", () => {
  const { readSync: _, ...rest } = cpu;
  const device: Backend = { ...rest, name: "gpu" };
  expect(String(zeros([2], { backend: device }))).toBe("Tensor float32 [2] on gpu (its values: await t.data())");
});

test("console.log in Node prints the same", () => {
  const inspect = Symbol.for("nodejs.util.inspect.custom");
  const x = tensor([1]);
  expect((x as unknown as Record<symbol, () => string>)[inspect]?.()).toBe(String(x));
});
