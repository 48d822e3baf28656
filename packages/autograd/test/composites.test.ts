/** Every composite against central differences, and where two of them are the same function, against each other. */
import { grad, gradCheck } from "@dlcc/autograd";
import {
  adaptiveAvgPool2d,
  avgPool2d,
  batchNorm,
  channelMoments,
  chunk,
  clip,
  concat,
  cumprod,
  cumsum,
  diagonal,
  dot,
  einsum,
  flatten,
  flip,
  gelu,
  groupNorm,
  hardSwish,
  layerNorm,
  logSoftmax,
  logSumExp,
  maskedFill,
  maximum,
  maxPool2d,
  mean,
  meshgrid,
  norm,
  outer,
  prelu,
  prod,
  repeat,
  roll,
  slice,
  softmax,
  sort,
  split,
  square,
  squeeze,
  stack,
  type Tensor,
  takeAlongAxis,
  tensor,
  tensordot,
  tile,
  topk,
  tril,
  triu,
  unsqueeze,
  upsample,
  variance,
  where,
} from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { type Case, check, normal, positive } from "./cases.ts";

const at = (indices: number[][]): Tensor => tensor(indices, { dtype: "int32" });

const composites: Readonly<Record<string, Case>> = {
  softmax: check((x) => softmax(x), normal([2, 4])),
  "softmax along the first axis": check((x) => softmax(x, 0), normal([3, 2])),
  logSoftmax: check((x) => logSoftmax(x), normal([2, 4])),
  "logSoftmax along a middle axis": check((x) => logSoftmax(x, 1), normal([2, 3, 2])),
  logSumExp: check((x) => logSumExp(x), normal([2, 3])),
  "logSumExp over an axis, kept": check((x) => logSumExp(x, 1, { keepDims: true }), normal([2, 3])),
  mean: check((x) => mean(x), normal([2, 3])),
  "mean over an axis": check((x) => mean(x, [0, -1]), normal([2, 3, 2])),
  variance: check((x) => variance(x), normal([5])),
  "variance of a sample, over an axis": check((x) => variance(x, 0, { correction: 1 }), normal([4, 2])),
  norm: check((x) => norm(x), normal([4])),
  "norm over an axis, kept": check((x) => norm(x, -1, { keepDims: true }), normal([2, 3])),
  square: check((x) => square(x), normal([3])),
  clip: check((x) => clip(x, -0.5, 0.7), normal([8])),
  "where, with a number": check((x) => where(x.less(0), -1, x.exp()), normal([6])),
  stack: check((a, b) => stack([a, b], 1), normal([2, 2]), normal([2, 2], 2)),
  "stack of one with itself": check((x) => stack([x, x, x], -1), normal([2])),
  "concat of views": check((x) => concat([slice(x, [1]), x.transpose()], 0), normal([2, 2])),
  "squeeze and unsqueeze": check((x) => unsqueeze(squeeze(x), -1), normal([1, 3, 1])),
  flatten: check((x) => flatten(x.transpose(), 0), normal([2, 3])),
  split: check((x) => concat(split(x, [1, 3], 1).reverse(), 1), normal([2, 4])),
  "split, of which a part is taken": check((x) => split(x, 2)[1] as Tensor, normal([5])),
  chunk: check((x) => concat(chunk(x, 2, -1).reverse(), -1), normal([2, 3])),
  repeat: check((x) => repeat(x, 2, 0), normal([2, 3])),
  "repeat, each slice its own number of times": check((x) => repeat(x, [0, 2, 1], 1), normal([2, 3])),
  "repeat, flattened": check((x) => repeat(x.transpose(), 2), normal([2, 2])),
  tile: check((x) => tile(x, [2, 1, 3]), normal([2, 2])),
  flip: check((x) => flip(x, 1), normal([2, 3])),
  "flip of all axes": check((x) => flip(x), normal([2, 3])),
  roll: check((x) => roll(x, [1, -2], [0, 1]), normal([2, 3])),
  "roll, flattened": check((x) => roll(x, 2), normal([2, 2])),
  tril: check((x) => tril(x, -1), normal([3, 3])),
  triu: check((x) => triu(x), normal([2, 2, 3])),
  diagonal: check((x) => diagonal(x, 1), normal([3, 4])),
  "diagonal of other axes": check((x) => diagonal(x, -1, 2, 0), normal([2, 2, 3])),
  meshgrid: check((a, b) => stack(meshgrid([a, b]), 0), normal([2]), normal([3], 2)),
  takeAlongAxis: check((x) => takeAlongAxis(x, at([[2, -3, 2, 1]]), 1), normal([2, 3])),
  "takeAlongAxis, x broadcast": check(
    (x) =>
      takeAlongAxis(
        x,
        at([
          [0, 1],
          [-1, -1],
        ]),
        0,
      ),
    normal([3, 1]),
  ),
  sort: check((x) => sort(x), normal([2, 4])),
  "sort along the first axis, descending": check((x) => sort(x, 0, { descending: true }), normal([4, 2])),
  topk: check((x) => topk(x, 2, 1).values, normal([2, 4, 2])),
  "topk, the smallest": check((x) => topk(x, 2, -1, { largest: false }).values, normal([2, 4])),
  maskedFill: check((x) => maskedFill(x, x.less(0), 2), normal([6])),
  "maskedFill with a scalar": check((x, value) => maskedFill(x, x.less(0), value), normal([2, 3]), normal([], 2)),
  outer: check((a, b) => outer(a, b), normal([2]), normal([3], 2)),
  dot: check((a, b) => dot(a, b), normal([3]), normal([3], 2)),
  tensordot: check(
    (a, b) =>
      tensordot(a, b, [
        [0, 2],
        [1, 0],
      ]),
    normal([2, 2, 3]),
    normal([3, 2], 2),
  ),
  "einsum of a diagonal": check((x) => einsum("iij->j", x), normal([2, 2, 3])),
  "einsum of matrices in batches": check(
    (a, b) => einsum("...ij,...jk->...ki", a, b),
    normal([2, 2, 3]),
    normal([3, 2], 2),
  ),
  "einsum of three": check((a, b, c) => einsum("i,ij,j->", a, b, c), normal([2]), normal([2, 3], 2), normal([3], 3)),
  "einsum of one with itself": check((x) => einsum("ij,kj->ik", x, x), normal([2, 3])),
  maxPool2d: check((x) => maxPool2d(x, 2), normal([2, 2, 5, 4])),
  "maxPool2d of windows that overlap": check(
    (x) => maxPool2d(x, [3, 2], { stride: [2, 1], padding: 1, dilation: [1, 2] }),
    normal([1, 2, 5, 5]),
  ),
  avgPool2d: check((x) => avgPool2d(x, 3, { stride: 2, padding: 1 }), normal([1, 2, 5, 4])),
  "avgPool2d whose padding does not count": check(
    (x) => avgPool2d(x, 3, { stride: 2, padding: 1, countIncludePad: false }),
    normal([1, 2, 5, 4]),
  ),
  adaptiveAvgPool2d: check((x) => adaptiveAvgPool2d(x, [2, 3]), normal([1, 2, 5, 4])),
  channelMoments: check((x) => channelMoments(x), normal([2, 2, 3])),
  batchNorm: check((x) => batchNorm(x), normal([3, 2, 2])),
  "batchNorm with weight and bias": check(
    (x, weight, bias) => batchNorm(x, { weight, bias }),
    normal([2, 3, 2, 2]),
    normal([3], 2),
    normal([3], 3),
  ),
  "batchNorm with a weight alone": check((x, weight) => batchNorm(x, { weight }), normal([4, 2]), normal([2], 2)),
  "batchNorm by given statistics": check(
    (x, mean, variance, weight, bias) => batchNorm(x, { mean, variance, weight, bias }),
    normal([2, 3, 2]),
    normal([3], 2),
    positive([3], 3),
    normal([3], 4),
    normal([3], 5),
  ),
  layerNorm: check(
    (x, weight, bias) => layerNorm(x, [2, 2], { weight, bias }),
    normal([3, 2, 2]),
    normal([2, 2], 2),
    normal([2, 2], 3),
  ),
  groupNorm: check(
    (x, weight, bias) => groupNorm(x, 2, { weight, bias }),
    normal([2, 4, 2]),
    normal([4], 2),
    normal([4], 3),
  ),
  "upsample to the nearest": check((x) => upsample(x, { scale: [2, 3] }), normal([1, 2, 2, 2])),
  "upsample to the nearest, not a multiple": check((x) => upsample(x, { size: [3, 5] }), normal([1, 2, 2, 3])),
  "upsample between": check((x) => upsample(x, { scale: 2, mode: "bilinear" }), normal([1, 2, 2, 3])),
  gelu: check((x) => gelu(x), normal([5])),
  "gelu by tanh": check((x) => gelu(x, "tanh"), normal([5])),
  hardSwish: check((x) => hardSwish(x.mul(3)), normal([6])),
  prelu: check((x, weight) => prelu(x, weight), normal([2, 3, 2]), normal([3], 2)),
  "the methods' chain": check((x) => x.mul(2).sub(1).sigmoid().matmul(x.transpose()).tanh().mean(1), normal([2, 3])),
};

describe("the derivatives of composites agree with differences", () => {
  test.each(Object.entries(composites))("%s", async (_, { f, at }) => {
    expect(await gradCheck(f, at)).toBeLessThan(1);
  });
});

describe("the second derivatives of composites agree with differences", () => {
  test.each(Object.entries(composites))("%s", async (_, { f, at }) => {
    const slope = grad((x: Tensor, ...rest: Tensor[]) => {
      const y = f(x, ...rest);
      return y.mul(y).mul(normal(y.shape, 9)).sum();
    }) as (...inputs: Tensor[]) => Tensor;
    expect(await gradCheck(slope, at)).toBeLessThan(1);
  });
});

describe("derivatives stay finite at extreme inputs", () => {
  const extreme = tensor([1000, 0, -1000], { dtype: "float64" });
  test("of logSumExp: softmax", async () => {
    expect(await grad((x) => logSumExp(x))(extreme).array()).toEqual([1, 0, 0]);
  });
  test("of the last logSoftmax: e₃ − softmax", async () => {
    expect(await grad((x) => slice(logSoftmax(x), 2))(extreme).array()).toEqual([-1, 0, 1]);
  });
  test("of softmax, where it is flat", async () => {
    expect((await grad((x) => slice(softmax(x), 0))(extreme).data()).every((d) => d === 0)).toBe(true);
  });
  test("of sigmoid, where it is flat", async () => {
    expect(await grad((x) => x.sigmoid().sum())(extreme).array()).toEqual([0, 0.25, 0]);
  });
});

test("softmax at the largest of equals is smooth: the shift has no derivative", async () => {
  // ∂o₀/∂z = o₀ (e₀ − o), and o = (½, ½)
  const slope = grad((x) => slice(softmax(x), 0))(tensor([3, 3], { dtype: "float64" }));
  expect(await slope.array()).toEqual([0.25, -0.25]);
});

test("relu is the maximum with 0, but at 0", async () => {
  const x = tensor([-2, 3], { dtype: "float64" });
  expect(await grad((x) => maximum(x, 0).sum())(x).array()).toEqual([0, 1]);
  expect(await grad((x) => x.relu().sum())(x).array()).toEqual([0, 1]);
});

describe("products and running sums, zeros among the factors", () => {
  const x = tensor([[2, 0, -1], [0.5, 3, 0], [0, 0, 4]], { dtype: "float64" }); // biome-ignore format: a matrix
  test.each([
    ["prod of all", (t: Tensor) => prod(t)],
    ["prod over rows", (t: Tensor) => prod(t, 1)],
    ["prod over columns", (t: Tensor) => prod(t, 0, { keepDims: true })],
    ["cumsum", (t: Tensor) => cumsum(t, 0)],
    ["cumprod", (t: Tensor) => cumprod(t)],
  ])("%s", async (_, f) => {
    await gradCheck(f, [x]);
  });

  test("one zero gets the product of the others, two get nothing", async () => {
    expect(await grad((t) => prod(t).sum())(tensor([2, 0, 5])).array()).toEqual([0, 10, 0]);
    expect(await grad((t) => prod(t).sum())(tensor([0, 0, 5])).array()).toEqual([0, 0, 0]);
  });
});
