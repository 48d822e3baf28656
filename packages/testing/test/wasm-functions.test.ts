/** How exact the kernels' functions are, for floats of all exponents. */
import { apply, ops, tensor, tidy, type UnaryOp, unaryOps } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { describe, expect, test } from "vitest";
import { unaryRows } from "../src/unary-rows.ts";

const backend = await createWasm({ threads: 1 });

/** Numbers that have nothing in common: all exponents, denormals, and a fine grid of where functions bend. */
function arguments_(): Float32Array {
  const values: number[] = [0, -0, Infinity, -Infinity, NaN];
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  // Every 4099th of the bit patterns: a million floats, evenly over all exponents and both signs.
  for (let pattern = 0; pattern < 2 ** 32; pattern += 4099) {
    bits[0] = pattern;
    values.push(float[0]!);
  }
  for (let x = -110; x <= 110; x += 0.00037) values.push(Math.fround(x));
  for (let x = 0.5; x <= 2; x += 2 ** -19) values.push(x); // Where a logarithm is nearly 0.
  for (let x = -1; x <= 1; x += 2 ** -17) values.push(x);
  return Float32Array.from(values);
}

/** The distance from one float to the next, around a number. */
function ulp(value: number): number {
  const size = Math.max(Math.abs(value), 2 ** -126);
  return 2 ** (Math.floor(Math.log2(size)) - 23);
}

/** The largest error, in units in the last place of the right value. */
function worst(wanted: (i: number) => number, got: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < got.length; i++) {
    const want = wanted(i);
    const [rounded, value] = [Math.fround(want), got[i]!];
    if (Object.is(rounded, value)) continue;
    // The largest float is next to infinity.
    const bounded = (x: number): number => Math.max(-(2 ** 128), Math.min(2 ** 128, x));
    const error = Math.abs(bounded(want) - bounded(value)) / ulp(bounded(want));
    most = Math.max(most, Number.isNaN(error) ? Infinity : error);
  }
  return most;
}

const run = (op: UnaryOp, x: Float32Array): ArrayLike<number> =>
  tidy(() => apply(ops[op], {}, tensor(x, { backend })).dataSync());

describe("functions are right to 4 units in the last place, for all floats, denormals too", () => {
  const x = arguments_();
  test.each(unaryOps)("%s", (op) => {
    expect(worst((i) => unaryRows[op].f(x[i]!), run(op, x))).toBeLessThanOrEqual(4);
  });
});

test("pow is right to 4 units in the last place", () => {
  const [a, b]: number[][] = [[], []];
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    return (seed >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 300_000; i++) {
    a!.push(Math.fround(2 ** (240 * random() - 120) * (i % 5 === 0 ? -1 : 1)));
    b!.push(i % 5 === 0 ? Math.floor(9 * random()) - 4 : Math.fround(10 * random() - 5));
  }
  const got = tidy(() => apply(ops.pow, {}, tensor(a!, { backend }), tensor(b!, { backend })).dataSync());
  expect(worst((i) => a![i]! ** b![i]!, got)).toBeLessThanOrEqual(4);
});

test("an element's bits do not depend on its place or its neighbours", () => {
  const x = Float32Array.from({ length: 31 }, (_, i) => (i - 15) / 3.7);
  for (const op of unaryOps) {
    const all = run(op, x);
    for (let start = 0; start < 7; start++) {
      expect(Array.from(run(op, x.subarray(start, start + 9)))).toEqual(Array.from(all).slice(start, start + 9));
    }
  }
});
