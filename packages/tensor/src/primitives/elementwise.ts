/** Elementwise primitives. Their inputs have one shape: broadcasting is in the strides. */
import { apply } from "../apply.ts";
import { needDType, needFloat, needNumber, needSameDType, needSameShape, refuseDType } from "../checks.ts";
import { binary, cast as castElements, where as choose, unary } from "../cpu/elementwise.ts";
import * as loops from "../cpu/loops.ts";
import { zerosLike } from "../create.ts";
import { type Primitive, type Result, runPrimitive as run, type WithDerivative } from "../op.ts";
import * as op from "../ops/elementwise.ts";
import type { Tensor } from "../tensor.ts";

interface Named {
  readonly name: string;
}

/** One float gives one float. */
function float(this: Named, _: unknown, [x]: readonly [Tensor]): Result {
  needFloat(this.name, x);
  return x;
}

/** One number gives one number. */
function number(this: Named, _: unknown, [x]: readonly [Tensor]): Result {
  needNumber(this.name, x);
  return x;
}

/** Two of a kind give one. */
function pair(this: Named, _: unknown, [a, b]: readonly [Tensor, Tensor]): Result {
  needSameDType(this.name, a, b);
  needSameShape(this.name, a, b);
  return a;
}

/** Two numbers give one. */
function numbers(this: Named, _: unknown, inputs: readonly [Tensor, Tensor]): Result {
  needSameDType(this.name, ...inputs);
  needNumber(this.name, inputs[0]);
  return pair.call(this, _, inputs);
}

/** Whether a relation holds between two of a kind. */
function relation(this: Named, _: unknown, inputs: readonly [Tensor, Tensor]): Result {
  return { dtype: "bool", shape: pair.call(this, _, inputs).shape };
}

/** The derivative of what is flat wherever it has one. */
const flat = (): readonly undefined[] => [];

/** What `x` gets of the gradient, beside `y`: all where it wins; at a tie, half. */
function share(g: Tensor, x: Tensor, y: Tensor, wins: (a: Tensor, b: Tensor) => Tensor): Tensor {
  return op.where(op.equal(x, y), op.mul(g, 0.5), op.where(wins(x, y), g, 0));
}

/** `−x`. */
export const neg: Primitive<"neg"> = { name: "neg", run, result: number, kernel: (_, [x]) => unary(loops.neg, x) };
/** `|x|`. */
export const abs: Primitive<"abs"> & WithDerivative<"abs"> = {
  name: "abs",
  run,
  result: number,
  kernel: (_, [x]) => unary(loops.abs, x),
  derivative: (g, { inputs: [x] }) => [() => op.mul(g, op.sign(x))],
};
/** −1, 0 or 1. */
export const sign: Primitive<"sign"> & WithDerivative<"sign"> = {
  name: "sign",
  run,
  result: number,
  kernel: (_, [x]) => unary(loops.sign, x),
  derivative: flat,
};
/** `max(0, x)`. */
export const relu: Primitive<"relu"> = { name: "relu", run, result: number, kernel: (_, [x]) => unary(loops.relu, x) };
/** `eˣ`. */
export const exp: Primitive<"exp"> = { name: "exp", run, result: float, kernel: (_, [x]) => unary(loops.exp, x) };
/** `log x`. */
export const log: Primitive<"log"> = { name: "log", run, result: float, kernel: (_, [x]) => unary(loops.log, x) };
/** `√x`. */
export const sqrt: Primitive<"sqrt"> & WithDerivative<"sqrt"> = {
  name: "sqrt",
  run,
  result: float,
  kernel: (_, [x]) => unary(loops.sqrt, x),
  derivative: (g, { output }) => [() => op.div(g, op.mul(output, 2))],
};
/** `1 / (1 + e⁻ˣ)`. */
export const sigmoid: Primitive<"sigmoid"> = {
  name: "sigmoid",
  run,
  result: float,
  kernel: (_, [x]) => unary(loops.sigmoid, x),
};
/** `tanh x`. */
export const tanh: Primitive<"tanh"> = { name: "tanh", run, result: float, kernel: (_, [x]) => unary(loops.tanh, x) };

/** `a + b`. */
export const add: Primitive<"add"> = { name: "add", run, result: numbers, kernel: (_, ab) => binary(loops.add, ab) };
/** `a − b`. */
export const sub: Primitive<"sub"> = { name: "sub", run, result: numbers, kernel: (_, ab) => binary(loops.sub, ab) };
/** `a · b`. */
export const mul: Primitive<"mul"> = {
  name: "mul",
  run,
  result: numbers,
  kernel: (_, ab) => binary(ab[0].dtype === "int32" ? loops.multiplyIntegers : loops.mul, ab),
};
/** `a / b`. */
export const div: Primitive<"div"> = {
  name: "div",
  run,
  result(_, inputs) {
    needSameDType("div", ...inputs);
    needFloat("div", inputs[0]);
    return pair.call(this, _, inputs);
  },
  kernel: (_, ab) => binary(loops.div, ab),
};
/** `aᵇ`. */
export const pow: Primitive<"pow"> & WithDerivative<"pow"> = {
  name: "pow",
  run,
  result: numbers,
  kernel: (_, ab) => binary(ab[0].dtype === "int32" ? loops.powIntegers : loops.pow, ab),
  derivative: (g, { inputs: [a, b], output }) => [
    // d aᵇ = b aᵇ⁻¹ da + aᵇ log a db; x⁰ is flat in x, and 0ᵇ in b
    () => op.where(op.equal(b, 0), 0, op.mul(g, op.mul(b, op.pow(a, op.sub(b, 1))))),
    () => op.where(op.minimum(op.equal(a, 0), op.greaterEqual(b, 0)), 0, op.mul(g, op.mul(output, op.log(a)))),
  ],
};
/** The larger of `a` and `b`; of booleans, "or". */
export const maximum: Primitive<"maximum"> & WithDerivative<"maximum"> = {
  name: "maximum",
  run,
  result: pair,
  kernel: (_, ab) => binary(loops.maximum, ab),
  derivative: (g, { inputs: [a, b] }) => [() => share(g, a, b, op.greater), () => share(g, b, a, op.greater)],
};
/** The smaller of `a` and `b`; of booleans, "and". */
export const minimum: Primitive<"minimum"> & WithDerivative<"minimum"> = {
  name: "minimum",
  run,
  result: pair,
  kernel: (_, ab) => binary(loops.minimum, ab),
  derivative: (g, { inputs: [a, b] }) => [() => share(g, a, b, op.less), () => share(g, b, a, op.less)],
};

/** `a = b`. */
export const equal: Primitive<"equal"> = {
  name: "equal",
  run,
  result: relation,
  kernel: (_, ab) => binary(loops.equal, ab, "bool"),
};
/** `a < b`. */
export const less: Primitive<"less"> = {
  name: "less",
  run,
  result: relation,
  kernel: (_, ab) => binary(loops.less, ab, "bool"),
};
/** `a > b`. */
export const greater: Primitive<"greater"> = {
  name: "greater",
  run,
  result: relation,
  kernel: (_, ab) => binary(loops.greater, ab, "bool"),
};

/** `condition ? a : b`. */
export const where: Primitive<"where"> & WithDerivative<"where"> = {
  name: "where",
  run,
  result(_, [condition, a, b]) {
    if (condition.dtype !== "bool") refuseDType("where", condition, "a bool condition");
    needSameDType("where", a, b);
    needSameShape("where", a, b);
    needSameShape("where", condition, a);
    return a;
  },
  kernel: (_, [condition, a, b]) => choose(condition, a, b),
  derivative: (g, { inputs: [condition] }) => [
    undefined,
    () => apply(where, {}, condition, g, zerosLike(g)),
    () => apply(where, {}, condition, zerosLike(g), g),
  ],
};

/** The same numbers in another dtype. */
export const cast: Primitive<"cast"> = {
  name: "cast",
  run,
  result({ dtype }, [{ backend, shape }]) {
    needDType("cast", backend, dtype);
    return { dtype, shape };
  },
  kernel: ({ dtype }, [x]) => castElements(x, dtype),
};
