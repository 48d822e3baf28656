import { replaceFile } from "@dlcc/io/node";
import { printable } from "@dlcc/tensor";
import { type Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { commandLine } from "../command-line.ts";
import type { Context } from "../context.ts";
import { practise } from "../learn/exercise.ts";
import { type LearnCommand, lessons, type Try } from "../learn/lessons.ts";
import { countOf, isDone, keepProgress, nextCommand, type Progress, readProgress } from "../learn/progress.ts";
import { wholeFrom } from "../options.ts";
import { suggestion } from "../suggest.ts";
import { title, wrapped } from "../terminal/figures.ts";

/** What the chapters are that the course's text doesn't have. */
const beyondTheText = "beyond the course's text";

/** The options that every chapter has. */
interface Options {
  readonly json?: boolean;
  readonly svg?: string;
  /** The number of an exercise, or true for all. */
  readonly exercise?: number | true;
  readonly answer?: string;
  readonly hint?: boolean;
}

/** Adds `learn`, with a command for each chapter. */
export function addLearn(program: Command, context: Context): void {
  const { write, screen } = context;
  const learn = program
    .command("learn")
    .summary("run a chapter of the crash course")
    .description(
      "Runs chapters of the crash course in the terminal. Alone, it lists them, and says where you are and what is next.",
    )
    .argument("[chapter]")
    .action((name: string | undefined) => {
      // Each chapter is its own command, so a word that arrives here is mistyped.
      if (name !== undefined) refuse(learn, name);
      for (const line of overview(readProgress())) write(line);
    });
  for (const lesson of lessons) {
    const command = learn
      .command(lesson.name)
      .summary(lesson.question)
      .description(
        `A chapter of the course${lesson.beyond ? `, ${beyondTheText}` : ""}. ${lesson.title}: ${lesson.question}`,
      );
    lesson.options(command);
    const given = new Map<string, string>();
    for (const option of command.options) {
      command.on(`option:${option.name()}`, (text: string) => given.set(option.long ?? "", text));
    }
    command
      .option("--exercise [n]", "ask the exercises, or the nth alone", exerciseOf(lesson))
      .option("--answer <text>", "with --exercise n: judge this answer; the exit code is 1 if it is wrong")
      .option("--hint", "with --exercise: show the hints")
      .option("--svg <file>", "save the picture as an SVG")
      .option("--json", "print the numbers as one JSON object, and nothing else")
      .action(async (options: Options) => {
        const { exercise, answer, hint, json, svg } = options;
        if (exercise !== undefined) {
          const number = exercise === true ? undefined : exercise;
          if (answer !== undefined && number === undefined) {
            command.error("error: --answer must come with the number of an exercise, such as --exercise 1");
          }
          return practise(lesson.name, { number, answer, hint, json }, context);
        }
        if (answer !== undefined || hint) {
          command.error(`error: ${hint ? "--hint" : "--answer"} must come with --exercise`);
        }
        const { text, lines, next, numbers, picture } = await lesson.run(options as never, screen.columns);
        if (svg !== undefined) await replaceFile(svg, await picture());
        if (json) return write(JSON.stringify({ event: "learn", chapter: lesson.name, ...numbers }));
        keepProgress(lesson.name);
        write(title(`dlcc learn: ${lesson.name}${lesson.beyond ? `, ${beyondTheText}` : ""}`));
        for (const line of [
          "",
          ...paragraph(text, Math.min(screen.columns, 80) - 2).map((words) => `  ${words}`),
          "",
          ...lines,
          "",
          ...(svg === undefined ? [] : [`  the picture is in ${printable(svg)}`, ""]),
          ...place(lesson, readProgress()),
          "",
          "  try next",
        ])
          write(line);
        for (const line of suggestions(lesson.name, given, next)) write(`    ${line}`);
      });
  }
}

/** The list of chapters, with a mark for those whose exercises are solved and for the last one; where one is, and what is next. */
function overview(progress: Progress): string[] {
  const width = Math.max(...lessons.map((lesson) => lesson.name.length));
  const firstBeyond = lessons.find(({ beyond }) => beyond);
  const markOf = ({ name }: LearnCommand): string =>
    isDone(progress, name) ? "✓" : name === progress.last ? "▸" : progress.solved[name] ? "·" : " ";
  const list = lessons.flatMap((lesson) => [
    ...(lesson === firstBeyond ? [`\n  ${beyondTheText}`] : []),
    `${markOf(lesson)} ${lesson.name.padEnd(width)}  ${pc.dim(lesson.question)}`,
  ]);
  return [title("dlcc learn: the chapters"), ...list, "", ...whereabouts(progress)];
}

/** Where one is, and what is next. */
function whereabouts(progress: Progress): string[] {
  const at = lessons.findIndex(({ name }) => name === progress.last);
  const here = lessons[at];
  if (!here) {
    const first = lessons[0]?.name;
    return [
      `  ${pc.dim("begin with")} dlcc learn ${first}`,
      `  ${pc.dim("exercises")}  dlcc learn ${first} --exercise`,
    ];
  }
  const { done, all } = countOf(progress, here.name);
  const next = nextCommand(progress);
  return [
    `  ${pc.dim("✓ all exercises solved   ▸ you are here   · begun")}`,
    `  ${pc.dim("you are at")} ${here.name}, chapter ${at + 1} of ${lessons.length}: ${done} of ${all} solved`,
    next === undefined
      ? `  ${pc.dim("you have solved all of them:")} dlcc reproduce`
      : `  ${pc.dim("next")}       ${next}`,
  ];
}

/** Below a chapter: which it is, its exercises, and the chapter after it. */
function place(lesson: LearnCommand, progress: Progress): string[] {
  const at = lessons.indexOf(lesson);
  const { done, all } = countOf(progress, lesson.name);
  const after = lessons[at + 1];
  const rows = [
    [`dlcc learn ${lesson.name} --exercise`, `${all} exercises, ${done} solved`],
    ...(after ? [[`dlcc learn ${after.name}`, "the next chapter"]] : []),
  ];
  const width = Math.max(...rows.map(([line = ""]) => line.length));
  return [
    `  chapter ${at + 1} of ${lessons.length}`,
    ...rows.map(([line = "", why]) => pc.dim(`    ${line.padEnd(width)}   # ${why}`)),
  ];
}

/** The number of an exercise that a chapter has. */
const exerciseOf =
  ({ name }: LearnCommand) =>
  (text: string): number => {
    const { all } = countOf({ solved: {} }, name);
    const number = wholeFrom(1)(text);
    if (number > all) throw new InvalidArgumentError(`It must be ${all} at most.`);
    return number;
  };

/** Marks a space at which no line breaks. */
const joined = "\u00a0";

/** Lines of text as one paragraph. A formula stays on one line: no line breaks before or after a sign. */
const paragraph = (text: readonly string[], columns: number): string[] =>
  wrapped(
    text
      .join(" ")
      .replace(/ ([=+−≈→·]) /g, `${joined}$1${joined}`)
      .split(" "),
    " ",
    columns,
  ).map((line) => line.replaceAll(joined, " "));

/** Commands to type next: the given options with changes, unless that is the command that just ran. */
function suggestions(chapter: string, given: ReadonlyMap<string, string>, next: readonly Try[]): string[] {
  const typed = ([...words]: Iterable<readonly [string, string]>): string =>
    commandLine(["dlcc", "learn", chapter, ...words.flat()]);
  const before = typed(given);
  const lines = next.map(([changes, why]) => ({ line: typed(new Map([...given, ...Object.entries(changes)])), why }));
  return lines
    .filter(({ line }) => line !== before)
    .flatMap(({ line, why }) => (line.length + why.length > 70 ? [line, `  # ${why}`] : [`${line}   # ${why}`]))
    .map(pc.dim);
}

/** Ends the command with an error: the chapter is unknown. */
function refuse(learn: Command, name: string): void {
  const guess = suggestion(
    name,
    lessons.map((lesson) => lesson.name),
  );
  learn.error(`error: unknown chapter '${name}'${guess === "" ? "" : `\n${guess}`}`, {
    code: "commander.unknownCommand",
  });
}
