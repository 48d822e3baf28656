import type { Command } from "commander";
import { suggestion } from "../suggest.ts";

/** Adds `help`, which takes a command of any depth, such as `help train mnist`: the parser's own takes only the first word. */
export function addHelp(program: Command): void {
  program
    .helpCommand(false)
    .command("help")
    .argument("[command...]", "such as train mnist")
    .summary("explain a command")
    .description("Explains a command, as --help after it does.")
    .action((words: string[]) => {
      let command = program;
      for (const word of words) {
        const next = command.commands.find((candidate) => candidate.name() === word);
        if (!next) {
          const names = command.commands.map((candidate) => candidate.name());
          const guess = suggestion(word, names);
          command.error(`error: unknown command '${word}'${guess === "" ? "" : `\n${guess}`}`, {
            code: "commander.unknownCommand",
          });
          return;
        }
        command = next;
      }
      command.help();
    });
}
