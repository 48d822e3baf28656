import { type Command, Option } from "commander";
import pc from "picocolors";
import type { Context } from "../context.ts";
import { cacheFolder } from "../digits/find.ts";
import { type Interrupt, untilInterrupted } from "../interrupt.ts";
import { backendOption, threadCount, wholeFrom } from "../options.ts";
import { compare } from "../reproduce/compare.ts";
import { openLaboratory } from "../reproduce/laboratory.ts";
import { perform } from "../reproduce/perform.ts";
import type { Recipe, Run } from "../reproduce/recipe.ts";
import { jsonReport, markdownReport, type Report, textReport } from "../reproduce/report.ts";
import { appendResult, findRun, readResults } from "../reproduce/results.ts";
import { suggestion } from "../suggest.ts";
import { title } from "../terminal/figures.ts";

interface ReproduceOptions {
  readonly list?: boolean;
  readonly all?: boolean;
  readonly seeds?: number;
  readonly results?: string;
  readonly training: boolean;
  readonly data?: string;
  readonly backend: string;
  readonly threads: number;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** Adds `reproduce`. */
export function addReproduce(program: Command, { write, exit, recipes }: Context): void {
  const command = program
    .command("reproduce")
    .summary("run published experiments, and compare the results")
    .description(
      "Trains the networks of Nielsen's book, of LeCun's table and of PyTorch's example with their own settings, and compares the results with the published ones. " +
        "Without an argument, it lists the experiments.\n\n" +
        `It needs all 70,000 digits: from --data, else from the folder in DLCC_MNIST_DIR, else from the cache (${cacheFolder()}), where dlcc data fetch mnist puts them.`,
    )
    .argument("[experiment...]", "names from --list")
    .option("--list", "list the experiments")
    .option("--all", "run all of them")
    .option("--seeds <n>", "use the seeds 1 to n (default: 3, or the experiment's own number)", wholeFrom(1))
    .option("--results <file>", "keep the results in a file, and don't repeat those in it")
    .option("--no-training", "only show the results in the file, and list missing experiments")
    .option("--data <dir>", "a folder with the four MNIST files, plain or .gz");
  backendOption(command);
  command
    .option("--threads <n>", "threads of the wasm backend: small batches gain nothing", threadCount, 1)
    .option("--json", "print one JSON object per line, and nothing else")
    .addOption(new Option("--markdown", "print a page of Markdown, and nothing else").conflicts("json"))
    .addHelpText(
      "after",
      "\nExamples:\n  dlcc reproduce nielsen-1-30\n  dlcc reproduce nielsen-5-vanishing-4 --seeds 50\n  dlcc reproduce --all --results results.jsonl",
    )
    .action(async (names: string[], options: ReproduceOptions) => {
      const chosen = options.all ? recipes : names.map((name) => find(command, recipes, name));
      if (options.list || chosen.length === 0) return list(recipes, options.json ?? false, write);
      if (!options.training && options.results === undefined) {
        command.error("error: option '--no-training' needs --results <file>, whose results it shows");
      }
      exit(await reproduce(chosen, options, write));
    });
}

function find(command: Command, recipes: readonly Recipe[], name: string): Recipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  const guess = suggestion(
    name,
    recipes.map((recipe) => recipe.name),
  );
  return command.error(`error: unknown experiment '${name}'${guess === "" ? "" : `\n${guess}`}`, {
    code: "commander.invalidArgument",
  });
}

function list(recipes: readonly Recipe[], asJson: boolean, write: (line: string) => void): void {
  if (asJson) {
    write(JSON.stringify({ event: "recipes", recipes }));
    return;
  }
  write(title("dlcc reproduce: the experiments"));
  const width = Math.max(...recipes.map(({ name }) => name.length));
  for (const { name, about } of recipes) write(`  ${name.padEnd(width)}  ${pc.dim(about)}`);
  write(`\n  ${pc.dim("such as")} dlcc reproduce ${recipes[0]?.name}`);
}

/** An experiment, and the known runs of its seeds. */
interface Plan {
  readonly recipe: Recipe;
  readonly seeds: readonly { readonly seed: number; readonly run: Run | undefined }[];
}

function planOf(recipe: Recipe, kept: readonly Run[], { seeds = recipe.seeds, training }: ReproduceOptions): Plan {
  const all = Array.from({ length: seeds }, (_, i) => ({ seed: i + 1, run: findRun(kept, recipe, i + 1) }));
  return { recipe, seeds: training ? all : all.filter(({ run }) => run) };
}

/** Runs experiments, and reports progress. @returns The exit code. */
async function reproduce(
  recipes: readonly Recipe[],
  options: ReproduceOptions,
  write: (line: string) => void,
): Promise<number> {
  const { results } = options;
  const kept = results === undefined ? [] : readResults(results);
  const plans = recipes.map((recipe) => planOf(recipe, kept, options));
  const complete = plans.every(({ seeds }) => seeds.every(({ run }) => run));
  if (!complete && results !== undefined) appendResult(results); // before an hour of training, not after
  const laboratory = complete ? undefined : await openLaboratory(options);
  const report = reportOf(options, write);
  const interrupt = untilInterrupted();
  try {
    for (const { recipe, seeds } of plans) {
      report.begin(recipe, seeds.length || recipe.seeds);
      const runs: Run[] = [];
      for (const { seed, run: known } of seeds) {
        const run = known ?? (laboratory && (await perform(recipe, seed, laboratory, interrupt.signal)));
        if (!run || interrupt.signal.aborted) return interrupted(interrupt, results);
        if (!known && results !== undefined) appendResult(results, run);
        report.run(recipe, run, known !== undefined);
        runs.push(run);
      }
      report.compared(recipe, runs, runs.length === 0 ? undefined : compare(recipe, runs));
    }
    report.end();
    return 0;
  } finally {
    interrupt.end();
  }
}

function reportOf({ json, markdown }: ReproduceOptions, write: (line: string) => void): Report {
  if (json) return jsonReport(write);
  return markdown ? markdownReport(write) : textReport(write);
}

function interrupted({ what, exitCode }: Interrupt, results: string | undefined): number {
  console.error(
    results === undefined
      ? `${what}: nothing was kept (--results FILE keeps results)`
      : `${what}: the finished seeds are in ${results}`,
  );
  return exitCode;
}
