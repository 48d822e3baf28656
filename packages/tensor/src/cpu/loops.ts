/**
 * Loops over one row with constant steps (0 where an operand is broadcast). Every elementwise op has one, in its row in
 * `ops/`: the op is inside its loop, never behind a callback, so that the engine compiles each to tight code. Here are
 * those that the fused ops need, too.
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

export const reluLoop: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) {
    const value = x[start + i * step]!;
    out[at + i] = value <= 0 ? 0 : value; // NaN stays NaN, and −0 becomes 0.
  }
};

export const sigmoidLoop: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = 1 / (1 + Math.exp(-x[start + i * step]!));
};

export const tanhLoop: UnaryLoop = (n, x, start, step, out, at) => {
  for (let i = 0; i < n; i++) out[at + i] = Math.tanh(x[start + i * step]!);
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
