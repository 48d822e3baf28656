/** The elementwise functions: for each op, its text for floats and, where that is another, for whole numbers. */
import type { BinaryOp, UnaryOp } from "@dlcc/tensor";
import { whole } from "./library.ts";

/** A function of WGSL that gives whole numbers: what is large is one already. */
const rounding = (name: string): string => `select(a, ${name}(a), abs(a) < ${whole})`;

/** Expressions of `a`, a float. */
export const unary: { readonly [O in UnaryOp]: string } = {
  neg: "-a",
  abs: "abs(a)",
  sign: "select(sign(a), a, isNan(a))",
  relu: "reluOf(a)",
  exp: "expOf(a)",
  expm1: "expm1Of(a)",
  log: "logOf(a)",
  log1p: "log1pOf(a)",
  log2: `logOf(a) * ${Math.LOG2E}`,
  sqrt: "sqrtOf(a)",
  sigmoid: "sigmoidOf(a)",
  softplus: "select(log1pOf(expOf(-abs(a))) + reluOf(a), a, isNan(a))",
  tanh: "tanhOf(a)",
  sinh: "sinhOf(a)",
  cosh: "coshOf(a)",
  erf: "erfOf(a)",
  sin: "sineOf(a, 0)",
  cos: "sineOf(a, 1)",
  tan: "sineOf(a, 0) / sineOf(a, 1)",
  asin: "angleOf(a, sqrtOf((1.0 - a) * (1.0 + a)))",
  acos: "angleOf(sqrtOf((1.0 - a) * (1.0 + a)), a)",
  atan: "angleOf(a, 1.0)",
  floor: rounding("floor"),
  ceil: rounding("ceil"),
  round: rounding("round"), // Of two, the even one.
  trunc: rounding("trunc"),
};

/** The same of whole numbers, where they have it. */
export const wholeUnary: { readonly [O in UnaryOp]?: string } = {
  neg: "-a",
  abs: "abs(a)",
  sign: "sign(a)",
  relu: "max(a, 0)",
};

/** Statements of `a` and `b`, floats, that return the result. */
export const binary: { readonly [O in BinaryOp]: string } = {
  add: "return a + b;",
  sub: "return a - b;",
  mul: "return a * b;",
  div: "return a / b;",
  pow: "return powerOf(a, b);",
  maximum: "return maxOf(a, b);",
  minimum: "return minOf(a, b);",
  floorDivide: `
    if (b == 0.0 || isNan(a) || isNan(b)) { return a / b; }
    if (abs(a) == p.inf) { return p.nan; }
    let rest = restOf(a, b);
    let quotient = round((abs(a) - rest) / abs(b));
    let isBelow = (a < 0.0) != (b < 0.0);
    return select(quotient, select(-quotient, -quotient - 1.0, rest != 0.0), isBelow);`,
  mod: `
    if (isNan(a) || isNan(b) || abs(a) == p.inf || b == 0.0) { return p.nan; }
    let size = restOf(a, b);
    let rest = select(size, -size, isNegative(a));
    return select(rest, rest + b, rest != 0.0 && (rest < 0.0) != (b < 0.0));`,
  atan2: "return angleOf(a, b);",
  equal: "return u32(a == b);",
  less: "return u32(a < b);",
  greater: "return u32(a > b);",
};

/** The same of whole numbers, where it is another; also of booleans. Divided by 0, the quotient is 0. */
export const wholeBinary: { readonly [O in BinaryOp]?: string } = {
  maximum: "return max(a, b);",
  minimum: "return min(a, b);",
  pow: `
    if (b < 0) {
      if (a == 1) { return 1; }
      if (a == -1) { return select(1, -1, (b & 1) == 1); }
      return 0;
    }
    var power = 1; var square = a;
    for (var rest = b; rest > 0; rest = rest >> 1u) { if ((rest & 1) == 1) { power = power * square; } square = square * square; }
    return power;`,
  floorDivide: `
    if (b == 0) { return 0; }
    return a / b - select(0, 1, a % b != 0 && (a < 0) != (b < 0));`,
  mod: `
    if (b == 0) { return 0; }
    let rest = a % b;
    return select(rest, rest + b, rest != 0 && (rest < 0) != (b < 0));`,
};

/**
 * Functions of numbers to others of another dtype, where these are not WGSL's own. What is too large for `int32` is the nearest
 * end, and NaN is 0.
 */
export const casts: Readonly<Record<string, string>> = {
  "f32 i32":
    "return select(select(i32(clamp(a, -2147483648.0, 2147483520.0)), 2147483647, a >= 2147483648.0), 0, isNan(a));",
  "f32 u32": "return u32(isNan(a) || a != 0.0);",
  "i32 u32": "return u32(a != 0);",
};
