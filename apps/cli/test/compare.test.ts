/** Statistics of made-up curves, compared with calculations by hand. */
import { describe, expect, test } from "vitest";
import { compare, seedFigure } from "../src/reproduce/compare.ts";
import type { Agreement, GradientRecipe, Run, Statistic, TrainingRecipe } from "../src/reproduce/recipe.ts";

const settings = {
  train: 40,
  validation: 10,
  test: 10,
  hidden: [4],
  activation: "sigmoid",
  loss: "quadratic",
  init: "normal",
  optimizer: "sgd",
  lr: 1,
  schedule: "constant",
  batchSize: 10,
  epochs: 4,
  lambda: 0,
} as const;

const best: Statistic = { of: "test", at: "best epoch", over: "mean", as: "accuracy" };

const recipe = (more: Partial<TrainingRecipe>): TrainingRecipe => ({
  kind: "training",
  name: "made-up",
  about: "made up",
  source: "nowhere",
  seeds: 2,
  settings,
  statistic: best,
  published: 91,
  agreement: { within: 0.5 },
  ...more,
});

let nextSeed = 1;
const run = (figures: Run["figures"]): Run => ({
  recipe: "made-up",
  seed: nextSeed++,
  settings,
  figures,
  seconds: 1.5,
  date: "2026-01-01",
  backend: "cpu",
  machine: "made up",
});

describe("a seed's figure", () => {
  const one = run({ test: [80, 92, 90, 92], validation: [70, 85, 85, 60] });
  test.each([
    ["the first of its best epochs", {}, { epoch: 2, figure: 92 }],
    ["its last epoch", { at: "last epoch" }, { epoch: 4, figure: 92 }],
    ["the last epoch of those that are best on validation", { at: "best validation epoch" }, { epoch: 3, figure: 90 }],
    ["its best epoch on validation", { of: "validation" }, { epoch: 2, figure: 85 }],
    ["the error, if that was published", { as: "error" }, { epoch: 2, figure: 8 }],
  ] as const)("is %s", (_, more, expected) => {
    expect(seedFigure({ ...best, ...more }, one)).toEqual(expected);
  });

  test("is refused if the curve is missing", () => {
    expect(() => seedFigure({ ...best, of: "validation" }, run({ test: [1] }))).toThrow(
      /must have validation figures, got none/,
    );
  });
});

describe("of several seeds", () => {
  const runs = [run({ test: [60, 90, 91] }), run({ test: [70, 92.4, 80] })];

  test("the mean of the best epochs, their least and most, and the time", () => {
    const { rows, seconds, seeds } = compare(recipe({}), runs);
    expect(rows).toEqual([
      { what: "statistic", published: 91, measured: (91 + 92.4) / 2, least: 91, most: 92.4, agrees: false },
    ]);
    expect(seconds).toBe(3);
    expect(seeds).toHaveLength(2);
  });

  test("the best of them", () => {
    expect(compare(recipe({ statistic: { ...best, over: "best" } }), runs).rows[0]?.measured).toBe(92.4);
    const error = { ...best, over: "best", as: "error" } as const;
    expect(compare(recipe({ statistic: error }), runs).rows[0]?.measured).toBeCloseTo(7.6, 10);
  });

  test("single epochs that were published stand beside their mean, and decide nothing", () => {
    const { rows, agrees } = compare(recipe({ published: 91.7, publishedEpochs: { 1: 10 } }), runs);
    expect(rows[1]).toEqual({ what: "epoch 1", published: 10, measured: 65, least: 60, most: 70 });
    expect(agrees).toBe(true);
  });

  test("those on a plateau are counted: their best epoch is below it", () => {
    expect(compare(recipe({ plateau: 92 }), runs).onPlateau).toBe(1);
    expect(compare(recipe({ plateau: 91 }), runs).onPlateau).toBe(0);
    expect(compare(recipe({}), runs)).not.toHaveProperty("onPlateau");
  });
});

describe("it agrees", () => {
  const verdict = (agreement: Agreement, curves: readonly (readonly number[])[], more: Partial<TrainingRecipe> = {}) =>
    compare(
      recipe({ agreement, ...more }),
      curves.map((curve) => run({ test: curve })),
    ).agrees;

  test.each([
    [90.5, true],
    [91.5, true],
    [90.49, false],
    [91.51, false],
  ])("within half a point of 91: %d %j", (figure, agrees) => {
    expect(verdict({ within: 0.5 }, [[figure]])).toBe(agrees);
  });

  test.each([
    [12, true],
    [12.01, false],
    [3, true],
  ])("at most 12: an error of %d %j", (figure, agrees) => {
    const statistic = { ...best, as: "error", at: "last epoch" } as const;
    expect(verdict({ atMost: 12 }, [[0, 100 - figure]], { statistic })).toBe(agrees);
  });

  test.each([
    ["each seed is between, and ends above its figure halfway", [[10, 11, 12, 13]], true],
    [
      "not where one is outside",
      [
        [10, 11, 12, 13],
        [10, 11, 12, 40],
      ],
      false,
    ],
    [
      "not where one falls in its second half",
      [
        [10, 11, 12, 13],
        [10, 20, 12, 13],
      ],
      false,
    ],
  ] as const)("rising: %s", (_, curves, agrees) => {
    const statistic = { ...best, at: "last epoch" } as const;
    expect(verdict({ risingBetween: [12, 35] }, curves, { statistic })).toBe(agrees);
  });
});

describe("gradients", () => {
  const gradients: GradientRecipe = {
    kind: "gradients",
    name: "made-up",
    about: "made up",
    source: "nowhere",
    seeds: 2,
    settings: { examples: 10, hidden: [4, 4], activation: "sigmoid", loss: "quadratic", init: "normal" },
    published: [0.2, 0.5],
  };
  const runs = [run({ norms: [0.1, 0.3] }), run({ norms: [0.2, 0.6] })];

  test("layer by layer: the mean, and whether the published norm is between the least and the most", () => {
    const { rows, agrees } = compare(gradients, runs);
    expect(rows.map(({ measured, least, most }) => [measured, least, most])).toEqual([
      [expect.closeTo(0.15, 12), 0.1, 0.2],
      [expect.closeTo(0.45, 12), 0.3, 0.6],
    ]);
    expect(rows.map((row) => row.agrees)).toEqual([true, true]);
    expect(agrees).toBe(true);
  });

  test("it differs if one layer does", () => {
    const { rows, agrees } = compare({ ...gradients, published: [0.21, 0.5] }, runs);
    expect(rows.map((row) => row.agrees)).toEqual([false, true]);
    expect(agrees).toBe(false);
  });
});
