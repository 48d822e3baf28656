/** The published experiments are data, and agree with their sources. */
import { activations, initializers, losses, networks, optimizers, pick, schedules } from "@dlcc/experiment";
import { describe, expect, test } from "vitest";
import type { Recipe, TrainingRecipe } from "../src/reproduce/recipe.ts";
import { recipes } from "../src/reproduce/recipes.ts";
import { agreementInWords, settingsInWords, statisticInWords } from "../src/reproduce/words.ts";

const namesOf = (table: readonly { readonly name: string }[]): string[] => table.map(({ name }) => name);
const training = recipes.filter((recipe): recipe is TrainingRecipe => recipe.kind === "training");
const of = (name: string): Recipe | undefined => recipes.find((recipe) => recipe.name === name);

// From the book's text: the published figures, and the settings beside them. 784 inputs, 10 outputs, batches of 10.
test.each([
  ["nielsen-1-30", 95.42, { hidden: [30], loss: "quadratic", init: "normal", lr: 3, lambda: 0, epochs: 30 }],
  ["nielsen-1-100", 96.59, { hidden: [100], loss: "quadratic", init: "normal", lr: 3, lambda: 0, epochs: 30 }],
  ["nielsen-1-100-slow", 21.42, { hidden: [100], loss: "quadratic", init: "normal", lr: 0.001, epochs: 30 }],
  ["nielsen-1-30-fast", 10.09, { hidden: [30], loss: "quadratic", init: "normal", lr: 100, epochs: 30 }],
  ["nielsen-3-30", 95.49, { hidden: [30], loss: "sigmoid-cross-entropy", init: "normal", lr: 0.5, lambda: 0 }],
  ["nielsen-3-30-regularized", 96.49, { hidden: [30], loss: "sigmoid-cross-entropy", lr: 0.5, lambda: 5, epochs: 30 }],
  ["nielsen-3-100-regularized", 97.92, { hidden: [100], init: "normal", lr: 0.5, lambda: 5, epochs: 30 }],
  ["nielsen-3-100-patient", 98.04, { hidden: [100], init: "normal", lr: 0.1, lambda: 5, epochs: 60 }],
  ["nielsen-5-30-30", 96.9, { hidden: [30, 30], init: "nielsen", lr: 0.1, lambda: 5, epochs: 30 }],
  ["nielsen-5-30-30-30", 96.57, { hidden: [30, 30, 30], init: "nielsen", lr: 0.1, lambda: 5, epochs: 30 }],
  ["nielsen-5-30-30-30-30", 96.53, { hidden: [30, 30, 30, 30], init: "nielsen", lr: 0.1, lambda: 5, epochs: 30 }],
  ["nielsen-6-100-softmax", 97.8, { hidden: [100], loss: "cross-entropy", lr: 0.1, lambda: 0, epochs: 60 }],
  ["nielsen-5-vanishing-2", [0.066, 0.309], { hidden: [30, 30], init: "nielsen", examples: 1000 }],
  ["nielsen-5-vanishing-4", [0.003, 0.0171, 0.0695, 0.2851], { hidden: [30, 30, 30, 30], examples: 1000 }],
  ["lecun-linear", 12, { hidden: [] }],
  ["lecun-linear-softmax", 12, { hidden: [], loss: "cross-entropy" }],
  ["lecun-300", 4.7, { hidden: [300], loss: "quadratic" }],
  ["lecun-300-100", 3.05, { hidden: [300, 100] }],
  ["lecun-800", 1.6, { hidden: [800], loss: "cross-entropy" }],
  ["nielsen-6-conv", 98.78, { layers: "conv 20 5, pool 2, dense 100", activation: "sigmoid", lr: 0.1, epochs: 60 }],
  [
    "nielsen-6-conv-conv",
    99.06,
    { layers: "conv 20 5, pool 2, conv 40 5, pool 2, dense 100", activation: "sigmoid", lr: 0.1, epochs: 60 },
  ],
  // His λ is 0.1 of 5,000 minibatches: λ/n is that of 1 of 50,000 digits.
  ["nielsen-6-conv-conv-relu", 99.23, { activation: "relu", lr: 0.03, lambda: 1, epochs: 60 }],
  ["lecun-lenet5", 0.95, { layers: pick(networks, "lenet5").layers, activation: "tanh" }],
  ["pytorch-mnist", 99, { optimizer: "adadelta", lr: 1, schedule: "step", batchSize: 64, epochs: 14 }],
])("%s: %j, with %j", (name, published, settings) => {
  expect(of(name)).toMatchObject({ published, settings });
});

describe("the table", () => {
  test("has each name once, as a word that can be typed", () => {
    const names = recipes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z0-9]+)+$/);
  });

  test("is data: JSON holds all of it", () => expect(JSON.parse(JSON.stringify(recipes))).toEqual(recipes));

  test("uses only names that exist", () => {
    for (const { settings } of recipes) {
      expect(namesOf(activations)).toContain(settings.activation);
      expect(namesOf(losses)).toContain(settings.loss);
      expect(namesOf(initializers)).toContain(settings.init);
    }
    for (const { settings } of training) {
      expect(namesOf(optimizers)).toContain(settings.optimizer);
      expect(namesOf(schedules)).toContain(settings.schedule);
      expect([undefined, ...namesOf(initializers)]).toContain(settings.outputInit);
    }
  });

  test.each(training)("$name uses all of MNIST's digits, and judges by digits that it sets aside", (recipe) => {
    const { settings, statistic } = recipe;
    expect(settings.train + settings.validation).toBe(60_000);
    expect(settings.test).toBe(10_000);
    const needsValidation = statistic.of === "validation" || statistic.at === "best validation epoch";
    expect(settings.validation > 0 || !needsValidation).toBe(true);
    for (const epoch of Object.keys(recipe.publishedEpochs ?? {})) {
      expect(Number(epoch)).toBeLessThanOrEqual(settings.epochs);
    }
  });

  test.each(training.filter(({ name }) => name.startsWith("nielsen")))(
    "$name trains as all of Nielsen's do",
    (recipe) => {
      const usual = { train: 50_000, optimizer: "sgd", schedule: "constant", batchSize: 10 };
      expect(recipe.settings).toMatchObject(usual);
    },
  );

  test.each(recipes)("$name describes its comparison in words", (recipe) => {
    const { layers } = recipe.kind === "training" ? recipe.settings : {};
    const [sizes, text] = settingsInWords(recipe);
    if (layers === undefined) expect(sizes).toBe(["784", ...recipe.settings.hidden, "10"].join("-"));
    else expect([sizes, text]).toEqual([expect.stringMatching(/^1×28×28-.*-100?(-10)?$|-10$/), layers]);
    for (const words of [statisticInWords(recipe, 3), agreementInWords(recipe), ...settingsInWords(recipe)]) {
      expect(words).not.toMatch(/undefined|NaN/);
    }
    expect(recipe.about.length + "  nielsen-3-100-regularized  ".length).toBeLessThanOrEqual(80);
  });
});
