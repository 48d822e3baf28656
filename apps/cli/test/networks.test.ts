/** Networks for images: trained, saved, used, taken over. */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { defaults, type Experiment, toProgram } from "@dlcc/experiment";
import { embeddedDigits } from "@dlcc/experiment/node";
import { load } from "@dlcc/io/node";
import { encode } from "fast-png";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { dlcc, errors, json, newPath, withoutSurroundings } from "./dlcc.ts";
import { digitsOf } from "./pngs.ts";
import { smallMnist } from "./small-mnist.ts";

withoutSurroundings();

const data = smallMnist({ train: 200, test: 40 });
const small = "conv 4 5, norm, pool 4, dense 16";
const quick = ["train", "mnist", "--data", data, "--epochs", "2", "--batch-size", "20", "--backend", "cpu"];
const model = newPath("cnn.safetensors");

let trained: Record<string, unknown>[];
beforeAll(async () => {
  trained = await json(...quick, "--layers", small, "--augment", "shift 1", "--out", model);
});

describe("dlcc train mnist --layers --augment", () => {
  test("trains the network, and says what it is", () => {
    expect(trained[0]).toMatchObject({
      model: "1×28×28-4×24×24-16-10",
      // 4 kernels, 4 scales and shifts, 4×6×6 inputs to 16 units, 10 outputs.
      parameters: 4 * 26 + 8 + 145 * 16 + 170,
      settings: { layers: small, activation: "relu", augment: "shift 1", lr: 0.15 },
    });
    expect(trained.at(-1)?.testAccuracy).toBeGreaterThan(0.5);
  });

  test("dlcc eval judges it as training did", async () => {
    const [found] = await json("eval", model, "--data", data);
    expect(found).toMatchObject({ model: "1×28×28-4×24×24-16-10", testAccuracy: trained.at(-1)?.testAccuracy });
  });

  test("dlcc summary shows its layers with their multiply-adds", async () => {
    const text = (await dlcc(["summary", model])).lines.join("\n");
    // 24×24 places, 4 kernels of 5×5.
    expect(text).toMatch(/Conv2d +\[4, 24, 24\] +104 +57,600/);
    expect(text).toMatch(/BatchNorm2d +\[4, 24, 24\] +8 +0/);
    expect(text).toMatch(/input +\[1, 28, 28\], from 0 to 1/);
  });

  test("augmentation changes the run, and the same seed repeats it", async () => {
    const loss = async (...more: string[]) => (await json(...quick, "--layers", small, ...more)).at(-1)?.trainLoss;
    const once = await loss("--augment", "shift 1");
    expect(once).toBe(trained.at(-1)?.trainLoss);
    expect(await loss()).not.toBe(once);
  });

  test("without steps it is the usual one, for dense layers, too", async () => {
    const [start, , , done] = await json(...quick, "--hidden", "8", "--augment");
    expect(start?.settings).toMatchObject({ augment: "rotation 10, zoom 0.1, shear 10, shift 2" });
    expect(done?.event).toBe("done");
  });
});

test("--network lenet5 is LeCun's, with tanh and what suits it", async () => {
  const [start] = await json(...quick, "--network", "lenet5", "--epochs", "1");
  expect(start).toMatchObject({
    model: "1×28×28-6×28×28-16×10×10-120-84-10",
    parameters: 61_706,
    settings: { activation: "tanh", init: "xavier", lr: 0.05 },
  });
  const [other] = await json(...quick, "--network", "lenet5", "--epochs", "1", "--activation", "relu", "--lr", "0.01");
  expect(other).toMatchObject({ settings: { activation: "relu", lr: 0.01 } });
});

test("a run with augmentation and running statistics goes on from its checkpoint as if it had never stopped", async () => {
  const run = ["train", "mnist", "--data", data, "--layers", small, "--augment", "shift 1", "--schedule", "constant"];
  const whole = (await json(...run, "--epochs", "2", "--backend", "cpu")).at(-1);
  const folder = newPath("run");
  await json(...run, "--epochs", "1", "--backend", "cpu", "--checkpoint", folder);
  const resumed = (await json("train", "--resume", folder, "--epochs", "2")).at(-1);
  expect([resumed?.trainLoss, resumed?.testAccuracy]).toEqual([whole?.trainLoss, whole?.testAccuracy]);
  expect((await dlcc(["train", "--resume", folder, "--augment", "shift 2"])).code).toBe(1);
  expect(errors.text).toMatch(/--augment can't change within a run/);
});

describe("--from and --freeze", () => {
  test("go on with the saved network; what is frozen stays as it is", async () => {
    const out = newPath("more.safetensors");
    const [start, , , done] = await json(...quick, "--from", model, "--freeze", "layers.0*", "--out", out);
    expect(start).toMatchObject({
      model: trained[0]?.model,
      settings: { from: model, frozen: "2 of 8 parameters' tensors" },
    });
    expect(done?.trainLoss).toBeLessThan(trained.at(-1)?.trainLoss as number);
    const [before, after] = [await load(model), await load(out)];
    for (const [name, tensor] of Object.entries(before.tensors)) {
      const same =
        JSON.stringify([...(await tensor.data())]) === JSON.stringify([...((await after.tensors[name]?.data()) ?? [])]);
      expect([name, same]).toEqual([name, name.startsWith("layers.0.")]);
    }
  });

  test("a network that is named takes over the layers that fit", async () => {
    const [start] = await json(...quick, "--from", model, "--layers", "conv 4 5, norm, pool 4, dense 20");
    // Kernels and biases, four tensors of normalization, the biases of the output.
    expect(start?.settings).toMatchObject({
      from: `${model}: 7 of 10 tensors`,
      layers: "conv 4 5, norm, pool 4, dense 20",
    });
  });

  test.each([
    [["--from", model, "--layers", "conv 3 3, mean, norm"], /must have a tensor of the network's names and shapes/],
    [
      ["--from", model, "--freeze", "layers.9*"],
      /^dlcc: the pattern must match one of layers\.0\.weight, .* got "layers\.9\*"/,
    ],
    [["--from", model, "--freeze", "*"], /--freeze must leave a parameter that learns, got \*/],
    [
      ["--from", model, "--loss", "quadratic"],
      /was trained with --loss cross-entropy, and its last layer does not suit quadratic/,
    ],
  ])("%j is refused", async (options, message) => {
    expect((await dlcc([...quick, ...options])).code).toBe(1);
    expect(errors.text).toMatch(message);
  });
});

test("--data takes other data in MNIST's format: images of another size", async () => {
  const other = smallMnist({ train: 60, test: 24 }, [14, 14], 7);
  const out = newPath("other.safetensors");
  const run = ["train", "mnist", "--data", other, "--layers", "conv 3 3, pool 4", "--epochs", "1", "--backend", "cpu"];
  const trainedThere = (await json(...run, "--out", out)).at(-1);
  const [found] = await json("eval", out, "--data", other);
  expect(found).toMatchObject({ model: "1×14×14-3×12×12-7", testAccuracy: trainedThere?.testAccuracy });
  expect((await dlcc(["eval", out, "--data", data])).code).toBe(1);
  expect(errors.text).toMatch(
    /must read the images of MNIST in .*, 28×28 of 10 classes, got an input of \[1,14,14\] and 7 classes/,
  );
});

describe("letters: 26 classes with names, in pictures of 20×14 pixels", () => {
  const size = [20, 14] as const;
  const letters = smallMnist({ train: 260, test: 52 }, size, 26);
  const names = Array.from("abcdefghijklmnopqrstuvwxyz");
  writeFileSync(path.join(letters, "classes.txt"), `${names.join("\n")}\n`);
  const out = newPath("letters.safetensors");
  const run = ["train", "mnist", "--data", letters, "--epochs", "12", "--batch-size", "20", "--backend", "cpu"];
  let done: Record<string, unknown>;
  beforeAll(async () => {
    done =
      (await json(...run, "--layers", "conv 4 3, pool 2, dense 32", "--optimizer", "adam", "--out", out)).at(-1) ?? {};
  });

  test("train learns them", () => {
    expect(done).toMatchObject({ model: "1×20×14-4×18×12-32-26" });
    expect(done.testAccuracy).toBeGreaterThan(0.5);
  });

  test("eval has a row of the confusion table for each", async () => {
    const [found] = await json("eval", out, "--data", letters);
    expect(found).toMatchObject({ testAccuracy: done.testAccuracy, testExamples: 52 });
    const confusion = (found?.confusion ?? []) as number[][];
    expect(confusion.map((row) => row.reduce((sum, n) => sum + n, 0))).toEqual(names.map(() => 2));
    const { lines } = await dlcc(["eval", out, "--data", letters]);
    for (const name of names) expect(lines.join("\n")).toMatch(new RegExp(`^ +${name} .*%$`, "m"));
    for (const line of lines.slice(3)) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("summary says their size and their names", async () => {
    const text = (await dlcc(["summary", out])).lines.join("\n");
    expect(text).toMatch(/input +\[1, 20, 14\], from 0 to 1/);
    expect(text).toMatch(/logits for a, b, c,/);
  });

  test.each([
    ["light on dark", (ink: number) => ink],
    ["dark on light", (ink: number) => 255 - ink],
  ])("predict reads a picture of one, %s, of the size or larger", async (_, shade) => {
    // Rows 4 and 5, columns in the middle third: the 13th of 26, or c + 10.
    const ink = (row: number, column: number): number =>
      shade(row >> 1 === 2 && Math.floor((column * 3) / 14) === 1 ? 255 : 0);
    const drawn = (scale: number): string => {
      const [height, width] = [size[0] * scale, size[1] * scale];
      const data = Uint8Array.from({ length: height * width }, (__, i) =>
        ink(Math.floor(i / width / scale), Math.floor((i % width) / scale)),
      );
      const file = newPath("letter.png");
      writeFileSync(file, encode({ width, height, data, channels: 1 }));
      return file;
    };
    const [small, large] = await json("predict", out, drawn(1), drawn(3));
    expect(small).toMatchObject({ guess: "m" });
    const [few, many] = [small, large].map((found) => Object.values(found?.probabilities as Record<string, number>));
    // Means of nine equal numbers may differ from them in the last bit.
    expect(many?.map((p) => p.toFixed(5))).toEqual(few?.map((p) => p.toFixed(5)));
    const screen = { isTerminal: true, columns: 80, colour: false };
    const { lines } = await dlcc(["predict", out, drawn(1)], { screen });
    expect(lines.join("\n")).toMatch(/guess m/);
  });

  test("augmentation and dense layers take them, too", async () => {
    const [start] = await json(...run, "--hidden", "8", "--augment", "shift 1, rotation 5", "--epochs", "1");
    expect(start).toMatchObject({ model: "280-8-26" });
  });

  test("--stream reads the same, with the same names", async () => {
    const streamed = newPath("streamed.safetensors");
    const whole = await json(...run, "--layers", "conv 2 3, pool 4", "--epochs", "1", "--stream", "--out", streamed);
    expect(whole.at(-1)).toMatchObject({ model: "1×20×14-2×18×12-26" });
    expect((await dlcc(["summary", streamed])).lines.join("\n")).toMatch(/logits for a, b, c,/);
  });

  test("--from a model of digits takes over what fits, or says what does not", async () => {
    const [start] = await json(...run, "--from", model, "--layers", "conv 4 5, norm, pool 2", "--epochs", "1");
    expect(start?.settings).toMatchObject({ from: `${model}: 6 of 8 tensors` });
    expect((await dlcc([...run, "--from", model])).code).toBe(1);
    expect(errors.text).toMatch(
      /must take 280 numbers an example, got \[1,28,28\]: name the network, as in --hidden 128/,
    );
  });

  test("classes.txt must name all", async () => {
    const few = smallMnist({ train: 12, test: 12 }, [8, 8], 4);
    writeFileSync(path.join(few, "classes.txt"), "north\neast\n\nsouth\n");
    expect((await dlcc(["train", "mnist", "--data", few])).code).toBe(1);
    expect(errors.text).toMatch(/classes\.txt must have a name for each of the 4 labels, one a line, got 3/);
  });
});

test("dlcc predict reads digits with a convolutional network as eval does", async () => {
  const file = newPath("digits.safetensors");
  const layers = ["--layers", "conv 4 5, norm, pool 4, residual(conv 4 3 same, norm), dense 16"];
  await json("train", "mnist", "--data", "embedded", ...layers, "--epochs", "1", "--backend", "wasm", "--out", file);
  const pictures = digitsOf(embeddedDigits().test, 20).map(({ ink, label }) => {
    const picture = newPath(`${label}.png`);
    writeFileSync(picture, encode({ width: 28, height: 28, data: Uint8Array.from(ink, (v) => 255 * v), channels: 1 }));
    return { picture, label };
  });
  const found = await json("predict", file, ...pictures.map(({ picture }) => picture));
  const right = found.filter(({ guess }, i) => guess === String(pictures[i]?.label));
  expect(right.length).toBeGreaterThanOrEqual(16);
});

test("the network cnn has a schedule and a decay of its own, which options change", async () => {
  const [own] = await json(...quick, "--network", "cnn", "--epochs", "1");
  expect(own?.settings).toMatchObject({ schedule: "one-cycle", "weight decay": 0.0005 });
  const [other] = await json(
    ...quick,
    "--network",
    "cnn",
    "--epochs",
    "1",
    "--schedule",
    "step",
    "--weight-decay",
    "0",
  );
  expect(other?.settings).toMatchObject({ schedule: "step" });
  expect(other?.settings).not.toHaveProperty("weight decay");
  const [dense] = await json(...quick, "--hidden", "4", "--epochs", "1");
  expect(dense?.settings).toMatchObject({ schedule: "linear" });
});

test.each([
  [["--layers", "conv 20"], /--layers.*a layer must be written as conv CHANNELS KERNEL/],
  [["--layers", small, "--hidden", "8"], /'--layers <layers>' cannot be used with option '--hidden/],
  [["--augment", "wobble"], /--augment.*must be one of rotation, zoom/],
  [["--network", "lenet"], /--network.*Did you mean lenet5/],
])("%j: an error with the way out, and exit code 2", async (options, message) => {
  expect((await dlcc([...quick, ...options])).code).toBe(2);
  expect(errors.text).toMatch(message);
});

test("images that a layer does not fit are an error without the name of a function", async () => {
  expect((await dlcc([...quick, "--layers", "pool 8, pool 4"])).code).toBe(1);
  expect(errors.text).toMatch(/^dlcc: pool must have an input of at least 4×4, got 1×3×3/);
});

test("the program of an experiment makes the run of the command", async () => {
  const experiment: Experiment = {
    ...defaults,
    ...{
      layers: "conv 2 5, norm, pool 6, residual(conv 2 3 same, norm), dropout 0.1, dense 12",
      augment: "shift 1, erasing",
      dropout: 0.1,
    },
    ...{ epochs: 1, seed: 3, backend: "cpu", weightDecay: 0.001 },
  };
  const file = path.join(import.meta.dirname, ".program-of-images.mjs");
  writeFileSync(file, toProgram(experiment, "files").replace("folder/with/your/files", data));
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await import(/* @vite-ignore */ file);
    const { layers = "", augment = "" } = experiment;
    const command = ["--layers", layers, "--augment", augment, "--dropout", "0.1", "--weight-decay", "0.001"];
    const done = await json(
      "train",
      "mnist",
      "--data",
      data,
      ...command,
      "--epochs",
      "1",
      "--seed",
      "3",
      "--backend",
      "cpu",
    );
    expect(printed.mock.calls).toEqual([
      [`epoch 1: loss ${Number(done.at(-1)?.trainLoss).toFixed(4)}`],
      [`test accuracy ${(100 * Number(done.at(-1)?.testAccuracy)).toFixed(2)} %`],
    ]);
  } finally {
    printed.mockRestore();
    rmSync(file);
  }
});
