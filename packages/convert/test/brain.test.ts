/** Networks that brain.js saved: fixtures/brain.cjs wrote them, with what they give. */
import { readFileSync } from "node:fs";
import { importBrain } from "@dlcc/convert";
import { fromConfig, layerTypes } from "@dlcc/layers";
import { abs, max, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

interface Saved {
  readonly name: string;
  readonly json: object;
  readonly inputs: readonly (number[] | Record<string, number>)[];
  readonly outputs: readonly (number[] | Record<string, number>)[];
}

const read = (version: number): Saved[] =>
  (JSON.parse(readFileSync(new URL(`./fixtures/brain-${version}.json`, import.meta.url), "utf8")) as Saved[]).map(
    (saved) => ({ ...saved, name: `version ${version}, ${saved.name}` }),
  );
const cases = [...read(1), ...read(2)];

/** Rows of numbers, in the order of the names. */
const rows = (values: Saved["inputs"], names: readonly string[]): number[][] =>
  values.map((row) => names.map((name) => (row as Record<string, number>)[name] ?? Number.NaN));

describe("importBrain", () => {
  test.each(cases)("$name: the same outputs as brain.js's to 1e-5", async ({ json, inputs, outputs }) => {
    const found = importBrain(json);
    const [x, y] = [tensor(rows(inputs, found.inputs)), tensor(rows(outputs, found.outputs))];
    expect(await max(abs(found.model.forward(x).sub(y))).item()).toBeLessThan(1e-5);
    const again = fromConfig(JSON.parse(JSON.stringify(found.model.config())), layerTypes);
    again.loadStateDict(found.model.stateDict());
    expect(await again.forward(x).array()).toEqual(await found.model.forward(x).array());
  });

  test("has the names of inputs and outputs", () => {
    for (const version of [1, 2]) {
      const { inputs, outputs } = importBrain(
        cases.find(({ name }) => name === `version ${version}, relu, names`)!.json,
      );
      expect([inputs, outputs]).toEqual([
        ["r", "g", "b"],
        ["light", "dark"],
      ]);
    }
  });

  const layers = [
    { weights: [], biases: [] },
    { weights: [[1, 2]], biases: [0] },
  ];
  const first = [{ "0": {}, "1": {} }, { "0": { bias: 1, weights: { "0": 1, "1": 2 } } }];
  test.each([
    ["another JSON", [], /layers must be a list of two or more/],
    ["nothing", undefined, /layers must be a list/],
    ["a recurrent network", { type: "LSTM", layers }, /type must be "NeuralNetwork", got "LSTM"/],
    [
      "an unknown activation",
      { layers, trainOpts: { activation: "swish" } },
      /one of sigmoid, relu, tanh, leaky-relu, got "swish"/,
    ],
    ["an activation of JavaScript's own", { layers, activation: "constructor" }, /got "constructor"/],
    ["version 1's leaky ReLU", { layers: first, activation: "leaky-relu" }, /gives 0 below 0 there/],
    [
      "a weight that is missing",
      { layers: [layers[0], { weights: [[1, 2], [1]], biases: [0, 0] }] },
      /must have 2 weights and a bias/,
    ],
    ["a bias that is missing", { layers: [layers[0], { weights: [[1, 2]], biases: [] }] }, /2 weights and a bias/],
    [
      "a weight of text",
      { layers: [layers[0], { weights: [["1", 2]], biases: [0] }] },
      /weights of layer 1 must be numbers, got "1"/,
    ],
    ["a layer without neurons", { layers: [layers[0], { weights: [], biases: [] }] }, /each neuron of layer 1/],
    [
      "a weight that is missing in version 1",
      { layers: [{ "0": {}, "2": {} }, first[1]] },
      /must be numbers, got undefined/,
    ],
    ["no inputs in version 1", { layers: [{}, { "0": { bias: 1, weights: {} } }] }, /each neuron of layer 1/],
  ])("refuses %s", (_, json, message) => {
    expect(() => importBrain(json)).toThrow(message);
    expect(() => importBrain(json)).toThrow(expect.objectContaining({ name: "ConvertError" }));
  });
});
