/**
 * The elementwise kernels, of one table each: what differs between them is an expression. An operand is a line through
 * its storage: element i is at `start + i · step`; the step is 0 where one number stands for all.
 */
import type { BinaryOp, FusedActivation, UnaryOp } from "@dlcc/tensor";
import {
  type ByDType,
  byDType,
  exponential,
  isNumber,
  type KernelSource,
  kernel,
  logarithm,
  mapNames,
  wholeOrNaN,
} from "./source.ts";

/** tanh x ≈ x + c₁x³ + c₂x⁵ + …: below ½, where `1 − e^(−2x)` would lose its digits. Source: Abramowitz & Stegun, 4.5.64. */
const tanhSeries = [-1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925, 21844 / 6081075, -929569 / 638512875];
const tanhPolynomial = tanhSeries.reduceRight((tail, c) => `z * (${c} + ${tail})`, "0.0");

/** Σ cᵢ zⁱ, from the highest power down. */
const polynomial = (z: string, coefficients: readonly number[]): string =>
  coefficients.map(String).reduce((tail, c) => `(${c} + ${z} * ${tail})`);

/** erf x = x · p(x²) below 1. Source: Cephes (S. Moshier, netlib.org/cephes, single precision). */
const erfNear = polynomial(
  "z",
  [
    7.853861353153693e-5, -8.010193625184903e-4, 5.188327685732524e-3, -2.685381193529856e-2, 1.128358514861418e-1,
    -3.7612625824233e-1, 1.12837916572671,
  ],
);

/** erf x = 1 − e^(−x²) / x · p(1/x²) from there on. Source: Cephes. */
const erfFar = polynomial(
  "w",
  [
    2.326819970068386e-2, -1.387039388740657e-1, 3.687424674597105e-1, -5.824733027278666e-1, 6.210004621745983e-1,
    -4.944515323274145e-1, 3.404879937665872e-1, -2.741127028184656e-1, 5.638259427386472e-1,
  ],
);

/** Statements that set `r` to a function of `v`. */
const functions: { readonly [O in UnaryOp]: string } = {
  neg: "r = -v;",
  abs: "r = Math.abs(v);",
  sign: "r = Math.abs(v); if (v > 0) { r = 1; } if (v < 0) { r = -1; }", // NaN stays, and −0 becomes 0.
  relu: "r = v; if (v <= 0) { r = 0; }",
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
  erf: `
    r = v;
    const size = Math.abs(v);
    const z = v * v;
    if (size < 1) { r = v * ${erfNear}; }
    if (size >= 1) {
      const w = 1 / z;
      r = 1;
      if (size < 6) { r = 1 - Math.exp(-z) / size * ${erfFar}; }
      if (v < 0) { r = -r; }
    }`,
};

/** The activations that `linear` takes along: statements that set `r` to one of `v`, for kernels that have `nan`. */
export const activations: { readonly [A in FusedActivation]: string } = {
  relu: functions.relu,
  sigmoid: functions.sigmoid,
  tanh: functions.tanh,
};

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

/** Which of the operands `a` and `b` is a number literal, if one is: a literal is a parameter, and has no line. */
export type Literal = "none" | "a" | "b";

/** A kernel for each place of a literal. Its parameters: the storages, the start and step of each, and the literal. */
export type ByLiteral = { readonly [L in Literal]: KernelSource };

/** Makes them: `read(x)` is the operand's element. */
const byLiteral = (
  name: string,
  operands: readonly string[],
  scalars: string,
  body: (read: (operand: string) => string) => string,
  variant: string = "",
): ByLiteral => {
  const make = (literal: Literal): KernelSource => {
    const lines = operands.filter((operand) => operand !== literal);
    const walks = lines.flatMap((line) => [`${line}Start`, `${line}Step`]);
    const parameters = [...lines, ...walks, ...(literal === "none" ? [] : [literal]), scalars];
    const read = (x: string): string => (x === literal ? x : `${x}[${x}Start + this.thread.x * ${x}Step]`);
    return kernel(name, parameters.join(", "), body(read), `${variant} literal ${literal}`);
  };
  return { none: make("none"), a: make("a"), b: make("b") };
};

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

const binaryKernels = (name: string, statements: string, variant: string = ""): ByLiteral =>
  byLiteral(
    name,
    ["a", "b"],
    "nan, infinity",
    (read) => `const p = ${read("a")}; const q = ${read("b")}; let r = nan; ${statements} return r;`,
    variant,
  );

/** Powers of whole numbers, by multiplication. */
const wholePower = `
  r = 1;
  for (let k = 0; k < 24; k++) { if (k < q) { r = r * p; } }
  if (p === -1 && q > 24) { r = 1 - 2 * (q - 2 * Math.floor(q * 0.5)); }
  if (q < 0) { r = 0; if (p === 1) { r = 1; } if (p === -1) { r = 1 - 2 * (q - 2 * Math.floor(q * 0.5)); } }`;

/** Whole numbers and booleans: NaN if one of them is, or if the result is too large. */
const wholeStatements = (op: BinaryOp): string =>
  `if (${isNumber("p")}) { if (${isNumber("q")}) { ${op === "pow" ? wholePower : pairs[op]} ${wholeOrNaN("r")} } }`;

/** f(a, b), for each function. */
export const binary: { readonly [O in BinaryOp]: ByDType<ByLiteral> } = mapNames(pairs, (name, statements) =>
  byDType(binaryKernels(name, statements), binaryKernels(name, wholeStatements(name), "whole")),
);

/** `condition ? a : b`; the condition may be NaN, as a comparison of such numbers is. */
export const where: ByLiteral = byLiteral(
  "where",
  ["c", "a", "b"],
  "nan",
  (read) => `const condition = ${read("c")};
   let r = nan;
   if (condition > 0.5) { r = ${read("a")}; }
   if (condition < 0.5) { r = ${read("b")}; }
   return r;`,
);

/** Numbers as another dtype holds them. As a boolean, a float's NaN is true; a whole number's is NaN. */
export const cast: Readonly<Record<"floatToInt32" | "floatToBool" | "int32ToBool", KernelSource>> = {
  floatToInt32: unaryKernel(
    "cast",
    `r = Math.floor(Math.abs(v)); if (v < 0) { r = -r; } ${wholeOrNaN("r")}`,
    "float to int32",
  ),
  floatToBool: unaryKernel("cast", "r = 1; if (v === 0) { r = 0; }", "float to bool"),
  int32ToBool: unaryKernel("cast", `r = v; if (${isNumber("v")}) { r = 1; if (v === 0) { r = 0; } }`, "int32 to bool"),
};
