/** `dlcc convert`: what comes in and what goes out, by the ends of names. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { loadModel, saveModel } from "@dlcc/experiment/node";
import { load, save } from "@dlcc/io/node";
import { readNpy, readNpz, writeNpy } from "@dlcc/io/npy";
import { BatchNorm1d, Dropout, fromConfig, Linear, layerTypes, relu, Sequential } from "@dlcc/layers";
import { randn, tensor, zeros } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { dlcc, errors, json, newFolder, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const use = {
  input: { shape: [3], range: [0, 1] },
  classes: ["a", "b"],
  outputs: "logits",
  loss: "cross-entropy",
} as const;
const newModel = (seed = 1) =>
  new Sequential([
    new Linear(3, 4, { seed }),
    new BatchNorm1d(4),
    relu,
    new Dropout(0.5),
    new Linear(4, 2, { seed: 2 }),
  ]);

/** A model's file. */
async function modelFile(model = newModel()): Promise<string> {
  const file = newPath("model.safetensors");
  await saveModel(file, model, use, { seed: "1" });
  return file;
}

/** A model of TensorFlow.js on disk: Dense(2 → 2), with the activation behind it. */
function tfjsFile(activation: string, units = 2): string {
  const folder = newFolder();
  const config = { name: "d", units, activation, use_bias: false, batch_input_shape: [null, 2] };
  const weights = [{ name: "d/kernel", shape: [2, units], dtype: "float32" }];
  writeFileSync(
    path.join(folder, "w.bin"),
    Float32Array.from({ length: 2 * units }, (_, i) => i + 1),
  );
  const layers = [{ class_name: "Dense", config }];
  writeFileSync(
    path.join(folder, "model.json"),
    JSON.stringify({
      modelTopology: { class_name: "Sequential", config: { layers } },
      weightsManifest: [{ paths: ["./w.bin"], weights }],
    }),
  );
  return path.join(folder, "model.json");
}

describe("dlcc convert", () => {
  test("arrays go to NumPy and back", async () => {
    const [from, npz, back] = [newPath("x.safetensors"), newPath("x.npz"), newPath("x.safetensors")];
    await save(from, { a: tensor([[1, 2]]), b: tensor([3], { dtype: "int32" }) }, { note: "n" });
    expect((await dlcc(["convert", from, npz])).code).toBe(0);
    const arrays = await readNpz(readFileSync(npz));
    expect([await arrays.a?.array(), arrays.b?.dtype]).toEqual([[[1, 2]], "int32"]);
    expect((await dlcc(["convert", npz, back])).code).toBe(0);
    expect(await (await load(back)).tensors.a?.array()).toEqual([[1, 2]]);
  });

  test("one array goes to a .npy, several don't", async () => {
    const [npy, npz, again] = [newPath("weights.npy"), newPath("x.npz"), newPath("y.npy")];
    writeFileSync(npy, await writeNpy(tensor([1, 2, 3])));
    expect((await dlcc(["convert", npy, npz])).code).toBe(0);
    expect(Object.keys(await readNpz(readFileSync(npz)))).toEqual(["weights"]);
    expect((await dlcc(["convert", npz, again])).code).toBe(0);
    expect(await readNpy(readFileSync(again)).array()).toEqual([1, 2, 3]);
    expect((await dlcc(["convert", await modelFile(), newPath("z.npy")])).code).toBe(1);
    expect(errors.text).toContain("holds one array, and there are 9: write a .npz");
  });

  test("a model of TensorFlow.js becomes one of dlcc's: a softmax at the end goes into the loss", async () => {
    const to = newPath("model.safetensors");
    const { code, lines } = await dlcc(["convert", tfjsFile("softmax"), to]);
    expect([code, errors.text]).toEqual([0, ""]);
    expect(lines.join("\n")).toMatch(/read +a layers model of TensorFlow\.js \(tensors: 1, values: 4\)/);
    const { model, outputs, loss, classes, input } = await loadModel(to);
    expect({ outputs, loss, classes, shape: input.shape }).toEqual({
      outputs: "logits",
      loss: "cross-entropy",
      classes: ["0", "1"],
      shape: [2],
    });
    expect(await model.forward(tensor([[1, 10]])).array()).toEqual([[31, 42]]);
    expect((await dlcc(["summary", to])).code).toBe(0);
  });

  test.each([
    ["sigmoid", "sigmoid-logits", "sigmoid-cross-entropy"],
    ["relu", "activations", "mse"],
  ])("%s at the end: the outputs are %s, the loss is %s", async (activation, outputs, loss) => {
    const to = newPath("model.safetensors");
    await dlcc(["convert", tfjsFile(activation), to]);
    expect(await loadModel(to)).toMatchObject({ outputs, loss });
  });

  test("a network whose outputs are images is saved with its architecture alone", async () => {
    const [from, to] = [tfjsFile("linear"), newPath("model.safetensors")];
    const config = { name: "u", size: [2, 2], batch_input_shape: [null, 2, 2, 1] };
    const topology = { class_name: "Sequential", config: { layers: [{ class_name: "UpSampling2D", config }] } };
    writeFileSync(from, JSON.stringify({ modelTopology: topology, weightsManifest: [] }));
    expect((await dlcc(["convert", from, to])).code).toBe(0);
    const { metadata } = await load(to);
    expect(Object.keys(metadata)).toEqual(["architecture"]);
    expect(fromConfig(JSON.parse(metadata.architecture ?? ""), layerTypes).forward(zeros([1, 1, 2, 2])).shape).toEqual([
      1, 1, 4, 4,
    ]);
  });

  test("a few bytes that ask for gigabytes are refused", async () => {
    const from = tfjsFile("linear");
    const config = {
      name: "z",
      padding: [
        [60_000, 60_000],
        [60_000, 60_000],
      ],
      batch_input_shape: [null, 2, 2, 1],
    };
    const topology = { class_name: "Sequential", config: { layers: [{ class_name: "ZeroPadding2D", config }] } };
    writeFileSync(from, JSON.stringify({ modelTopology: topology, weightsManifest: [] }));
    expect((await dlcc(["convert", from, newPath("x.safetensors")])).code).toBe(1);
    expect(errors.text).toMatch(/must have \d+ elements at most, as the budget has/);
  });

  test("a network of brain.js becomes one of dlcc's, with its names", async () => {
    const [from, to] = [newPath("net.json"), newPath("model.safetensors")];
    const layers = [{ weights: [] }, { weights: [[2, 3]], biases: [-1] }];
    writeFileSync(
      from,
      JSON.stringify({
        type: "NeuralNetwork",
        layers,
        outputLookup: { light: 0 },
        trainOpts: { activation: "sigmoid" },
      }),
    );
    expect((await dlcc(["convert", from, to])).code).toBe(0);
    expect((await loadModel(to)).classes).toEqual(["light"]);
  });

  test("weights go to PyTorch's names, and come back into the same layers", async () => {
    const model = newModel();
    model.eval();
    const [file, other] = [await modelFile(model), await modelFile(newModel(9))];
    const [torch, back] = [newPath("torch.safetensors"), newPath("back.safetensors")];
    expect((await dlcc(["convert", file, torch, "--pytorch"])).code).toBe(0);
    const { tensors, metadata } = await load(torch);
    expect(Object.keys(tensors).toSorted()).toEqual(
      ["0.bias", "0.weight", "1.bias", "1.running_mean", "1.running_var", "1.weight", "4.bias", "4.weight"].toSorted(),
    );
    expect(metadata).toEqual({});
    expect((await dlcc(["convert", torch, back, "--like", other])).code).toBe(0);
    const x = randn([2, 3], { seed: 1 });
    expect(await (await loadModel(back)).model.forward(x).array()).toEqual(await model.forward(x).array());
  });

  test("a model becomes a module that a plain Node process runs, and a page", async () => {
    const model = newModel().eval();
    const file = await modelFile(model);
    const [script, page] = [newPath("model.mjs"), newPath("model.html")];
    expect((await dlcc(["convert", file, script])).code).toBe(0);
    expect((await dlcc(["convert", file, page])).code).toBe(0);
    const program = `const m = await import(${JSON.stringify(pathToFileURL(script).href)}); console.log(JSON.stringify([m.predict([1, 2, 3]), m.outputNames]))`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const [found, names] = JSON.parse(stdout) as [number[], string[]];
    const expected = await model.forward(tensor([[1, 2, 3]])).data();
    expect(names).toEqual(["a", "b"]);
    for (const [i, value] of expected.entries()) expect(Math.abs((found[i] ?? 0) - value)).toBeLessThan(1e-6);
    expect(readFileSync(page, "utf8")).toContain("<title>model</title>");
  });

  test.each([
    ["names", "kind"],
    ["numbers", "price"],
  ])(
    "a table of numbers, names, dates and gaps becomes a module that says what predict says: %s",
    async (_, target) => {
      const header = ["day", "hour", "size", "colour", "kind", "price"];
      const rows = Array.from({ length: 60 }, (_, i) => [
        i % 7 ? `2024-0${1 + (i % 6)}-${10 + (i % 15)} ${10 + (i % 9)}:30` : "",
        `0${i % 9}:15:20`,
        i % 5 ? `${i % 11}.5` : "",
        i % 8 ? ["red", "blue"][i % 2] : "",
        i % 3 ? "yes" : "no",
        `${(i * 7) % 13}.25`,
      ]);
      const [file, model, script] = [newPath("table.csv"), newPath("model.safetensors"), newPath("model.mjs")];
      writeFileSync(file, [header, ...rows].map((row) => row.join(",")).join("\n"));
      const train = [
        "train",
        "csv",
        file,
        "--target",
        target,
        "--missing",
        "fill",
        "--epochs",
        "3",
        "--backend",
        "cpu",
      ];
      expect((await dlcc([...train, "--out", model])).code).toBe(0);
      expect((await dlcc(["convert", model, script])).code).toBe(0);
      expect((await dlcc(["convert", model, newPath("model.html")])).code).toBe(0);
      const expected = (await json("predict", model, file)).map(({ guess }) => guess);
      const numbers = new Set(["size", "price"]);
      const objects = rows.map((row) =>
        Object.fromEntries(
          row.map((field, i) => [header[i], numbers.has(header[i] ?? "") && field ? Number(field) : field]),
        ),
      );
      const program = `const { predictRow } = await import(${JSON.stringify(pathToFileURL(script).href)});
let message = "";
try { predictRow({ ...${JSON.stringify(objects[1])}, day: "2024-02-30" }); } catch (error) { message = error.message; }
console.log(JSON.stringify([${JSON.stringify(objects)}.map(predictRow), message]));`;
      const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
        encoding: "utf8",
      });
      expect(stderr).toBe("");
      const [found, message] = JSON.parse(stdout) as [(string | number)[], string];
      expect(message).toBe(
        'predictRow: "day" must be a date such as 2024-03-05 or 2024-03-05 14:30, or a time such as 14:30, got 2024-02-30',
      );
      if (target === "kind") expect(found).toEqual(expected);
      else for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] as number, 4);
    },
  );

  test("--json says what was done", async () => {
    const [from, to] = [await modelFile(), newPath("x.npz")];
    expect(await json("convert", from, to)).toEqual([
      {
        event: "done",
        from,
        to,
        content: "a model of dlcc's",
        tensors: 9,
        values: 12 + 4 + 4 * 4 + 3 + 8 + 2,
        bytes: expect.any(Number),
      },
    ]);
  });

  test.each([
    [["x.txt", "y.npz"], "to read must end with one of .safetensors, .onnx, .npz, .npy, .json, got .txt"],
    [["x", "y.npz"], "got none"],
    [["x.mjs", "y.npz"], "to read must end with"],
    [["x.npz", "y.json"], "to write must end with one of .safetensors, .onnx, .npz, .npy, .mjs, .html, got .json"],
  ])("refuses %j", async (names, message) => {
    expect((await dlcc(["convert", ...names])).code).toBe(1);
    expect(errors.text).toContain(message);
  });

  test("names the file in errors of what is in it, and leaves the old file", async () => {
    const [bad, to] = [newPath("bad.npz"), newPath("old.safetensors")];
    writeFileSync(bad, "not a zip");
    writeFileSync(to, "old");
    expect((await dlcc(["convert", bad, to])).code).toBe(1);
    expect(errors.text).toContain(`${bad}: readNpz: the file must be a zip archive`);
    expect((await dlcc(["convert", newPath("missing.npy"), to])).code).toBe(1);
    expect(errors.text).toContain("missing.npy can't be read: it does not exist");
    const json = newPath("bad.json");
    writeFileSync(json, "{");
    expect((await dlcc(["convert", json, to])).code).toBe(1);
    expect(errors.text).toContain(`${json}: `);
    expect(readFileSync(to, "utf8")).toBe("old");
  });

  test("a file of weights has no network to run", async () => {
    const from = newPath("x.safetensors");
    await save(from, { a: tensor([1]) });
    expect((await dlcc(["convert", from, newPath("x.mjs")])).code).toBe(1);
    expect(errors.text).toContain("must have a network to run, got tensors of safetensors");
  });

  test("weights of a model.json come from its own folder alone", async () => {
    const from = tfjsFile("relu");
    const outside = path.join(path.dirname(from), "inner");
    mkdirSync(outside);
    writeFileSync(path.join(outside, "model.json"), readFileSync(from, "utf8").replace("./w.bin", "../w.bin"));
    expect((await dlcc(["convert", path.join(outside, "model.json"), newPath("x.npz")])).code).toBe(1);
    expect(errors.text).toContain("must stay beside model.json");
  });
});
