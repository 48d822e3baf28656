import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { load } from "@dlcc/io/node";
import { fromConfig, type LayerConfig, Linear, relu, Sequential } from "@dlcc/layers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { run } from "../src/main.ts";

/** A run that takes a second: few units, one epoch, the embedded digits. */
const quick = ["train", "mnist", "--hidden", "16", "--epochs", "1"];

/** Well above what guessing the commonest digit would give, 0.11. The weakest here, L1, is slow: the course says so. */
const guessing = 0.2;

let errors = "";

beforeEach(() => {
  errors = "";
  vi.stubEnv("DLCC_MNIST_DIR", "");
  vi.stubEnv("XDG_CACHE_HOME", mkdtempSync(path.join(tmpdir(), "dlcc-")));
  vi.spyOn(console, "error").mockImplementation((text: string) => {
    errors += `${text}\n`;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    errors += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function dlcc(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await run(args, (text) => lines.push(...text.split("\n")));
  return { code, lines };
}

const temporary = (name: string): string => path.join(mkdtempSync(path.join(tmpdir(), "dlcc-")), name);

describe("dlcc train mnist --json", () => {
  test("prints one JSON object a line, and ends with what came out", async () => {
    const { code, lines } = await dlcc(...quick, "--json");
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
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
    expect(errors).toBe("");
  });

  test("the same seed gives the same figures, another one others", async () => {
    const figures = async (seed: string): Promise<unknown[]> => {
      const { lines } = await dlcc(...quick, "--json", "--seed", seed);
      const done = JSON.parse(lines.at(-1) ?? "") as Record<string, unknown>;
      return [done.testAccuracy, done.trainLoss];
    };
    const first = await figures("7");
    expect(await figures("7")).toEqual(first);
    expect(await figures("8")).not.toEqual(first);
  });

  test("--validation sets digits aside, and reports on them after each epoch", async () => {
    const { lines } = await dlcc(...quick, "--json", "--validation", "1000");
    const [start, epoch, done] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(start).toMatchObject({ trainExamples: 7000, validationExamples: 1000, testExamples: 2000 });
    expect(epoch?.validationAccuracy).toBeGreaterThan(0.8);
    expect(done?.validationAccuracy).toBe(epoch?.validationAccuracy);
  });

  test.each([
    ["--loss", "quadratic", "--activation", "sigmoid", "--optimizer", "sgd", "--lr", "3", "--batch-size", "10"],
    ["--loss", "sigmoid-cross-entropy", "--init", "nielsen", "--optimizer", "sgd"],
    ["--loss", "l2", "--optimizer", "rmsprop", "--activation", "tanh", "--init", "xavier"],
    ["--loss", "l1", "--optimizer", "adam", "--weight-decay", "1e-5"],
    ["--loss", "mse", "--optimizer", "adamw", "--schedule", "constant"],
    ["--loss", "huber", "--optimizer", "adagrad"],
    ["--hidden", "20,20", "--init", "he"],
    ["--hidden", "none"],
  ])("learns more than guessing with %s %s %s %s", async (...options) => {
    const { code, lines } = await dlcc(...quick, "--json", ...options);
    expect(code).toBe(0);
    expect((JSON.parse(lines.at(-1) ?? "") as { testAccuracy: number }).testAccuracy).toBeGreaterThan(guessing);
  });
});

describe("dlcc train mnist, for people", () => {
  test("says which data it used, the accuracy, a table, and what to try next", async () => {
    const { code, lines } = await dlcc(...quick);
    const text = lines.join("\n");
    expect(code).toBe(0);
    expect(text).toMatch(/the embedded 10,000 MNIST digits/);
    expect(text).toMatch(/8,000 to learn from, 2,000 for the test/);
    expect(text).toMatch(/test accuracy +\d\d\.\d\d %/);
    expect(text).toMatch(/true ╲ guess/);
    expect(text).toMatch(/try next\n +dlcc train mnist /);
  });
});

describe("--out", () => {
  test("saves a model that can be read back, with its architecture", async () => {
    const file = temporary("model.safetensors");
    await dlcc(...quick, "--json", "--out", file);
    const { tensors, metadata } = await load(file);
    const config = JSON.parse(metadata.architecture ?? "") as LayerConfig;
    const model = fromConfig(config, { Sequential, Linear, relu }) as Sequential;
    model.loadStateDict(tensors);
    expect(model.parameters().map(({ name, value }) => [name, value.shape])).toEqual([
      ["layers.0.weight", [16, 784]],
      ["layers.0.bias", [16]],
      ["layers.2.weight", [10, 16]],
      ["layers.2.bias", [10]],
    ]);
  });

  test("in a folder that is not there is found before training", async () => {
    const { code, lines } = await dlcc(...quick, "--json", "--out", "/no/such/folder/model.safetensors");
    expect(code).toBe(1);
    expect(lines).toEqual([]);
    expect(errors).toMatch(/\/no\/such\/folder/);
  });

  test("Ctrl-C saves what was learned, says where, and exits with 130", async () => {
    const file = temporary("model.safetensors");
    const running = dlcc("train", "mnist", "--epochs", "1000", "--out", file);
    const stop = setInterval(() => process.listenerCount("SIGINT") > 0 && process.emit("SIGINT"), 300);
    const { code, lines } = await running;
    clearInterval(stop);
    expect(code).toBe(130);
    expect(lines.join("\n")).toContain(`interrupted: what was learned so far is in ${file}`);
    expect(Object.keys((await load(file)).tensors)).toHaveLength(4);
  });

  test("a loss that is no number any more ends the run, keeps the last good model, and leaves no stack trace", async () => {
    const file = temporary("model.safetensors");
    const { code } = await dlcc(...quick, "--optimizer", "sgd", "--lr", "1e30", "--out", file);
    expect(code).toBe(1);
    expect(errors).toMatch(/the loss became (NaN|Infinity) in epoch 1, batch \d+/);
    expect(errors).not.toMatch(/\n +at /);
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
    [["train", "mnist", "--lr", "fast"], /--lr.*not a number/],
    [["train", "mnist", "--hidden", "12,x"], /--hidden.*128 or 300,100/],
    [["train", "mnist", "--activation", "softplus"], /--activation.*relu, sigmoid, tanh/],
    [["train", "mnist", "--backend", "abacus"], /--backend.*cpu/],
  ])("%j: named, with the way out, and exit code 2", async (args, message) => {
    const { code } = await dlcc(...args);
    expect(code).toBe(2);
    expect(errors).toMatch(message);
  });

  test("a folder without the files: says which, and exits with 1", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "dlcc-"));
    const { code } = await dlcc(...quick, "--data", folder);
    expect(code).toBe(1);
    expect(errors).toMatch(/lacks 4 of the 4 files/);
  });

  test("a file that is no MNIST: says which", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "dlcc-"));
    for (const name of ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]) {
      writeFileSync(path.join(folder, `${name}-ubyte`), "not digits");
    }
    const { code } = await dlcc(...quick, "--data", folder);
    expect(code).toBe(1);
    expect(errors).toMatch(/train-images-idx3-ubyte/);
  });

  test("--verbose shows where an error came from", async () => {
    await dlcc("--verbose", ...quick, "--data", "/no/such/folder");
    expect(errors).toMatch(/\n +at /);
  });
});

test("--help teaches: the options with their meanings, and examples", async () => {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  expect((await dlcc("train", "mnist", "--help")).code).toBe(0);
  const help = written.join("");
  for (const part of ["--hidden", "max(0, z)", "Nielsen", "DLCC_MNIST_DIR", "Examples:"]) expect(help).toContain(part);
});
