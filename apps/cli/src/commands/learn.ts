import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import pc from "picocolors";
import { commandLine } from "../command-line.ts";
import { activations } from "../learn/activations.ts";
import { backpropagation } from "../learn/backpropagation.ts";
import type { Chapter, Try } from "../learn/chapter.ts";
import { overfitting, unstableGradients } from "../learn/deep.ts";
import { derivative } from "../learn/derivative.ts";
import { gradient } from "../learn/gradient.ts";
import { gradientDescent } from "../learn/gradient-descent.ts";
import { losses } from "../learn/losses.ts";
import { multilayer } from "../learn/multilayer.ts";
import { perceptron } from "../learn/perceptron.ts";
import { linearRegression, stochastic } from "../learn/regression.ts";
import { softmax } from "../learn/softmax.ts";
import { suggestion } from "../suggest.ts";
import { title, wrapped } from "../terminal/figures.ts";
import type { Screen } from "../terminal/screen.ts";

/** In the order of the course. */
const chapters: readonly Chapter[] = [
  derivative,
  gradient,
  gradientDescent,
  linearRegression,
  stochastic,
  perceptron,
  multilayer,
  activations,
  losses,
  softmax,
  backpropagation,
  overfitting,
  unstableGradients,
];

/** Adds `learn`, with a command for each chapter. */
export function addLearn(program: Command, write: (line: string) => void, screen: Screen): void {
  const learn = program
    .command("learn")
    .summary("run a chapter of the crash course")
    .description("Runs chapters of the crash course in the terminal. Alone, it lists them.")
    .argument("[chapter]")
    .action((name: string | undefined) => {
      // A chapter is a command of its own, so what arrives here is none, or mistyped.
      if (name !== undefined) complain(learn, name);
      write(title("dlcc learn: the chapters"));
      const width = Math.max(...chapters.map((chapter) => chapter.name.length));
      for (const chapter of chapters) write(`  ${chapter.name.padEnd(width)}  ${pc.dim(chapter.about)}`);
      write(`\n  ${pc.dim("such as")} dlcc learn ${chapters[2]?.name}`);
    });
  for (const chapter of chapters) {
    const command = learn
      .command(chapter.name)
      .summary(chapter.about)
      .description(`The course's chapter: ${chapter.about}.`);
    chapter.options(command);
    const given = new Map<string, string>();
    for (const option of command.options) {
      command.on(`option:${option.name()}`, (text: string) => given.set(option.long ?? "", text));
    }
    command
      .option("--svg <file>", "save the picture, as an SVG")
      .option("--json", "the numbers, as one JSON object, and nothing else")
      .action(async (options: { readonly json?: boolean; readonly svg?: string }) => {
        const { text, lines, next, numbers, picture } = chapter.run(options as never, screen.columns);
        if (options.svg !== undefined) await save(options.svg, await picture());
        if (options.json) return write(JSON.stringify({ event: "learn", chapter: chapter.name, ...numbers }));
        write(title(`dlcc learn: ${chapter.name}`));
        for (const line of [
          "",
          ...paragraph(text, Math.min(screen.columns, 80) - 2).map((words) => `  ${words}`),
          "",
          ...lines,
          "",
          ...(options.svg === undefined ? [] : [`  the picture is in ${options.svg}`, ""]),
          "  try next",
        ])
          write(line);
        for (const line of suggestions(chapter.name, given, next)) write(`    ${line}`);
      });
  }
}

/** Writes a picture; where that fails, the file is named first, so that the rest can be said in plain words. */
async function save(file: string, svg: string): Promise<void> {
  try {
    await writeFile(file, svg);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new Error(`${file}: there is no such folder to save the picture in`);
    }
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

/** What stands for a space that no line ends at. */
const joined = "\u00a0";

/** Lines of text as one paragraph. A formula stays in one line: nothing ends before or after a sign. */
const paragraph = (text: readonly string[], columns: number): string[] =>
  wrapped(
    text
      .join(" ")
      .replace(/ ([=+−≈→·]) /g, `${joined}$1${joined}`)
      .split(" "),
    " ",
    columns,
  ).map((line) => line.replaceAll(joined, " "));

/** Commands to type next: the options that were given, with changes, unless they are what was just run. */
function suggestions(chapter: string, given: ReadonlyMap<string, string>, next: readonly Try[]): string[] {
  const typed = ([...words]: Iterable<readonly [string, string]>): string =>
    commandLine(["dlcc", "learn", chapter, ...words.flat()]);
  const before = typed(given);
  const lines = next.map(([changes, why]) => ({ line: typed(new Map([...given, ...Object.entries(changes)])), why }));
  return lines
    .filter(({ line }) => line !== before)
    .map(({ line, why }) => pc.dim(`${line}${line.length + why.length > 70 ? "" : `   # ${why}`}`));
}

function complain(learn: Command, name: string): void {
  const guess = suggestion(
    name,
    chapters.map((chapter) => chapter.name),
  );
  learn.error(`error: unknown chapter '${name}'${guess === "" ? "" : `\n${guess}`}`, {
    code: "commander.unknownCommand",
  });
}
