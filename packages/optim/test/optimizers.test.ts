/** Each optimizer's formula, step by step; a hundred steps beside PyTorch are in packages/testing. */
import { adadelta, adagrad, adam, adamW, gradientDescent, type Optimizer, rmsProp, sgd } from "@dlcc/optim";
import { Parameter, type Tensor, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

const vector = (...values: number[]): Tensor => tensor(values, { dtype: "float64" });

/** Where a parameter that begins at 1 is after each step of the given gradients. */
async function path(make: (parameters: Parameter[]) => Optimizer, ...gradients: number[]): Promise<number[]> {
  const v = new Parameter("v", vector(1));
  const optimizer = make([v]);
  const places: number[] = [];
  for (const gradient of gradients) {
    optimizer.step(new Map([[v, vector(gradient)]]));
    places.push(await v.value.item());
  }
  return places;
}

const close = (ours: readonly number[], formula: readonly number[]): void => {
  expect(ours).toHaveLength(formula.length);
  formula.forEach((value, i) => {
    expect(ours[i]).toBeCloseTo(value, 14);
  });
};

describe("gradientDescent and sgd", () => {
  test("v → v − ηg", async () => {
    close(await path((p) => gradientDescent(p, { lr: 0.5 }), 1, -2), [0.5, 1.5]);
    close(await path((p) => sgd(p, { lr: 0.5 }), 1, -2), [0.5, 1.5]);
  });
  test("weight decay adds λv to the gradient", async () => {
    close(await path((p) => sgd(p, { lr: 0.5, weightDecay: 0.1 }), 1), [1 - 0.5 * (1 + 0.1)]);
  });
  test("momentum: u → μu + g; v → v − ηu", async () => {
    close(await path((p) => sgd(p, { lr: 0.1, momentum: 0.5 }), 1, 1, 0), [0.9, 0.9 - 0.15, 0.75 - 0.075]);
  });
  test("Nesterov's: u → μu + g; v → v − η (g + μu)", async () => {
    close(await path((p) => sgd(p, { lr: 0.1, momentum: 0.5, nesterov: true }), 1, 1), [1 - 0.15, 0.85 - 0.175]);
  });
  test("gradientDescent has nothing but a rate", async () => {
    const extra = { lr: 0.5, momentum: 0.9, weightDecay: 0.1 };
    close(await path((p) => gradientDescent(p, extra), 1, 1), [0.5, 0]);
  });
});

describe("adam", () => {
  test("its first step is as long as the rate, whatever the gradient", async () => {
    for (const gradient of [1e-3, 1, 1e3]) {
      const [place] = await path((p) => adam(p, { lr: 0.1 }), gradient);
      expect(place).toBeCloseTo(0.9, 5);
    }
  });
  test("then it goes by the means, corrected for their start at 0", async () => {
    const [first, second] = await path((p) => adam(p, { lr: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0 }), 2, 4);
    // m = ½·(½·2) + ½·4 = 2.5, corrected by 1 − ½² to 10/3; s = ¾·(¼·4) + ¼·16 = 4.75, by 1 − (¾)² to 76/7
    expect(first).toBeCloseTo(0.9, 14);
    expect(second).toBeCloseTo(0.9 - (0.1 * (10 / 3)) / Math.sqrt(76 / 7), 14);
  });
  test("epsilon stands outside the root", async () => {
    close(await path((p) => adam(p, { lr: 0.1, epsilon: 1 }), 1), [1 - 0.1 / 2]);
  });
  test("its weight decay is scaled with the gradient; adamW's is not", async () => {
    // Adam: g = 0 + λv, so one whole step. AdamW: v → (1 − ηλ) v, and no step.
    const [adams] = await path((p) => adam(p, { lr: 0.1, weightDecay: 0.5, epsilon: 0 }), 0);
    expect(adams).toBeCloseTo(0.9, 14);
    const [adamWs] = await path((p) => adamW(p, { lr: 0.1, weightDecay: 0.5 }), 0);
    expect(adamWs).toBeCloseTo(0.95, 14);
  });
  test("has PyTorch's defaults: rate 0.001, β 0.9 and 0.999, ε 1e-8, decay 0, and 0.01 for adamW", async () => {
    const given = { lr: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    expect(await path((p) => adam(p), 2, 1, -3)).toEqual(
      await path((p) => adam(p, { ...given, weightDecay: 0 }), 2, 1, -3),
    );
    expect(await path((p) => adamW(p), 2, 1)).toEqual(
      await path((p) => adamW(p, { ...given, weightDecay: 0.01 }), 2, 1),
    );
  });
});

describe("rmsProp", () => {
  test("s → αs + (1 − α)g²; v → v − ηg / (√s + ε)", async () => {
    const second = Math.sqrt(0.75 * 1 + 0.25 * 16);
    close(await path((p) => rmsProp(p, { lr: 0.1, alpha: 0.75, epsilon: 0 }), 2, 4), [0.8, 0.8 - 0.4 / second]);
  });
  test("with momentum, the scaled gradient gathers speed", async () => {
    close(await path((p) => rmsProp(p, { lr: 0.1, alpha: 0, epsilon: 0, momentum: 0.5 }), 2, 4), [0.9, 0.75]);
  });
  test("weight decay adds λv to the gradient", async () => {
    close(await path((p) => rmsProp(p, { lr: 0.1, alpha: 0, epsilon: 1, weightDecay: 1 }), 0), [1 - 0.1 / 2]);
  });
  test("has PyTorch's defaults: rate 0.01, α 0.99, ε 1e-8", async () => {
    const given = { lr: 0.01, alpha: 0.99, epsilon: 1e-8, momentum: 0, weightDecay: 0 };
    expect(await path((p) => rmsProp(p), 2, 1)).toEqual(await path((p) => rmsProp(p, given), 2, 1));
  });
});

describe("adagrad", () => {
  test("s → s + g²; v → v − ηg / (√s + ε)", async () => {
    close(await path((p) => adagrad(p, { lr: 0.1, epsilon: 0 }), 3, 4), [0.9, 0.9 - 0.4 / 5]);
  });
  test("weight decay adds λv to the gradient", async () => {
    close(await path((p) => adagrad(p, { lr: 0.1, epsilon: 1, weightDecay: 1 }), 0), [1 - 0.1 / 2]);
  });
  test("has PyTorch's defaults: rate 0.01, ε 1e-10", async () => {
    expect(await path((p) => adagrad(p), 2, 1)).toEqual(
      await path((p) => adagrad(p, { lr: 0.01, epsilon: 1e-10 }), 2, 1),
    );
  });
});

describe("adadelta", () => {
  test("s → ρs + (1 − ρ)g²; d = g √(u + ε) / √(s + ε); u → ρu + (1 − ρ)d²; v → v − ηd", async () => {
    // s = ¼·16 = 4; d = 4 √(5 / 9); u = ¼·80/9 = 20/9; then s = ¾·4 + ¼·4 = 4; d = 2 √((20/9 + 5) / 9)
    const [d, e] = [4 * Math.sqrt(5 / 9), 2 * Math.sqrt(65 / 81)];
    close(await path((p) => adadelta(p, { lr: 0.1, rho: 0.75, epsilon: 5 }), 4, 2), [1 - 0.1 * d, 1 - 0.1 * (d + e)]);
  });
  test("weight decay adds λv to the gradient", async () => {
    close(await path((p) => adadelta(p, { lr: 0.1, rho: 0, epsilon: 3, weightDecay: 1 }), 0), [
      1 - 0.1 * Math.sqrt(3 / 4),
    ]);
  });
  test("has PyTorch's defaults: rate 1, ρ 0.9, ε 1e-6", async () => {
    expect(await path((p) => adadelta(p), 2, 1)).toEqual(
      await path((p) => adadelta(p, { lr: 1, rho: 0.9, epsilon: 1e-6 }), 2, 1),
    );
  });
});
