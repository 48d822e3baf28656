/** Words that do one thing to each number, or to each pair. */
import { type DType, dtypes, type UnaryOp, unaryOps } from "@dlcc/tensor";
import { binaryDomains } from "../../conformance/elementwise.ts";
import { binary, convert, isComparison, map, type NdArray, zip } from "../../reference.ts";
import { type Takes, unaryRows } from "../../unary-rows.ts";
import { type Draws, extreme, type Numbers, special } from "../draws.ts";
import type { Placed } from "../placed.ts";
import { type Argument, broadcast, broadcastShape, type Example, type Word, type Words, want } from "../word.ts";

const everyday: Numbers = { from: -5, to: 5 };

/** Functions that give 0 with the sign of the 0 that they were given. */
const keepsZero: ReadonlySet<string> = new Set(
  "abs relu sqrt floor ceil trunc round sin tan asin atan sinh tanh expm1 log1p".split(" "),
);

/** A word of one tensor: what it takes, its definition, and options. */
function ofOne(
  taken: Takes,
  f: (x: number) => number,
  more: Partial<Numbers> & { flat?: boolean; gives?: DType; signed?: boolean; size?: (x: number) => number } = {},
): Word {
  const { flat = false, gives, signed = false, size, ...numbers } = more;
  return {
    flat,
    draw(d) {
      const dtype = d.dtype(taken);
      const x = d.tensor(d.shape(), dtype, { ...everyday, special: extreme, wide: true, ...numbers });
      const magnitude = size && { magnitude: map(x, size) };
      return { args: [x], wanted: want(gives ?? dtype, map(x, f), { ...magnitude, signed }) };
    },
  };
}

const primitives: Words = Object.fromEntries(
  unaryOps.map((op: UnaryOp): [string, Word] => {
    const { f, from, to, takes, flat = false } = unaryRows[op];
    // Near 0, differences can't follow a slope of 1/x or 1/√x.
    return [op, ofOne(takes, f, { from: from >= 0 ? from + 0.1 : from, to, flat, signed: keepsZero.has(op) })];
  }),
);

const { erf, sigmoid } = unaryRows;
const expm1 = (x: number): number => Math.expm1(x);

/** A word of one tensor and a number that may be left out. */
const withNumber = (whole: (x: number, n: number) => number, usual: number): Word => ({
  draw(d) {
    const dtype = d.dtype("floats");
    const x = d.tensor(d.shape(), dtype, { ...everyday, special });
    const given = d.pick([undefined, 0.25, 2]);
    return {
      args: given === undefined ? [x] : [x, given],
      wanted: want(
        dtype,
        map(x, (value) => whole(value, given ?? usual)),
      ),
    };
  },
});

const clip: Word = {
  draw(d) {
    const dtype = d.dtype("numbers");
    const x = d.tensor(d.shape(), dtype, { ...everyday, special });
    const [a, b] = [
      d.literal(dtype, { from: -3, to: 3, special: [0] }),
      d.literal(dtype, { from: -3, to: 3, special: [0] }),
    ];
    const [first, second] = d.pick([
      [a, undefined],
      [undefined, b],
      [a, b],
      [Math.min(a, b), Math.max(a, b)],
    ]);
    const [low, high] = [first, second].map((bound) => (bound === undefined ? undefined : convert(bound, dtype)));
    const clipped = map(x, (value) => {
      const raised = low !== undefined && value < low ? low : value;
      return high !== undefined && raised > high ? high : raised;
    });
    return { args: [x, first, second], wanted: want(dtype, clipped) };
  },
};

const cast: Word = {
  draw(d) {
    const from = d.dtype("all");
    const all = dtypes.filter((dtype) => d.kind === "any" || dtype === from || dtype !== "float64");
    const to = d.kind === "smooth" ? from : d.pick(all);
    // A device that keeps whole numbers as floats refuses what is too large for it.
    const x = d.tensor(d.shape(), from, { ...everyday, special: [...extreme, 0.999, 2 ** 31, -3e9, 1e20] });
    return {
      args: [x, to],
      wanted: want(
        to,
        map(x, (value) => convert(value, to)),
      ),
    };
  },
};

/** Two operands that broadcast, one of which may be a number; and both repeated to the result's shape. */
function operands(
  d: Draws,
  dtype: DType,
  a: Numbers,
  b: Numbers,
): { args: readonly Argument[]; left: NdArray; right: NdArray } {
  const shape = d.shape();
  const one = (s: readonly number[], numbers: Numbers): Placed => d.tensor(s, dtype, numbers);
  const number = (numbers: Numbers): number => d.literal(dtype, numbers);
  const [first, second]: readonly [Placed | number, Placed | number] = d.chance(0.2)
    ? d.chance(0.5)
      ? [one(shape, a), number(b)]
      : [number(a), one(shape, b)]
    : d.chance(0.5)
      ? [one(shape, a), one(d.narrower(shape), b)]
      : [one(d.narrower(shape), a), one(shape, b)];
  const array = (x: Placed | number): NdArray => (typeof x === "number" ? { shape: [], data: [convert(x, dtype)] } : x);
  const result = broadcastShape(array(first).shape, array(second).shape);
  return { args: [first, second], left: broadcast(array(first), result), right: broadcast(array(second), result) };
}

/** Functions whose zeros have a sign by IEEE 754. */
const signedPairs: ReadonlySet<string> = new Set(["add", "sub", "mul", "div"]);

const pairs: Words = Object.fromEntries(
  (Object.keys(binaryDomains) as (keyof typeof binaryDomains)[]).map((op): [string, Word] => {
    const { a, b, kind } = binaryDomains[op];
    const draw = (d: Draws): Example => {
      const dtype = d.dtype(kind);
      // Whole numbers to a large power wrap many times: to be exact they are multiplied out.
      const powers: Numbers =
        op === "pow" && dtype === "int32"
          ? { from: -2, to: d.kind === "modest" ? 4 : 33, large: false }
          : { ...b, special: extreme, wide: true };
      const { args, left, right } = operands(d, dtype, { ...a, special: extreme, wide: true }, powers);
      const f = op === "pow" && dtype === "int32" ? wholePower : binary(op, dtype);
      return {
        args,
        wanted: want(isComparison(op) ? "bool" : dtype, zip(left, right, f), { signed: signedPairs.has(op) }),
      };
    };
    return [op, { draw, flat: isComparison(op) || op === "floorDivide" }];
  }),
);

/** aᵇ modulo 2³², in two's complement; below the power 0, cut to a whole number. */
function wholePower(a: number, b: number): number {
  if (b < 0) return Math.abs(a) === 1 ? a ** (Math.abs(b) % 2) : 0;
  return Number(BigInt.asIntN(32, BigInt(a) ** BigInt(b)));
}

/** A comparison that is made of others. */
const compares = (f: (a: number, b: number) => boolean): Word => ({
  flat: true,
  draw(d) {
    const numbers: Numbers = { from: -2, to: 2, special: extreme, wide: true };
    const { args, left, right } = operands(d, d.dtype("all"), numbers, numbers);
    return {
      args,
      wanted: want(
        "bool",
        zip(left, right, (a, b) => Number(f(a, b))),
      ),
    };
  },
});

/** Which of two numbers: broadcast over three. */
const where: Word = {
  draw(d) {
    const dtype = d.dtype("all");
    const { args, left, right } = operands(d, dtype, everyday, everyday);
    const condition = d.tensor(d.narrower(left.shape), "bool");
    const chosen = broadcast(condition, left.shape);
    return { args: [condition, ...args], wanted: want(dtype, choose(chosen, left, right), { signed: true }) };
  },
};

const choose = (condition: NdArray, a: NdArray, b: NdArray): NdArray => ({
  shape: a.shape,
  data: a.data.map((value, i) => (condition.data[i] === 0 ? (b.data[i] ?? 0) : value)),
});

const maskedFill: Word = {
  draw(d) {
    const dtype = d.dtype("all");
    const shape = d.shape();
    const [x, mask] = d.chance(0.5)
      ? [d.tensor(shape, dtype), d.tensor(d.narrower(shape), "bool")]
      : [d.tensor(d.narrower(shape), dtype), d.tensor(shape, "bool")];
    const literal = d.literal(dtype);
    const scalar = { shape: [], data: [convert(literal, dtype)] };
    const value = d.chance(0.5) ? d.placed(scalar, dtype) : literal;
    const result = broadcastShape(x.shape, mask.shape);
    const filled = choose(broadcast(mask, result), broadcast(scalar, result), broadcast(x, result));
    return { args: [x, mask, value], wanted: want(dtype, filled, { signed: true }) };
  },
};

/** All of them. */
export const elementwise: Words = {
  ...primitives,
  ...pairs,
  square: ofOne("numbers", (x) => x * x, { large: false, special }),
  step: ofOne("all", (x) => Number(x > 0), { flat: true }),
  rsqrt: ofOne("floats", (x) => 1 / Math.sqrt(x), { from: 0.1, to: 20, special }),
  reciprocal: ofOne("floats", (x) => 1 / x, { from: 0.1, to: 20, special }),
  // 1 + erf(x/√2) cancels far below 0.
  gelu: ofOne("floats", (x) => 0.5 * x * (1 + erf.f(x * Math.SQRT1_2)), { special, size: Math.abs }),
  silu: ofOne("floats", (x) => x * sigmoid.f(x), { special }),
  leakyRelu: withNumber((x, slope) => (x > 0 ? x : x * slope), 0.01),
  elu: withNumber((x, alpha) => (x > 0 ? x : alpha * expm1(x)), 1),
  isNaN: ofOne("all", (x) => Number(Number.isNaN(x)), { gives: "bool", flat: true }),
  isFinite: ofOne("all", (x) => Number(Number.isFinite(x)), { gives: "bool", flat: true }),
  logicalNot: ofOne("all", (x) => Number(x === 0), { gives: "bool", flat: true }),
  clip,
  cast,
  notEqual: compares((a, b) => a !== b),
  lessEqual: compares((a, b) => a <= b),
  greaterEqual: compares((a, b) => a >= b),
  where,
  maskedFill,
};
