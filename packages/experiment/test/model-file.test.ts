import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { load, save } from "@dlcc/io/node";
import { Dropout, Flatten, Linear, relu, Sequential, sigmoid } from "@dlcc/layers";
import { ones, type Tensor, tensor, zeros } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { asInput, checkReadsDigits, type ModelUse, scores } from "../src/index.ts";
import { loadModel, saveModel } from "../src/node.ts";

/** A path that nothing is at yet. */
const newPath = (name: string): string => path.join(mkdtempSync(path.join(tmpdir(), "dlcc-")), name);

const use: ModelUse = {
  input: { shape: [2], range: [0, 1] },
  classes: ["even", "odd"],
  outputs: "logits",
  loss: "cross-entropy",
};
const network = (): Sequential => new Sequential([new Linear(2, 3, { seed: 1 }), relu, new Linear(3, 2, { seed: 2 })]);

/** A good file with some entries of its metadata and some tensors changed, or taken out. */
async function changed(
  metadata: Readonly<Record<string, string | undefined>>,
  tensors: Readonly<Record<string, Tensor | undefined>> = {},
): Promise<string> {
  const file = newPath("model.safetensors");
  await saveModel(file, network(), use, {});
  const good = await load(file);
  await save(file, defined({ ...good.tensors, ...tensors }), defined({ ...good.metadata, ...metadata }));
  return file;
}

const defined = <T>(entries: Readonly<Record<string, T | undefined>>): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).filter((entry): entry is [string, T] => entry[1] !== undefined));

describe("a model file", () => {
  test("brings back the model, and how to use it", async () => {
    const file = newPath("model.safetensors");
    const model = network();
    await saveModel(file, model, use, { dataset: "parity", seed: "1" });
    const loaded = await loadModel(file);
    expect(loaded).toMatchObject({ ...use, file, architecture: "2-3-2", parameters: 17 });
    expect(loaded.facts).toEqual({ dataset: "parity", seed: "1" });
    const x = tensor([[1, -2]]);
    expect(await loaded.model.forward(x).array()).toEqual(await model.forward(x).array());
  });

  test("knows all layers that dlcc has, and is in evaluation mode", async () => {
    const file = newPath("model.safetensors");
    const model = new Sequential([new Flatten(), new Linear(4, 2, { bias: false }), new Dropout(0.5), sigmoid]);
    await saveModel(file, model, { ...use, input: { shape: [2, 2], range: [0, 1] } }, {});
    const loaded = await loadModel(file);
    expect(loaded.layers.map(({ layer }) => layer)).toEqual(["Flatten", "Linear", "Dropout", "sigmoid"]);
    expect(loaded.model.modules().every(({ training }) => !training)).toBe(true);
  });

  test("can be written by any program, with the metadata that the README of the command lists", async () => {
    const file = newPath("model.safetensors");
    const model = new Sequential([new Linear(784, 10, { seed: 1 })]);
    await save(file, model.stateDict(), {
      format: "dlcc",
      formatVersion: "1",
      architecture: JSON.stringify(model.config()),
      input: JSON.stringify({ shape: [784], range: [0, 1] }),
      classes: JSON.stringify(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]),
      outputs: "logits",
      loss: "cross-entropy",
    });
    expect(() => checkReadsDigits({ file, ...use })).toThrow();
    checkReadsDigits(await loadModel(file));
  });

  test("has a version of its format", async () => {
    const file = await changed({});
    expect((await load(file)).metadata).toMatchObject({ format: "dlcc", formatVersion: "1" });
  });
});

describe("a file that this dlcc can't use is an error that names the file and the mistake", () => {
  const architecture = (layers: object[]): string => JSON.stringify({ type: "Sequential", layers });

  test.each<[string, Parameters<typeof changed>, RegExp]>([
    ["another program's", [{ format: "pt" }], /must have format "dlcc", got "pt"\. dlcc train mnist --out/],
    ["without metadata", [{ format: undefined }], /must have format "dlcc", got none/],
    ["of a newer dlcc", [{ formatVersion: "2" }], /formatVersion must be 1 or less for this dlcc, got 2.*@latest/],
    ["of no version", [{ formatVersion: undefined }], /must have formatVersion, got none/],
    ["with an architecture that is not JSON", [{ architecture: "{" }], /the architecture can't be built/],
    ["without an architecture", [{ architecture: undefined }], /the architecture can't be built/],
    ["with null for an architecture", [{ architecture: "null" }], /the architecture can't be built/],
    ["with a layer from the future", [{ architecture: architecture([{ type: "Attention" }]) }], /Attention/],
    ["with a name from JavaScript's own", [{ architecture: architecture([{ type: "constructor" }]) }], /constructor/],
    ["that is a bare function", [{ architecture: '{"type":"relu"}' }], /must be a module, got the function relu/],
    [
      "of another architecture",
      [{ architecture: architecture([{ type: "Linear", inFeatures: 2, outFeatures: 5, bias: true }]) }],
      /layers\.0\.weight must be float32 \[5,2\], got float32 \[3,2\]/,
    ],
    ["without a tensor", [{}, { "layers.2.bias": undefined }], /layers\.2\.bias is missing/],
    ["with a tensor too many", [{}, { extra: ones([1]) }], /extra is not in the model/],
    ["of another dtype", [{}, { "layers.0.bias": zeros([3], { dtype: "int32" }) }], /int32 \[3\]/],
    ["that does not describe its input", [{ input: undefined }], /"input" in the metadata must be .*, got none/],
    ["that does not take its own input", [{ input: '{"shape":[5],"range":[0,1]}' }], /its own input.*5/],
    ["with other classes than outputs", [{ classes: '["a"]' }], /one output for each of its 1 classes, got \[2\]/],
    [
      "with outputs of an unknown kind",
      [{ outputs: "votes" }],
      /"outputs" in the metadata must be one of logits.*, got votes/,
    ],
    [
      "of an architecture with more parameters than it has values",
      [{ architecture: architecture([{ type: "Linear", inFeatures: 30_000, outFeatures: 30_000, bias: true }]) }],
      /it has more parameters than the 17 values in the file \(uniform: \[30000,30000\] must have 1034 elements at most/,
    ],
    [
      "of many small layers with more parameters in all",
      [{ architecture: architecture(Array(2000).fill({ type: "Linear", inFeatures: 1, outFeatures: 1, bias: true })) }],
      /it has more parameters than the 17 values/,
    ],
    [
      "of a perceptron with more inputs than memory",
      [{ architecture: '{"type":"Perceptron","inputs":4294967295}' }],
      /it has more parameters than the 17 values/,
    ],
    [
      "of layers as deep as a stack",
      [{ architecture: `${'{"type":"Sequential","layers":['.repeat(1e5)}${"]}".repeat(1e5)}` }],
      /the architecture can't be built: layers must lie 50 levels deep at most/,
    ],
    [
      "with an input larger than memory",
      [{ input: '{"shape":[1e9,2],"range":[0,1]}' }],
      /1048576 numbers at most, got/,
    ],
    ["with an input of less than nothing", [{ input: '{"shape":[-1,2],"range":[0,1]}' }], /whole numbers from 1/],
    [
      "whose layers make more of an example than memory holds",
      [
        {
          architecture: architecture([
            { type: "Linear", inFeatures: 2, outFeatures: 3, bias: true },
            { type: "relu" },
            { type: "Linear", inFeatures: 3, outFeatures: 2000, bias: false },
          ]),
          input: '{"shape":[500000,2],"range":[0,1]}',
        },
        { "layers.2.weight": zeros([2000, 3]), "layers.2.bias": undefined },
      ],
      /must take its own input, \[500000,2\]: .*elements at most/,
    ],
    [
      "of few values for an example of many",
      [{ input: '{"shape":[3,4,30000,2],"range":[0,0]}' }],
      /one output for each|elements at most/,
    ],
    ["with a name for the terminal", [{}, { "\x1b[2J": ones([1]) }], /: \\u001b\[2J is not in the model/],
    ["of an unknown loss", [{ loss: "hinge" }], /"loss" in the metadata must be one of cross-entropy.*, got hinge/],
  ])("%s", async (_, [metadata, tensors], message) => {
    const file = await changed(metadata, tensors);
    const error = (await loadModel(file).catch((e: Error) => e)) as Error;
    expect(error).toMatchObject({ name: "ModelFileError" });
    expect(error.message).toContain(file);
    expect(error.message).toMatch(message);
  });

  test("not safetensors at all", async () => {
    const file = newPath("model.safetensors");
    writeFileSync(file, "# a text, not a model");
    await expect(loadModel(file)).rejects.toThrow(file);
  });

  test("that reads something other than digits", async () => {
    const loaded = await loadModel(await changed({}));
    expect(() => checkReadsDigits(loaded)).toThrow(/must read digits.*got an input of \[2\] and the classes even, odd/);
  });
});

describe("how outputs are understood", () => {
  const outputs = tensor([[0, Math.log(3)]]);
  test("logits: softmax makes them probabilities", async () => {
    const [[a, b]] = (await scores(outputs, "logits").array()) as [[number, number]];
    expect([a, b]).toEqual([expect.closeTo(0.25, 6), expect.closeTo(0.75, 6)]);
  });
  test("sigmoid-logits: the sigmoid of each", async () => {
    const [[a, b]] = (await scores(outputs, "sigmoid-logits").array()) as [[number, number]];
    expect([a, b]).toEqual([expect.closeTo(0.5, 6), expect.closeTo(0.75, 6)]);
  });
  test("activations: as they are", async () => {
    expect(await scores(outputs, "activations").array()).toEqual(await outputs.array());
  });
  test("pixels of 0..1 are put into the range that the model was trained on", async () => {
    expect(await asInput(tensor([[0, 0.5, 1]]), { shape: [3], range: [-1, 1] }).array()).toEqual([[-1, 0, 1]]);
    expect(await asInput(tensor([[0, 0.5, 1]]), { shape: [1, 3], range: [0, 1] }).array()).toEqual([[[0, 0.5, 1]]]);
  });
});
