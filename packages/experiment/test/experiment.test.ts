import { describe, expect, test } from "vitest";
import {
  activations,
  backends,
  buildNetwork,
  type Choice,
  defaults,
  type Experiment,
  initializers,
  losses,
  networkOptions,
  optimizers,
  pick,
  schedules,
  toCommand,
  toProgram,
} from "../src/index.ts";

const tables: Readonly<Record<string, readonly Choice<unknown>[]>> = {
  activations,
  backends,
  initializers,
  losses,
  optimizers,
  schedules,
};

describe("the choices", () => {
  test.each(Object.entries(tables))("%s: each row has a unique name and a description", (_, table) => {
    expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
    for (const { name, title, about, code } of table) {
      expect(name).toMatch(/^[a-z]\w*(-[a-z]+)*$/);
      expect(title).not.toBe("");
      expect(about).not.toBe("");
      expect(code.code).not.toBe("");
    }
  });

  test.each(Object.entries(tables))("%s: what a row's code imports is exported", async (_, table) => {
    for (const { code } of table) {
      for (const [from, names] of Object.entries(code.imports)) {
        const exported = (await import(from)) as Record<string, unknown>;
        for (const name of names) expect(exported[name], `${from}: ${name}`).toBeDefined();
      }
    }
  });

  test("an unknown name is an error that lists the names", () => {
    expect(() => pick(activations, "gelu")).toThrow("pick: name must be one of relu, sigmoid, tanh, got gelu");
    expect(() => pick(activations, "constructor")).toThrow("must be one of");
  });

  test("the defaults are the first rows", () => {
    const { loss, optimizer, schedule, init, backend, hidden } = defaults;
    expect([hidden[0]?.activation, loss, optimizer, schedule, init, backend]).toEqual(
      [activations, losses, optimizers, schedules, initializers, backends].map(([first]) => first?.name),
    );
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

describe("the program", () => {
  test("imports packages alone, and no terminal program", () => {
    for (const digits of ["embedded", "files"] as const) {
      const program = toProgram({ ...defaults, dropout: 0.5, backend: "gpu" }, digits);
      expect(program).not.toContain("@dlcc/cli");
      for (const [, from] of program.matchAll(/^import .* from "(.+)";$/gm)) {
        expect(program.split("\n")[0]).toContain(from?.replace(/\/node$/, ""));
      }
    }
  });

  test("ends with the activation that the loss asks for", () => {
    expect(toProgram({ ...defaults, loss: "quadratic" }, "embedded")).toMatch(/\n {2}sigmoid,\n\]\);/);
    expect(toProgram(defaults, "embedded")).toMatch(/\n {2}new Linear\(128, 10, .*\),\n\]\);/);
  });
});
