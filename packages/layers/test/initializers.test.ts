import { Generator } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import {
  constant,
  fanInUniform,
  heNormal,
  heUniform,
  type Initializer,
  Linear,
  nielsen,
  normal,
  uniform,
  xavierNormal,
  xavierUniform,
} from "../src/index.ts";

const [fanIn, fanOut] = [300, 200];
const count = fanIn * fanOut;

async function sample(initializer: Initializer): Promise<{ mean: number; variance: number; largest: number }> {
  const value = initializer({ shape: [fanOut, fanIn], fanIn, fanOut, generator: new Generator(1), dtype: "float64" });
  const data = Float64Array.from(await value.data());
  const mean = data.reduce((sum, x) => sum + x, 0) / count;
  const variance = data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count;
  return { mean, variance, largest: data.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0) };
}

/** The variance that each is defined by, and the relative spread of a sample's variance: √(2/n) for normal ones. */
describe("the variance of a sample is that of the definition, within five standard deviations", () => {
  test.each<[string, Initializer, number]>([
    ["normal(2): 4", normal(2), 4],
    ["nielsen: 1/fanIn", nielsen(), 1 / fanIn],
    ["xavierNormal: 2/(fanIn + fanOut)", xavierNormal(), 2 / (fanIn + fanOut)],
    ["xavierUniform: 2/(fanIn + fanOut)", xavierUniform(), 2 / (fanIn + fanOut)],
    ["heNormal: 2/fanIn", heNormal(), 2 / fanIn],
    ["heUniform: 2/fanIn", heUniform(), 2 / fanIn],
    ["fanInUniform, as PyTorch's nn.Linear: 1/(3 fanIn)", fanInUniform(), 1 / (3 * fanIn)],
    ["uniform(-1, 3): 16/12", uniform(-1, 3), 16 / 12],
  ])("%s", async (_, initializer, variance) => {
    expect(Math.abs((await sample(initializer)).variance / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  });
});

test.each<[string, Initializer, number]>([
  ["xavierUniform: √(6/(fanIn + fanOut))", xavierUniform(), Math.sqrt(6 / (fanIn + fanOut))],
  ["heUniform: √(6/fanIn)", heUniform(), Math.sqrt(6 / fanIn)],
  ["fanInUniform: 1/√fanIn", fanInUniform(), 1 / Math.sqrt(fanIn)],
])("the bound of %s", async (_, initializer, bound) => {
  const { largest } = await sample(initializer);
  expect(largest).toBeLessThanOrEqual(bound);
  expect(largest).toBeGreaterThan(bound * 0.999);
});

test("normal has the mean that it was given", async () => {
  expect(Math.abs((await sample(normal(1, 5))).mean - 5)).toBeLessThan(5 / Math.sqrt(count));
});

test("constant is that number", async () => {
  const layer = new Linear(2, 2, { weight: constant(0.5), bias: constant(-1) });
  expect([await layer.weight.value.array(), await layer.bias?.value.array()]).toEqual([
    [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
    [-1, -1],
  ]);
});

test("weights and biases are drawn from separate streams", async () => {
  const layer = new Linear(4, 4, { seed: 1, weight: normal(), bias: normal() });
  const first = [...(await layer.weight.value.data())].slice(0, 4);
  expect(first).not.toEqual([...(await layer.bias!.value.data())]);
});
