import { describe, expect, test } from "vitest";
import {
  type AdamAttributes,
  argmax,
  composites,
  logSoftmax,
  logSumExp,
  max,
  mean,
  norm,
  oneHot,
  type SgdAttributes,
  slice,
  softmax,
  sum,
  type Tensor,
  tensor,
  variance,
  zeros,
} from "../src/index.ts";

const double = (data: number | number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });
const numbers = async (t: Tensor): Promise<number[]> => Array.from(await t.data());

async function expectClose(t: Tensor, expected: readonly number[]): Promise<void> {
  const got = await numbers(t);
  expect(got).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(got[i]).toBeCloseTo(value, 12);
  });
}

describe("softmax and its kin", () => {
  test("softmax is e^z over the sum of e^z", async () => {
    const total = Math.exp(1) + Math.exp(2) + Math.exp(3);
    await expectClose(softmax(double([1, 2, 3])), [Math.exp(1) / total, Math.exp(2) / total, Math.exp(3) / total]);
  });

  test("softmax is stable where e^z overflows", async () => {
    await expectClose(softmax(double([1000, 1000, -1000])), [0.5, 0.5, 0]);
  });

  test("softmax takes an axis", async () => {
    // biome-ignore format: a matrix
    await expectClose(slice(softmax(double([[0, 0], [0, 0], [0, 0]]), 0), [], 0), [1 / 3, 1 / 3, 1 / 3]);
  });

  test("logSoftmax is the logarithm of softmax", async () => {
    await expectClose(logSoftmax(double([1, 2, 3])), await numbers(softmax(double([1, 2, 3])).log()));
  });

  test("logSumExp is the logarithm of the sum of e^x", async () => {
    await expectClose(logSumExp(double([1, 2, 3])), [Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3))]);
    // biome-ignore format: a matrix
    await expectClose(logSumExp(double([[1000, 1000], [0, 0]]), 1), [1000 + Math.LN2, Math.LN2]);
    expect(logSumExp(zeros([2, 3]), 1, { keepDims: true }).shape).toEqual([2, 1]);
  });
});

describe("reductions", () => {
  test("without axes they take all; keepDims leaves lengths of 1", () => {
    const x = zeros([2, 3, 4]);
    expect(sum(x).shape).toEqual([]);
    expect(sum(x, [0, -1]).shape).toEqual([3]);
    expect(max(x, 1, { keepDims: true }).shape).toEqual([2, 1, 4]);
    expect(mean(x, 1).shape).toEqual([2, 4]);
    expect(sum(x, []).shape).toEqual([2, 3, 4]);
  });

  test("the mean of nothing is NaN, the sum 0", async () => {
    expect(await mean(zeros([0])).item()).toBeNaN();
    expect(await sum(zeros([0])).item()).toBe(0);
  });

  test("argmax without an axis counts through the flattened tensor", async () => {
    // biome-ignore format: a matrix
    expect(await argmax(tensor([[1, 5], [7, 2]])).item()).toBe(2);
    expect(argmax(zeros([2, 3]), 1, { keepDims: true }).shape).toEqual([2, 1]);
    expect(argmax(zeros([2, 3]), undefined, { keepDims: true }).shape).toEqual([1, 1]);
  });

  test("variance is NumPy's; with correction 1, PyTorch's", async () => {
    expect(await variance(double([1, 2, 3, 4])).item()).toBe(1.25);
    await expectClose(variance(double([1, 2, 3, 4]), undefined, { correction: 1 }), [5 / 3]);
  });

  test("norm is √Σx²", async () => {
    // biome-ignore format: a matrix
    await expectClose(norm(double([[3, 4], [5, 12]]), 1), [5, 13]);
  });
});

test("oneHot has 1 at the label's place", async () => {
  const labels = tensor([1, 0], { dtype: "int32" });
  // biome-ignore format: a matrix
  expect(await oneHot(labels, 3).array()).toEqual([[0, 1, 0], [1, 0, 0]]);
});

describe("the composites of fused ops compute their formulas", () => {
  test("linear: activation(x · weightᵀ + bias)", async () => {
    const x = double([[1, 2]]);
    // biome-ignore format: a matrix
    const weight = double([[3, 4], [-5, 6], [-7, -8]]);
    const bias = double([0.5, -1, 2]);
    await expectClose(composites.linear({ activation: undefined }, [x, weight, bias])[0]!, [11.5, 6, -21]);
    await expectClose(composites.linear({ activation: "relu" }, [x, weight])[0]!, [11, 7, 0]);
  });

  test("softmaxCrossEntropy: −log softmax(logits)[label]", async () => {
    const [losses] = composites.softmaxCrossEntropy({}, [
      // biome-ignore format: a matrix
      double([[0, Math.log(3)], [0, 0]]),
      tensor([1, 0], { dtype: "int32" }),
    ]);
    await expectClose(losses!, [-Math.log(3 / 4), Math.LN2]);
  });

  const [w, v, g] = [2, 0.5, 3];
  const sgd: SgdAttributes = { lr: 0.1, weightDecay: 0.01, momentum: 0.9, nesterov: false };

  test("sgdStep: w − lr (g + λ w)", async () => {
    await expectClose(composites.sgdStep(sgd, [double(w), double(g)])[0]!, [w - 0.1 * (g + 0.01 * w)]);
  });

  test("momentumStep: v ← μ v + g + λ w, w ← w − lr v", async () => {
    const next = 0.9 * v + g + 0.01 * w;
    const [parameter, velocity] = composites.momentumStep(sgd, [double(w), double(v), double(g)]);
    await expectClose(velocity!, [next]);
    await expectClose(parameter!, [w - 0.1 * next]);
  });

  test("momentumStep with nesterov: w ← w − lr (g + λ w + μ v)", async () => {
    const slope = g + 0.01 * w;
    const next = 0.9 * v + slope;
    const [parameter] = composites.momentumStep({ ...sgd, nesterov: true }, [double(w), double(v), double(g)]);
    await expectClose(parameter!, [w - 0.1 * (slope + 0.9 * next)]);
  });

  const adam: AdamAttributes = {
    lr: 0.1,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    decoupled: false,
    step: 3,
  };
  const [m, s] = [0.2, 0.4];

  test("adamStep: Kingma & Ba's algorithm 1", async () => {
    const first = 0.9 * m + 0.1 * g;
    const second = 0.999 * s + 0.001 * g * g;
    const corrected = { first: first / (1 - 0.9 ** 3), second: second / (1 - 0.999 ** 3) };
    const [parameter, nextFirst, nextSecond] = composites.adamStep(adam, [double(w), double(m), double(s), double(g)]);
    await expectClose(nextFirst!, [first]);
    await expectClose(nextSecond!, [second]);
    await expectClose(parameter!, [w - (0.1 * corrected.first) / (Math.sqrt(corrected.second) + 1e-8)]);
  });

  test("adamStep, decoupled: Loshchilov & Hutter's AdamW shrinks the weight by lr λ", async () => {
    const inputs = [double(w), double(m), double(s), double(g)] as const;
    const [plain] = composites.adamStep(adam, inputs);
    const [shrunk, first] = composites.adamStep({ ...adam, weightDecay: 0.01, decoupled: true }, inputs);
    await expectClose(shrunk!, [(await plain!.item()) - 0.1 * 0.01 * w]);
    await expectClose(first!, [0.9 * m + 0.1 * g]);
  });

  test("adamStep, not decoupled: the decay is part of the gradient", async () => {
    const inputs = [double(w), double(m), double(s), double(g)] as const;
    const [, first] = composites.adamStep({ ...adam, weightDecay: 0.01 }, inputs);
    await expectClose(first!, [0.9 * m + 0.1 * (g + 0.01 * w)]);
  });
});
