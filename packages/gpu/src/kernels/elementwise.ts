/**
 * The elementwise kernels, of one table each: what differs between them is an expression. An operand is a line through
 * its storage: element i is at `start + i · step`; the step is 0 where one number stands for all.
 */
import type { BinaryOp, FusedActivation, UnaryOp } from "@dlcc/tensor";
import {
  type ByDType,
  byDType,
  divide,
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

/** log(1 + e) = 2 atanh(e / (2 + e)), for e from −½ to 1: statements that set `series`. */
const log1pSeries = (e: string): string => `
  const s = ${e} / (2 + ${e});
  const z = s * s;
  const series = s * ${polynomial(
    "z",
    [15, 13, 11, 9, 7, 5, 3, 1].map((n) => 2 / n),
  )};`;

/** Numbers beyond have too few digits behind the point for a sine: the result is NaN. */
const largestAngle = 8192;

/**
 * Statements that set `sine` and `cosine` of y = v − k π/2, with |y| ≤ π/4, and `quadrant` to k modulo 4. π/2 is
 * subtracted in three parts, of which the first have few digits. Source: Cody & Waite 1980; polynomials of Cephes.
 */
const reduceAngle = `
  const k = Math.floor(v * ${2 / Math.PI} + 0.5);
  const quadrant = k - 4 * Math.floor(k * 0.25);
  const y = ((v - k * 1.5703125) - k * 4.837512969970703e-4) - k * 7.549789948768648e-8;
  const z = y * y;
  const sine = y + y * z * ${polynomial("z", [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1])};
  const cosine = 1 - 0.5 * z + z * z * ${polynomial("z", [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2])};`;

/** Statements that set `r` to an expression of `sine` and `cosine`, one for each quadrant. */
const byQuadrant = (...expressions: readonly [string, string, string, string]): string => `
  r = nan;
  if (Math.abs(v) < ${largestAngle}) {
    ${reduceAngle}
    ${expressions.map((expression, quadrant) => `if (quadrant === ${quadrant}) { r = ${expression}; }`).join("\n    ")}
  }`;

/** asin u for u up to ½, with z = u². Source: Cephes. */
const asinOf = (u: string): string =>
  `(${u} + ${u} * z * ${polynomial("z", [4.2163199048e-2, 2.4181311049e-2, 4.5470025998e-2, 7.4953002686e-2, 1.6666752422e-1])})`;

/** Statements that set `a` to asin |v|, for |v| ≤ 1; NaN beyond. */
const arcsine = `
  const size = Math.abs(v);
  let a = nan;
  if (size <= 0.5) { const z = v * v; a = ${asinOf("size")}; }
  if (size > 0.5) { if (size <= 1) {
    const z = 0.5 * (1 - size);
    const root = Math.sqrt(z);
    a = ${Math.PI / 2} - 2 * ${asinOf("root")};
  } }`;

/** Statements that set `angle` to the arctangent of a number from 0 on, ∞ included. Source: Cephes. */
const arctangent = (expression: string): string => `
  const size = ${expression};
  let u = size;
  let angle = 0.0;
  if (size > 0.4142135623730950) { u = (size - 1) / (size + 1); angle = ${Math.PI / 4}; }
  if (size > 2.414213562373095) { u = -1 / size; angle = ${Math.PI / 2}; }
  const z = u * u;
  angle = angle + u + u * z * ${polynomial("z", [8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1])};`;

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
  expm1: `
    r = v;
    if (${isNumber("v")}) { r = Math.exp(v) - 1; }
    if (Math.abs(v) < 0.5) { r = v * ${polynomial(
      "v",
      [362880, 40320, 5040, 720, 120, 24, 6, 2, 1].map((factorial) => 1 / factorial),
    )}; }`,
  log1p: `
    const u = 1 + v;
    ${logarithm("u", "r")}
    if (Math.abs(v) < 0.5) { ${log1pSeries("v")} r = series; }`,
  log2: `${logarithm("v", "r")} r = r * ${Math.LOG2E};`,
  softplus: `
    r = v;
    if (${isNumber("v")}) {
      const e = Math.exp(-Math.abs(v));
      ${log1pSeries("e")}
      r = series;
      if (v > 0) { r = v + series; }
    }`,
  sin: byQuadrant("sine", "cosine", "-sine", "-cosine"),
  cos: byQuadrant("cosine", "-sine", "-cosine", "sine"),
  tan: byQuadrant("sine / cosine", "-cosine / sine", "sine / cosine", "-cosine / sine"),
  asin: `${arcsine} r = a; if (v < 0) { r = -a; }`,
  acos: `${arcsine} r = ${Math.PI / 2} - a; if (v < 0) { r = ${Math.PI / 2} + a; }`,
  atan: `${arctangent("Math.abs(v)")} r = angle; if (v < 0) { r = -angle; }`,
  sinh: `
    const size = Math.abs(v);
    const z = v * v;
    r = v;
    if (size < 1) { r = v + v * z * ${polynomial(
      "z",
      [39916800, 362880, 5040, 120, 6].map((factorial) => 1 / factorial),
    )}; }
    if (size >= 1) {
      const half = Math.exp(0.5 * size);
      r = half * (0.5 * half) - 0.5 / half / half;
      if (v < 0) { r = -r; }
    }`,
  cosh: `
    r = v;
    if (${isNumber("v")}) {
      const half = Math.exp(0.5 * Math.abs(v));
      r = half * (0.5 * half) + 0.5 / half / half;
    }`,
  floor: "r = v; if (Math.abs(v) < 8388608) { r = Math.floor(v); }", // From 2²³ on, floats are whole numbers.
  ceil: "r = v; if (Math.abs(v) < 8388608) { r = -Math.floor(-v); }",
  round: `
    r = v;
    if (Math.abs(v) < 8388608) {
      r = Math.floor(v);
      const rest = v - r;
      if (rest > 0.5) { r = r + 1; }
      if (rest === 0.5) { r = 2 * Math.floor(0.5 * r + 0.5); }
    }`,
  trunc: "r = v; if (Math.abs(v) < 8388608) { r = Math.floor(Math.abs(v)); if (v < 0) { r = -r; } }",
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
  floorDivide: `
    r = nan;
    if (Math.abs(p) < infinity) {
      r = p / q;
      if (Math.abs(r) < 8388608) {
        // The nearest whole number, or the one below: the quotient is rounded, the sign of what is left says which.
        r = Math.floor(r + 0.5);
        const rest = p - q * r;
        if (q > 0) { if (rest < 0) { r = r - 1; } }
        if (q < 0) { if (rest > 0) { r = r - 1; } }
      }
      if (Math.abs(q) === infinity) { r = 0; if (p * q < 0) { r = -1; } }
    }
    if (q === 0) { r = p / q; }`,
  mod: `
    r = nan;
    if (Math.abs(p / q) < 16777216) {
      r = p - q * Math.floor(p / q);
      // The quotient is rounded, so it may be a whole number too many or too few.
      if (q > 0) { if (r < 0) { r = r + q; } if (r >= q) { r = r - q; } }
      if (q < 0) { if (r > 0) { r = r + q; } if (r <= q) { r = r - q; } }
    }
    if (Math.abs(q) === infinity) { if (Math.abs(p) < infinity) {
      r = p;
      if (p * q < 0) { r = q; }
    } }`,
  atan2: `
    r = p + q;
    if (${isNumber("p")}) { if (${isNumber("q")}) {
      ${arctangent("Math.abs(p) / Math.abs(q)")}
      if (q === 0) { angle = ${Math.PI / 2}; if (p === 0) { angle = 0; } }
      if (Math.abs(q) === infinity) { if (Math.abs(p) === infinity) { angle = ${Math.PI / 4}; } }
      if (q < 0 || 1 / q < 0) { angle = ${Math.PI} - angle; }
      r = angle;
      if (p < 0 || 1 / p < 0) { r = -angle; }
    } }`,
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

/** Division of whole numbers, by their sizes: statements that have `quotient`, `rest` and `isBelow`, where the signs differ. 0 for a divisor of 0. */
const wholeDivision = (statements: string): string => `
  r = 0;
  const size = Math.abs(p);
  const divisor = Math.abs(q);
  if (divisor > 0) {
    ${divide("quotient", "rest", "size", "divisor")}
    let isBelow = 0;
    if (p < 0) { if (q > 0) { isBelow = 1; } }
    if (p > 0) { if (q < 0) { isBelow = 1; } }
    ${statements}
  }`;

/** What is other for whole numbers. */
const wholePairs: { readonly [O in BinaryOp]?: string } = {
  pow: wholePower,
  floorDivide: wholeDivision(`
    r = quotient;
    if (isBelow === 1) { r = -quotient; if (rest > 0) { r = r - 1; } }`),
  mod: wholeDivision(`
    r = rest;
    if (p < 0) { r = -rest; }
    if (isBelow === 1) { if (rest > 0) { r = r + q; } }`),
};

/** Whole numbers and booleans: NaN if one of them is, or if the result is too large. */
const wholeStatements = (op: BinaryOp): string =>
  `if (${isNumber("p")}) { if (${isNumber("q")}) { ${wholePairs[op] ?? pairs[op]} ${wholeOrNaN("r")} } }`;

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
