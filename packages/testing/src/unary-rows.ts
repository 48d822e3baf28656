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

/** The nearest whole number; of two, the even one. */
function halfToEven(x: number): number {
  const [low, high] = [Math.floor(x), Math.ceil(x)];
  if (x - low === high - x) return low % 2 === 0 ? low : high;
  return x - low < high - x ? low : high;
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
  abs: { f: Math.abs, from: -5, to: 5, takes: "numbers" },
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
  expm1: { f: Math.expm1, from: -3, to: 3, takes: "floats" },
  log1p: { f: Math.log1p, from: -0.9, to: 5, takes: "floats" },
  log2: { f: Math.log2, from: 0.01, to: 20, takes: "floats" },
  softplus: { f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), from: -5, to: 5, takes: "floats" },
  sin: { f: Math.sin, from: -5, to: 5, takes: "floats" },
  cos: { f: Math.cos, from: -5, to: 5, takes: "floats" },
  tan: { f: Math.tan, from: -1.2, to: 1.2, takes: "floats" },
  asin: { f: Math.asin, from: -0.9, to: 0.9, takes: "floats" },
  acos: { f: Math.acos, from: -0.9, to: 0.9, takes: "floats" },
  atan: { f: Math.atan, from: -5, to: 5, takes: "floats" },
  sinh: { f: Math.sinh, from: -3, to: 3, takes: "floats" },
  cosh: { f: Math.cosh, from: -3, to: 3, takes: "floats" },
  floor: { f: Math.floor, from: -5, to: 5, takes: "floats", flat: true },
  ceil: { f: Math.ceil, from: -5, to: 5, takes: "floats", flat: true },
  round: { f: halfToEven, from: -5, to: 5, takes: "floats", flat: true },
  trunc: { f: Math.trunc, from: -5, to: 5, takes: "floats", flat: true },
};
