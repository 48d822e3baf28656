/** The page of results in the guides is the command's output for the committed results. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { recipes } from "../src/reproduce/recipes.ts";
import { readResults } from "../src/reproduce/results.ts";
import { dlcc, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const inDocs = (file: string): string => fileURLToPath(new URL(`../../../docs/${file}`, import.meta.url));
const results = inDocs("results/reproduce.jsonl");
const page = readFileSync(inDocs("guide/reproduced.md"), "utf8");

test("the page is the output of the command, from the results", async () => {
  const { code, lines } = await dlcc(["reproduce", "--all", "--results", results, "--no-training", "--markdown"]);
  expect(code).toBe(0);
  expect(`${lines.join("\n")}\n`).toBe(page);
});

test("its sections are the recipes, in their order", () => {
  const sections = [...page.matchAll(/^### (.+)$/gm)].map(([, name]) => name);
  expect(sections).toEqual(recipes.map(({ name }) => name));
});

test("the results fit the current recipes: settings, seeds from 1 on, all epochs", () => {
  for (const run of readResults(results)) {
    const recipe = recipes.find(({ name }) => name === run.recipe);
    expect(run.settings, run.recipe).toEqual(recipe?.settings);
    if (recipe?.kind === "gradients") expect(run.figures.norms).toHaveLength(recipe.settings.hidden.length);
    else expect(run.figures.test).toHaveLength(recipe?.settings.epochs ?? 0);
  }
  for (const { name, seeds } of recipes) {
    const found = readResults(results).filter(({ recipe }) => recipe === name);
    expect(found.map(({ seed }) => seed).sort((a, b) => a - b)).toEqual(found.map((_, i) => i + 1));
    expect(found.length).toBeLessThanOrEqual(seeds);
  }
});
