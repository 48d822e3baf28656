import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import pc from "picocolors";
import { completed } from "./checkpoints.ts";
import { commandLine } from "./command-line.ts";
import { addBench } from "./commands/bench.ts";
import { addConvert } from "./commands/convert.ts";
import { addData, mnistSource } from "./commands/data.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEval } from "./commands/eval.ts";
import { addHelp } from "./commands/help.ts";
import { addLearn } from "./commands/learn.ts";
import { addPredict } from "./commands/predict.ts";
import { addReproduce } from "./commands/reproduce.ts";
import { addSummary } from "./commands/summary.ts";
import { addTrainCsv } from "./commands/train-csv.ts";
import { addTrainMnist } from "./commands/train-mnist.ts";
import type { Context, Surroundings } from "./context.ts";
import { messageOf } from "./message.ts";
import { isFirst, joinWorld, leaveWorld, letFirstSpeak, rankPrefix } from "./ranks.ts";
import { recipes as published } from "./reproduce/recipes.ts";
import { safe } from "./terminal/door.ts";
import { standardKeyboard } from "./terminal/keyboard.ts";
import { survive } from "./terminal/output.ts";
import { standardScreen } from "./terminal/screen.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** A mistyped command or option. */
const usageExitCode = 2;

/** The least width of the explanations beside the names of options: below it they are not wrapped. */
const narrow = 20;

/**
 * Runs the program.
 *
 * @param args The words after `dlcc`; without any, it prints its help.
 * @param write Receives the lines for stdout.
 * @returns The exit code: 0; 1 after an error; 2 for a mistyped command; 130 after Ctrl-C, 143 after SIGTERM.
 */
export async function run(
  args: readonly string[],
  write: (line: string) => void = console.log,
  {
    screen = standardScreen(),
    keyboard = standardKeyboard(),
    mnist = mnistSource,
    recipes = published,
  }: Partial<Surroundings> = {},
): Promise<number> {
  let code = 0;
  const exit = (exitCode: number): void => {
    code ||= exitCode; // The first trouble counts: a command may go on after it, and end well.
  };
  const colour = screen.colour || pc.isColorSupported;
  const say = (line: string): void => {
    if (isFirst()) write(safe(line, colour));
  };
  const complain = (error: unknown): void => {
    const stack = (error instanceof Error && error.stack) || "";
    console.error(`${pc.red("dlcc:")}${rankPrefix()} ${messageOf(error)}`);
    if (args.includes("--verbose")) console.error(pc.dim(safe(stack, false)));
    else console.error(pc.dim("      (--verbose shows where it came from)"));
  };
  const typed = commandLine(["dlcc", ...args]);
  const program = programOf({ write: say, exit, complain, typed, screen, keyboard, mnist, recipes });
  try {
    // Before anything is said: one rank says it.
    if (args.includes("train")) await joinWorld();
    await program.parseAsync(args.length === 0 ? ["--help"] : [...(await completed(args))], { from: "user" });
    await leaveWorld();
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      await leaveWorld();
      return 0;
    }
    await letFirstSpeak();
    if (error instanceof CommanderError) return usageExitCode;
    complain(error);
    return 1;
  }
}

/** All commands. */
export function programOf(context: Context): Command {
  const program = new Command("dlcc")
    .description("The deep learning crash course as a command: train networks, and look inside.")
    .version(version, "-V, --version", "print the version")
    .option("--verbose", "show where an error came from")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void (isFirst() && process.stdout.write(safe(text, pc.isColorSupported))),
      writeErr: (text) => void (isFirst() && process.stderr.write(safe(text, pc.isColorSupported))),
    })
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: narrow })
    .addHelpText(
      "after",
      "\nExamples:\n  dlcc train mnist\n  dlcc train csv FILE --target COLUMN\n  dlcc learn gradient-descent\n  dlcc help train mnist",
    );
  const train = program
    .command("train")
    .description(
      "Trains a network. dlcc train --resume DIR goes on with a run whose checkpoints are in DIR. mpirun -n 4 dlcc train … trains it by four processes, of one machine or of many.",
    )
    .summary("train a network on data");
  addTrainMnist(train, context);
  addTrainCsv(train, context);
  for (const add of [
    addEval,
    addPredict,
    addSummary,
    addConvert,
    addData,
    addBench,
    addDoctor,
    addLearn,
    addReproduce,
  ]) {
    add(program, context);
  }
  addHelp(program);
  pointToHelp(program);
  return program;
}

/** After an error, each command names its own help. */
function pointToHelp(command: Command, path: string = command.name()): void {
  command.showHelpAfterError(`(${path} --help lists all options)`);
  for (const part of command.commands) pointToHelp(part, `${path} ${part.name()}`);
}

/** The entry point of the command that npm installs: the program, with the process around it. */
export async function main(args: readonly string[]): Promise<void> {
  const output = survive(process.stdout, process.stderr);
  const code = await run(args);
  process.exitCode = code === 0 && output.lost ? 1 : code;
}
