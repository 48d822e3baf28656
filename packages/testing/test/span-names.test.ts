/** Whatever a function refuses, it refuses in its own name, which the caller knows: not in that of an op inside. */
import * as layers from "@dlcc/layers";
import * as losses from "@dlcc/losses";
import * as dlcc from "@dlcc/tensor";
import { DlccError, type Tensor, tensor, zeros } from "@dlcc/tensor";
import { accuracy } from "@dlcc/train";
import { describe, expect, test } from "vitest";

/** What takes no tensor first, is told the name that it says, or is for those who extend dlcc. */
const others = new Set(
  // biome-ignore format: a list
  [
    // Of shapes, or of dtypes
    "advance", "broadcastShapes", "collapse", "contiguousStrides", "isContiguous", "isFloat", "sameShape", "sizeOf",
    "windowPositions",
    // That make tensors
    "arange", "eye", "full", "linspace", "ones", "randn", "tensor", "uniform", "zeros",
    // Of generators
    "generatorOf", "integer", "normal", "permutation",
    // That are told a name, or a function
    "apply", "applyStep", "assertDType", "assertLabels", "assertTensor", "custom", "named", "profile", "span", "tidy",
    "unrecorded", "withRecorder", "claim", "withBudget", "printable", "quoted",
    // Whose window is as backends get it
    "avgPool2dGradient",
    // Of backends, recorders, parameters and scopes
    "adamStep", "alias", "debug", "fromStorage", "keep", "kernelsOf", "largestHolders", "liveTensors", "loadValues",
    "momentumStep", "moveValues", "originOf", "retain", "sgdStep", "unscopedTensors", "viewOf",
    // l2 under another name
    "quadraticCost",
    // Of modules, and initializers, which make functions
    "constant", "countParameters", "fanInUniform", "heNormal", "heUniform", "nielsen", "xavierNormal", "xavierUniform",
    "callLayer", "fromConfig", "labelled", "summary", "summaryRows",
    "activationGradient", // takes a name first
  ],
);

type Fn = (...args: readonly unknown[]) => unknown | Promise<unknown>;
const isFunction = ([name, value]: readonly [string, unknown]): boolean =>
  typeof value === "function" && /^[a-z]/.test(name);
const functionsOf = (module: Readonly<Record<string, unknown>>): [string, Fn][] =>
  Object.entries(module).filter(isFunction) as [string, Fn][];
const functions = [
  ...[dlcc, losses, layers].flatMap(functionsOf).filter(([name]) => !others.has(name)),
  ["accuracy", accuracy as Fn] as const,
];

const gone = (): Tensor => {
  const x = tensor([[1, 2]]);
  x.dispose();
  return x;
};
const values: Readonly<Record<string, unknown>> = {
  floats: tensor([[1, 2]]),
  "whole numbers": tensor([[1, 2]], { dtype: "int32" }),
  labels: tensor([5], { dtype: "int32" }),
  booleans: tensor([[true, false]]),
  doubles: zeros([1, 2], { dtype: "float64" }),
  "another shape": zeros([3, 5]),
  "more axes": zeros([2, 1, 3, 3]),
  scalar: tensor(1),
  disposed: gone(),
  "a list": [tensor([[1, 2]]), zeros([3, 5])],
  "an empty list": [],
  "a list of arrays": [[1, 2]],
  text: "x",
  "a number": 7,
  "a fraction": 0.5,
  null: null,
  undefined: undefined,
};
const names = Object.keys(values);
/** One input, two, or three: with the third, only what is often there. */
const choices: readonly (readonly string[])[] = [
  ...names.map((a) => [a]),
  ...names.flatMap((a) => names.map((b) => [a, b])),
  ...names.flatMap((a) => names.flatMap((b) => ["floats", "a number", "disposed"].map((c) => [a, b, c]))),
];
/** Options that are no object are the type checker's business. */
const isOptionsFault = (error: unknown): boolean =>
  error instanceof TypeError && /destructure|reading '(keepDims|epsilon|mode)'/.test(error.message);

describe("every error begins with the name of the function that was called", () => {
  test.each(functions)("%s", async (name, call) => {
    let refused = 0;
    const wrong: string[] = [];
    for (const choice of choices) {
      try {
        const result = call(...choice.map((key) => values[key]));
        if (result instanceof Promise) await result;
      } catch (error) {
        refused++;
        const { message } = error as Error;
        if ((error instanceof DlccError && message.startsWith(`${name}: `)) || isOptionsFault(error)) continue;
        wrong.push(`${name}(${choice.join(", ")}): ${message}`);
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(refused).toBeGreaterThan(0);
  });

  test("and so does the stack that consoles print", () => {
    const error = ((): unknown => {
      try {
        return dlcc.clip(tensor([1], { dtype: "int32" }), 0, 0.5);
      } catch (caught) {
        return caught;
      }
    })();
    expect((error as Error).message).toMatch(/^clip: a number next to/);
    expect((error as Error).stack).not.toMatch(/(less|greater): a number/);
  });

  test("every name that is left out is there", () => {
    const all = new Set([dlcc, losses, layers].flatMap(functionsOf).map(([name]) => name));
    expect([...others].filter((name) => !all.has(name))).toEqual([]);
  });
});
