/** Labels outside the classes, and probabilities outside 0 to 1: refused where a backend can be read at once, else NaN. */
import { grad } from "@dlcc/autograd";
import { createGpu } from "@dlcc/gpu";
import { binaryCrossEntropy, crossEntropy, l1, l2, nll, quadraticCost, sigmoidCrossEntropy } from "@dlcc/losses";
import { ArgumentError, type Backend, cpu, oneHot, type Tensor, tensor } from "@dlcc/tensor";
import { accuracy } from "@dlcc/train";
import { createWasm } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";
import { withoutFused } from "../src/index.ts";
import { modes } from "./fixtures/gpu.ts";

const wasm = await createWasm({ threads: 1 });
afterAll(() => wasm.dispose());

type Loss = (outputs: Tensor, labels: Tensor, options?: { readonly reduction: "none" }) => Tensor;
const losses: readonly (readonly [string, Loss])[] = [
  ["nll", nll],
  ["l1", l1],
  ["l2", l2],
  ["l2", quadraticCost],
  ["sigmoidCrossEntropy", sigmoidCrossEntropy],
];
const rows = [
  [-1, -2, -3],
  [-1, -2, -3],
];
const labels = (backend: Backend, ...classes: number[]): Tensor => tensor(classes, { dtype: "int32", backend });

describe.each([
  ["cpu", cpu],
  ["cpu without fused ops", withoutFused(cpu)],
  ["wasm", wasm],
])("on %s", (_, backend) => {
  const outputs = tensor(rows, { backend });

  test.each([-1, 3])("the label %d of 3 classes is refused, with its example", (label) => {
    const outside = labels(backend, 0, label);
    for (const [name, loss] of losses) {
      expect(() => loss(outputs, outside)).toThrow(
        new ArgumentError(`${name}: labels must be from 0 to 2, got ${label} for example 1`),
      );
    }
    expect(() => crossEntropy(outputs, outside)).toThrow(`labels must be from 0 to 2, got ${label} for example 1`);
    expect(() => oneHot(outside, 3)).toThrow(`oneHot: labels must be from 0 to 2, got ${label} for example 1`);
    expect(() => accuracy(outputs, outside)).toThrow(
      `accuracy: labels must be from 0 to 2, got ${label} for example 1`,
    );
  });

  test("in a tensor of more axes, the example is the first one's index", () => {
    const outside = tensor([[0, 1], [2, 9]], { dtype: "int32", backend }); // biome-ignore format: a matrix
    expect(() => oneHot(outside, 3)).toThrow(/got 9 for example 1$/);
    expect(() => oneHot(tensor(9, { dtype: "int32", backend }), 3)).toThrow(/got 9 for example 0$/);
  });

  test.each([255, -0.5])("the target %d is no probability", (y) => {
    const z = tensor([[0, 1]], { backend });
    for (const [name, loss] of Object.entries({ binaryCrossEntropy, sigmoidCrossEntropy, crossEntropy })) {
      expect(() => loss(z, tensor([[1, y]], { backend }))).toThrow(
        `${name}: targets must be probabilities, from 0 to 1, got ${y}: scale them, as in y.div(255)`,
      );
    }
  });

  test("a probability that rounding led beyond 1 is none the less one", async () => {
    const y = tensor([1 + 2 ** -23], { backend });
    expect(await binaryCrossEntropy(tensor([0], { backend }), y).item()).toBeCloseTo(Math.LN2, 6);
  });
});

describe.each(modes)("on gpu by %s, which can't be read at once", async (mode) => {
  const gpu = await createGpu({ mode, allowSoftware: true });
  afterAll(() => gpu.dispose());
  const outputs = tensor(rows, { backend: gpu });

  // A label below 0 is no index from the end.
  describe.each([3, -1])("of the label %d of 3 classes", (label) => {
    const outside = labels(gpu, 0, label);

    test.each([...losses, ["crossEntropy", crossEntropy] as const])("%s is NaN", async (_, loss) => {
      const [right, wrong] = await loss(outputs, outside, { reduction: "none" }).data();
      expect(right).not.toBeNaN();
      expect(wrong).toBeNaN();
    });

    test("oneHot has a row of NaN, and of whole numbers an error at the read", async () => {
      expect(await oneHot(outside, 3).array()).toEqual([
        [1, 0, 0],
        [Number.NaN, Number.NaN, Number.NaN],
      ]);
      await expect(oneHot(outside, 3, "int32").array()).rejects.toThrow(/is NaN/);
    });
  });

  test("the loss of a target outside 0 to 1 is NaN", async () => {
    const [z, y] = [tensor([[0, 1]], { backend: gpu }), tensor([[1, 255]], { backend: gpu })];
    expect(await binaryCrossEntropy(z, y, { reduction: "none" }).array()).toEqual([
      [expect.closeTo(Math.LN2), Number.NaN],
    ]);
    expect(await crossEntropy(z, y).item()).toBeNaN();
  });
});

describe("binary cross-entropy at infinite logits is its limit, and so is its derivative σ(z) − y", () => {
  const { POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minus } = Number;
  test.each([
    [infinity, 0.9, infinity, 0.1],
    [infinity, 1, 0, 0],
    [infinity, 0, infinity, 1],
    [minus, 0.25, infinity, -0.25],
    [minus, 0, 0, 0],
    [minus, 1, infinity, -1],
    [0, 0.25, Math.LN2, 0.25],
  ])("z = %d, y = %d: %d, %d", async (z, y, loss, slope) => {
    const [logit, target] = [tensor(z, { dtype: "float64" }), tensor(y, { dtype: "float64" })];
    expect(await binaryCrossEntropy(logit, target).item()).toBeCloseTo(loss, 15);
    expect(await grad((z: Tensor) => binaryCrossEntropy(z, target))(logit).item()).toBeCloseTo(slope, 15);
  });

  test("NaN stays NaN, in logits and targets", async () => {
    const losses = binaryCrossEntropy(tensor([Number.NaN, 0]), tensor([0, Number.NaN]), { reduction: "none" });
    expect(await losses.array()).toEqual([Number.NaN, Number.NaN]);
  });
});
