/** Derivatives of layers, losses and whole networks against differences. Those of single ops: packages/autograd. */
import { grad, gradCheck, valueAndGrad } from "@dlcc/autograd";
import { Dropout, Flatten, identity, Linear, relu, Sequential, sigmoid, softmax, tanh } from "@dlcc/layers";
import {
  binaryCrossEntropy,
  crossEntropy,
  huber,
  l1,
  l2,
  mae,
  mse,
  nll,
  type Reduction,
  sigmoidCrossEntropy,
  weightedCrossEntropy,
} from "@dlcc/losses";
import { logSoftmax, Parameter, randn, type Tensor, tensor, uniform } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

const normal = (shape: number[], seed: number): Tensor => randn(shape, { seed, dtype: "float64" });
const labels = tensor([2, 0, 1, 2], { dtype: "int32" });

/** Numbers that stay away from the kinks of ReLU, |x| and Huber's loss: at distance 0.1 from 0 and ±1, at least. */
const apart = (shape: number[], seed: number): Tensor => {
  const x = uniform(shape, { low: 0.15, high: 0.85, seed, dtype: "float64" });
  return x.mul(
    normal(shape, seed + 1)
      .greater(0)
      .cast("float64")
      .mul(2)
      .sub(1),
  );
};

describe("every layer", () => {
  test.each([
    ["Linear", new Linear(3, 2, { seed: 1, dtype: "float64" })],
    ["Linear without bias", new Linear(3, 2, { seed: 1, dtype: "float64", bias: false })],
    ["Sequential, fused", new Sequential([new Linear(3, 4, { seed: 1, dtype: "float64" }), tanh, new Flatten()])],
    ["Dropout in evaluation", new Dropout(0.5).eval()],
    ["Flatten", new Flatten()],
  ] as const)("%s: by its input and its parameters", async (_, layer) => {
    const x = normal([4, 3], 2);
    await gradCheck((input) => layer.forward(input), [x]);
    const parameters = layer.parameters();
    if (parameters.length > 0) await gradCheck(() => layer.forward(x), parameters);
  });

  test.each([relu, sigmoid, tanh, softmax, identity])("the activation $label", async (activation) => {
    await gradCheck(activation, [apart([4, 3], 3)]);
  });
});

describe("every loss", () => {
  const outputs = apart([4, 3], 5);
  const targets = normal([4, 3], 7).mul(0); // So that outputs − targets stays away from the kinks.
  const probabilities = uniform([4, 3], { seed: 8, dtype: "float64" });
  const losses: Record<string, (o: Tensor, reduction: Reduction) => Tensor> = {
    l1: (o, reduction) => l1(o, targets, { reduction }),
    l2: (o, reduction) => l2(o, targets, { reduction }),
    "l2 of labels": (o, reduction) => l2(o, labels, { reduction }),
    mse: (o, reduction) => mse(o, targets, { reduction }),
    mae: (o, reduction) => mae(o, targets, { reduction }),
    huber: (o, reduction) => huber(o, targets, { reduction, delta: 0.5 }),
    "crossEntropy of labels": (o, reduction) => crossEntropy(o, labels, { reduction }),
    "crossEntropy of probabilities": (o, reduction) => weightedCrossEntropy(o, probabilities, { reduction }),
    nll: (o, reduction) => nll(logSoftmax(o), labels, { reduction }),
    binaryCrossEntropy: (o, reduction) => binaryCrossEntropy(o, probabilities, { reduction }),
    sigmoidCrossEntropy: (o, reduction) => sigmoidCrossEntropy(o, labels, { reduction }),
  };
  const cases = Object.keys(losses).flatMap((name) =>
    (["mean", "sum", "none"] as const).map((r) => [name, r] as const),
  );

  test.each(cases)("%s, %s", async (name, reduction) => {
    // Huber's kink is at ±0.5, where some outputs may be: they are moved off.
    const o = name === "huber" ? outputs.mul(0.5) : outputs;
    await gradCheck((x) => losses[name]!(x, reduction), [o]);
  });

  test("by the targets, too, where they are numbers", async () => {
    await gradCheck((y) => mse(outputs, y), [normal([4, 3], 9)]);
    await gradCheck((p) => weightedCrossEntropy(outputs, p), [probabilities]);
  });
});

describe("whole networks", () => {
  // Nielsen's first network, on a sample of its 23,860 weights.
  test("784-30-10 with sigmoids and the quadratic cost", async () => {
    const first = new Linear(784, 30, { seed: 1, dtype: "float64" });
    const second = new Linear(30, 10, { seed: 2, dtype: "float64" });
    const model = new Sequential([first, sigmoid, second, sigmoid]);
    const x = uniform([5, 784], { seed: 3, dtype: "float64" });
    const y = tensor([3, 1, 4, 1, 5], { dtype: "int32" });
    const worst = await gradCheck(() => l2(model.forward(x), y), model.parameters(), { elements: 60 });
    expect(worst).toBeLessThan(1);
  });

  test("784-30-10 with ReLU and cross-entropy", async () => {
    const model = new Sequential([
      new Linear(784, 30, { seed: 4, dtype: "float64" }),
      relu,
      new Linear(30, 10, { seed: 5, dtype: "float64" }),
    ]);
    const x = uniform([5, 784], { seed: 6, dtype: "float64" });
    const y = tensor([3, 1, 4, 1, 5], { dtype: "int32" });
    await gradCheck(() => crossEntropy(model.forward(x), y), model.parameters(), { elements: 60 });
  });

  test("second derivatives of a network by its input", async () => {
    const model = new Sequential([
      new Linear(3, 4, { seed: 1, dtype: "float64" }),
      tanh,
      new Linear(4, 3, { seed: 2, dtype: "float64" }),
    ]);
    await gradCheck(
      grad((x) => crossEntropy(model.forward(x), labels)),
      [normal([4, 3], 3)],
    );
  });
});

describe("two parameters that hold one value are two variables", () => {
  test("each has its own derivative: of a²b at a = b = 3, 2ab and a²", async () => {
    const three = tensor(3);
    const [a, b] = [new Parameter("a", three), new Parameter("b", three)];
    const { gradients } = valueAndGrad(() => a.value.mul(a.value).mul(b.value), [a, b]);
    expect([await gradients.get(a)?.item(), await gradients.get(b)?.item()]).toEqual([18, 9]);
  });

  test("a copy of a model is a constant to the derivatives of the model", async () => {
    const [model, target] = [new Linear(1, 1, { bias: false, seed: 1 }), new Linear(1, 1, { bias: false, seed: 2 })];
    target.loadStateDict(model.stateDict());
    const x = tensor([[2]]);
    const cost = (): Tensor => model.forward(x).mul(target.forward(x)).sum(); // ∂/∂w (2w · 2t) = 4t
    const { gradients } = valueAndGrad(cost, model.parameters());
    expect(await gradients.get(model.weight)?.item()).toBeCloseTo(4 * (await target.weight.value.item()), 5);
  });
});
