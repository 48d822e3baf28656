import { activations, buildNetwork, initializers, losses, optimizers } from "@dlcc/cli/experiment";
import { describe, expect, test } from "vitest";
import { toCommand } from "../src/command.ts";
import {
  architectureOf,
  choices,
  defaults,
  type Experiment,
  fromQuery,
  limits,
  networkOptions,
  rateOf,
  toQuery,
} from "../src/experiment.ts";

/** Each choice once: the names of the longest list, each with one of the others. */
const experiments: Experiment[] = Array.from({ length: 8 }, (_, i) => {
  const at = <T>(list: readonly T[]): T => list[i % list.length] as T;
  return {
    hidden: Array.from({ length: i % 4 }, (_, j) => ({
      units: 8 + j,
      activation: choices.activation[(i + j) % 3] as string,
    })),
    loss: at(choices.loss),
    optimizer: at(choices.optimizer),
    lr: i % 2 ? 0.01 : rateOf(at(choices.optimizer)),
    schedule: at(choices.schedule),
    batchSize: 10 + i,
    epochs: 1 + i,
    weightDecay: i % 2 ? 1e-4 : 0,
    dropout: i % 3 ? 0.25 : 0,
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

  test("takes the rate that suits the optimizer where it names none", () => {
    expect(fromQuery("optimizer=adam").lr).toBe(rateOf("adam"));
    expect(rateOf("adam")).toBe(optimizers.adam?.value.lr);
  });

  test.each([
    ["hidden", "0-relu"],
    ["hidden", "12.5-relu"],
    ["hidden", `${limits.units + 1}-relu`],
    ["hidden", "128-gelu"],
    ["hidden", Array.from({ length: limits.layers + 1 }, () => "8-relu").join("_")],
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
    ["seed", "-1"],
    ["backend", "abacus"],
  ])("stays at the default where %s is %s", (key, value) => {
    expect(fromQuery(new URLSearchParams([[key, value]]).toString())).toEqual(defaults);
  });

  test("a network without hidden layers has an address, too", () => {
    expect(toQuery({ ...defaults, hidden: [] })).toBe("hidden=none");
    expect(architectureOf(fromQuery("hidden=none"))).toBe("784-10");
  });
});

describe("the choices", () => {
  test("are names that the command knows", () => {
    expect(Object.keys(activations)).toEqual(expect.arrayContaining([...choices.activation]));
    expect(Object.keys(losses)).toEqual(expect.arrayContaining([...choices.loss]));
    expect(Object.keys(optimizers)).toEqual(expect.arrayContaining([...choices.optimizer]));
    expect(Object.keys(initializers)).toEqual(expect.arrayContaining([...choices.init]));
  });

  test("make networks: an activation for each layer, and dropout after it", () => {
    const { layers } = buildNetwork(
      networkOptions({
        ...defaults,
        dropout: 0.5,
        hidden: [
          { units: 8, activation: "tanh" },
          { units: 4, activation: "sigmoid" },
        ],
      }),
    ).config() as unknown as { layers: { type: string }[] };
    expect(layers.map(({ type }) => type)).toEqual([
      "Linear",
      "tanh",
      "Dropout",
      "Linear",
      "sigmoid",
      "Dropout",
      "Linear",
    ]);
  });
});

test("the command says all that decides the run", () => {
  const experiment: Experiment = {
    ...defaults,
    hidden: [
      { units: 30, activation: "sigmoid" },
      { units: 20, activation: "relu" },
    ],
    weightDecay: 0.001,
    dropout: 0.2,
    seed: 7,
    backend: "cpu",
  };
  expect(toCommand(experiment, "embedded")).toBe(
    "dlcc train mnist --data embedded --hidden 30,20 --activation sigmoid,relu --loss cross-entropy --optimizer nesterov --lr 0.15 --schedule linear --batch-size 64 --epochs 5 --weight-decay 0.001 --dropout 0.2 --init he --seed 7 --backend cpu --out model.safetensors",
  );
  expect(toCommand({ ...defaults, hidden: [] }, "files")).toMatch(/--data folder\S+ --hidden none/);
});
