/** State_dicts of PyTorch's: fixtures/pytorch-state.py wrote them, with what the networks give. */
import { readFileSync } from "node:fs";
import { fromPyTorch, toPyTorch } from "@dlcc/convert";
import { deserialize } from "@dlcc/io";
import { BatchNorm1d, Dropout, Linear, layerTypes, type Module, Sequential } from "@dlcc/layers";
import { ArgumentError, abs, max, type Tensor, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { models } from "./models.ts";

/** What a layer learned of PyTorch has no counterpart there. */
const without = ["Perceptron", "step"];

const fixture = (dtype: string): Record<string, Tensor> =>
  deserialize(readFileSync(new URL(`./fixtures/pytorch-${dtype}.safetensors`, import.meta.url))).tensors;

test("each layer has its case", () => {
  expect(Object.keys(models)).toEqual(
    expect.arrayContaining(Object.keys(layerTypes).filter((name) => !without.includes(name))),
  );
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
    const model = new Sequential([new Linear(2, 1), new BatchNorm1d(1)]);
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
    const model = new Sequential([new Dropout(0.5, { seed: 7 })]);
    expect(fromPyTorch(model, {})).toEqual(model.stateDict());
  });

  test("doesn't ask the prototype", () => {
    expect(() =>
      fromPyTorch(new Sequential([new Linear(1, 1)]), { __proto__: { "0.weight": 1, "0.bias": 1 } } as never),
    ).toThrow(ArgumentError);
  });
});
