/**
 * The elementwise loops: one for each op, each over one row with constant steps (0 where an operand is broadcast). The
 * op stands inside its loop, never behind a callback, so that the engine compiles each to tight code.
 */
import type { TypedArray } from "../dtype.ts";

/** `out[at + i] = f(x[start + i·step])` for `i < n`. */
export type UnaryLoop = (n: number, x: TypedArray, start: number, step: number, out: TypedArray, at: number) => void;

/** `out[at + i] = f(a[s + i·p], b[t + i·q])` for `i < n`. */
export type BinaryLoop = (
  n: number,
  a: TypedArray,
  s: number,
  p: number,
  b: TypedArray,
  t: number,
  q: number,
  out: TypedArray,
  at: number,
) => void;

// Of one input

export const neg: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = -x[start + i * step]!;
};

export const exp: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.exp(x[start + i * step]!);
};

export const log: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.log(x[start + i * step]!);
};

export const sqrt: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.sqrt(x[start + i * step]!);
};

export const abs: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.abs(x[start + i * step]!);
};

export const sign: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.sign(x[start + i * step]!);
};

export const relu: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) {
    const value = x[start + i * step]!;
    out[at + i] = value < 0 ? 0 : value; // NaN stays NaN.
  }
};

export const sigmoid: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = 1 / (1 + Math.exp(-x[start + i * step]!));
};

export const tanh: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.tanh(x[start + i * step]!);
};

// Of two inputs

export const add: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! + b[t + i * q]!;
};

export const sub: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! - b[t + i * q]!;
};

export const mul: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! * b[t + i * q]!;
};

export const div: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! / b[t + i * q]!;
};

export const pow: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) {
    const base = a[s + i * p]!;
    const exponent = b[t + i * q]!;
    const power = base ** exponent;
    // IEEE 754 has 1 for 1^NaN, 1^±∞ and (−1)^±∞, where JavaScript has NaN.
    const isOne = base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY);
    out[at + i] = isOne ? 1 : power;
  }
};

export const maximum: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.max(a[s + i * p]!, b[t + i * q]!);
};

export const minimum: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.min(a[s + i * p]!, b[t + i * q]!);
};

export const equal: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! === b[t + i * q]! ? 1 : 0;
};

export const less: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! < b[t + i * q]! ? 1 : 0;
};

export const greater: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! > b[t + i * q]! ? 1 : 0;
};

/** The product of whole numbers, which wraps at 32 bits; a float's mantissa would lose the low ones. */
export const multiplyIntegers: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.imul(a[s + i * p]!, b[t + i * q]!);
};

/** Powers of whole numbers, which wrap at 32 bits, by squaring; below the power 0 they are cut to whole numbers. */
export const powIntegers: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) {
    const base = a[s + i * p]!;
    const exponent = b[t + i * q]!;
    let power = exponent < 0 ? base ** exponent : 1;
    for (let [square, rest] = [base, exponent]; rest > 0; rest >>>= 1, square = Math.imul(square, square)) {
      if (rest & 1) power = Math.imul(power, square);
    }
    out[at + i] = power;
  }
};

// Of one row into another

/** One row of numbers, and where each goes. */
export type RowLoop = (
  n: number,
  x: TypedArray,
  start: number,
  step: number,
  out: TypedArray,
  at: number,
  by: number,
) => void;

/** `out[at + i·by] = x[start + i·step]`. */
export const copyRow: RowLoop = (n, x, start, step, out, at, by) => {
  // A block move pays from some dozen elements on; both ends must be dense.
  if (step === 1 && by === 1 && n >= 32) out.set(x.subarray(start, start + n), at);
  else for (let i = 0; i < n; i++) out[at + i * by] = x[start + i * step]!;
};

/** `out[at + i·by] += x[start + i·step]`; `by` is 0 to sum a row. */
export const addRow: RowLoop = (n, x, start, step, out, at, by) => {
  for (let i = 0; i < n; i++) out[at + i * by]! += x[start + i * step]!;
};

/** The running maximum; NaN wins, as it does in `Math.max`. */
export const maxRow: RowLoop = (n, x, start, step, out, at, by) => {
  for (let i = 0; i < n; i++) out[at + i * by] = Math.max(out[at + i * by]!, x[start + i * step]!);
};

/** The running minimum; NaN wins. */
export const minRow: RowLoop = (n, x, start, step, out, at, by) => {
  for (let i = 0; i < n; i++) out[at + i * by] = Math.min(out[at + i * by]!, x[start + i * step]!);
};
