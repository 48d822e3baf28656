import { type Choice, defaults, type Experiment, optimizers, parseAugment, pick } from "@dlcc/experiment";
import { describe, expect, test } from "vitest";
import {
  architectureOf,
  augmentationOf,
  augmentations,
  augmentedBy,
  choices,
  differInEpochs,
  fromQuery,
  limits,
  nameOf,
  rateOf,
  readQuery,
  toQuery,
} from "../src/experiment.ts";
import { presets } from "../src/presets.ts";

/** Each choice once: the names of the longest list, each with one of the others. */
const experiments: Experiment[] = Array.from({ length: 9 }, (_, i) => {
  const at = (table: readonly Choice<unknown>[], step = i): string => table[step % table.length]?.name ?? "";
  return {
    hidden: Array.from({ length: i % 4 }, (_, j) => ({
      units: 8 + j,
      activation: at(choices.activation, i + j),
    })),
    loss: at(choices.loss),
    optimizer: at(choices.optimizer),
    lr: i % 2 ? 0.01 : rateOf(at(choices.optimizer)),
    schedule: at(choices.schedule),
    batchSize: 10 + i,
    epochs: 1 + i,
    weightDecay: i % 2 ? 1e-4 : 0,
    dropout: i % 3 ? 0.25 : 0,
    augment: augmentations[i % augmentations.length]?.text,
    init: at(choices.init),
    seed: i,
    backend: at(choices.backend),
  };
});

describe("the address", () => {
  test("says nothing of the defaults", () => {
    expect(toQuery(defaults)).toBe("");
    expect(fromQuery("")).toEqual(defaults);
  });

  test.each(experiments)("gives back the experiment, $loss by $optimizer", (experiment) => {
    expect(fromQuery(toQuery(experiment))).toEqual(experiment);
  });

  test("keeps a rate that is the default of another optimizer", () => {
    const experiment = { ...defaults, optimizer: "adam", lr: defaults.lr };
    expect(fromQuery(toQuery(experiment)).lr).toBe(defaults.lr);
  });

  test("takes the optimizer's own rate if it has none", () => {
    expect(fromQuery("optimizer=adam").lr).toBe(rateOf("adam"));
    expect(rateOf("adam")).toBe(pick(optimizers, "adam").lr);
  });

  test.each([
    ["hidden", "0-relu"],
    ["hidden", "12.5-relu"],
    ["hidden", `${limits.units + 1}-relu`],
    ["hidden", "128-gelu"],
    ["hidden", Array.from({ length: limits.layers + 1 }, () => "8-relu").join("_")],
    ["layers", ""],
    ["layers", "conv-8"],
    ["layers", "conv-8-5_"],
    ["layers", "blur-3"],
    ["layers", "pool-2_pool-2_pool-2_pool-2_pool-2"],
    ["layers", `conv-${limits.channels + 1}-3`],
    ["layers", `conv-8-${limits.kernel + 1}`],
    ["layers", `residual(conv-1-3-same_conv-${limits.channels + 1}-3-same)`],
    ["layers", `dense-${limits.units + 1}`],
    ["layers", Array.from({ length: limits.imageLayers + 1 }, () => "conv-2-1").join("_")],
    ["loss", "constructor"],
    ["optimizer", "__proto__"],
    ["lr", "0"],
    ["lr", "-1"],
    ["lr", "fast"],
    ["batchSize", "0"],
    ["batchSize", "1e9"],
    ["epochs", "1.5"],
    ["epochs", ""],
    ["weightDecay", "NaN"],
    ["dropout", "1"],
    ["augment", "rotation 10"],
    ["augment", "constructor"],
    ["seed", "-1"],
    ["backend", "abacus"],
  ])("stays at the default where %s is %s, and says so", (key, value) => {
    const { experiment, wrong } = readQuery(new URLSearchParams([[key, value]]).toString());
    expect(experiment).toEqual(defaults);
    expect(wrong).toEqual([{ key, given: value, must: expect.any(String) }]);
  });

  test("says what a setting must be", () => {
    const { wrong } = readQuery("lr=1000000&seed=3");
    expect(wrong).toEqual([{ key: "lr", given: "1000000", must: "a number from 0.000001 to 100" }]);
  });

  test("two experiments that differ in their epochs alone are one run", () => {
    expect(differInEpochs(defaults, { ...defaults, epochs: 10 })).toBe(true);
    expect(differInEpochs(defaults, { ...defaults, epochs: 10, seed: 2 })).toBe(false);
    expect(differInEpochs(defaults, defaults)).toBe(false);
  });

  test("an experiment is named by what makes it different", () => {
    expect(nameOf(defaults)).toBe("The defaults");
    expect(nameOf({ ...defaults, hidden: [{ units: 800, activation: "relu" }], lr: 0.3 })).toBe("784-800-10, lr 0.3");
  });

  test.each([
    ["conv-8-5_pool-2_dense-64", "conv 8 5, pool 2, dense 64"],
    ["residual(conv-1-3-same_norm)_dropout-0.5", "residual(conv 1 3 same, norm), dropout 0.5"],
  ])("layers of images stand there as text: %s", (text, layers) => {
    const query = new URLSearchParams({ layers: text }).toString();
    const experiment = fromQuery(query);
    expect(experiment).toEqual({ ...defaults, hidden: [], layers });
    expect(toQuery(experiment)).toBe(query);
    expect(differInEpochs(experiment, { ...experiment, layers: "conv 4 5", epochs: 10 })).toBe(false);
  });

  test("layers of images are named by their sizes", () => {
    expect(nameOf(fromQuery("layers=conv-8-5_pool-2_dense-64"))).toBe("1×28×28-8×24×24-64-10");
  });

  test("each preset has an address that gives it back", () => {
    for (const { experiment } of presets) expect(fromQuery(toQuery(experiment))).toEqual(experiment);
  });

  test("an augmentation has a name there", () => {
    expect(toQuery({ ...defaults, ...augmentedBy("strong") })).toBe("augment=strong");
    expect(augmentations.map(({ name }) => augmentationOf(fromQuery(`augment=${name}`)))).toEqual([
      "none",
      "usual",
      "strong",
    ]);
  });

  test.each(augmentations)("the augmentation $name is one that @dlcc/experiment can read", ({ text }) => {
    if (text !== undefined) expect(() => parseAugment(text)).not.toThrow();
  });

  test("a network without hidden layers has an address, too", () => {
    expect(toQuery({ ...defaults, hidden: [] })).toBe("hidden=none");
    expect(architectureOf(fromQuery("hidden=none"))).toBe("784-10");
  });
});
