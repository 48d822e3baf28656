/** What programs hand in where no TypeScript looks over them, and what they are told. Of tensors alone: packages/tensor. */
import { valueAndGrad } from "@dlcc/autograd";
import { minibatches, parseIdx, readIdx } from "@dlcc/data";
import { deserialize, serialize } from "@dlcc/io";
import { Dropout, Flatten, Linear, Perceptron, relu, Sequential, softmax, summary, tanh } from "@dlcc/layers";
import { binaryCrossEntropy, crossEntropy, huber, l1, l2, mae, mse, nll, sigmoidCrossEntropy } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { ArgumentError, logSoftmax, logSumExp, type Tensor, tensor, variance } from "@dlcc/tensor";
import { accuracy, evaluate, fit } from "@dlcc/train";
import { describe, expect, test } from "vitest";

/** What no TypeScript lets through. */
const wrong = <T>(value: unknown): T => value as T;

const array = wrong<Tensor>([[1, 2]]);
const x = tensor([[1, 2]]);
const labels = tensor([0], { dtype: "int32" });
const model = new Linear(2, 2, { seed: 1 });
const parts = {
  model,
  loss: crossEntropy,
  optimizer: sgd(model.parameters(), { lr: 0.1 }),
  batches: () => minibatches(x, labels, { size: 1 }),
  epochs: 1,
};

describe("an array in place of a tensor", () => {
  test.each<[string, () => unknown]>([
    ["crossEntropy", () => crossEntropy(array, labels)],
    ["crossEntropy", () => crossEntropy(x, wrong([0]))],
    ["nll", () => nll(array, labels)],
    ["nll", () => nll(x, wrong([0]))],
    ["binaryCrossEntropy", () => binaryCrossEntropy(x, array)],
    ["sigmoidCrossEntropy", () => sigmoidCrossEntropy(x, array)],
    ["mse", () => mse(array, x)],
    ["mae", () => mae(x, array)],
    ["huber", () => huber(x, array)],
    ["l1", () => l1(x, array)],
    ["l2", () => l2(array, x)],
    ["accuracy", () => accuracy(x, wrong([0]))],
    ["accuracy", () => accuracy(array, labels)],
    ["Linear", () => model.forward(array)],
    ["Linear", () => new Sequential([model, relu]).forward(array)],
    ["relu", () => relu(array)],
    ["tanh", () => tanh(array)],
    ["softmax", () => softmax(array)],
    ["logSoftmax", () => logSoftmax(array)],
    ["logSumExp", () => logSumExp(array)],
    ["variance", () => variance(array)],
    ["flatten", () => new Flatten().forward(array)],
    ["Dropout", () => new Dropout().eval().forward(array)],
    ["Perceptron", () => new Perceptron([1, 1], 0).forward(array)],
    ["add", () => x.add(array)],
    ["loadStateDict: weight", () => model.loadStateDict({ weight: array, bias: array })],
  ])("%s", (name, call) => {
    expect(call).toThrow(new ArgumentError(`${name}: expected a tensor, got Array: make one with tensor(…)`));
  });
});

describe("what else is mistaken for what", () => {
  test("one variable, for a list of them", () => {
    const w = tensor([1]);
    expect(() => valueAndGrad(() => w.sum(), wrong<Tensor[]>(w))).toThrow(
      /the variables must be in an array, as in \[w, b\]/,
    );
    expect(() => valueAndGrad(() => w.sum(), wrong<Tensor[]>(undefined))).toThrow(/the variables must be in an array/);
  });

  test("an optimizer without parameters, a rate that is text, a step without gradients", () => {
    expect(() => sgd(wrong(undefined), { lr: 0.1 })).toThrow(
      /^sgd: parameters must be Parameters or groups .* got undefined/,
    );
    expect(() => sgd(model.parameters(), { lr: wrong("0.1") })).toThrow(
      "sgd: lr must be a finite number from 0, got 0.1",
    );
    expect(() => parts.optimizer.step(wrong(undefined))).toThrow(
      /^sgd: gradients must be the Map that valueAndGrad returns, got/,
    );
    expect(() => parts.optimizer.step(wrong({}))).toThrow(
      /^sgd: gradients must be the Map that valueAndGrad returns, got/,
    );
  });

  test("a backend's name, for a backend", async () => {
    await expect(model.to(wrong("wasm"))).rejects.toThrow(/^to: target must be a backend, such as cpu, .* got wasm$/);
    await expect(model.to(wrong(undefined))).rejects.toThrow(/^to: target must be a backend/);
  });

  test("an ArrayBuffer, for its bytes", async () => {
    const buffer = wrong<Uint8Array>(new ArrayBuffer(16));
    expect(() => parseIdx(buffer)).toThrow(
      /^parseIdx: bytes must be a Uint8Array, got ArrayBuffer: new Uint8Array\(buffer\)/,
    );
    await expect(readIdx(buffer)).rejects.toThrow(/^readIdx: bytes must be a Uint8Array, got ArrayBuffer/);
    expect(() => deserialize(buffer)).toThrow(/^deserialize: bytes must be a Uint8Array, got ArrayBuffer/);
  });

  test.each([new DataView(new ArrayBuffer(16)), new Uint16Array(16), new Float32Array(4)])(
    "%o, for bytes",
    async (view) => {
      const said = `bytes must be a Uint8Array, got ${view.constructor.name}: `;
      expect(() => deserialize(wrong(view))).toThrow(ArgumentError);
      expect(() => deserialize(wrong(view))).toThrow(`deserialize: ${said}`);
      expect(() => parseIdx(wrong(view))).toThrow(`parseIdx: ${said}`);
      await expect(readIdx(wrong(view))).rejects.toThrow(`readIdx: ${said}`);
    },
  );

  test("but a Buffer is one", async () => {
    const { tensors } = deserialize(Buffer.from(await serialize({ w: tensor([7]) })));
    expect(await tensors.w?.array()).toEqual([7]);
  });

  test("a summary without a shape", () => {
    expect(() => summary(model, wrong(undefined))).toThrow(/^summary: inputShape must be the shape of one example/);
  });
});

describe("fit and evaluate", () => {
  test.each(["model", "loss", "optimizer", "batches", "epochs"] as const)("fit without %s", async (part) => {
    await expect(fit({ ...parts, [part]: undefined })).rejects.toThrow(
      `fit: ${part} must be given: it takes { model, loss, optimizer, batches, epochs }`,
    );
  });

  test("fit without anything", async () => {
    await expect(fit(wrong<typeof parts>(undefined))).rejects.toThrow(/^fit: model must be given/);
  });

  test.each([wrong<number>("3"), 1.5, -1, Number.NaN])("fit for %o epochs", async (epochs) => {
    await expect(fit({ ...parts, epochs })).rejects.toThrow(/^fit: epochs must be a whole number from 0, got /);
  });

  test("fit on batches that are there already", async () => {
    await expect(fit({ ...parts, batches: wrong([]) })).rejects.toThrow(
      /^fit: batches must be a function of the epoch, got object/,
    );
  });

  test.each(["model", "loss", "batches"] as const)("evaluate without %s", async (part) => {
    const options = { model, loss: crossEntropy, batches: parts.batches() };
    await expect(evaluate({ ...options, [part]: undefined })).rejects.toThrow(
      `evaluate: ${part} must be given: it takes { model, loss, batches }`,
    );
  });
});
