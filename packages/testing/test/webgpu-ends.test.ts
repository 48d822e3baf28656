/** The ends of what WebGPU can do: numbers at the end of their range, tensors of no elements and of very many, two backends. */
import {
  argmax,
  argsort,
  arithmeticOps,
  type Backend,
  BackendError,
  broadcastTo,
  cast,
  comparisonOps,
  concat,
  cpu,
  flip,
  gather,
  matmul,
  max,
  min,
  ones,
  ops,
  pad,
  permute,
  scatterAdd,
  sum,
  type Tensor,
  tensor,
  tidy,
  where,
} from "@dlcc/tensor";
import { expect, test } from "vitest";
import { describeWebGpu, testBackend } from "./fixtures/webgpu.ts";

const ints = [-(2 ** 31), -(2 ** 31) + 1, -65536, -46341, -2, -1, 0, 1, 2, 31, 46341, 65536, 2 ** 31 - 2, 2 ** 31 - 1];
/** None of them is so small that a device may take it for 0. */
const floats = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1, -1, 0.5, -0.5, 2, -2, 2.5, -2.5],
  ...[2 ** -126, -(2 ** -126), 3.4028234663852886e38, -3.4028234663852886e38, 2 ** 24 + 2, 2 ** 31, -(2 ** 31), 1e-7],
];

/** All pairs, as the first of each and the second. */
const pairs = (list: readonly number[]): [number[], number[]] => [
  list.flatMap((a) => list.map(() => a)),
  list.flatMap(() => list),
];

await describeWebGpu("the ends of webgpu", (backend) => {
  const onBoth = async (compute: (where: Backend) => Tensor): Promise<readonly number[][]> => {
    const results: number[][] = [];
    for (const where of [backend, cpu]) {
      const t = tidy(() => compute(where));
      results.push(Array.from(await t.data()));
      t.dispose();
    }
    return results;
  };
  const isSame = async (what: string, compute: (where: Backend) => Tensor): Promise<void> => {
    const [got, wanted] = await onBoth(compute);
    expect(got, what).toEqual(wanted);
  };
  const whole = (values: readonly number[], where: Backend): Tensor =>
    tensor(Int32Array.from(values), { backend: where });
  const real = (values: readonly number[], where: Backend): Tensor => tensor([...values], { backend: where });

  test("int32 is cpu's to the last bit, at both ends of its range", async () => {
    const [a, b] = pairs(ints);
    for (const op of [...arithmeticOps, ...comparisonOps]) {
      if (op === "div" || op === "atan2") continue; // Of floats alone.
      await isSame(op, (where) => ops[op](whole(a, where), whole(b, where)));
    }
    for (const op of ["neg", "abs", "sign", "relu"] as const) await isSame(op, (where) => ops[op](whole(ints, where)));
    const square = (where: Backend): Tensor => whole(a, where).reshape([ints.length, ints.length]);
    for (const op of [sum, max, min, argmax]) await isSame("reduction", (where) => op(square(where), 1));
    await isSame("matmul", (where) => matmul(square(where), square(where)));
    await isSame("argsort", (where) => argsort(whole([...ints, ...ints.toReversed()], where)));
    await isSame("cast", (where) => cast(whole(ints, where), "float32"));
  });

  test("what is not finite, and zeros of both signs, go through comparisons, extremes, sorting and moves as on cpu", async () => {
    const [a, b] = pairs(floats);
    for (const op of comparisonOps) await isSame(op, (where) => ops[op](real(a, where), real(b, where)));
    // Of zeros of both signs, either is the largest.
    for (const op of ["maximum", "minimum"] as const) {
      await isSame(op, (where) => ops[op](real(a, where), real(b, where)).add(0));
    }
    const square = (where: Backend): Tensor => real(a, where).reshape([floats.length, floats.length]);
    for (const op of [max, min]) await isSame("extreme", (where) => op(square(where), 0).add(0));
    await isSame("argmax", (where) => argmax(square(where), 0));
    for (const descending of [false, true]) {
      await isSame("argsort", (where) => argsort(real([...floats, ...floats], where), 0, { descending }));
    }
    await isSame("concat and flip", (where) => concat([real(floats, where), flip(real(floats, where), 0)], 0));
    await isSame("pad", (where) => pad(real(floats, where), [[1, 2]], -0));
    await isSame("gather", (where) => gather(real(floats, where), whole([0, 4, -1, 3], where)));
    await isSame("where", (where_) => where(real(floats, where_).greater(0), real(floats, where_), Number.NaN));
    for (const dtype of ["int32", "bool"] as const) await isSame(dtype, (where) => cast(real(floats, where), dtype));
    for (const op of ["sin", "tan", "tanh", "sinh", "asin", "atan", "expm1", "log1p", "erf", "sqrt"] as const) {
      await isSame(`${op} of −0`, (where) => ops[op](real([-0], where)));
    }
  });

  test("the smallest numbers are kept where they are moved, and are else themselves or 0", async () => {
    const tiny = [1e-45, -1e-45, 1e-39, 2 ** -127].map(Math.fround);
    await isSame("a copy", (where) => permute(real(tiny, where).reshape([2, 2]), [1, 0]));
    const [got, wanted] = await onBoth((where) => real(tiny, where).mul(1));
    for (const [i, value] of got!.entries()) expect([0, wanted![i]]).toContain(value + 0);
  });

  test("tensors of no elements have results, of no elements or of zeros", async () => {
    const none = (shape: readonly number[], where: Backend): Tensor =>
      tensor(new Float32Array(0), { shape, backend: where });
    await isSame("add", (where) => none([0, 3], where).add(1));
    await isSame("sum", (where) => sum(none([0, 3], where), 0));
    await isSame("matmul", (where) => matmul(none([2, 0], where), none([0, 3], where)));
    await isSame("concat", (where) => concat([none([0], where), real([1, 2], where)], 0));
    await isSame("pad", (where) => pad(none([0], where), [[1, 2]], 7));
    await isSame("gather", (where) => gather(real([1, 2], where), whole([], where)));
    await isSame("scatterAdd", (where) => scatterAdd(none([0], where), whole([], where), 0, 3));
    await isSame("argsort", (where) => argsort(none([0], where)));
    await isSame("permute", (where) => permute(none([2, 0, 3], where), [2, 0, 1]));
  });

  test("six axes in any order, broadcast and reduced", async () => {
    const shape = [2, 3, 2, 3, 2, 3];
    const values = Array.from({ length: 216 }, (_, i) => i);
    const turned = (where: Backend): Tensor => permute(real(values, where).reshape(shape), [5, 2, 0, 3, 1, 4]);
    await isSame("add", (where) =>
      turned(where).add(broadcastTo(real([1, 2, 3], where).reshape([3, 1, 1, 1, 1, 1]), turned(where).shape)),
    );
    await isSame("sum", (where) => sum(turned(where), [0, 2, 4]));
    await isSame("argmax", (where) => argmax(turned(where), 3));
  });

  test("more elements than float32 can count: 2²⁴ + 8", async () => {
    const size = 2 ** 24 + 8;
    const x = tensor(
      Int32Array.from({ length: size }, (_, i) => i),
      { backend },
    );
    const [largest, place, total] = tidy(() => [max(x), argmax(x, 0), sum(x)]) as [Tensor, Tensor, Tensor];
    const last = tidy(() => gather(x.mul(2), tensor(Int32Array.of(size - 1, 2 ** 24 + 1), { backend })));
    expect(await largest.item()).toBe(size - 1);
    expect(await place.item()).toBe(size - 1);
    expect(await total.item()).toBe(Number(BigInt.asIntN(32, (BigInt(size) * BigInt(size - 1)) / 2n)));
    expect(await last.array()).toEqual([2 * (size - 1), 2 * (2 ** 24 + 1)]);
    for (const t of [x, largest, place, total, last]) t.dispose();
  });

  test("two backends work side by side, and don't take each other's tensors", async () => {
    const other = await testBackend();
    const [a, b] = [ones([3], { backend }), ones([3], { backend: other }).add(1)];
    expect(() => a.add(b)).toThrow(/webgpu/);
    const [first, second] = [a.mul(3), b.mul(5)];
    expect(await Promise.all([first.array(), second.array()])).toEqual([
      [3, 3, 3],
      [10, 10, 10],
    ]);
    const moved = await b.to(backend);
    expect(await a.add(moved).array()).toEqual([3, 3, 3]);
    await other.dispose();
    await expect(second.array()).rejects.toThrow(BackendError);
    await expect(b.to(backend)).rejects.toThrow(/disposed of: make a new one/);
    b.dispose(); // That is always allowed.
    expect(await a.add(1).array()).toEqual([2, 2, 2]);
    for (const t of [a, first, moved]) t.dispose();
  });
});
