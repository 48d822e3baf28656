/** The page's command and program make the same run elsewhere. */
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { minibatches } from "@dlcc/data";
import {
  activations,
  buildNetwork,
  buildOptimizer,
  type Choice,
  type Experiment,
  initializers,
  losses,
  networkOptions,
  optimizers,
  schedules,
  toProgram,
  valueFor,
} from "@dlcc/experiment";
import { embeddedDigits } from "@dlcc/experiment/node";
import { accuracy, evaluate, fit } from "@dlcc/train";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { dlcc } from "./dlcc.ts";
import { accuracyOf, type Site, startSite, train } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

/** Runs a program in a folder with the packages, and returns the accuracy that it prints, in per cent. */
function runProgram(text: string): number {
  const file = path.join(import.meta.dirname, `.program-${process.pid}.mjs`);
  writeFileSync(file, text);
  try {
    const printed = execFileSync(process.execPath, [file], { encoding: "utf8" });
    return Number(/test accuracy (\S+) %/.exec(printed)?.[1] ?? Number.NaN);
  } finally {
    rmSync(file);
  }
}

/** Runs a command without its file, and gives the accuracy, in per cent. */
const runCommand = (text: string): number =>
  100 * dlcc(text.replace(/^dlcc /, "").replace(" --out model.safetensors", "")).testAccuracy;

test.each([
  "hidden=32-relu_16-tanh&epochs=1&dropout=0.1&weightDecay=0.0001&seed=3",
  "hidden=32-relu&epochs=1&augment=usual",
])("the command and the program on the page give the accuracy on the page: %s", async (query) => {
  const { page } = await site.open(`#/train?${query}`);
  await train(page);
  const shown = await accuracyOf(page);
  expect(shown).toBeGreaterThan(80);
  expect(runCommand((await page.getByTestId("command").textContent()) ?? "")).toBeCloseTo(shown, 1);
  expect(runProgram((await page.getByTestId("program").textContent()) ?? "")).toBeCloseTo(shown, 1);
  await page.close();
});

const at = (table: readonly Choice<unknown>[], i: number): string => table[i % table.length]?.name ?? "";

/** The page's run, with the builders that it shares with the command. */
async function accuracyByBuilders(e: Experiment): Promise<number> {
  const { train: learned, test: held } = embeddedDigits();
  const model = buildNetwork(networkOptions(e));
  const loss = valueFor(losses, e.loss);
  const steps = e.epochs * Math.ceil((learned.images.shape[0] ?? 0) / e.batchSize);
  await fit({
    model,
    loss,
    optimizer: buildOptimizer(model, { ...e, steps }),
    epochs: e.epochs,
    batches: (epoch) => minibatches(learned.images, learned.labels, { size: e.batchSize, seed: e.seed, epoch }),
  });
  const batches = minibatches(held.images, held.labels, { size: 250, shuffle: false });
  return (await evaluate({ model, loss, metrics: { accuracy }, batches })).metrics.accuracy;
}

/** Each choice at least once: the initializers are the longest table. */
const combinations = initializers.map(({ name }, i) => [i, at(losses, i), at(optimizers, i), name] as const);

test.each(combinations)("the program makes the page's run (%i): %s, %s, %s", async (i, loss, optimizer, init) => {
  const experiment: Experiment = {
    hidden: Array.from({ length: i % 3 }, (_, j) => ({ units: 12 + j, activation: at(activations, i + j) })),
    loss,
    optimizer,
    lr: 0.01,
    schedule: at(schedules, i),
    batchSize: 100,
    epochs: 1,
    weightDecay: i % 2 ? 0.001 : 0,
    dropout: i % 4 === 1 ? 0.2 : 0,
    init,
    seed: i,
    backend: "cpu",
  };
  const file = path.join(import.meta.dirname, `.program-${i}.mjs`);
  writeFileSync(file, toProgram(experiment, "embedded"));
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await import(/* @vite-ignore */ file);
    const expected = (100 * (await accuracyByBuilders(experiment))).toFixed(2);
    expect(printed).toHaveBeenLastCalledWith(`test accuracy ${expected} %`);
  } finally {
    printed.mockRestore();
    rmSync(file);
  }
});
