import { describe, expect, test } from "vitest";
import { type FloatArray, type Matrix, multiply } from "../src/cpu/matmul.ts";
import { Generator, integer, matmul, tensor, zeros } from "../src/index.ts";

/** Half the distance of two neighbours near 1. */
const halfUlp = { float32: 2 ** -24, float64: 2 ** -53 };

const generator = new Generator(1);
const between = (low: number, high: number): number => low + integer(generator, high - low + 1);

type Type = Float32ArrayConstructor | Float64ArrayConstructor;

/** A matrix of random numbers that lies in its array in one of the ways that a view can. */
function randomMatrix(rows: number, columns: number, type: Type): Matrix {
  const layouts: readonly (() => Omit<Matrix, "data">)[] = [
    () => ({ rowStride: columns, columnStride: 1, offset: 0 }),
    () => ({ rowStride: 1, columnStride: rows, offset: 0 }), // transposed
    () => ({ rowStride: 0, columnStride: between(1, 3), offset: 0 }), // broadcast rows
    () => ({ rowStride: between(1, 3), columnStride: 0, offset: 0 }), // broadcast columns
    () => ({ rowStride: -columns - 1, columnStride: 1, offset: rows * (columns + 1) }), // upside down, with gaps
    () => ({ rowStride: 2 * columns + 3, columnStride: -2, offset: 2 * columns }), // every second, from right to left
  ];
  const layout = layouts[between(0, layouts.length - 1)]!();
  const offset = layout.offset + between(0, 7);
  const size = offset + Math.max(0, layout.rowStride) * rows + Math.max(0, layout.columnStride) * columns + 5;
  return { ...layout, offset, data: new type(Array.from({ length: size }, () => 2 * generator.uniform() - 1)) };
}

/** Multiplies two random matrices, and compares each element, and what lies beside the result, with the definition. */
function check(m: number, n: number, k: number, type: Type, special = false): void {
  const a = randomMatrix(m, k, type);
  const b = randomMatrix(k, n, type);
  const element = (x: Matrix, i: number, j: number): number => x.data[x.offset + i * x.rowStride + j * x.columnStride]!;
  if (special && m > 0 && k > 0) {
    const place = a.offset + between(0, m - 1) * a.rowStride + between(0, k - 1) * a.columnStride;
    a.data[place] = [NaN, Infinity, -Infinity][between(0, 2)]!;
  }
  const before = between(0, 5);
  const out: FloatArray = new type(before + m * n + 7).fill(42);
  multiply(m, n, k, a, b, out, before);
  const tolerance =
    2 * halfUlp[type === Float32Array ? "float32" : "float64"] * Math.max(1, type === Float32Array ? k / 256 : k);
  for (let place = 0; place < out.length; place++) {
    const q = place - before;
    if (q < 0 || q >= m * n) {
      if (out[place] !== 42) throw new Error(`${m} x ${k} x ${n}: wrote beside the result, at ${place}`);
      continue;
    }
    let expected = 0;
    let magnitude = 0;
    for (let p = 0; p < k; p++) {
      const term = element(a, Math.floor(q / n), p) * element(b, p, q % n);
      expected += term;
      magnitude += Math.abs(term);
    }
    const fine = Number.isFinite(expected)
      ? Math.abs(out[place]! - expected) <= tolerance * magnitude
      : Object.is(out[place], expected);
    if (!fine) throw new Error(`${m} x ${k} x ${n} at ${q}: expected ${expected}, got ${out[place]}`);
  }
}

describe("cpu's matrix product is the definition's", () => {
  test("for every size around that of a tile", () => {
    for (const m of [0, 1, 2, 3, 4, 5, 8, 9]) {
      for (const n of [0, 1, 2, 3, 4, 5, 8, 9]) for (const k of [0, 1, 2, 5]) check(m, n, k, Float32Array);
    }
  });

  test("for lengths around that of a block", () => {
    for (const k of [255, 256, 257, 511, 512, 513, 1030]) check(5, 6, k, Float32Array);
    for (const m of [127, 128, 129, 257]) check(m, 5, 6, Float32Array);
  });

  test("for random sizes and layouts, in float32 and float64", () => {
    for (let i = 0; i < 300; i++) {
      const most = i % 30 === 0 ? 140 : i % 3 === 0 ? 33 : 9;
      check(between(0, most), between(0, most), between(0, most), i % 3 === 0 ? Float64Array : Float32Array);
    }
  });

  test("where NaN and infinities come in", () => {
    for (let i = 0; i < 60; i++) check(between(1, 9), between(1, 9), between(1, 9), Float32Array, true);
  });
});

describe("matmul takes vectors, as NumPy's", () => {
  // biome-ignore format: a matrix
  const matrix = tensor([[1, 2, 3], [4, 5, 6]]);

  test("two vectors give a scalar", async () => {
    const product = matmul(tensor([1, 2, 3]), tensor([4, 5, 6]));
    expect(product.shape).toEqual([]);
    expect(await product.item()).toBe(32);
  });

  test("a matrix and a vector give a vector, on either side", async () => {
    expect(await matmul(matrix, tensor([1, 1, 1])).array()).toEqual([6, 15]);
    expect(await matmul(tensor([1, 1]), matrix).array()).toEqual([5, 7, 9]);
  });

  test("leading axes broadcast", () => {
    expect(matmul(zeros([5, 1, 2, 3]), zeros([4, 3, 6])).shape).toEqual([5, 4, 2, 6]);
    expect(matmul(zeros([5, 2, 3]), zeros([3])).shape).toEqual([5, 2]);
    expect(matmul(zeros([3]), zeros([5, 3, 2])).shape).toEqual([5, 2]);
  });

  test("the product over nothing is 0", async () => {
    // biome-ignore format: a matrix
    expect(await matmul(zeros([2, 0]), zeros([0, 2])).array()).toEqual([[0, 0], [0, 0]]);
  });
});
