/** The exercises of a chapter in the terminal: asked one by one, from a keyboard or a pipe, and judged. */
import { answerOf, type ChapterName, type Exercise, exercisesOf, judge, letterOf } from "@dlcc/course";
import pc from "picocolors";
import type { Context } from "../context.ts";
import { title, wrapped } from "../terminal/figures.ts";
import { keepProgress, readProgress } from "./progress.ts";

/** What to ask. */
export interface Practice {
  /** The number of one exercise; undefined for all. */
  readonly number?: number | undefined;
  /** An answer to judge, in place of asking. */
  readonly answer?: string | undefined;
  /** Whether to show the hints, in place of asking. */
  readonly hint?: boolean | undefined;
  /** Whether to print JSON. */
  readonly json?: boolean | undefined;
}

/** The exit code after a wrong answer. */
const wrongCode = 1;

/** Words that are no answers. */
const commands = { hint: "hint", answer: "answer", skip: "skip", quit: "quit" } as const;

type Say = Pick<Context, "write" | "screen">;

const indented = (text: string, { screen }: Pick<Context, "screen">, indent = "  "): string[] =>
  wrapped(text.split(" "), " ", Math.min(screen.columns, 80) - indent.length).map((line) => indent + line);

/** The question, with its choices. */
function show({ chapter, number, question, choices = [] }: Exercise, { write, screen }: Say): void {
  write(title(`${chapter}, exercise ${number} of ${exercisesOf(chapter).length}`));
  for (const line of indented(question, { screen })) write(line);
  for (const [i, choice] of choices.entries()) write(`    ${letterOf(i)}  ${choice}`);
}

/** Judges an answer, says so, and keeps a right one. */
function decide(exercise: Exercise, text: string, { write, screen }: Say): boolean {
  const { right, message } = judge(exercise, text);
  if (!right) {
    write(`  ${pc.red("not right")}${message === undefined ? "" : `: ${message}`}`);
    return false;
  }
  write(`  ${pc.green("right:")} ${answerOf(exercise)}`);
  for (const line of indented(exercise.why, { screen })) write(pc.dim(line));
  if (!keepProgress(exercise.chapter, exercise.number))
    write(pc.dim("  (it can't be kept: the state folder can't be written)"));
  return true;
}

/** Asks exercises, or shows and judges as the options say. A wrong answer is exit code 1. */
export async function practise(
  chapter: ChapterName,
  { number, answer, hint = false, json = false }: Practice,
  context: Context,
): Promise<void> {
  const { write, exit } = context;
  const all = exercisesOf(chapter).filter((exercise) => number === undefined || exercise.number === number);
  const [first] = all;
  if (answer !== undefined && first) {
    if (json) {
      const verdict = judge(first, answer);
      if (verdict.right) keepProgress(chapter, first.number);
      else exit(wrongCode);
      write(JSON.stringify({ event: "answer", chapter, number: first.number, ...verdict }));
    } else if (!decide(first, answer, context)) exit(wrongCode);
    return;
  }
  if (json) {
    const { solved } = readProgress();
    for (const { number: n, question, choices, hint: help } of all) {
      const isSolved = solved[chapter]?.includes(n) ?? false;
      write(JSON.stringify({ event: "exercise", chapter, number: n, question, choices, hint: help, solved: isSolved }));
    }
    return;
  }
  if (hint) {
    for (const exercise of all) {
      show(exercise, context);
      for (const line of indented(`hint: ${exercise.hint}`, context)) write(line);
    }
    return;
  }
  await (context.keyboard.isTerminal ? converse(all, context) : examine(all, context));
}

/** The words that help, in a conversation and in a pipe. @returns Whether the line was such a word. */
function help(word: string, exercise: Exercise, { write, screen }: Say): boolean {
  if (word !== commands.hint && word !== commands.answer) return false;
  const text = word === commands.hint ? exercise.hint : `${answerOf(exercise)}. ${exercise.why}`;
  for (const line of indented(text, { screen })) write(line);
  return true;
}

/** With somebody at the keyboard: each exercise that is not solved, until it is, or is left. */
async function converse(all: readonly Exercise[], context: Context): Promise<void> {
  const { write } = context;
  const solved = all.length > 1 ? readProgress().solved : {};
  const open = all.filter(({ chapter, number }) => !solved[chapter]?.includes(number));
  // Who has solved all may solve them again.
  const asked = open.length > 0 ? open : all;
  const lines = context.keyboard.lines()[Symbol.asyncIterator]();
  try {
    for (const exercise of asked) {
      show(exercise, context);
      write(pc.dim("  your answer, or hint, answer, skip, quit:"));
      for (;;) {
        const { value, done } = await lines.next();
        if (done) return;
        const text = value.trim();
        const word = text.toLowerCase();
        if (word === commands.quit) return;
        if (word === commands.skip) break;
        if (text === "") continue;
        if (help(word, exercise, context)) {
          if (word === commands.answer) break;
        } else if (decide(exercise, text, context)) break;
      }
      write("");
    }
    const chapter = asked[0]?.chapter;
    if (chapter) write(`  ${scoreOf(chapter)}`);
  } finally {
    await lines.return?.();
  }
}

/** From a pipe: a line for each exercise, in order. Those that get no answer are shown, and count neither way. */
async function examine(all: readonly Exercise[], context: Context): Promise<void> {
  const { write, exit } = context;
  const lines = context.keyboard.lines()[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (const exercise of all) {
      show(exercise, context);
      while (!ended) {
        const { value, done } = await lines.next();
        ended = done ?? false;
        const text = ended ? "" : value.trim();
        if (text === "") continue;
        if (text.toLowerCase() === commands.skip) break;
        if (help(text.toLowerCase(), exercise, context)) continue;
        write(`  ${pc.dim("answer")} ${text}`);
        if (!decide(exercise, text, context)) exit(wrongCode);
        break;
      }
      write("");
    }
  } finally {
    await lines.return?.();
  }
  const chapter = all[0]?.chapter;
  if (!chapter) return;
  write(`  ${scoreOf(chapter)}`);
  write(pc.dim(`  dlcc learn ${chapter} --exercise 1 --answer 6 judges one`));
}

/** How many of a chapter's exercises are solved. */
function scoreOf(chapter: ChapterName): string {
  const done = readProgress().solved[chapter]?.length ?? 0;
  return `${done} of ${exercisesOf(chapter).length} solved`;
}
