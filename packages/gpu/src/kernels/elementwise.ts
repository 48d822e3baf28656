/**
 * The elementwise kernels, of one table each: what differs between them is an expression. An operand is a line through
 * its storage: element i is at `start + i · step`; the step is 0 where one number stands for all.
 */
import type { BinaryOp, UnaryOp } from "@dlcc/tensor";
import { exponential, isNumber, type KernelSource, kernel, logarithm } from "./source.ts";

/** tanh x ≈ x + c₁x³ + c₂x⁵ + …: below ½, where `1 − e^(−2x)` would lose its digits. Source: Abramowitz & Stegun, 4.5.64. */
const tanhSeries = [-1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925, 21844 / 6081075, -929569 / 638512875];
const tanhPolynomial = tanhSeries.reduceRight((tail, c) => `z * (${c} + ${tail})`, "0.0");

/** Statements that set `r` to a function of `v`. */
const functions: { readonly [O in UnaryOp]: string } = {
  neg: "r = -v;",
  abs: "r = Math.abs(v);",
  sign: "r = v; if (v > 0) { r = 1; } if (v < 0) { r = -1; }", // NaN and both zeros stay.
  relu: "r = v; if (v < 0) { r = 0; }",
  exp: exponential("v", "r"),
  log: logarithm("v", "r"),
  sqrt: "r = nan; if (v >= 0) { r = Math.sqrt(v); }",
  sigmoid: `r = v; if (${isNumber("v")}) { r = 1 / (1 + Math.exp(-v)); }`,
  tanh: `
    r = v;
    const size = Math.abs(v);
    const z = v * v;
    if (size < 0.5) { r = v + v * ${tanhPolynomial}; }
    if (size >= 0.5) {
      const small = Math.exp(-2 * size);
      r = (1 - small) / (1 + small);
      if (v < 0) { r = -r; }
    }`,
};

/** Statements that set `r` to an activation of `v`, for kernels that have `nan` and `infinity`. */
export const activations: { readonly [A in "relu" | "sigmoid" | "tanh"]: string } = functions;

const unaryKernel = (name: string, statements: string, variant: string = ""): KernelSource =>
  kernel(
    name,
    "x, start, step, nan, infinity",
    `const v = x[start + this.thread.x * step]; let r = nan; ${statements} return r;`,
    variant,
  );

/** f(x), for each function. */
export const unary: { readonly [O in UnaryOp]: KernelSource } = mapNames(functions, (name, statements) =>
  unaryKernel(name, statements),
);

/** `extreme` of two, where NaN wins. */
const extreme = (further: string): string => `
  r = p;
  if (${isNumber("q")}) { if (${further}) { r = q; } } else { r = q; }`;

/** Sets `r` to pᵠ. `Math.pow` knows bases above 0; the rest is by IEEE 754. */
const power = `
  const size = Math.abs(p);
  const half = Math.floor(q * 0.5);
  const odd = q - 2 * half;
  r = nan;
  if (size > 0 && size < infinity) { if (Math.abs(q) < infinity) {
    r = Math.pow(size, q);
    if (p < 0) {
      if (odd === 1) { r = -r; }
      if (odd > 0 && odd < 1) { r = nan; }
      if (odd > 1) { r = nan; }
    }
  } }
  if (size === 0 || size === infinity) {
    if (q > 0) { r = size; }
    if (q < 0) { r = 1 / size; }
    if (odd === 1) { if (p < 0 || 1 / p < 0) { r = -r; } }
  }
  if (q === infinity) { if (size > 1) { r = infinity; } if (size < 1) { r = 0; } if (size === 1) { r = 1; } }
  if (q === -infinity) { if (size < 1) { r = infinity; } if (size > 1) { r = 0; } if (size === 1) { r = 1; } }
  if (q === 0 || p === 1) { r = 1; }`;

/** Statements that set `r` to a function of `p` and `q`. */
const pairs: { readonly [O in BinaryOp]: string } = {
  add: "r = p + q;",
  sub: "r = p - q;",
  mul: "r = p * q;",
  div: "r = p / q;",
  pow: power,
  maximum: extreme("q > p"),
  minimum: extreme("q < p"),
  equal: "r = 0; if (p === q) { r = 1; }",
  less: "r = 0; if (p < q) { r = 1; }",
  greater: "r = 0; if (p > q) { r = 1; }",
};

const binaryKernel = (name: string, statements: string, variant: string = ""): KernelSource =>
  kernel(
    name,
    "a, b, aStart, aStep, bStart, bStep, nan, infinity",
    `const p = a[aStart + this.thread.x * aStep]; const q = b[bStart + this.thread.x * bStep];
     let r = nan; ${statements} return r;`,
    variant,
  );

/** f(a, b), for each function. */
export const binary: { readonly [O in BinaryOp]: KernelSource } = mapNames(pairs, (name, statements) =>
  binaryKernel(name, statements),
);

/** Powers of whole numbers by multiplication, which is exact as long as the result is below 2²⁴. */
export const powWhole: KernelSource = binaryKernel(
  "pow",
  `r = 1;
   for (let k = 0; k < 24; k++) { if (k < q) { r = r * p; } }
   if (p === -1 && q > 24) { r = 1 - 2 * (q - 2 * Math.floor(q * 0.5)); }
   if (q < 0) { r = 0; if (p === 1) { r = 1; } if (p === -1) { r = 1 - 2 * (q - 2 * Math.floor(q * 0.5)); } }`,
  "whole",
);

/** `condition ? a : b`. */
export const where: KernelSource = kernel(
  "where",
  "c, a, b, cStart, cStep, aStart, aStep, bStart, bStep",
  `let r = b[bStart + this.thread.x * bStep];
   if (c[cStart + this.thread.x * cStep] > 0.5) { r = a[aStart + this.thread.x * aStep]; }
   return r;`,
);

/** Numbers as another dtype holds them. */
export const cast: { readonly [D in "int32" | "bool"]: KernelSource } = {
  int32: unaryKernel("cast", "r = Math.floor(Math.abs(v)); if (v < 0) { r = -r; }", "int32"),
  bool: unaryKernel("cast", "r = 1; if (v === 0) { r = 0; }", "bool"),
};

/** A table of the same names with other values. */
function mapNames<K extends string>(
  table: Readonly<Record<K, string>>,
  make: (name: string, statements: string) => KernelSource,
): Readonly<Record<K, KernelSource>> {
  return Object.fromEntries(
    Object.entries<string>(table).map(([name, statements]) => [name, make(name, statements)]),
  ) as Record<K, KernelSource>;
}
