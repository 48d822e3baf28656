/**
 * Products, `C[z, m, n] = f(Σ_k A[z, m, k] · B[z, k, n] + bias)`, where each factor is a matrix in any strides or a function of
 * its indices: so a convolution is a product, too, without its patches ever lying in memory. What is here in all kernels:
 * how factors are read, and where results go. The kernels themselves are in `tile.ts` and `plain.ts`.
 */
import type { FusedActivation } from "@dlcc/tensor";
import { type Parts, vec4 } from "./kernel.ts";

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
  readonly params?: NonNullable<Parts["params"]>;
}

/** Tells a product's kernels apart. */
export const keyOf = ({ type, a, b }: Product): string =>
  [type, ...[a, b].map(({ key, alongK, fours }) => `${key}${alongK ? "k" : "o"}${fours ? 4 : 1}`)].join(" ");

/** The activations in the order of their numbers. */
export const activationNumbers: readonly (FusedActivation | undefined)[] = [undefined, "relu", "sigmoid", "tanh"];

/**
 * The numbers of every product: sizes; then how to walk through A, B and the bias: where each starts, and its strides; and which
 * activation. `o` is the index of a factor that is not k. What has no bias has a single 0 in its place.
 */
export const productParams = [
  "u32 M N K",
  "i32 aStart aZ aO aK bStart bZ bO bK biasStart biasZ biasM biasN activation",
] as const;

/** The place of an element in A, B or the bias. */
const placeIn = (name: string, axes: "ZOK" | "ZMN"): string =>
  `u32(p.${name}Start + ${[...axes].map((axis) => `i32(${axis.toLowerCase()}) * p.${name}${axis}`).join(" + ")})`;

/** The place of a result among matrices in order. */
export const inRows = (z: string): string => `(${z} * p.M + m) * p.N + n`;

/** Functions of indices, `readA(z, o, k)` and `readB(z, o, k)`: the element, or the vector of it and the three after it. */
export const readers = ({ a, b, type }: Product): string =>
  [a, b]
    .map(({ fours, element }, i) => {
      const name = i === 0 ? "A" : "B";
      const read = `return x${i}[${placeIn(name.toLowerCase(), "ZOK")}${fours ? " >> 2u" : ""}];`;
      return `fn read${name}(z: u32, o: u32, k: u32) -> ${fours ? vec4(type) : type} { ${element ?? read} }`;
    })
    .join("\n");

/** The statement that returns an activation, if it is the one that is asked for. */
const ifAsked = (name: FusedActivation | undefined, number: number): string =>
  name ? `if (p.activation == ${number}) { return ${name}Of(sum); }` : "";

/** Where results go: `place(z, m, n)`; and what becomes of a sum, by the input `bias`: `finish(v, z, m, n)`. */
export const finishers = ({ place, type }: Product, bias: string): string => `
  fn place(z: u32, m: u32, n: u32) -> u32 { ${place ?? `return ${inRows("z")};`} }
  fn finish(v: ${type}, z: u32, m: u32, n: u32) -> ${type} {
    let sum = v + ${bias}[${placeIn("bias", "ZMN")}];
    ${type === "f32" ? activationNumbers.map(ifAsked).join(" ") : ""}
    return sum;
  }`;

/** A fused multiply-add, or for whole numbers what it stands for. `a` is one number, `b` and `c` are vectors. */
export const multiplyAdd = (type: "f32" | "i32", a: string, b: string, c: string): string =>
  type === "f32" ? `fma(vec4f(${a}), ${b}, ${c})` : `vec4i(${a}) * ${b} + ${c}`;
