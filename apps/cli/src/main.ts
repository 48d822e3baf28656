import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import pc from "picocolors";
import { addTrainMnist } from "./commands/train-mnist.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** A mistyped command or option. */
const usageExitCode = 2;

/**
 * Runs the program.
 *
 * @param args The words after `dlcc`.
 * @param write Where lines for stdout go.
 * @returns The exit code: 0; 1 where something went wrong; 2 where the words were; 130 after Ctrl-C.
 */
export async function run(args: readonly string[], write: (line: string) => void = console.log): Promise<number> {
  let code = 0;
  const program = new Command("dlcc")
    .description("Deep learning, the crash course: train networks, and look inside.")
    .version(version, "-V, --version", "print the version")
    .option("--verbose", "show where an error came from")
    .showHelpAfterError("(dlcc --help lists what there is)")
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  const train = program.command("train").description("Trains a network.").summary("train a network on data");
  addTrainMnist(train, write, (exitCode) => {
    code = exitCode;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    console.error(`${pc.red("dlcc:")} ${message}`);
    if (args.includes("--verbose")) console.error(pc.dim(stack ?? ""));
    else console.error(pc.dim("      (--verbose shows where it came from)"));
    return 1;
  }
}
