import { replaceFile } from "@dlcc/io/node";
import { printable } from "@dlcc/tensor";
import type { Command } from "commander";
import pc from "picocolors";
import { commandLine } from "../command-line.ts";
import type { Context } from "../context.ts";
import { lessons, type Try } from "../learn/lessons.ts";
import { suggestion } from "../suggest.ts";
import { title, wrapped } from "../terminal/figures.ts";

/** What the chapters are that the course's text doesn't have. */
const beyondTheText = "beyond the course's text";

/** Adds `learn`, with a command for each chapter. */
export function addLearn(program: Command, { write, screen }: Context): void {
  const learn = program
    .command("learn")
    .summary("run a chapter of the crash course")
    .description("Runs chapters of the crash course in the terminal. Alone, it lists them.")
    .argument("[chapter]")
    .action((name: string | undefined) => {
      // Each chapter is its own command, so a word that arrives here is mistyped.
      if (name !== undefined) refuse(learn, name);
      write(title("dlcc learn: the chapters"));
      const width = Math.max(...lessons.map((lesson) => lesson.name.length));
      const first = lessons.find(({ beyond }) => beyond);
      for (const lesson of lessons) {
        if (lesson === first) write(`\n  ${beyondTheText}`);
        write(`  ${lesson.name.padEnd(width)}  ${pc.dim(lesson.question)}`);
      }
      write(`\n  ${pc.dim("such as")} dlcc learn ${lessons[2]?.name}`);
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
      .option("--svg <file>", "save the picture as an SVG")
      .option("--json", "print the numbers as one JSON object, and nothing else")
      .action(async (options: { readonly json?: boolean; readonly svg?: string }) => {
        const { text, lines, next, numbers, picture } = await lesson.run(options as never, screen.columns);
        if (options.svg !== undefined) await replaceFile(options.svg, await picture());
        if (options.json) return write(JSON.stringify({ event: "learn", chapter: lesson.name, ...numbers }));
        write(title(`dlcc learn: ${lesson.name}${lesson.beyond ? `, ${beyondTheText}` : ""}`));
        for (const line of [
          "",
          ...paragraph(text, Math.min(screen.columns, 80) - 2).map((words) => `  ${words}`),
          "",
          ...lines,
          "",
          ...(options.svg === undefined ? [] : [`  the picture is in ${printable(options.svg)}`, ""]),
          "  try next",
        ])
          write(line);
        for (const line of suggestions(lesson.name, given, next)) write(`    ${line}`);
      });
  }
}

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
    .map(({ line, why }) => pc.dim(`${line}${line.length + why.length > 70 ? "" : `   # ${why}`}`));
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
