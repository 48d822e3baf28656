import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadMnist } from "@dlcc/data/node";
import { buildNetwork } from "@dlcc/experiment";
import { cpu } from "@dlcc/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { gradientNorms } from "../src/reproduce/gradients.ts";
import type { GradientRecipe, Run, TrainingRecipe } from "../src/reproduce/recipe.ts";
import { recipes } from "../src/reproduce/recipes.ts";
import { train } from "../src/reproduce/train.ts";
import { dlcc, errors, newFolder, newPath, withoutSurroundings } from "./dlcc.ts";
import { smallMnist } from "./small-mnist.ts";

const realFolder = process.env.DLCC_MNIST_DIR;

withoutSurroundings();

const counts = { train: 60, test: 20 } as const;
let folder = "";
beforeAll(() => {
  folder = smallMnist(counts);
});

/** An experiment that takes a moment, with all that a recipe can have. */
const tiny: TrainingRecipe = {
  kind: "training",
  name: "tiny",
  about: "a few digits",
  source: "made up",
  seeds: 2,
  settings: {
    train: 50,
    validation: 10,
    test: 20,
    hidden: [8],
    activation: "sigmoid",
    loss: "cross-entropy",
    init: "fan-out",
    outputInit: "zero",
    optimizer: "sgd",
    lr: 0.5,
    schedule: "constant",
    batchSize: 10,
    shuffle: false,
    epochs: 6,
    lambda: 0.01,
  },
  statistic: { of: "test", at: "best validation epoch", over: "mean", as: "accuracy" },
  published: 100,
  agreement: { within: 30 },
  publishedEpochs: { 1: 50 },
  plateau: 20,
  note: "Nobody published this.",
};

const gradients: GradientRecipe = {
  kind: "gradients",
  name: "tiny-gradients",
  about: "gradients of a few digits",
  source: "made up",
  seeds: 3,
  settings: { examples: 12, hidden: [5, 4], activation: "sigmoid", loss: "sigmoid-cross-entropy", init: "nielsen" },
  published: [1e6, 0],
};

const reproduce = (...args: string[]) => dlcc(["reproduce", ...args, "--data", folder], { recipes: [tiny, gradients] });

async function events(...args: string[]): Promise<Record<string, unknown>[]> {
  const { lines } = await reproduce(...args, "--json");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const noTimes = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/ · .*/, ""));

describe("dlcc reproduce", () => {
  test.each([[[]], [["--list"]]])("%j lists the experiments", async (args) => {
    const { code, lines } = await dlcc(["reproduce", ...args]);
    expect(code).toBe(0);
    for (const { name, about } of recipes) expect(lines.join("\n")).toMatch(new RegExp(`\n  ${name} +${about}`));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test("--list --json gives the recipes themselves", async () => {
    const { lines } = await dlcc(["reproduce", "--list", "--json"]);
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ event: "recipes", recipes }]);
  });

  test("describes the comparison before training, then shows each seed, and both figures side by side", async () => {
    const { code, lines } = await reproduce("tiny", "tiny-gradients");
    const text = lines.join("\n");
    expect(code).toBe(0);
    expect(text.indexOf("the mean of 2 seeds")).toBeGreaterThan(0);
    expect(text.indexOf("the mean of 2 seeds")).toBeLessThan(text.indexOf("seed  1"));
    expect(text).toMatch(/agrees +if it is within 30 points/);
    expect(text).toMatch(/published +measured +least to most\n +statistic +100\.00 % +\d+\.\d\d %/);
    expect(text).toMatch(/\n +epoch 1 +50\.00 %/);
    expect(text).toMatch(/\d of 2 seeds stayed on a plateau, below 20 %/);
    expect(text).toMatch(/hidden layer 1 +1000000 .*differs\n +hidden layer 2 +0 .*differs\n\n {2}it differs/);
    expect(text).toMatch(/\d of 2 experiments agree$/);
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
    expect(text).not.toMatch(/NaN|undefined/);
  });

  test("--json: the recipe, the result of each seed, and the comparison", async () => {
    const found = await events("tiny", "--seeds", "3");
    expect(found.map(({ event }) => event)).toEqual(["recipe", "run", "run", "run", "comparison"]);
    expect(found[0]).toEqual({ event: "recipe", ...tiny, seeds: 3 });
    const figures = found.slice(1, 4).map((run) => run.figures as Run["figures"]);
    for (const { test: judged, validation } of figures) {
      expect(judged).toHaveLength(6);
      expect(validation).toHaveLength(6);
      for (const share of judged ?? []) expect((share * counts.test) / 100).toBeCloseTo(Math.round(share / 5), 10);
    }
    expect(figures[0]).not.toEqual(figures[1]);
    expect(found.at(-1)).toMatchObject({ recipe: "tiny", seeds: [1, 2, 3] });
  });

  test("the same seed gives the same figures, on wasm and on any number of threads", async () => {
    const figures = async (...args: string[]) => (await events("tiny", "--seeds", "1", ...args))[1]?.figures;
    const first = await figures("--backend", "wasm");
    expect(await figures("--backend", "wasm", "--threads", "2")).toEqual(first);
  });

  test("--results keeps the results: they are not repeated, unless the recipe has changed", async () => {
    const file = newPath("results.jsonl");
    const first = await reproduce("tiny", "--results", file);
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(2);
    const again = await events("tiny", "--seeds", "3", "--results", file);
    expect(again.filter(({ event }) => event === "run").map(({ kept }) => kept)).toEqual([true, true, false]);
    // The file has all results, so no data are needed.
    const kept = await dlcc(["reproduce", "tiny", "--results", file], { recipes: [tiny] });
    expect(noTimes(kept.lines)).toEqual(noTimes(first.lines));
    const slower = { ...tiny, settings: { ...tiny.settings, lr: 0.1 } };
    expect((await dlcc(["reproduce", "tiny", "--results", file], { recipes: [slower] })).code).toBe(1);
  });

  test("--markdown writes a page, the whole of it from the results", async () => {
    const file = newPath("results.jsonl");
    const { code, lines } = await reproduce("--all", "--markdown", "--results", file);
    expect(code).toBe(0);
    const page = lines.join("\n");
    for (const name of ["tiny", "tiny-gradients"]) expect(page).toContain(`\n### ${name}\n`);
    expect(page).toContain("[tiny-gradients](#tiny-gradients), hidden layer 2 | 0 |");
    expect(page).toContain("Nobody published this.");
    const again = await dlcc(["reproduce", "--all", "--markdown", "--results", file], { recipes: [tiny, gradients] });
    expect(again.lines).toEqual(lines);
  });

  test("--no-training shows the results in the file, and lists missing ones", async () => {
    const file = newPath("results.jsonl");
    await reproduce("tiny", "--seeds", "1", "--results", file);
    const bare = (...args: string[]) =>
      dlcc(["reproduce", "--all", "--results", file, "--no-training", ...args], { recipes: [tiny, gradients] });
    const text = (await bare()).lines.join("\n");
    expect(text).toContain("the mean of 1 seed");
    expect(text).toMatch(/tiny-gradients:[\s\S]*not run yet/);
    const page = (await bare("--markdown")).lines.join("\n");
    expect(page).toContain("| [tiny-gradients](#tiny-gradients) |  |  |  | 0 | not run yet |");
    expect(page).toMatch(/### tiny-gradients[\s\S]*over 3 seeds[\s\S]*It was not run yet\./);
    const json = (await bare("--json")).lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(json.at(-1)).toEqual({ event: "comparison", recipe: "tiny-gradients", seeds: [] });
  });

  test("without all 70,000 digits it says where to get them", async () => {
    expect((await dlcc(["reproduce", "nielsen-1-30"])).code).toBe(1);
    expect(errors.text).toMatch(/70,000 digits.*dlcc data fetch mnist.*DLCC_MNIST_DIR/);
  });

  test.each([
    ["nielsen-1-30", /needs 60000 digits for training and 10000 for the test, of 784 pixels, got 60 and 20 images/],
    ["nielsen-5-vanishing-2", /needs 1000 training digits of 784 pixels, got 60 and 20 images of 784 pixels/],
  ])("%s refuses other data than its own", async (name, message) => {
    expect((await dlcc(["reproduce", name, "--data", folder])).code).toBe(1);
    expect(errors.text).toMatch(message);
  });

  test.each([
    [["tinny"], /unknown experiment 'tinny'\n\(Did you mean tiny\?\)/],
    [["tiny", "--seeds", "0"], /--seeds[\s\S]*whole number from 1/],
    [["tiny", "--no-training"], /'--no-training' needs --results/],
    [["tiny", "--json", "--markdown"], /--markdown[\s\S]*cannot be used with[\s\S]*--json/],
  ])("%j is refused", async (args, message) => {
    expect((await reproduce(...args)).code).toBe(2);
    expect(errors.text).toMatch(message);
  });

  test.each(["{", "null", '{"recipe":"tiny","seed":1}'])("a line that is not a result (%s) is named", async (line) => {
    const file = newPath("results.jsonl");
    writeFileSync(file, `\n${line}\n`);
    expect((await reproduce("tiny", "--results", file)).code).toBe(1);
    expect(errors.text).toMatch(/results\.jsonl, line 2: the line must be a result of dlcc reproduce/);
  });

  test("results that can't be written are refused before anything is trained", async () => {
    const { code, lines } = await reproduce("tiny", "--results", path.join(newFolder(), "no", "folder.jsonl"));
    expect([code, lines]).toEqual([1, []]);
    expect(errors.text).toMatch(/the results can't be written to .*folder\.jsonl/);
  });

  test("Ctrl-C ends it with 130, and says where the finished seeds are", async () => {
    const file = newPath("results.jsonl");
    const long = { ...tiny, settings: { ...tiny.settings, epochs: 100_000 } };
    const pressing = setInterval(() => process.listenerCount("SIGINT") > 0 && process.emit("SIGINT"), 20);
    const { code } = await dlcc(["reproduce", "tiny", "--data", folder, "--results", file], { recipes: [long] });
    clearInterval(pressing);
    expect(code).toBe(130);
    expect(errors.text).toContain(`the finished seeds are in ${file}`);
    expect(readFileSync(file, "utf8")).toBe("");
  });
});

describe("training", () => {
  test("learns what can be learned", async () => {
    const digits = await loadMnist(folder);
    const figures = await train({ ...tiny.settings, epochs: 60 }, 1, { ...digits, backend: cpu });
    expect(figures?.test?.at(-1)).toBe(100);
  });

  // λ = n/η leaves nothing of the weights at each step: 1 − ηλ/n = 0.
  test.each([
    ["no regularization", 0, 100],
    ["λ = n/η", 60 / 0.5, 10],
  ])("is that of dlcc train mnist: with %s", async (_, lambda, right) => {
    const { outputInit, shuffle, ...usual } = tiny.settings;
    const settings = { ...usual, train: 60, validation: 0, init: "nielsen", epochs: 60, lambda };
    const figures = await train(settings, 3, { ...(await loadMnist(folder)), backend: cpu });
    const words = "train mnist --hidden 8 --activation sigmoid --init nielsen --optimizer sgd --lr 0.5 --epochs 60";
    const more = `--schedule constant --batch-size 10 --weight-decay ${lambda / 60} --seed 3 --backend cpu --json --data`;
    const { lines } = await dlcc([...words.split(" "), ...more.split(" "), folder]);
    const done = JSON.parse(lines.at(-1) ?? "") as { testAccuracy: number };
    expect(figures?.test?.at(-1)).toBeCloseTo(100 * done.testAccuracy, 4);
    expect(figures?.test?.at(-1)).toBe(right);
  });
});

/** The norms by hand: backpropagation in plain loops over one example after the other, as in the book. */
async function normsByHand({ settings }: GradientRecipe, seed: number): Promise<number[]> {
  const sizes = { inputs: 784, outputs: 10 };
  const state = buildNetwork({ ...settings, ...sizes, seed }).stateDict();
  const { train: digits } = await loadMnist(folder);
  const images = (await digits.images.array()) as number[][];
  const labels = (await digits.labels.array()) as number[];
  const layers = await Promise.all(
    [0, 2, 4].map(async (i) => ({
      w: (await state[`layers.${i}.weight`]?.array()) as number[][],
      b: (await state[`layers.${i}.bias`]?.array()) as number[],
    })),
  );
  const sums = settings.hidden.map((units) => new Array<number>(units).fill(0));
  for (let n = 0; n < settings.examples; n++) {
    const activations: number[][] = [images[n] ?? []];
    for (const { w, b } of layers) {
      const from = activations.at(-1) ?? [];
      const z = w.map((row, j) => row.reduce((sum, weight, k) => sum + weight * from[k]!, b[j]!));
      activations.push(z.map((value) => 1 / (1 + Math.exp(-value))));
    }
    let delta = (activations.at(-1) ?? []).map((a, j) => a - (j === labels[n] ? 1 : 0));
    for (let l = layers.length - 2; l >= 0; l--) {
      const above = layers[l + 1]!.w;
      delta = activations[l + 1]!.map(
        (a, k) => above.reduce((sum, row, j) => sum + row[k]! * delta[j]!, 0) * a * (1 - a),
      );
      delta.forEach((d, k) => {
        sums[l]![k]! += d / settings.examples;
      });
    }
  }
  return sums.map((means) => Math.hypot(...means));
}

describe("gradients", () => {
  test.each([1, 2])("are those of backpropagation by hand, from seed %d", async (seed) => {
    const digits = await loadMnist(folder);
    const { norms } = await gradientNorms(gradients.settings, seed, { ...digits, backend: cpu });
    const byHand = await normsByHand(gradients, seed);
    expect(norms).toHaveLength(2);
    for (const [layer, norm] of (norms ?? []).entries()) expect(norm).toBeCloseTo(byHand[layer] ?? Number.NaN, 6);
  });
});

describe.skipIf(!realFolder)("on the real MNIST (where DLCC_MNIST_DIR says that it is)", () => {
  test("the first epoch of the first network is near the published figure", async () => {
    const recipe = recipes.find(({ name }) => name === "nielsen-1-30") as TrainingRecipe;
    const digits = await loadMnist(realFolder ?? "");
    const figures = await train({ ...recipe.settings, epochs: 1 }, 1, { ...digits, backend: cpu });
    // 91.29 % was published; over seeds the first epoch spreads by about a point.
    expect(Math.abs((figures?.test?.[0] ?? 0) - (recipe.publishedEpochs?.[1] ?? 0))).toBeLessThan(2);
  });

  test("the vanishing gradient of two layers is as published", async () => {
    const { lines } = await dlcc(["reproduce", "nielsen-5-vanishing-2", "--data", realFolder ?? ""]);
    expect(lines.at(-1)).toBe("  it agrees");
  });
});
