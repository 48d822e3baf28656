/**
 * Products, `C[z, m, n] = f(Σ_k A[z, m, k] · B[z, k, n] + bias)`, where each factor is a matrix in any strides or a function of
 * its indices: so a convolution is a product, too, without its patches ever lying in memory. What is here in all kernels:
 * how factors are read, and where results go. The kernels themselves are in `tile.ts` and `plain.ts`.
 */
import type { FusedActivation } from "@dlcc/tensor";
import { type Element, numbers } from "./kernel.ts";

/** A factor of a product: its rows and columns are `m` and `k`, or `k` and `n`. */
export interface Factor {
  /** Tells it from others in a kernel's name. */
  readonly key: string;
  /** Whether neighbours along `k` are neighbours in memory, or those along the other index. */
  readonly alongK: boolean;
  /** Whether four of them can be read as one vector. */
  readonly fours: boolean;
  /** Statements that return an element, given `z`, `k` and `o` (the other index): of a function of indices. Without it, a matrix. */
  readonly element?: string;
}

/** What a product is, but for its sizes. */
export interface Product {
  /** The op. */
  readonly name: string;
  readonly type: "f32" | "i32";
  readonly a: Factor;
  readonly b: Factor;
  /** Statements that return the place of a result, given `z`, `m` and `n`. Without it, a matrix. */
  readonly place?: string;
  /** More numbers that the expressions need. */
  readonly params?: readonly (readonly [name: string, type: Element])[];
}

/** Tells a product's kernels apart. */
export const keyOf = ({ type, a, b }: Product): string =>
  [type, ...[a, b].map(({ key, alongK, fours }) => `${key}${alongK ? "k" : "o"}${fours ? 4 : 1}`)].join(" ");

/** The activations in the order of their numbers. */
export const activationNumbers: readonly (FusedActivation | undefined)[] = [undefined, "relu", "sigmoid", "tanh"];

/**
 * The numbers of every product: sizes, then offset and strides of A (z, m, k), of B (z, k, n), of the bias (z, m, n) and
 * strides of C (z, m, n), and which activation. What has no bias has a single 0 in its place.
 */
export const productParams: readonly (readonly [name: string, type: Element])[] = [
  ...numbers("u32", "M", "N", "K"),
  ...numbers("i32", "ao", "az", "am", "ak", "bo", "bz", "bk", "bn"),
  ...numbers("i32", "bias", "biasZ", "biasM", "biasN", "cz", "cm", "cn", "activation"),
];

/** Functions of indices: `readA(z, m, k)`, `readB(z, k, n)`. */
export const readers = ({ a, b, type }: Product): string => {
  const matrixA = "x0[u32(p.ao + i32(z) * p.az + i32(o) * p.am + i32(k) * p.ak)]";
  const matrixB = "x1[u32(p.bo + i32(z) * p.bz + i32(k) * p.bk + i32(o) * p.bn)]";
  // A vector in memory is not read element by element: then there is no such function.
  return [
    a.fours ? "" : `fn readA(z: u32, o: u32, k: u32) -> ${type} { ${a.element ?? `return ${matrixA};`} }`,
    b.fours ? "" : `fn readB(z: u32, k: u32, o: u32) -> ${type} { ${b.element ?? `return ${matrixB};`} }`,
  ].join("\n");
};

/** Where results go: `place(z, m, n)`; and what becomes of a sum, by the input `bias`: `finish(v, z, m, n)`. */
export const finishers = ({ place, type }: Product, bias: string): string => `
  fn place(z: u32, m: u32, n: u32) -> u32 { ${place ?? "return u32(i32(z) * p.cz + i32(m) * p.cm + i32(n) * p.cn);"} }
  fn finish(v: ${type}, z: u32, m: u32, n: u32) -> ${type} {
    let sum = v + ${bias}[u32(p.bias + i32(z) * p.biasZ + i32(m) * p.biasM + i32(n) * p.biasN)];
    ${type === "f32" ? `switch (p.activation) { ${activationNumbers.map((name, i) => (name ? `case ${i}: { return ${name}Of(sum); }` : "")).join(" ")} default: { return sum; } }` : "return sum;"}
  }`;

/** A fused multiply-add, or for whole numbers what it stands for. `a` is one number, `b` and `c` are vectors. */
export const multiplyAdd = (type: "f32" | "i32", a: string, b: string, c: string): string =>
  type === "f32" ? `fma(vec4f(${a}), ${b}, ${c})` : `vec4i(${a}) * ${b} + ${c}`;
