/**
 * The device keeps whole numbers as float32. One that is too large for that is never a wrong number: it is refused where
 * it comes in, and where it comes of an op, whatever depends on it is an error when it is read.
 */
import { createGpu } from "@dlcc/gpu";
import {
  argmax,
  argsort,
  cast,
  concat,
  equal,
  gather,
  greater,
  less,
  max,
  maximum,
  pad,
  pow,
  scatterAdd,
  slice,
  sum,
  type Tensor,
  takeAlongAxis,
  tensor,
  topk,
  where,
} from "@dlcc/tensor";
import { afterAll, describe, expect, test } from "vitest";
import { modes } from "./fixtures/gpu.ts";

const largest = 2 ** 24 - 1;

describe.each(modes)("whole numbers on gpu by %s", async (mode) => {
  const backend = await createGpu({ mode, allowSoftware: true });
  afterAll(() => backend.dispose());
  const whole = (...numbers: readonly number[]): Tensor => tensor(Int32Array.from(numbers), { backend });

  test("are exact up to 2²⁴ − 1, either way", async () => {
    expect(await whole(largest, -largest).array()).toEqual([largest, -largest]);
    expect(
      await whole(largest - 1, 1 - largest)
        .add(whole(1, -1))
        .array(),
    ).toEqual([largest, -largest]);
    expect(await whole(4095, -4095).mul(4097).array()).toEqual([largest, -largest]); // 4095 · 4097 = 2²⁴ − 1
    expect(await whole(4095, 7).reshape([1, 2]).matmul(whole(4097, 0)).array()).toEqual([largest]);
    expect(await pow(whole(2, -2, 8), whole(23, 23, 7)).array()).toEqual([2 ** 23, -(2 ** 23), 2 ** 21]);
    expect(await sum(whole(largest, -largest, 5)).item()).toBe(5);
  });

  test("beyond that are refused when they come from the host", () => {
    expect(() => whole(1, 2 ** 24)).toThrow(
      /upload: a number of int32 must be within ±16777215, got 16777216: .*cpu or wasm/,
    );
    expect(() => whole(1, -(2 ** 24))).toThrow(/upload: .*got -16777216/);
    expect(() => whole(1).add(2 ** 24 + 1)).toThrow(/add: .*got 16777217/);
    expect(() => pad(whole(1), [[1, 1]], 2 ** 25)).toThrow(/pad: .*got 33554432/);
  });

  // Each is off by one in float32, or would be: 2²⁴ + 1 is not there.
  const tooLarge: Readonly<Record<string, () => Tensor>> = {
    add: () => whole(largest).add(2),
    sub: () => whole(-largest).sub(2),
    mul: () => whole(257).mul(65281), // 2²⁴ + 1
    pow: () => pow(whole(2), whole(24)),
    "pow, far beyond": () => pow(whole(3), whole(31)),
    sum: () => sum(whole(largest, 1, 1), 0, { keepDims: true }),
    "sum that comes back": () => sum(whole(largest, 2, -9), 0, { keepDims: true }),
    "sum in parts": () => sum(whole(...Array.from({ length: 300 }, () => 60_000)), 0, { keepDims: true }),
    "matmul, a product": () =>
      whole(4097)
        .reshape([1, 1])
        .matmul(whole(4097).reshape([1, 1])),
    "matmul, a sum that comes back": () =>
      whole(largest, 2, -9)
        .reshape([1, 3])
        .matmul(whole(1, 1, 1)),
    "matmul, a product that comes back": () => whole(4097, 4097).reshape([1, 2]).matmul(whole(4097, -4096)),
    scatterAdd: () => scatterAdd(whole(largest, 2), whole(0, 0), 0, 1),
    "cast of a float": () => cast(tensor([2 ** 24], { backend }), "int32"),
    "cast of NaN": () => cast(tensor([Number.NaN], { backend }), "int32"),
    "an index outside its axis": () => gather(whole(7, 8), whole(5)),
    "an index outside its axis, of scatterAdd": () => scatterAdd(whole(7), whole(5), 0, 2),
    "one below its axis, of scatterAdd": () => scatterAdd(whole(7), whole(-3), 0, 2),
  };

  test.each(Object.entries(tooLarge))("%s: a result that is too large is an error at the read", async (_, compute) => {
    await expect(compute().array()).rejects.toThrow(
      /read: an element of this int32 tensor is NaN.*16777215.*cpu or wasm/,
    );
  });

  const lost = (): Tensor => whole(largest, 1).add(whole(2, 1)); // The first is lost, the second is 2.

  test("what depends on such a result is an error, too, and what doesn't is not", async () => {
    const dependents: readonly Tensor[] = [
      lost().neg(),
      lost().sub(2),
      maximum(lost(), whole(3, 3)),
      max(lost(), 0, { keepDims: true }),
      argmax(lost(), 0),
      slice(argsort(concat([lost(), whole(5, 4, 3, 2, 1)])), [-1]),
      slice(argsort(concat([whole(5, 4, 3, 2, 1), lost()])), [0, 1]),
      topk(concat([whole(9), lost()]), 1).values,
      equal(lost(), whole(1, 2)),
      less(lost(), whole(1, 2)),
      greater(lost(), whole(1, 2)),
      equal(less(lost(), whole(1, 2)), less(whole(1, 1), whole(2, 2))),
      lost().cast("bool"),
      lost().cast("bool").cast("int32"),
      where(less(lost(), whole(3, 3)), whole(1, 1), whole(0, 0)),
      gather(whole(7, 8, 9), lost()),
      scatterAdd(whole(7, 8), lost(), 0, 3),
    ];
    for (const dependent of dependents) await expect(dependent.array()).rejects.toThrow(/is NaN/);
    expect(await slice(lost(), [1, 2]).array()).toEqual([2]);
  });

  test("as floats, such a result is NaN, and so is what an index outside its axis finds", async () => {
    expect(await lost().cast("float32").array()).toEqual([Number.NaN, 2]);
    const two = tensor([7, 8], { backend });
    for (const outside of [2, 5, -3]) {
      expect(await gather(two, whole(0, outside)).array()).toEqual([7, Number.NaN]);
      expect(await takeAlongAxis(two, whole(0, outside)).array()).toEqual([7, Number.NaN]);
    }
    const chosen = where(less(lost(), whole(3, 3)), tensor([1, 1], { backend }), tensor([0, 0], { backend }));
    expect(await chosen.array()).toEqual([Number.NaN, 1]);
  });
});
