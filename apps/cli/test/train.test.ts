import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { load } from "@dlcc/io/node";
import { fromConfig, type LayerConfig, Linear, relu, Sequential } from "@dlcc/layers";
import { describe, expect, test, vi } from "vitest";
import { dlcc, errors, json, newFolder, newPath, withoutSurroundings } from "./dlcc.ts";

/** A run that takes a second: few units, one epoch, the embedded digits. */
const quick = ["train", "mnist", "--hidden", "16", "--epochs", "1"];

/** Well above 0.11, the accuracy of guessing the commonest digit. The weakest here, L1, is slow, as the course says. */
const guessing = 0.2;

withoutSurroundings();

describe("dlcc train mnist --json", () => {
  test("prints one JSON object per line, from start to done", async () => {
    const events = await json(...quick, "--backend", "cpu");
    expect(events.map(({ event }) => event)).toEqual(["start", "epoch", "done"]);
    expect(events.at(-1)).toMatchObject({
      event: "done",
      parameters: 784 * 16 + 16 + 16 * 10 + 10,
      epochs: 1,
      backend: "cpu",
      model: "784-16-10",
      validationAccuracy: null,
      out: null,
    });
    expect(events.at(-1)?.dataset).toContain("embedded");
    expect(events.at(-1)?.testAccuracy).toBeGreaterThan(0.8);
    expect(errors.text).toBe("");
  });

  test("without --backend it trains on wasm, and says why", async () => {
    const [start, , done] = await json(...quick);
    expect(start?.backend).toMatch(/^wasm, \d threads? \(chosen: it works here\)$/);
    expect(done?.backend).toBe("wasm");
  });

  test("two threads give the figures of one", async () => {
    const [start, epoch, done] = await json(...quick, "--threads", "2");
    expect(start?.backend).toBe("wasm, 2 threads (chosen: it works here)");
    const [, sameEpoch, sameDone] = await json(...quick, "--backend", "wasm", "--threads", "1");
    expect(epoch?.trainLoss).toBeLessThan(2);
    expect([epoch?.trainLoss, done?.testAccuracy]).toEqual([sameEpoch?.trainLoss, sameDone?.testAccuracy]);
  });

  test("without WebAssembly it trains on cpu, and says why", async () => {
    vi.spyOn(WebAssembly, "compile").mockRejectedValue(new Error("it is forbidden"));
    const [start, , done] = await json(...quick);
    expect(start?.backend).toMatch(/^cpu \(WebAssembly is unavailable: .*it is forbidden/);
    expect(done?.testAccuracy).toBeGreaterThan(0.8);
  });

  const figures = async (seed: string): Promise<unknown[]> => {
    const done = (await json(...quick, "--seed", seed)).at(-1);
    return [done?.testAccuracy, done?.trainLoss];
  };
  test("the same seed gives the same figures", async () => {
    expect(await figures("7")).toEqual(await figures("7"));
  });
  test("another seed gives other figures", async () => {
    expect(await figures("8")).not.toEqual(await figures("7"));
  });

  test("--validation reports on digits that are set aside", async () => {
    const [start, epoch, done] = await json(...quick, "--validation", "1000");
    expect(start).toMatchObject({ trainExamples: 7000, validationExamples: 1000, testExamples: 2000 });
    expect(epoch?.validationAccuracy).toBeGreaterThan(0.8);
    expect(done?.validationAccuracy).toBe(epoch?.validationAccuracy);
  });

  const runs = [
    ["--loss", "quadratic", "--activation", "sigmoid", "--optimizer", "sgd", "--lr", "3", "--batch-size", "10"],
    ["--loss", "sigmoid-cross-entropy", "--init", "nielsen", "--optimizer", "sgd"],
    ["--loss", "l2", "--optimizer", "rmsprop", "--activation", "tanh", "--init", "xavier"],
    ["--loss", "l1", "--optimizer", "sgd", "--activation", "tanh", "--weight-decay", "1e-5"],
    ["--loss", "mse", "--optimizer", "adamw", "--schedule", "constant"],
    ["--loss", "huber", "--optimizer", "adagrad"],
    ["--hidden", "20,20", "--init", "he"],
    ["--hidden", "none"],
  ];
  test.each(runs.map((options) => options.join(" ")))("learns more than guessing with %s", async (options) => {
    const { code, lines } = await dlcc([...quick, "--json", ...options.split(" ")]);
    expect(code).toBe(0);
    expect((JSON.parse(lines.at(-1) ?? "") as { testAccuracy: number }).testAccuracy).toBeGreaterThan(guessing);
  });
});

describe("dlcc train mnist, for people", () => {
  let run: ReturnType<typeof dlcc> | undefined;
  test.each([
    ["names its data", /data +the embedded 10,000 MNIST digits/],
    ["counts the digits", /8,000 for training, 2,000 for the test/],
    ["shows the accuracy", /test accuracy +\d\d\.\d\d %/],
    ["shows a confusion table", /true ╲ guess/],
    ["suggests what to try next", /try next\n +dlcc /],
  ])("%s", async (_, part) => {
    run ??= dlcc([...quick]);
    const { code, lines } = await run;
    expect(code).toBe(0);
    expect(lines.join("\n")).toMatch(part);
  });
});

describe("--out", () => {
  test("saves a model with its architecture", async () => {
    const file = newPath("model.safetensors");
    await dlcc([...quick, "--json", "--out", file]);
    const { tensors, metadata } = await load(file);
    const config = JSON.parse(metadata.architecture ?? "") as LayerConfig;
    const model = fromConfig(config, { Sequential, Linear, relu });
    model.loadStateDict(tensors);
    expect(model.parameters().map(({ name, value }) => [name, value.shape])).toEqual([
      ["layers.0.weight", [16, 784]],
      ["layers.0.bias", [16]],
      ["layers.2.weight", [10, 16]],
      ["layers.2.bias", [10]],
    ]);
  });

  test("saves the facts of the run: data, seed, epochs, accuracy, command", async () => {
    const file = newPath("my model.safetensors");
    const done = (await json(...quick, "--seed", "4", "--out", file)).at(-1);
    expect((await load(file)).metadata).toMatchObject({
      dataset: done?.dataset,
      seed: "4",
      epochs: "1",
      testAccuracy: String(done?.testAccuracy),
      loss: "cross-entropy",
      command: `dlcc train mnist --hidden 16 --epochs 1 --seed 4 --out '${file}' --json`,
    });
  });

  test.each([
    ["a folder that does not exist", () => "/no/such/folder/model.safetensors", /\/no\/such\/folder does not exist/],
    ["a path that is a folder", newFolder, /it is a folder/],
  ])("%s is found before training", async (_, place, message) => {
    const { code, lines } = await dlcc([...quick, "--out", place()]);
    expect(code).toBe(1);
    expect(lines).toEqual([]);
    expect(errors.text).toMatch(message);
  });

  test("an old file survives a run that fails before it has anything to save", async () => {
    const file = newPath("model.safetensors");
    writeFileSync(file, "an old model");
    expect((await dlcc([...quick, "--out", file, "--data", "/no/such/folder"])).code).toBe(1);
    expect(readFileSync(file, "utf8")).toBe("an old model");
    expect(readdirSync(path.dirname(file))).toEqual(["model.safetensors"]);
  });

  test("Ctrl-C saves the model so far, and exits with 130", async () => {
    const file = newPath("model.safetensors");
    const running = dlcc(["train", "mnist", "--epochs", "1000", "--out", file]);
    const stop = setInterval(() => process.listenerCount("SIGINT") > 0 && process.emit("SIGINT"), 300);
    const { code, lines } = await running;
    clearInterval(stop);
    expect(code).toBe(130);
    expect(lines.join("\n")).toContain(`interrupted: the model so far is in ${file}`);
    expect(Object.keys((await load(file)).tensors)).toHaveLength(4);
  });

  test("a loss that becomes NaN ends the run, and saves the last good model", async () => {
    const file = newPath("model.safetensors");
    const { code } = await dlcc([...quick, "--optimizer", "sgd", "--lr", "1e30", "--out", file]);
    expect(code).toBe(1);
    expect(errors.text).toMatch(/the loss became (NaN|Infinity) in epoch 1, batch \d+/);
    expect(errors.text).toMatch(/What went bad first: the result of linear with layers\.\d\.weight/);
    expect(errors.text).toContain(`They are saved in ${file}`);
    expect(errors.text).not.toMatch(/\n +at /);
    const { tensors } = await load(file);
    for (const value of Object.values(tensors)) expect((await value.data()).every(Number.isFinite)).toBe(true);
  });
});

describe("mistakes", () => {
  test.each([
    [["trian"], /unknown command 'trian'[\s\S]*Did you mean train/],
    [["train", "mnst"], /unknown command 'mnst'[\s\S]*Did you mean mnist/],
    [["train", "mnist", "--epoch", "1"], /unknown option '--epoch'[\s\S]*Did you mean --epochs/],
    [["train", "mnist", "--epochs", "0"], /--epochs.*whole number from 1/],
    [["train", "mnist", "--lr", "fast"], /--lr.*must be a number/],
    [["train", "mnist", "--hidden", "12,x"], /--hidden.*128 or 300,100/],
    [["train", "mnist", "--activation", "softplus"], /--activation.*relu, sigmoid, tanh/],
    [["train", "mnist", "--backend", "abacus"], /--backend.*cpu/],
  ])("%j: an error with the way out, and exit code 2", async (args, message) => {
    const { code } = await dlcc(args);
    expect(code).toBe(2);
    expect(errors.text).toMatch(message);
  });

  test.each([
    [["--out", "/no/such/folder/model.safetensors"], /^dlcc: \/no\/such\/folder\/model\.safetensors can't be written/],
    [["--data", "/no/such/folder"], /^dlcc: the folder \/no\/such\/folder can't be read/],
    [["--validation", "9000"], /^dlcc: validation must be a count from 1 to 7999, .* got 9000 of 8000 examples/],
  ])("%j: an error without the name of a function", async (options, message) => {
    expect((await dlcc([...quick, ...options])).code).toBe(1);
    expect(errors.text).toMatch(message);
  });

  test("a folder without the files is an error that names them", async () => {
    const folder = newFolder();
    const { code } = await dlcc([...quick, "--data", folder]);
    expect(code).toBe(1);
    expect(errors.text).toMatch(/^dlcc: \S+ must have MNIST's 4 files, plain or .gz; 4 are missing/);
  });

  test("a file in another format is an error that names it", async () => {
    const folder = newFolder();
    for (const name of ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]) {
      writeFileSync(path.join(folder, `${name}-ubyte`), "not digits");
    }
    const { code } = await dlcc([...quick, "--data", folder]);
    expect(code).toBe(1);
    expect(errors.text).toMatch(/(train|t10k)-(images|labels)-idx\d-ubyte: IDX: .* another format/);
  });

  test("--verbose shows where an error came from", async () => {
    await dlcc(["--verbose", ...quick, "--data", "/no/such/folder"]);
    expect(errors.text).toMatch(/\n +at /);
  });
});

test("--help explains the options, and has examples", async () => {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  expect((await dlcc(["train", "mnist", "--help"])).code).toBe(0);
  const help = written.join("");
  for (const part of ["--hidden", "max(0, z)", "Nielsen", "DLCC_MNIST_DIR", "Examples:"]) expect(help).toContain(part);
});

describe("--dropout", () => {
  test("leaves outputs of hidden layers out while training: the training loss is higher", async () => {
    const loss = async (...options: string[]) => (await json(...quick, ...options)).at(-1)?.trainLoss as number;
    expect(await loss("--dropout", "0.5")).toBeGreaterThan(await loss());
  });

  test("is in the model's file", async () => {
    const out = newPath("model.safetensors");
    const [start, ...rest] = await json(...quick, "--dropout", "0.5", "--out", out);
    expect(start?.settings).toMatchObject({ dropout: 0.5 });
    expect(rest.at(-1)?.testAccuracy).toBeGreaterThan(guessing);
    const { metadata } = await load(out);
    const { layers } = JSON.parse(metadata.architecture ?? "") as { layers: LayerConfig[] };
    expect(layers.map(({ type }) => type)).toEqual(["Linear", "relu", "Dropout", "Linear"]);
    expect(layers[2]?.p).toBe(0.5);
  });

  test("is a share below 1", async () => {
    expect((await dlcc([...quick, "--dropout", "1"])).code).not.toBe(0);
    expect(errors.text).toMatch(/below 1/);
  });
});
