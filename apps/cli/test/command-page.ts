/** The page of the command in the guides, drawn from the parser: what `dlcc help` says, as Markdown. */
import type { Command, Option } from "commander";

/** Text of the help in a cell of a table: nothing in it is Markdown or a formula. */
const cell = (text: string): string =>
  text
    .replace(/[|*_$]/g, "\\$&")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .trim();

/** Code in a cell. */
const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

/** A default that depends on other options is described in a line. */
const described = /^\(default: (.+)\)$/m;

/** What an option says, with the names that it takes in lines of their own. */
function about({ description }: Option): string {
  const lines = description.split("\n").filter((line) => line.trim() !== "" && !described.test(line));
  return lines
    .map((line, i) => {
      const [, name, words] = /^ {2}(\S+) +(.+)$/.exec(line) ?? [];
      if (name !== undefined && words !== undefined) return `<br>${code(name)} ${cell(words)}`;
      return `${i === 0 ? "" : "<br>"}${cell(line)}`;
    })
    .join("");
}

const defaultOf = ({ defaultValue, defaultValueDescription, negate, description }: Option): string => {
  const [, words] = described.exec(description) ?? [];
  if (words !== undefined) return cell(words);
  if (defaultValueDescription !== undefined) return cell(defaultValueDescription);
  return defaultValue === undefined || negate ? "" : code(String(defaultValue));
};

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0
    ? []
    : [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).concat("");

/** What a command's help has after its options, such as examples. */
function afterwards(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text.slice(command.helpInformation().length).trim();
}

/** A command with its name as it is typed. */
export interface NamedCommand {
  readonly name: string;
  readonly command: Command;
}

/** All commands below one, each before its parts. */
export const commandsBelow = (command: Command, name: string = command.name()): NamedCommand[] =>
  command.commands.flatMap((part) => {
    const own = `${name} ${part.name()}`;
    return [{ name: own, command: part }, ...commandsBelow(part, own)];
  });

/** The anchor of a heading. */
const anchor = (name: string): string => name.replaceAll(" ", "-");

function section({ name, command }: NamedCommand): string {
  const depth = name.split(" ").length;
  const help = command.createHelp();
  const after = afterwards(command);
  const options = command.options.filter(({ hidden }) => !hidden);
  const usage = `${name} ${command.usage()}`.trim();
  return [
    `${"#".repeat(Math.min(depth, 3))} ${name}`,
    "",
    cell(command.description()),
    "",
    code(usage),
    "",
    ...table(
      ["argument", "what it is"],
      command.registeredArguments
        .filter(({ description }) => description !== "")
        .map((argument) => [code(help.argumentTerm(argument)), cell(argument.description)]),
    ),
    ...table(
      ["option", "what it does", "default"],
      options.map((option) => [code(option.flags), about(option), defaultOf(option)]),
    ),
    ...(after === "" ? [] : ["```text", after, "```", ""]),
  ].join("\n");
}

/** The whole page. */
export function commandPage(program: Command): string {
  const all = commandsBelow(program);
  // A command that only holds others together is shown by those.
  const runnable = all.filter(({ command }) => command.commands.length === 0 || command.name() === "learn");
  return [
    "---\ntitle: The command\n---\n",
    "# The command\n",
    `The \`dlcc\` command trains networks in the terminal, tries them, looks inside, and runs the course. This page is its help, as \`dlcc help\` and \`--help\` print it: each command with its arguments, its options and their defaults. [What it is like to use](../../apps/cli/README.md) is in its README.\n`,
    ...table(
      ["command", "what it does"],
      runnable.map(({ name, command }) => [
        `[${code(name)}](#${anchor(name)})`,
        cell(command.summary() || command.description()),
      ]),
    ),
    `Every command takes ${program.options.map(({ flags, description }) => `${code(flags)} (${cell(description)})`).join(" and ")}, and \`-h, --help\`.\n`,
    ...all.map(section),
  ]
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd()
    .concat("\n");
}
