import type { Backend } from "@dlcc/tensor";
import type { Command } from "commander";
import pc from "picocolors";
import { type Case, cases } from "../bench/cases.ts";
import { figureOf, measure } from "../bench/measure.ts";
import type { Context } from "../context.ts";
import { machine } from "../machine.ts";
import { messageOf } from "../message.ts";
import { open } from "../network/backends.ts";
import { threadCount } from "../options.ts";
import { bar } from "../terminal/bars.ts";
import { title, wrapped } from "../terminal/figures.ts";
import type { Screen } from "../terminal/screen.ts";

interface BenchOptions {
  readonly quick?: boolean;
  readonly threads?: number;
  readonly json?: boolean;
}

/** A backend to measure, and the options that choose it. */
interface Contender {
  readonly title: string;
  readonly backend: Backend;
  readonly flags: string;
}

/** The speed of a backend in a case: milliseconds per run, and the figure that is shown. */
interface Result {
  readonly contender: Contender;
  readonly milliseconds: number;
  readonly figure: number;
}

/** The milliseconds for which each backend is measured in each case: enough for a median, and short enough to wait for. */
const [usualBudget, quickBudget] = [400, 20];

/** The default batch size of `dlcc train`: its step decides the recommendation. */
const usualStep = "step-64";
/** A case that is too slow on cpu for `--quick`. */
const largest = "matmul-1024";

/** Adds `bench`. */
export function addBench(program: Command, { write, screen }: Context): void {
  program
    .command("bench")
    .summary("measure the speed of the backends")
    .description(
      "Measures matrix products and training steps on each backend of this machine, and recommends one for training. " +
        "It takes about ten seconds; close other busy programs.",
    )
    .option("--threads <n>", "most threads of the wasm and blas backends (default: one per core, up to 4)", threadCount)
    .option("--quick", "take a few seconds: fewer samples, no large product")
    .option("--json", "print one JSON object, and nothing else")
    .addHelpText("after", "\nExamples:\n  dlcc bench\n  dlcc bench --threads 8 --json")
    .action(async ({ threads, quick = false, json }: BenchOptions) => {
      const { contenders, refused } = await findContenders(threads);
      const results = await measureAll(
        contenders,
        quick ? cases.filter(({ id }) => id !== largest) : cases,
        quick ? quickBudget : usualBudget,
      );
      for (const line of json ? [asJson(results, refused)] : asText(results, refused, screen)) write(line);
    });
}

/** Plain TypeScript, WebAssembly and the machine's BLAS on one thread and on several, and the graphics card. */
async function findContenders(threads?: number): Promise<{ contenders: Contender[]; refused: string[] }> {
  const contenders: Contender[] = [{ ...(await open("cpu")), flags: "--backend cpu" }];
  const refused: string[] = [];
  const counts = threads === 1 ? [1] : [1, threads];
  const others = { wasm: counts, blas: counts, webgpu: [undefined] }; // A card has no threads to choose.
  for (const [name, choices] of Object.entries(others)) {
    try {
      for (const count of choices) {
        const opened = await open(name, count);
        if (contenders.some((contender) => contender.title === opened.title)) continue;
        contenders.push({ ...opened, flags: `--backend ${name}${count === 1 ? " --threads 1" : ""}` });
      }
    } catch (error) {
      if (!refused.includes(messageOf(error))) refused.push(messageOf(error)); // Without WebAssembly, it is the same twice.
    }
  }
  return { contenders, refused };
}

async function measureAll(
  contenders: readonly Contender[],
  chosenCases: readonly Case[],
  budget: number,
): Promise<Map<Case, Result[]>> {
  const results = new Map<Case, Result[]>();
  let done = 0;
  for (const case_ of chosenCases) {
    const row: Result[] = [];
    for (const contender of contenders) {
      progress(`  ${++done}/${chosenCases.length * contenders.length} ${case_.title}: ${contender.title}`);
      const milliseconds = await measure(case_, contender.backend, budget);
      row.push({ contender, milliseconds, figure: figureOf(case_, milliseconds) });
    }
    results.set(case_, row);
  }
  progress("");
  return results;
}

/** A line on stderr that the next one overwrites; only in a terminal. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

const fastest = (row: readonly Result[]): Result =>
  row.reduce((best, result) => (result.milliseconds < best.milliseconds ? result : best));

function recommended(results: ReadonlyMap<Case, Result[]>): Result | undefined {
  for (const [{ id }, row] of results) if (id === usualStep) return fastest(row);
  return undefined;
}

const widestBar = 40;

function asText(results: ReadonlyMap<Case, Result[]>, refused: readonly string[], { columns }: Screen): string[] {
  const lines = [title(`dlcc bench: ${machine()}`)];
  const nameWidth = Math.max(...[...results.values()].flat().map(({ contender }) => contender.title.length));
  const width = Math.max(1, Math.min(widestBar, columns - nameWidth - 16));
  for (const [{ title: what, unit }, row] of results) {
    const best = fastest(row).milliseconds;
    lines.push("", `  ${what} ${pc.dim(`(${unit}, ${unit === "ms" ? "less" : "more"} is better)`)}`);
    for (const { contender, milliseconds, figure } of row) {
      lines.push(
        `    ${contender.title.padEnd(nameWidth)} ${figure.toPrecision(3).padStart(7)} ${bar(best / milliseconds, width)}`,
      );
    }
  }
  const choice = recommended(results);
  lines.push("", pc.dim("  A longer bar is faster."));
  for (const reason of refused) {
    lines.push(...wrapped(`Not measured: ${reason}`.split(" "), " ", columns - 2).map((line) => `  ${line}`));
  }
  if (choice) lines.push(`  Train with ${pc.bold(choice.contender.flags)} on this machine.`);
  return lines;
}

function asJson(results: ReadonlyMap<Case, Result[]>, refused: readonly string[]): string {
  return JSON.stringify({
    event: "bench",
    machine: machine(),
    cases: [...results].map(([{ id, title: what, unit }, row]) => ({
      id,
      title: what,
      unit,
      results: row.map(({ contender, milliseconds, figure }) => ({
        backend: contender.title,
        flags: contender.flags,
        figure,
        milliseconds,
      })),
    })),
    recommended: recommended(results)?.contender.flags,
    refused,
  });
}
