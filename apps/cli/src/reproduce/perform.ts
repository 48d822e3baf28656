import { machine } from "../machine.ts";
import { ProgressBar } from "../terminal/progress.ts";
import { gradientNorms } from "./gradients.ts";
import { checkDigits, type Laboratory } from "./laboratory.ts";
import type { Recipe, Run } from "./recipe.ts";
import { stepsPerEpoch, train } from "./train.ts";

/**
 * Runs a recipe from one seed, with a progress bar in a terminal.
 *
 * @returns Undefined if the signal ended it.
 * @throws if the data are not those of the recipe.
 */
export async function perform(
  recipe: Recipe,
  seed: number,
  laboratory: Laboratory,
  signal: AbortSignal,
): Promise<Run | undefined> {
  checkDigits(recipe, laboratory);
  const started = performance.now();
  const figures =
    recipe.kind === "training"
      ? await watched(recipe.settings.epochs * stepsPerEpoch(recipe.settings), (bar) =>
          train(recipe.settings, seed, laboratory, { signal, onProgress: (position) => bar.update(position) }),
        )
      : await gradientNorms(recipe.settings, seed, laboratory);
  if (!figures) return undefined;
  return {
    recipe: recipe.name,
    seed,
    settings: recipe.settings,
    figures,
    seconds: Number(((performance.now() - started) / 1000).toFixed(2)),
    date: new Date().toISOString().slice(0, "2026-01-01".length),
    backend: laboratory.title.replace(/ \(.*\)$/, ""), // without the reason for choosing it
    machine: machine(),
  };
}

/** Does something that has a progress bar. */
async function watched<T>(steps: number, work: (bar: ProgressBar) => Promise<T>): Promise<T> {
  const bar = new ProgressBar(steps);
  try {
    return await work(bar);
  } finally {
    bar.close();
  }
}
