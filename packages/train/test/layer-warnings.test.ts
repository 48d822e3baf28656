import { describe, expect, test } from "vitest";
import type { LayerStatistics } from "../src/index.ts";
import { warningsOf } from "../src/layer-warnings.ts";

/** A layer with nothing wrong, but for what is said. */
const layer = (name: string, other: Partial<LayerStatistics> = {}): LayerStatistics => ({
  layer: name,
  activation: "relu",
  mean: 0.5,
  standardDeviation: 0.5,
  flat: 0.5,
  dead: 0,
  gradient: 0.1,
  weightGradient: 0.1,
  ...other,
});
const last = layer("out", { activation: undefined, flat: 0 });
const kinds = (...layers: LayerStatistics[]): string[] =>
  warningsOf(layers).map(({ kind, layer: at }) => `${kind} ${at}`);

describe("nothing is said of", () => {
  test("a network that learns", () => expect(kinds(layer("a"), layer("b"), last)).toEqual([]));
  test("gradients that differ by 20 times", () => {
    expect(kinds(layer("a", { gradient: 0.005 }), last)).toEqual([]);
    expect(kinds(layer("a", { gradient: 2 }), last)).toEqual([]);
  });
  test("a ReLU that is 0 half of the time, and one in ten that is dead", () => {
    expect(kinds(layer("a", { flat: 0.6, dead: 0.1 }), last)).toEqual([]);
  });
  test("the last layer: its sigmoids are meant to be near 0 and 1", () => {
    expect(kinds(layer("a"), layer("out", { activation: "sigmoid", flat: 0.95 }))).toEqual([]);
  });
  test("one layer alone, or none", () => {
    expect(kinds(last)).toEqual([]);
    expect(kinds()).toEqual([]);
  });
  test("a network whose gradients are all 0: it is at a minimum", () => {
    expect(kinds(layer("a", { gradient: 0 }), layer("out", { gradient: 0, activation: undefined }))).toEqual([]);
  });
});

describe("what is wrong is said, where, how much, and what to do", () => {
  test("vanishing: the first layer's gradient is a fortieth of the last's", () => {
    const [warning] = warningsOf([layer("a", { gradient: 0.0025 }), layer("b"), last]);
    expect(warning).toMatchObject({
      kind: "vanishing",
      layer: "a",
      found: "its gradient is 40 times smaller than that of out",
    });
    expect(warning?.advice).toMatch(/1\/4.*ReLU/);
  });

  test("vanished: it is 0", () => {
    const [warning] = warningsOf([layer("a", { gradient: 0 }), last]);
    expect(warning).toMatchObject({ kind: "vanishing", found: "its gradient is 0, and that of out is not" });
  });

  test("exploding: the first layer's gradient is 50 times the last's", () => {
    const [warning] = warningsOf([layer("a", { gradient: 5 }), layer("b"), last]);
    expect(warning).toMatchObject({
      kind: "exploding",
      layer: "a",
      found: "its gradient is 50 times larger than that of out",
    });
    expect(warning?.advice).toMatch(/clip/);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("exploded: a gradient is %d, in whichever layer", (gradient) => {
    expect(warningsOf([layer("a"), layer("b", { gradient }), last])).toMatchObject([
      { kind: "exploding", layer: "b", found: `its gradient is ${gradient}` },
    ]);
  });

  test("dead: a fifth of the ReLUs", () => {
    const [warning, ...others] = warningsOf([layer("a"), layer("b", { dead: 0.2 }), last]);
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ kind: "dead", layer: "b", found: "20 % of its neurons were 0 for all examples" });
    expect(warning?.advice).toMatch(/learning rate/);
  });

  test.each(["sigmoid", "tanh"] as const)("saturated: half of the outputs of a %s", (activation) => {
    const [warning] = warningsOf([layer("a", { activation, flat: 0.5 }), last]);
    expect(warning).toMatchObject({
      kind: "saturated",
      layer: "a",
      found: `50 % of its outputs are where ${activation} is flat`,
    });
    expect(warning?.advice).toMatch(/standardize/);
  });

  test("several at once, the gradients first", () => {
    expect(kinds(layer("a", { gradient: 0, dead: 1 }), layer("b", { dead: 1 }), last)).toEqual([
      "vanishing a",
      "dead a",
      "dead b",
    ]);
  });
});
