import { writeFileSync } from "node:fs";
import path from "node:path";
import { embeddedDigits, loadModel, saveModel } from "@dlcc/experiment/node";
import { save } from "@dlcc/io/node";
import { Linear, Sequential } from "@dlcc/layers";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { dlcc, errors, json, newFolder, newPath, withoutSurroundings } from "./dlcc.ts";
import { digitsOf, styles } from "./pngs.ts";

withoutSurroundings();

const terminal = { isTerminal: true, columns: 80, colour: false };
const digits = digitsOf(embeddedDigits().test, 20);

const folder = newFolder();
const model = path.join(folder, "model.safetensors");
const words = ["train", "mnist", "--hidden", "64", "--epochs", "2", "--out", model];
let trained: Record<string, unknown>;

/** A picture of a test digit. */
function picture(style: string, digit = 3, name = "picture.png"): string {
  const file = newPath(name);
  writeFileSync(file, styles[style]!(digits[digit]!.ink));
  return file;
}

// One model, quickly trained, serves all tests here. The set-up of each test has not run yet.
beforeAll(async () => {
  vi.stubEnv("DLCC_MNIST_DIR", "");
  vi.stubEnv("XDG_CACHE_HOME", newFolder());
  trained = (await json(...words)).at(-1)!;
  vi.unstubAllEnvs();
});

describe("dlcc eval", () => {
  test("gives the accuracy of the training run on the same digits", async () => {
    const [found, ...rest] = await json("eval", model);
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ event: "done", model: "784-64-10", testExamples: 2000, loss: "cross-entropy" });
    expect(found?.testAccuracy).toBe(trained.testAccuracy);
    expect(found?.dataset).toBe(trained.dataset);
  });

  test("counts every test digit once in the confusion table, and the right ones on its diagonal", async () => {
    const [found] = await json("eval", model);
    const confusion = found?.confusion as number[][];
    expect(confusion.flat().reduce((a, b) => a + b)).toBe(2000);
    expect(confusion.reduce((sum, row, i) => sum + row[i]!, 0) / 2000).toBe(found?.testAccuracy);
  });

  test("prints the figures for people in 80 columns", async () => {
    const { code, lines } = await dlcc(["eval", model]);
    const text = lines.join("\n").replaceAll(model, "model.safetensors");
    expect(code).toBe(0);
    expect(text).toMatch(/judging model\.safetensors/);
    expect(text).toMatch(/accuracy +9\d\.\d\d % \(1,\d\d\d of 2,000\)/);
    expect(text).toMatch(/loss +0\.\d{4} \(cross-entropy\)/);
    expect(text).toMatch(/true ╲ guess/);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("finds digits in the same places as train: --data comes first", async () => {
    expect((await dlcc(["eval", model, "--data", newFolder()])).code).toBe(1);
    expect(errors.text).toMatch(/^dlcc: \S+ must have MNIST's 4 files, plain or .gz; 4 are missing/);
  });

  test("a file that does not exist: exit code 1, no stack trace", async () => {
    expect((await dlcc(["eval", "/no/such/model.safetensors"])).code).toBe(1);
    expect(errors.text).toMatch(/\/no\/such\/model\.safetensors can't be read/);
    expect(errors.text).not.toMatch(/\n +at /);
  });
});

describe("dlcc summary", () => {
  test("shows the layers, the parameters, and the facts of the training", async () => {
    const { code, lines } = await dlcc(["summary", model]);
    const text = lines.join("\n");
    expect(code).toBe(0);
    // 784 · 64 + 64 and 64 · 10 + 10
    for (const part of [/Linear +\[64\] +50,240/, /relu +\[64\] +0/, /Linear +\[10\] +650/, /50,890 parameters/]) {
      expect(text).toMatch(part);
    }
    for (const part of [
      /epochs +2/,
      /seed +1/,
      /accuracy +9\d\.\d\d %/,
      /data +the embedded/,
      /made by +dlcc train mnist --hidden 64/,
    ]) {
      expect(text).toMatch(part);
    }
  });

  test("--json: the same for programs", async () => {
    const [found] = await json("summary", model);
    expect(found).toMatchObject({
      event: "summary",
      model: "784-64-10",
      parameters: 50_890,
      layers: [
        { layer: "Linear", outputShape: [64], parameters: 50_240 },
        { layer: "relu", outputShape: [64], parameters: 0 },
        { layer: "Linear", outputShape: [10], parameters: 650 },
      ],
      outputs: "logits",
      facts: { epochs: "2", seed: "1", testAccuracy: String(trained.testAccuracy) },
    });
  });
});

describe("dlcc predict", () => {
  test("reads 18 or more of 20 test digits, pictures of all kinds", async () => {
    const names = Object.keys(styles);
    const images = digits.map((_, i) => picture(names[i % names.length]!, i, `${i}.png`));
    const guesses = (await json("predict", model, ...images)).map(({ guess }) => Number(guess));
    const right = guesses.filter((guess, i) => guess === digits[i]!.label).length;
    expect(guesses).toHaveLength(20);
    expect(right, `${guesses} for ${digits.map(({ label }) => label)}`).toBeGreaterThanOrEqual(18);
  });

  test.each(Object.keys(styles))("%s: the same digit is the same digit", async (style) => {
    const [found] = await json("predict", model, picture(style));
    expect(Number(found?.guess)).toBe(digits[3]!.label);
  });

  test("--json: one object an image, with probabilities that sum to 1", async () => {
    const image = picture("16 bits");
    const found = await json("predict", model, image, image);
    expect(found.map(({ event }) => event)).toEqual(["prediction", "prediction"]);
    const { probabilities, guess } = found[0] as { probabilities: Record<string, number>; guess: string };
    expect(Object.values(probabilities).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(probabilities[guess]).toBe(Math.max(...Object.values(probabilities)));
  });

  test("for people: the guess, and a bar for each digit, in 80 columns and without colour", async () => {
    const image = picture("blue on yellow");
    const { code, lines } = await dlcc(["predict", model, image]);
    const { label } = digits[3]!;
    expect(code).toBe(0);
    expect(lines[0]).toBe(image);
    expect(lines[1]).toBe(`  guess ${label}`);
    expect(lines.filter((line) => /^ {2}\d [█▏▎▍▌▋▊▉ ]{20,} +\d+\.\d %/.test(line))).toHaveLength(10);
    expect(lines.find((line) => line.endsWith("◀"))).toMatch(new RegExp(`^ {2}${label} █`));
    expect(lines.join("")).not.toContain("\x1b");
    for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("in a terminal: also the digit as the network sees it, beside the bars", async () => {
    const { lines } = await dlcc(["predict", model, picture("white on transparent")], { screen: terminal });
    const seen = lines.slice(1, 15);
    expect(seen.join("")).toMatch(/[▀▄█]/);
    expect(seen.filter((line) => / %( ◀)?$/.test(line))).toHaveLength(10);
    for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("in a narrow terminal the bars are below the picture, and fit", async () => {
    const { lines } = await dlcc(["predict", model, picture("interlaced")], { screen: { ...terminal, columns: 40 } });
    expect(lines[15]).toMatch(/^ {2}guess \d$/);
    for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(40);
  });

  test("several images: a bad one is an error with its name, and the others are still read", async () => {
    const [good, other] = [picture("interlaced"), picture("a palette")];
    const { code, lines } = await dlcc(["predict", model, good, "/no/such.png", model, other]);
    expect(code).toBe(1);
    expect(lines.filter((line) => /^ {2}guess \d$/.test(line))).toHaveLength(2);
    expect(errors.text).toMatch(/\/no\/such\.png: it does not exist/);
    expect(errors.text).toContain(`${model}: the file must be a PNG`);
  });

  test("--json: an error about an image is an object, too", async () => {
    const found = await json("predict", model, "/no/such.png", picture("interlaced"));
    expect(found).toMatchObject([{ event: "error", image: "/no/such.png" }, { event: "prediction" }]);
  });

  test("a blank picture is reported as blank", async () => {
    const file = newPath("blank.png");
    writeFileSync(file, styles["gray, light on dark, 28×28"]!(new Float32Array(784)));
    expect((await dlcc(["predict", model, file])).code).toBe(1);
    expect(errors.text).toMatch(/blank\.png: the image must show a digit, got a blank one of 28×28/);
  });
});

describe("other outputs than logits", () => {
  test.each([
    ["sigmoid-cross-entropy", "sigmoid-logits"],
    ["quadratic", "activations"],
  ])("--loss %s: %s, shown as activations from 0 to 1", async (loss, outputs) => {
    const file = newPath("model.safetensors");
    await json("train", "mnist", "--hidden", "16", "--epochs", "1", "--loss", loss, "--out", file);
    expect((await loadModel(file)).outputs).toBe(outputs);
    const [found] = await json("predict", file, picture("interlaced"));
    const activations = Object.values(found?.activations as Record<string, number>);
    expect(activations).toHaveLength(10);
    for (const activation of activations) expect(activation >= 0 && activation <= 1).toBe(true);
    expect((await dlcc(["predict", file, picture("interlaced")])).lines[1]).toMatch(/^ {2}guess \d \(activations\)$/);
  });
});

describe("a file that the commands can't use", () => {
  test("one that is not safetensors: exit code 1, and no stack", async () => {
    const file = newPath("model.safetensors");
    writeFileSync(file, "# a text, not a model");
    expect((await dlcc(["summary", file])).code).toBe(1);
    expect(errors.text).not.toMatch(/\n +at /);
  });

  test.each([
    [["eval"], /must read the images of the embedded 10,000 MNIST digits, 28×28 of 10 classes, got an input of \[2\]/],
    [["predict", "image.png"], /must read images in shades of gray, .* got an input of \[2\]/],
  ])("%j: a model for something else than images", async ([command, ...rest], message) => {
    const file = newPath("parity.safetensors");
    const use = { input: { shape: [2], range: [0, 1] }, classes: ["even", "odd"], outputs: "logits" } as const;
    await saveModel(file, new Sequential([new Linear(2, 2)]), { ...use, loss: "cross-entropy" }, {});
    expect((await dlcc([command!, file, ...rest])).code).toBe(1);
    expect(errors.text).toMatch(message);
  });
});

test("dlcc eval takes a file of any program, with the metadata that the README lists", async () => {
  const file = newPath("model.safetensors");
  const network = new Sequential([new Linear(784, 10, { seed: 1 })]);
  await save(file, network.stateDict(), {
    format: "dlcc",
    formatVersion: "1",
    architecture: JSON.stringify(network.config()),
    input: JSON.stringify({ shape: [784], range: [0, 1] }),
    classes: JSON.stringify(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]),
    outputs: "logits",
    loss: "cross-entropy",
  });
  expect((await dlcc(["eval", file])).code).toBe(0);
});
