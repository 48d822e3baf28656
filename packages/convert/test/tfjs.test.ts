/** Models that TensorFlow.js saved: fixtures/tfjs.mjs wrote them, with what they give. */
import { readFileSync } from "node:fs";
import { type ImportedTfjs, importTfjs } from "@dlcc/convert";
import { Dropout, fromConfig, layerTypes, type Module } from "@dlcc/layers";
import { abs, max, permute, type Tensor, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { rows } from "../src/tfjs/rows.ts";

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Saved {
  readonly name: string;
  readonly json: object;
  readonly files: Readonly<Record<string, string>>;
  readonly x: Numbers;
  readonly y: Numbers;
}

const { cases, refused } = JSON.parse(readFileSync(new URL("./fixtures/tfjs.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Saved[];
  readonly refused: Readonly<Record<string, object>>;
};

const importSaved = ({ json, files }: Pick<Saved, "json" | "files">): Promise<ImportedTfjs> =>
  importTfjs(json, async (path) => new Uint8Array(Buffer.from(files[path] ?? "", "base64")));

const named = (name: string): Saved => cases.find((one) => one.name === name)!;

/** Images with the channels first, as dlcc has them; sequences, too, if a convolution takes them. */
function channelsFirst({ shape, data }: Numbers, sequences: boolean): Tensor {
  const x = tensor(Float32Array.from(data), { shape });
  if (x.rank === 4) return permute(x, [0, 3, 1, 2]);
  return x.rank === 3 && sequences ? permute(x, [0, 2, 1]) : x;
}

async function errorOf(saved: Saved, model: Module): Promise<number> {
  const sequences = saved.name.includes("Conv1D") || saved.name.includes("sequences");
  const [x, y] = [channelsFirst(saved.x, sequences), channelsFirst(saved.y, sequences)];
  const found = model.forward(x);
  expect(found.shape).toEqual(y.shape);
  return max(abs(found.sub(y))).item();
}

describe("importTfjs", () => {
  test.each(cases)("$name: the same outputs as TensorFlow.js's to 1e-5", async (saved) => {
    const { model, input } = await importSaved(saved);
    expect(await errorOf(saved, model)).toBeLessThan(1e-5);
    expect(input.length).toBe(saved.x.shape.length - 1);
  });

  test.each(cases)("$name: can be saved and read", async (saved) => {
    const { model } = await importSaved(saved);
    const again = fromConfig(JSON.parse(JSON.stringify(model.config())), layerTypes).eval();
    again.loadStateDict(model.stateDict());
    expect(await errorOf(saved, again)).toBeLessThan(1e-5);
  });

  test("each layer that comes in has its case", () => {
    const found = new Set([...JSON.stringify(cases).matchAll(/"class_name":"(\w+)"/g)].map(([, type]) => type));
    for (const type of Object.keys(rows)) expect(found).toContain(type);
  });

  test("says the shape of an example with the channels first", async () => {
    expect((await importSaved(named("a network for digits"))).input).toEqual([1, 12, 12]);
    expect((await importSaved(named("Conv1D"))).input).toEqual([3, 9]);
    expect((await importSaved(named("Flatten of a table"))).input).toEqual([4, 3]);
    expect((await importSaved(named("Conv2D, same, images of any size"))).input).toEqual([3, null, null]);
  });

  test("gives a network in evaluation mode that can be trained: its parameters get gradients, dropout drops", async () => {
    const { model } = await importSaved(named("Dropout"));
    expect(model.training).toBe(false);
    expect(model.parameters().some(({ frozen }) => frozen)).toBe(false);
    expect(model.layers.at(-1)).toBeInstanceOf(Dropout);
    expect((model.layers.at(-1) as Dropout).p).toBe(0.3);
  });

  test("momentum is PyTorch's: 1 less what it is there", async () => {
    const { model } = await importSaved(named("BatchNormalization of images"));
    expect(model.config().layers).toContainEqual(
      expect.objectContaining({ type: "BatchNorm2d", epsilon: 0.01, momentum: expect.closeTo(0.1, 12) }),
    );
  });

  test("a layer that isn't trainable is frozen", async () => {
    const { json, files } = named("Dense");
    const text = JSON.stringify(json).replace('"trainable":true', '"trainable":false');
    const { model } = await importSaved({ json: JSON.parse(text), files });
    expect(model.parameters().map(({ frozen }) => frozen)).toEqual([true, true]);
  });

  test("names all that is missing at once", async () => {
    await expect(importSaved({ json: refused.several!, files: {} })).rejects.toThrow(
      /^importTfjs: dlcc must have what the network is made of; it lacks "Conv2D" \("conv2d_\w+"\) with activation "selu"; "ReLU" \("\w+"\) with max_value 6; "GaussianNoise" \("\w+"\); "Dense" \("\w+"\) with activation "relu6"$/,
    );
  });

  test.each([
    ["recurrent", /lacks "LSTM" \("\w+"\)$/],
    ["branches", /lacks "Add" \("\w+"\) with 2 inputs; several layers behind "\w+"; "Add" \("\w+"\)$/],
    ["a Flatten at the end", /a Flatten of images without a Dense behind it/],
    ["uneven average pooling", /"AveragePooling2D" \("\w+"\): padding "same" that is uneven, \[\[0,1\],\[0,0\]\]/],
  ])("refuses %s", async (name, message) => {
    await expect(importSaved({ json: refused[name]!, files: {} })).rejects.toThrow(message);
  });

  test.each([
    ["normalized channels", /"LayerNormalization" \("\w+"\): of the channels of each place/],
    ["Dense of sequences", /"Dense" \("\w+"\): an input of 2 axes: put a Flatten before it/],
  ])("refuses %s", async (name, message) => {
    const json = refused[name] as { weightsManifest: { weights: { shape: number[] }[] }[] };
    const count = json.weightsManifest[0]!.weights.flatMap(({ shape }) => shape.reduce((a, b) => a * b, 4)).reduce(
      (a, b) => a + b,
    );
    await expect(importTfjs(json, async () => new Uint8Array(count))).rejects.toThrow(message);
  });

  const { json, files } = named("Dense");
  const changed = (from: string, to: string) => JSON.parse(JSON.stringify(json).replace(from, to)) as object;
  test.each([
    ["another JSON", { a: 1 }, /json must be a parsed model\.json/],
    ["text", "{}", /json must be a parsed model\.json/],
    ["a graph model", { format: "graph-model", modelTopology: {} }, /must be "layers-model", got "graph-model"/],
    ["a topology of another kind", changed('"Sequential"', '"Dense"'), /must be a Sequential or a Model, got "Dense"/],
    ["no input shape", changed("[null,5]", "[null,0.5]"), /must have a batch_input_shape/],
    ["a path that leads out", changed("./a.bin", "../a.bin"), /must stay beside model\.json, got "\.\.\/a\.bin"/],
    ["an absolute path", changed("./a.bin", "/etc/passwd"), /must stay beside model\.json/],
    ["an address", changed("./a.bin", "https://a.b/c"), /must stay beside model\.json/],
    [
      "weights of another shape",
      changed('"shape":[5,4]', '"shape":[4,5]'),
      /kernel" must be of shape \[5,4\], got \[4,5\]/,
    ],
    ["weights of another name", changed("/kernel", "/colonel"), /the weights must have "dense_Dense1\/kernel"/],
    ["a weight twice", changed("/bias", "/kernel"), /must differ, got "dense_Dense1\/kernel" twice/],
    [
      "terabytes",
      changed('"shape":[5,4]', '"shape":[1000000,1000000]'),
      /must have 4000000000016 bytes, as the manifest says, got 96/,
    ],
    ["more units than weights", changed('"units":4', '"units":1e9'), /must be of shape \[5,1000000000\]/],
    ["a dtype", changed('"shape":[4],"dtype":"float32"', '"shape":[4],"dtype":"string"'), /a dtype of float32, int32/],
    ["a shape of text", changed('"shape":[5,4]', '"shape":["5",4]'), /each weight of the manifest must have/],
    ["no manifest", { ...json, weightsManifest: undefined }, /weightsManifest must be a list of groups, got undefined/],
    ["a layer without a name", changed('"name":"dense_Dense1",', ""), /each layer must have a class_name, and a name/],
    ["a name of JavaScript's own", changed('"Dense"', '"__proto__"'), /lacks "__proto__"/],
  ])("refuses %s", async (_, bad, message) => {
    await expect(importSaved({ json: bad as object, files })).rejects.toThrow(message);
    await expect(importSaved({ json: bad as object, files })).rejects.toMatchObject({ name: "ConvertError" });
  });

  test("reads no weights of a model that it refuses", async () => {
    let reads = 0;
    const read = async () => new Uint8Array(++reads);
    await expect(importTfjs(refused.several, read)).rejects.toThrow();
    expect(reads).toBe(0);
  });
});
