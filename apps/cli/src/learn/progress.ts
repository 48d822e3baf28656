/** How far somebody has come in the course: kept in the user's state folder, so that `dlcc learn` says what is next. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { type ChapterName, chapters, exercisesOf } from "@dlcc/course";

/** The chapters that somebody has run, and the exercises that they have solved. */
export interface Progress {
  /** The chapter of the last command. */
  readonly last?: ChapterName | undefined;
  /** The numbers of the exercises that are solved, for each chapter that was run. */
  readonly solved: Readonly<Partial<Record<ChapterName, readonly number[]>>>;
}

/** Its file, in the XDG state folder. */
export function progressFile(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_STATE_HOME || path.join(homedir(), ".local", "state");
  return path.join(base, "dlcc", "learn.json");
}

/** What was kept; nothing, if there is nothing that can be read. */
export function readProgress(): Progress {
  try {
    const { last, solved } = JSON.parse(readFileSync(progressFile(), "utf8")) as Record<string, unknown>;
    const kept = typeof solved === "object" && solved !== null ? (solved as Record<string, unknown>) : {};
    // Only what this program would have written counts: chapters may have come and gone.
    const known = chapters.flatMap(({ name }): [ChapterName, number[]][] => {
      const numbers = Object.hasOwn(kept, name) ? kept[name] : undefined;
      const exercises = exercisesOf(name).map(({ number }) => number);
      return Array.isArray(numbers) ? [[name, exercises.filter((number) => numbers.includes(number))]] : [];
    });
    return { last: chapters.find(({ name }) => name === last)?.name, solved: Object.fromEntries(known) };
  } catch {
    return { solved: {} };
  }
}

/**
 * Adds a chapter that was run, or an exercise that was solved.
 *
 * @returns Whether it could be kept: the folder may be read-only, and that is no reason to stop.
 */
export function keepProgress(chapter: ChapterName, exercise?: number): boolean {
  const { solved } = readProgress();
  const before = solved[chapter] ?? [];
  const now =
    exercise === undefined || before.includes(exercise) ? before : [...before, exercise].sort((a, b) => a - b);
  try {
    mkdirSync(path.dirname(progressFile()), { recursive: true });
    const progress: Progress = { last: chapter, solved: { ...solved, [chapter]: now } };
    writeFileSync(progressFile(), `${JSON.stringify(progress, null, 2)}\n`);
    return true;
  } catch {
    return false;
  }
}

/** How many exercises of a chapter are solved, and how many there are. */
export const countOf = (
  { solved }: Progress,
  chapter: ChapterName,
): { readonly done: number; readonly all: number } => ({
  done: solved[chapter]?.length ?? 0,
  all: exercisesOf(chapter).length,
});

/** Whether all exercises of a chapter are solved. */
export const isDone = (progress: Progress, chapter: ChapterName): boolean => {
  const { done, all } = countOf(progress, chapter);
  return done === all;
};

/** What to do next: the exercises of the chapter where one is, then the first chapter after it that is not done, from the top if need be. */
export function nextCommand(progress: Progress): string | undefined {
  const at = chapters.findIndex(({ name }) => name === progress.last);
  const here = chapters[at];
  if (here && !isDone(progress, here.name)) return `dlcc learn ${here.name} --exercise`;
  const next = [...chapters.slice(at + 1), ...chapters.slice(0, at + 1)].find(({ name }) => !isDone(progress, name));
  return next && `dlcc learn ${next.name}`;
}
