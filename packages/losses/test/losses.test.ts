/** Values by formula, and refused arguments. Parity with PyTorch over many inputs is tested in span-pytorch.test.ts. */
import { DTypeError, ShapeError, type Tensor, tensor, zeros } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import {
  binaryCrossEntropy,
  crossEntropy,
  huber,
  l1,
  l2,
  mae,
  mse,
  nll,
  quadraticCost,
  sigmoidCrossEntropy,
  weightedCrossEntropy,
} from "../src/index.ts";

const labels = (...classes: number[]): Tensor => tensor(classes, { dtype: "int32" });
const doubles = (data: number[][]): Tensor => tensor(data, { dtype: "float64" });

/** Two examples with three outputs each; o − y is [1, −2, 0] and [3, 0, −4]. */
const outputs = doubles([
  [1, 0, 5],
  [3, 1, 0],
]);
const targets = doubles([
  [0, 2, 5],
  [0, 1, 4],
]);

describe("the course's losses sum over the outputs, and average over the examples", () => {
  test("l2 is ½ ‖o − y‖²", async () => {
    expect(await l2(outputs, targets).item()).toBe((5 / 2 + 25 / 2) / 2);
    expect(await l2(outputs, targets, { reduction: "none" }).array()).toEqual([2.5, 12.5]);
    expect(await l2(outputs, targets, { reduction: "sum" }).item()).toBe(15);
  });

  test("l1 is ‖o − y‖₁", async () => {
    expect(await l1(outputs, targets).item()).toBe((3 + 7) / 2);
    expect(await l1(outputs, targets, { reduction: "none" }).array()).toEqual([3, 7]);
  });

  test("Nielsen's quadratic cost is l2", () => {
    expect(quadraticCost).toBe(l2);
  });

  test("class labels count as the unit vectors e_y", async () => {
    // ½ ‖[1, 0, 5] − e₂‖² = ½ (1 + 16), ½ ‖[3, 1, 0] − e₀‖² = ½ (4 + 1)
    expect(await l2(outputs, labels(2, 0)).item()).toBe((17 / 2 + 5 / 2) / 2);
  });
});

describe("PyTorch's losses average over all elements", () => {
  test("mse", async () => {
    expect(await mse(outputs, targets).item()).toBe(30 / 6);
  });
  test("mae", async () => {
    expect(await mae(outputs, targets).item()).toBe(10 / 6);
  });
  test("huber is square near 0, and straight from delta on", async () => {
    const losses = huber(tensor([0.5, -3]), zeros([2]), { delta: 2, reduction: "none" });
    expect(await losses.array()).toEqual([0.5 * 0.25, 2 * (3 - 1)]);
  });
});

describe("crossEntropy", () => {
  test("is −log softmax(z)_y", async () => {
    const z = doubles([[1, 2, 4]]);
    const expected = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(4)) - 2;
    expect(await crossEntropy(z, labels(1)).item()).toBeCloseTo(expected, 14);
  });

  test("of chance is the logarithm of the number of classes", async () => {
    expect(await crossEntropy(zeros([4, 10], { dtype: "float64" }), labels(0, 3, 5, 9)).item()).toBeCloseTo(
      Math.log(10),
      14,
    );
  });

  test("of probabilities is weightedCrossEntropy's: −Σ y log o", async () => {
    const [z, y] = [doubles([[0, 0]]), doubles([[0.25, 0.75]])];
    expect(() => crossEntropy(z, y)).toThrow(ShapeError);
    expect(() => crossEntropy(z, y)).toThrow("got [1,2] and [1,2]: for probabilities, take weightedCrossEntropy");
    expect(await weightedCrossEntropy(z, y).item()).toBeCloseTo(Math.log(2), 14);
  });

  test.each([
    [[1000, -1000], 0, 0],
    [[1000, -1000], 1, 2000],
    [[-1000, -1001], 0, Math.log(1 + Math.exp(-1))],
    [[1e30, 0], 1, 1e30],
  ])("is finite and right for the extreme logits %j, class %d", async (logits, label, expected) => {
    expect(await crossEntropy(doubles([logits]), labels(label)).item()).toBeCloseTo(expected, 10);
  });

  test("refuses a label outside the classes on cpu", () => {
    expect(() => crossEntropy(zeros([2, 3]), labels(0, 3))).toThrow(/labels must be from 0 to 2, got 3 for example 1$/);
  });
});

test("an ignored example may have any label, and no number of it comes into the loss", async () => {
  const logits = tensor([
    [Number.NaN, 0],
    [0, 0],
  ]);
  expect(await weightedCrossEntropy(logits, labels(-7, 1), { ignoreIndex: -7 }).item()).toBeCloseTo(Math.log(2), 6);
  expect(await nll(logits.sub(1), labels(-7, 1), { ignoreIndex: -7, reduction: "none" }).array()).toEqual([0, 1]);
});

test("nll is the negative of the labelled log-probability", async () => {
  const logs = doubles([
    [-1, -2],
    [-3, -0.5],
  ]);
  expect(await nll(logs, labels(1, 0), { reduction: "none" }).array()).toEqual([2, 3]);
});

describe("binary cross-entropy from logits", () => {
  test("is −y log σ(z) − (1 − y) log(1 − σ(z))", async () => {
    const sigma = 1 / (1 + Math.exp(-0.7));
    const expected = -0.25 * Math.log(sigma) - 0.75 * Math.log(1 - sigma);
    expect(await binaryCrossEntropy(doubles([[0.7]]), doubles([[0.25]])).item()).toBeCloseTo(expected, 14);
  });

  test.each([
    [1000, 0, 1000],
    [-1000, 0, 0],
    [1000, 1, 0],
    [-1000, 1, 1000],
  ])("is finite for z = %d, y = %d", async (z, y, expected) => {
    expect(await binaryCrossEntropy(tensor([z]), tensor([y])).item()).toBe(expected);
  });

  test("Nielsen's cost sums over the outputs and averages over the examples", async () => {
    const z = zeros([2, 3], { dtype: "float64" });
    expect(await sigmoidCrossEntropy(z, zeros([2, 3], { dtype: "float64" })).item()).toBeCloseTo(3 * Math.log(2), 14);
    expect(await binaryCrossEntropy(z, zeros([2, 3], { dtype: "float64" })).item()).toBeCloseTo(Math.log(2), 14);
  });
});

describe("arguments that don't fit are refused, naming both", () => {
  const all = { l1, l2, mse, mae, huber, weightedCrossEntropy, binaryCrossEntropy, sigmoidCrossEntropy };

  test.each(Object.entries(all))("%s: shapes that differ", (name, loss) => {
    const call = (): Tensor => loss(zeros([2, 3]), zeros([2, 4]));
    expect(call).toThrow(ShapeError);
    expect(call).toThrow(new RegExp(`${name}.*\\[2,3\\].*\\[2,4\\]`));
  });

  test.each(Object.entries(all))("%s: dtypes that differ", (_, loss) => {
    const call = (): Tensor => loss(zeros([2, 3]), zeros([2, 3], { dtype: "float64" }));
    expect(call).toThrow(DTypeError);
    expect(call).toThrow(/float32.*float64/);
  });

  test("crossEntropy: labels that are not int32, or too few", () => {
    expect(() => crossEntropy(zeros([2, 3]), zeros([2]))).toThrow(/labels must be class indices in int32, got float32/);
    expect(() => crossEntropy(zeros([2, 3]), labels(1))).toThrow(/\[2,3\].*\[1\]/);
  });

  test("weightedCrossEntropy: probabilities with fewer axes than [n, classes]", () => {
    expect(() => weightedCrossEntropy(zeros([3]), zeros([3]))).toThrow("must be [n, classes, …], got [3] and [3]");
  });

  test("weightedCrossEntropy and nll: labels of another shape than the outputs, without the classes", () => {
    expect(() => weightedCrossEntropy(zeros([2, 3, 4]), tensor([[0], [1]], { dtype: "int32" }))).toThrow(
      "weightedCrossEntropy: outputs and labels must be [n, classes, …] and [n, …], got [2,3,4] and [2,1]",
    );
    expect(() => nll(zeros([2, 3, 4]), labels(0, 1))).toThrow(
      /nll: outputs and labels must be .* got \[2,3,4\] and \[2\]/,
    );
  });

  test.each([
    [{ weight: zeros([2]) }, "weight must have one float32 for each of the 3 classes, got float32 [2]"],
    [{ weight: zeros([3], { dtype: "float64" }) }, "for each of the 3 classes, got float64 [3]"],
    [{ labelSmoothing: 1.5 }, "labelSmoothing must be a number from 0 to 1, got 1.5"],
  ])("weightedCrossEntropy: options out of range, %#", (options, message) => {
    expect(() => weightedCrossEntropy(zeros([2, 3]), labels(0, 1), options)).toThrow(message);
    expect(() => weightedCrossEntropy(zeros([2, 3]), zeros([2, 3]), options)).toThrow(message);
  });

  test("weightedCrossEntropy: a label to ignore beside probabilities", () => {
    expect(() => weightedCrossEntropy(zeros([2, 3]), zeros([2, 3]), { ignoreIndex: 0 })).toThrow(
      /ignoreIndex must be left out/,
    );
  });

  test("nll: shapes and dtypes that don't fit", () => {
    expect(() => nll(zeros([2, 3]), labels(1))).toThrow(/\[2,3\].*\[1\]/);
    expect(() => nll(zeros([2, 3]), zeros([2]))).toThrow(/int32, got float32/);
  });

  test("an unknown reduction, naming the known ones", () => {
    expect(() => mse(outputs, targets, { reduction: "median" as never })).toThrow(
      'reduction must be "mean", "sum" or "none", got "median"',
    );
  });

  test("huber: a delta that is not above 0", () => {
    expect(() => huber(outputs, targets, { delta: 0 })).toThrow("huber: delta must be a number above 0, got 0");
  });
});
