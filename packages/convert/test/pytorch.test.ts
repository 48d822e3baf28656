/** State_dicts of PyTorch's: fixtures/pytorch-state.py wrote them, with what the networks give. */
import { readFileSync } from "node:fs";
import { fromPyTorch, toPyTorch } from "@dlcc/convert";
import { deserialize } from "@dlcc/io";
import * as all from "@dlcc/layers";
import {
  type Activation,
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  ConstantPad2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  Flatten,
  GroupNorm,
  type Layer,
  LayerNorm,
  Linear,
  layerTypes,
  MaxPool2d,
  Module,
  PReLU,
  Residual,
  relu,
  Sequential,
  tanh,
  Upsample,
} from "@dlcc/layers";
import { ArgumentError, abs, max, type Tensor, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

class Net extends Module {
  readonly features = new Sequential([new Conv2d(1, 2, 3), new BatchNorm2d(2), relu, new Flatten()]);
  readonly layers = [new Linear(8, 4), new Linear(4, 3)] as const;
  forward(x: Tensor): Tensor {
    const [first, second] = this.layers;
    return second.forward(tanh(first.forward(this.features.forward(x))));
  }
}

const seq = (...layers: Layer[]): Module => new Sequential(layers);
const options = { stride: 2, padding: 1 };

/** The same networks here. */
const models: Readonly<Record<string, () => Module>> = {
  Linear: () => seq(new Linear(4, 3)),
  "Linear without bias": () => seq(new Linear(4, 3, { bias: false })),
  Conv1d: () => seq(new Conv1d(4, 6, 3, { ...options, dilation: 2, groups: 2 })),
  Conv2d: () => seq(new Conv2d(4, 6, [3, 2], { stride: [2, 1], padding: [1, 0], groups: 2 })),
  "Conv2d, same": () => seq(new Conv2d(2, 3, [3, 4], { padding: "same", dilation: 2 })),
  ConvTranspose2d: () => seq(new ConvTranspose2d(4, 6, 3, { ...options, outputPadding: 1, groups: 2 })),
  MaxPool2d: () => seq(new MaxPool2d(3, options)),
  AvgPool2d: () => seq(new AvgPool2d(3, { ...options, countIncludePad: false })),
  AdaptiveAvgPool2d: () => seq(new AdaptiveAvgPool2d([2, 3])),
  Upsample: () => seq(new Upsample({ scale: 2, mode: "bilinear" })),
  ConstantPad2d: () =>
    seq(
      new ConstantPad2d(
        [
          [0, 2],
          [1, -1],
        ],
        { value: 0.5 },
      ),
    ),
  BatchNorm1d: () => seq(new BatchNorm1d(3)),
  BatchNorm2d: () => seq(new BatchNorm2d(3, { epsilon: 1e-3 })),
  LayerNorm: () => seq(new LayerNorm([3, 4])),
  GroupNorm: () => seq(new GroupNorm(2, 4)),
  Dropout: () => seq(new Linear(4, 3), new Dropout(0.5)),
  Flatten: () => seq(new Flatten(), new Linear(6, 2)),
  PReLU: () => seq(new PReLU(3)),
  Residual: () =>
    seq(
      new Residual([new Linear(4, 4), tanh]),
      new Residual(new Linear(4, 2), { shortcut: new Linear(4, 2, { bias: false }) }),
    ),
  Sequential: () => seq(new Sequential([new Linear(4, 3), relu]), new Sequential([new Linear(3, 2)])),
  "a class": () => new Net(),
  ...Object.fromEntries(
    Object.entries(layerTypes).flatMap(([name, type]) =>
      typeof type === "function" && "label" in type && name !== "step" ? [[name, () => seq(type as Activation)]] : [],
    ),
  ),
};

/** What a layer learned of PyTorch has no counterpart there. */
const without = ["Perceptron", "step"];

const fixture = (dtype: string): Record<string, Tensor> =>
  deserialize(readFileSync(new URL(`./fixtures/pytorch-${dtype}.safetensors`, import.meta.url))).tensors;

test("each layer has its case", () => {
  expect(Object.keys(models)).toEqual(
    expect.arrayContaining(Object.keys(layerTypes).filter((name) => !without.includes(name))),
  );
  expect(all.layerTypes).toBe(layerTypes);
});

describe.each([
  ["float32", 1e-5],
  ["float64", 1e-9],
] as const)("%s", (dtype, tolerance) => {
  const tensors = fixture(dtype);
  const stateOf = (name: string): Record<string, Tensor> =>
    Object.fromEntries(
      Object.entries(tensors).flatMap(([key, value]) =>
        key.startsWith(`${name}|state|`) ? [[key.slice(`${name}|state|`.length), value]] : [],
      ),
    );
  const loaded = async (name: string): Promise<Module> => {
    const model = await (models[name] as () => Module)().to({ dtype });
    model.loadStateDict(fromPyTorch(model, stateOf(name)));
    return model.eval();
  };

  test.each(Object.keys(models))(`%s: a state_dict gives PyTorch's outputs to ${tolerance}`, async (name) => {
    const model = await loaded(name);
    const y = tensors[`${name}|y`]!;
    const found = model.forward(tensors[`${name}|x`]!);
    expect([found.shape, found.dtype]).toEqual([y.shape, dtype]);
    expect(await max(abs(found.sub(y))).item()).toBeLessThan(tolerance);
  });

  test.each(Object.keys(models))("%s: goes back as PyTorch's own state_dict, to the last bit", async (name) => {
    const back = toPyTorch(await loaded(name));
    const there = Object.entries(stateOf(name)).filter(([key]) => !key.endsWith("num_batches_tracked"));
    expect(Object.keys(back).toSorted()).toEqual(there.map(([key]) => key).toSorted());
    for (const [key, value] of there) {
      expect([back[key]?.dtype, await back[key]?.data()]).toEqual([value.dtype, await value.data()]);
    }
  });
});

describe("fromPyTorch", () => {
  test("names what is missing and what is surplus", () => {
    const model = seq(new Linear(2, 1), new BatchNorm1d(1));
    const state = {
      "0.weight": tensor([[1, 2]]),
      "1.weight": tensor([1]),
      "1.num_batches_tracked": tensor(3),
      "2.bias": tensor([1]),
    };
    expect(() => fromPyTorch(model, state)).toThrow(ArgumentError);
    expect(() => fromPyTorch(model, state)).toThrow(
      /^fromPyTorch: the names must be those of the model, got none for "0.bias", "1.bias", "1.running_mean", "1.running_var", and surplus ones "2.bias": /,
    );
  });

  test("leaves a dropout's random stream as it is", async () => {
    const model = seq(new Dropout(0.5, { seed: 7 }));
    expect(fromPyTorch(model, {})).toEqual(model.stateDict());
  });

  test("doesn't ask the prototype", () => {
    expect(() => fromPyTorch(seq(new Linear(1, 1)), { __proto__: { "0.weight": 1, "0.bias": 1 } } as never)).toThrow(
      ArgumentError,
    );
  });
});
