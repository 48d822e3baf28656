/**
 * The elementwise ops of one input: what each is, by its textbook definition on float64, and where it is tested. The
 * conformance suite, the gradient checks and the measured precision read this table, so a new op is one row here.
 */
import { type DType, isFloat, type UnaryOp } from "@dlcc/tensor";

/** 2/√π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (1 · 3 ⋯ (2n + 1)); beyond 6 it is 1. Source: Abramowitz & Stegun, 7.1.6. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [sum, term] = [0, x];
  for (let n = 1; n < 200; n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Which dtypes an op takes. */
export type Takes = "floats" | "numbers" | "all";

/** Whether an op takes a dtype. */
export const takes: Readonly<Record<Takes, (dtype: DType) => boolean>> = {
  floats: isFloat,
  numbers: (dtype) => dtype !== "bool",
  all: () => true,
};

/** An op of one input. */
export interface UnaryRow {
  /** Its definition. */
  readonly f: (x: number) => number;
  /** Inputs are drawn from `from` to `to`: where it is defined, and its derivative, if it has one, is too. */
  readonly from: number;
  readonly to: number;
  readonly takes: Takes;
  /** Whether its derivative is 0 wherever there is one. */
  readonly flat?: boolean;
}

/** All of them. */
export const unaryRows: { readonly [O in UnaryOp]: UnaryRow } = {
  neg: { f: (x) => -x, from: -5, to: 5, takes: "numbers" },
  abs: { f: (x) => (x < 0 ? -x : x), from: -5, to: 5, takes: "numbers" },
  sign: { f: (x) => (x > 0 ? 1 : x < 0 ? -1 : x), from: -2, to: 2, takes: "numbers", flat: true },
  relu: { f: (x) => (x <= 0 ? 0 : x), from: -5, to: 5, takes: "numbers" },
  exp: { f: Math.exp, from: -5, to: 5, takes: "floats" },
  log: { f: Math.log, from: 0.01, to: 20, takes: "floats" },
  sqrt: { f: Math.sqrt, from: 0, to: 20, takes: "floats" },
  sigmoid: {
    f: (x) => (x > 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
    from: -5,
    to: 5,
    takes: "floats",
  },
  tanh: { f: Math.tanh, from: -3, to: 3, takes: "floats" },
  erf: { f: erf, from: -3, to: 3, takes: "floats" },
};
