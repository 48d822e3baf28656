/** What an exported file gives is what the network gives: the files run in a plain Node process. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConvertError, exportPage, exportScript, type ScriptUse } from "@dlcc/convert";
import { prepareDigit } from "@dlcc/data";
import { deserialize } from "@dlcc/io";
import {
  AvgPool2d,
  ConstantPad2d,
  Conv1d,
  Conv2d,
  Dropout,
  Flatten,
  Linear,
  labelled,
  layerTypes,
  MaxPool2d,
  Module,
  Perceptron,
  relu,
  Sequential,
  softmax,
  step,
  Upsample,
} from "@dlcc/layers";
import { randn, type Tensor, tensor, unrecorded } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { prepareCode } from "../src/script/page-parts.ts";
import { models as withPyTorch } from "./models.ts";

const fixtures = deserialize(readFileSync(new URL("./fixtures/pytorch-float32.safetensors", import.meta.url))).tensors;

const folder = mkdtempSync(path.join(tmpdir(), "dlcc-script-"));

/** Runs a program in a plain Node process, beside exported files. @returns What it printed, parsed. */
function node(program: string): unknown {
  const file = path.join(folder, "program.mjs");
  writeFileSync(file, program);
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", maxBuffer: 2 ** 26 });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

/** Each network, and one example's shape. */
const models: Record<string, { make: () => Module; shape: readonly number[] }> = {
  ...Object.fromEntries(
    Object.entries(withPyTorch)
      .filter(([name]) => name !== "a class")
      .map(([name, make]) => [name, { make, shape: fixtures[`${name}|x`]!.shape.slice(1) }]),
  ),
  Perceptron: { make: () => new Perceptron([1, -2, 3], 0.5), shape: [3] },
  step: { make: () => new Sequential([step]), shape: [5] },
  "Upsample, nearest": { make: () => new Upsample({ scale: [1.5, 2] }), shape: [2, 4, 3] },
  "Upsample, corners": {
    make: () => new Upsample({ size: [5, 7], mode: "bilinear", alignCorners: true }),
    shape: [2, 3, 4],
  },
  "AvgPool2d, padding counts": { make: () => new AvgPool2d([3, 2], { stride: 1, padding: 1 }), shape: [2, 4, 5] },
  "MaxPool2d, dilation": { make: () => new MaxPool2d([2, 3], { dilation: [1, 2], stride: [2, 1] }), shape: [2, 6, 8] },
  "Conv1d, same": { make: () => new Conv1d(2, 3, 4, { padding: "same", dilation: 2 }), shape: [2, 9] },
  "ConstantPad2d, cut": { make: () => new ConstantPad2d(-1), shape: [2, 4, 5] },
  "a network for digits": {
    make: () =>
      new Sequential([
        ...[new Conv2d(1, 4, 5, { seed: 1 }), relu, new MaxPool2d(2), new Dropout(0.5), new Flatten()],
        ...[new Linear(576, 16, { seed: 2 }), relu, new Linear(16, 10, { seed: 3 }), softmax],
      ]),
    shape: [1, 28, 28],
  },
};
const names = Object.keys(models);
const made = await Promise.all(
  Object.entries(models).map(async ([name, { make, shape }], i) => {
    const model = make();
    const state = Object.entries(model.stateDict()).map(([key, value]) => {
      if (value.dtype === "int32") return [key, value] as const;
      const drawn = randn(value.shape, { seed: i + key.length });
      return [key, key.endsWith("runningVariance") ? drawn.mul(drawn).add(0.5) : drawn] as const;
    });
    model.loadStateDict(Object.fromEntries(state));
    const x = randn([1, ...shape], { seed: i });
    const script = await exportScript(model, { input: { shape } });
    writeFileSync(path.join(folder, `${i}.mjs`), script);
    const y = unrecorded(() => model.eval().forward(x));
    return { name, script, x: await x.data(), y: await y.data() };
  }),
);
const found = node(`
const inputs = ${JSON.stringify(made.map(({ x }) => [...x]))};
const outputs = [];
for (const [i, input] of inputs.entries()) outputs.push((await import("./" + i + ".mjs")).predict(input));
console.log(JSON.stringify(outputs));
`) as number[][];

describe("exportScript", () => {
  test("has a case for each layer", () => {
    expect(names).toEqual(expect.arrayContaining(Object.keys(layerTypes)));
  });

  test.each(names.map((name, i) => [name, i] as const))("%s: the outputs are the network's to 1e-6", (_, i) => {
    const { y } = made[i]!;
    expect(found[i]!.length).toBe(y.length);
    for (const [at, value] of y.entries()) {
      expect(Math.abs(value - found[i]![at]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
    }
  });

  test("stands alone: it imports nothing, and has only the functions that it needs", () => {
    for (const { script } of made) expect(script).not.toMatch(/\bimport\b|\brequire\b|\bfetch\b|\beval\b/);
    expect(made[names.indexOf("Linear")]?.script).not.toContain("conv2d");
  });

  const network = (): Sequential =>
    new Sequential([new Linear(2, 3, { seed: 1 }), relu, new Linear(3, 2, { seed: 2 })]);

  test("takes numbers in a row or in arrays, and counts them", async () => {
    writeFileSync(
      path.join(folder, "counted.mjs"),
      await exportScript(new Sequential([new Flatten(), network()]), { input: { shape: [1, 2] } }),
    );
    expect(
      node(`import { inputShape, outputNames, predict } from "./counted.mjs";
let message = "";
try { predict([1]); } catch (error) { message = error.message; }
console.log(JSON.stringify([inputShape, outputNames, [[[1, 2]], Float32Array.of(1, 2)].every((input) => predict(input).join() === predict([1, 2]).join()), message]));`),
    ).toEqual([[1, 2], ["0", "1"], true, "predict: input must have 2 numbers, got 1"]);
  });

  test.each([
    ["logits", 1],
    ["sigmoid-logits", undefined],
    ["activations", undefined],
  ] as const)("scores of %s", async (outputs, sum) => {
    writeFileSync(
      path.join(folder, `${outputs}.mjs`),
      await exportScript(network(), { input: { shape: [2] }, outputs }),
    );
    const [predicted, scores] = node(`import { predict, scores } from "./${outputs}.mjs";
console.log(JSON.stringify([predict([3, -1]), scores([3, -1])]));`) as number[][];
    const expected = {
      logits: (v: number) => Math.exp(v) / predicted!.reduce((total, other) => total + Math.exp(other), 0),
      "sigmoid-logits": (v: number) => 1 / (1 + Math.exp(-v)),
      activations: (v: number) => v,
    }[outputs];
    for (const [i, v] of predicted!.entries()) expect(scores![i]).toBeCloseTo(expected(v), 12);
    if (sum !== undefined) expect(scores!.reduce((a, b) => a + b)).toBeCloseTo(sum, 12);
  });

  const table: NonNullable<ScriptUse["table"]> = {
    columns: [
      { name: "length", kind: "number", mean: 10, standardDeviation: 2 },
      { name: "colour", kind: "category", values: ["red", "</script>"] },
    ],
    target: { name: "price", kind: "number", mean: 100, standardDeviation: 20 },
  };
  const linear = new Linear(3, 1, {
    weight: () => tensor([[1, 2, 4]]),
    bias: () => tensor([0.5]),
  });

  test("predicts rows of a table, in the target's unit", async () => {
    writeFileSync(path.join(folder, "table.mjs"), await exportScript(linear, { input: { shape: [3] }, table }));
    // (14 − 10) / 2 · 1 + 4 + 0.5 = 6.5, and 6.5 · 20 + 100 = 230
    expect(
      node(`import { predictRow } from "./table.mjs";
const message = (row) => { try { predictRow(row); } catch (error) { return error.message; } };
console.log(JSON.stringify([predictRow({ colour: "</script>", length: 14 }), message({ length: 1, colour: "blue" }), message({ colour: "red" })]));`),
    ).toEqual([
      230,
      'predictRow: "colour" must be one of red, </script>, got blue',
      'predictRow: "length" must be a number, got undefined',
    ]);
  });

  test("names all layers that it can't write", async () => {
    class Mine extends Module {
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    const model = new Sequential([new Mine(), new Linear(2, 2), (x: Tensor) => x, labelled("relu", (x) => x)]);
    await expect(exportScript(model, { input: { shape: [2] } })).rejects.toThrow(ConvertError);
    await expect(exportScript(model, { input: { shape: [2] } })).rejects.toThrow(
      /^exportScript: the layers must be dlcc's own, .* got "layers.0: Mine", "layers.2: the function without a label", "layers.3: the function relu"$/,
    );
  });

  test("refuses an input that the network doesn't take, and names that are not its outputs'", async () => {
    await expect(exportScript(network(), { input: { shape: [3] } })).rejects.toThrow(
      /^exportScript: the model must take an input of \[3\]/,
    );
    await expect(exportScript(network(), { input: { shape: [2] }, classes: ["a"] })).rejects.toThrow(
      /each of the 2 outputs, got 1$/,
    );
  });

  test("leaves the network as it was", async () => {
    const model = new Sequential([new Linear(2, 2), new Dropout(0.5)]);
    await exportScript(model, { input: { shape: [2] } });
    expect(model.modules().map(({ training }) => training)).toEqual([true, true, true]);
  });
});

describe("exportPage", () => {
  const hostile = "</script><script>alert(1)//";

  test("has no text of a file outside of strings: names can't end the script", async () => {
    const model = new Sequential([new Linear(784, 2, { seed: 1 })]);
    const use = { input: { shape: [784] }, classes: [hostile, "b"] };
    const page = await exportPage(model, use, { title: "<b>&</b>" });
    expect(page.match(/<\/script/g)).toHaveLength(1);
    expect(page).toContain("<h1>&lt;b>&amp;&lt;/b></h1>");
    expect(page).toContain("default-src 'none'");
  });

  test("has a sheet for digits, a form for tables, else a field for numbers", async () => {
    const page = (inputs: number, more = {}) =>
      exportPage(new Linear(inputs, 1), { input: { shape: [inputs] }, ...more });
    const column = { name: "a", kind: "number", mean: 0, standardDeviation: 1 } as const;
    expect(await page(784)).toContain('<canvas id="sheet"');
    expect(await page(1, { table: { columns: [column], target: column } })).toContain('<form id="form"');
    expect(await page(3)).toContain('<textarea id="numbers"');
  });

  test.each([784, 3, 1])("a page for %d inputs has a script that parses", async (inputs) => {
    const column = { name: "a", kind: "number", mean: 0, standardDeviation: 1 } as const;
    const table = { columns: [column], target: { name: "b", kind: "category", values: ["x", "y"] } } as const;
    const use = { input: { shape: [inputs] }, ...(inputs === 1 && { table }) };
    const page = await exportPage(new Linear(inputs, 2), use);
    const [, script = ""] = /<script type="module">([\s\S]*)<\/script>/.exec(page) ?? [];
    const file = path.join(folder, `page-${inputs}.mjs`);
    writeFileSync(file, script);
    expect(script).toContain("// The page.");
    expect(spawnSync(process.execPath, ["--check", file], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  test("speaks of itself in errors", async () => {
    await expect(exportPage(new Linear(2, 1), { input: { shape: [3] } })).rejects.toThrow(/^exportPage: /);
  });

  test("prepares one digit on a clean sheet as prepareDigit does", async () => {
    const [width, height] = [50, 40];
    const ink = Float64Array.from({ length: width * height }, (_, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      if (row > 5 && row < 33 && Math.abs(column - 20 - row / 4) < 3) return 1;
      return row > 10 && row < 14 && column > 12 && column < 33 ? 0.6 : 0.05;
    });
    const program = `${prepareCode}\nconsole.log(JSON.stringify([prepare(Float64Array.from(${JSON.stringify([...ink])}), ${width}, ${height}), prepare([0, 0.1], 2, 1) ?? null]));`;
    const [prepared, blank] = node(program) as [number[], null];
    const pixels = ink.map((v) => (v === 0.05 ? 1 : 1 - v));
    const expected = await prepareDigit({ pixels, width, height }).data();
    expect(blank).toBeNull();
    for (const [i, value] of expected.entries()) expect(prepared[i]).toBeCloseTo(value, 6);
  });
});
