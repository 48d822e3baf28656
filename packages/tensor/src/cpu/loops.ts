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

export const negLoop: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = -x[start + i * step]!;
};

export const expLoop: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.exp(x[start + i * step]!);
};

export const logLoop: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.log(x[start + i * step]!);
};

export const sqrtLoop: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.sqrt(x[start + i * step]!);
};

export const absLoop: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.abs(x[start + i * step]!);
};

export const signLoop: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.sign(x[start + i * step]!);
};

export const reluLoop: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) {
    const value = x[start + i * step]!;
    out[at + i] = value < 0 ? 0 : value; // NaN stays NaN.
  }
};

export const sigmoidLoop: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = 1 / (1 + Math.exp(-x[start + i * step]!));
};

export const tanhLoop: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.tanh(x[start + i * step]!);
};

// Of two inputs

export const addLoop: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! + b[t + i * q]!;
};

export const subLoop: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! - b[t + i * q]!;
};

export const mulLoop: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! * b[t + i * q]!;
};

export const divLoop: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! / b[t + i * q]!;
};

export const powLoop: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) {
    const base = a[s + i * p]!;
    const exponent = b[t + i * q]!;
    const power = base ** exponent;
    // IEEE 754 has 1 for 1^NaN, 1^±∞ and (−1)^±∞, where JavaScript has NaN.
    const isOne = base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY);
    out[at + i] = isOne ? 1 : power;
  }
};

export const maximumLoop: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.max(a[s + i * p]!, b[t + i * q]!);
};

export const minimumLoop: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.min(a[s + i * p]!, b[t + i * q]!);
};

export const equalLoop: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! === b[t + i * q]! ? 1 : 0;
};

export const lessLoop: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! < b[t + i * q]! ? 1 : 0;
};

export const greaterLoop: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! > b[t + i * q]! ? 1 : 0;
};

/** The product of whole numbers, which wraps at 32 bits; a float's mantissa would lose the low ones. */
export const mulIntegerLoop: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.imul(a[s + i * p]!, b[t + i * q]!);
};

/** Powers of whole numbers, which wrap at 32 bits, by squaring; below the power 0 they are cut to whole numbers. */
export const powIntegerLoop: BinaryLoop = (n, a, s, p, b, t, q, out, at) => {
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
