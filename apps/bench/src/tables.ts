/**
 * A large table through `dlcc train csv`: a million rows of ten columns and a target, one epoch, with the numbers in memory and in
 * parts. Seconds of the processor, of the whole command, and the largest resident set; with another checkout's command in turns.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { Generator } from "@dlcc/tensor";
import { megabytes, type Run, trainer } from "./command.ts";

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "1" },
    against: { type: "string" },
    folder: { type: "string", default: tmpdir() },
    threads: { type: "string", default: "1" },
  },
});

const columns = 10;
/** So many rows are written together. */
const blockRows = 10_000;

/** Writes numbers of a seed, uniform from −50 to 50, and a weighted sum of them. */
function writeTable(file: string, rows: number): void {
  const generator = new Generator(1);
  const descriptor = openSync(file, "w");
  writeSync(descriptor, `${Array.from({ length: columns }, (_, k) => `x${k}`).join(",")},y\n`);
  for (let first = 0; first < rows; first += blockRows) {
    const lines = Array.from({ length: Math.min(blockRows, rows - first) }, () => {
      const numbers = Array.from({ length: columns }, () => 100 * generator.uniform() - 50);
      const sum = numbers.reduce((all, value, k) => all + value * (k - 4), 0);
      return [...numbers, sum].map((value) => value.toFixed(4)).join(",");
    });
    writeSync(descriptor, `${lines.join("\n")}\n`);
  }
  closeSync(descriptor);
}

/** Where the numbers are. */
const ways = { "in memory": "--no-stream", "in parts": "--stream" } as const;
type Way = keyof typeof ways;

/** The run that took the fewest seconds of the processor: what else runs on the machine can only add to them. */
const best = (runs: readonly Run[]): Run => runs.reduce((least, run) => (run.cpu < least.cpu ? run : least));

const folder = mkdtempSync(path.join(options.folder, "dlcc-tables-"));
try {
  const file = path.join(folder, "table.csv");
  writeTable(file, Number(options.rows));
  const { against, threads } = options;
  const commands = [
    { name: "this", train: trainer({ cache: folder, threads }) },
    ...(against === undefined
      ? []
      : [{ name: "against", train: trainer({ cache: folder, threads, command: path.resolve(against) }) }]),
  ];
  const found = commands.map(() => ({ "in memory": [] as Run[], "in parts": [] as Run[] }));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const way of Object.keys(ways) as Way[]) {
      commands.forEach(({ train }, i) => {
        // The same network for all, whatever their defaults are.
        found[i]?.[way].push(train("csv", file, "--target", "y", "--hidden", "32", "--epochs", "1", ways[way]));
      });
    }
  }
  console.log(
    `CSV, ${Number(options.rows).toLocaleString("en-US")} rows of ${columns} columns: ${columns}-32-1, one epoch`,
  );
  for (const way of Object.keys(ways) as Way[]) {
    const runs = found.map((of) => best(of[way]));
    runs.forEach(({ cpu, memory }, i) => {
      console.log(
        `  ${way.padEnd(10)} ${(commands[i]?.name ?? "").padEnd(8)} ${cpu.toFixed(1)} s of the processor, ${megabytes(memory)} at the peak`,
      );
    });
    const [own, other] = runs;
    if (own && other)
      console.log(
        `  ${way.padEnd(10)} this / against: ${(own.cpu / other.cpu).toFixed(2)} of the time, ${(own.memory / other.memory).toFixed(2)} of the memory`,
      );
  }
} finally {
  rmSync(folder, { recursive: true });
}
