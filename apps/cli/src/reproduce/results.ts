/** A file of results: one run per line, in JSON. The runs in it are not repeated. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { Recipe, Run } from "./recipe.ts";

/** Reads the runs in a file; none, if the file does not exist. @throws if a line is not a run. */
export function readResults(file: string): Run[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, i) => (line.trim() === "" ? [] : [parseRun(line, `${file}, line ${i + 1}`)]));
}

function parseRun(line: string, place: string): Run {
  let run: Partial<Run> | null;
  try {
    run = JSON.parse(line) as Partial<Run> | null;
  } catch {
    run = null;
  }
  const complete =
    typeof run?.recipe === "string" &&
    Number.isInteger(run.seed) &&
    typeof run.settings === "object" &&
    typeof run.figures === "object" &&
    Number.isFinite(run.seconds);
  if (complete) return run as Run;
  throw new Error(`${place}: the line must be a result of dlcc reproduce: remove it, or name another file`);
}

/** Adds a run to a file. Without a run, it only checks that the file can be written. */
export function appendResult(file: string, run?: Run): void {
  try {
    appendFileSync(file, run ? `${JSON.stringify(run)}\n` : "");
  } catch (cause) {
    throw new Error(`the results can't be written to ${file}: ${(cause as Error).message}`, { cause });
  }
}

/** The last run of a recipe from a seed; undefined if the recipe has changed since. */
export const findRun = (runs: readonly Run[], { name, settings }: Recipe, seed: number): Run | undefined =>
  runs.findLast((run) => run.recipe === name && run.seed === seed && isDeepStrictEqual(run.settings, settings));
