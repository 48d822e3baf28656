/**
 * The whole command on the whole of MNIST, against a PyTorch script that does the same work: wall time and accuracy.
 * Start-up, reading the files and judging count, as they do for whoever waits.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cleanEnvironment, pythonWith } from "./roster.ts";
import { spreadOf } from "./statistics.ts";

const { values: options } = parseArgs({
  options: {
    network: { type: "string", default: "mlp" },
    epochs: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "" },
  },
});
const folder = process.env.DLCC_MNIST_DIR;
if (!folder) {
  console.error(
    "bench mnist: DLCC_MNIST_DIR must name the folder of the four files of MNIST: DLCC_MNIST_DIR=folder npm run bench -- mnist",
  );
  process.exit(1);
}

const env = cleanEnvironment();
const python = pythonWith("torch", env);
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const dlcc = (...args: string[]): readonly string[] => [
  process.execPath,
  file("../../cli/bin/dlcc.js"),
  ...["train", "mnist", "--network", options.network, "--data", folder, "--epochs", options.epochs, "--json", ...args],
];
const torch = (threads: string): readonly string[] =>
  python ? [python, file("../mnist/pytorch.py"), folder, options.network, options.epochs, threads, "1"] : [];
const contenders = [
  { title: "dlcc wasm, 1 thread", command: dlcc("--backend", "wasm", "--threads", "1") },
  { title: "dlcc wasm, 2 threads", command: dlcc("--backend", "wasm", "--threads", "2") },
  { title: "dlcc blas, 1 thread", command: dlcc("--backend", "blas", "--threads", "1") },
  { title: "dlcc blas, 2 threads", command: dlcc("--backend", "blas", "--threads", "2") },
  { title: "PyTorch, 1 thread", command: torch("1") },
  { title: "PyTorch, 2 threads", command: torch("2") },
].filter(({ title, command }) => command.length > 0 && new RegExp(options.only).test(title));
if (!python) console.error("no python3 with torch: dlcc runs alone");

/** One run: how long it took, and how many of the test digits were right. */
function run(title: string, [program = "", ...args]: readonly string[]): { seconds: number; accuracy: number } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${title} ended with ${status}:\n${stderr}`);
  const { testAccuracy } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { testAccuracy: number };
  return { seconds: (performance.now() - start) / 1000, accuracy: testAccuracy };
}

// Turn by turn, so that a slow moment of the machine hits all alike.
const results = contenders.map((contender) => ({ ...contender, seconds: [] as number[], accuracy: 0 }));
for (let round = 1; round <= Number(options.rounds); round++) {
  for (const result of results) {
    console.error(`round ${round} of ${options.rounds}: ${result.title}`);
    const { seconds, accuracy } = run(result.title, result.command);
    result.seconds.push(seconds);
    result.accuracy = accuracy;
  }
}
console.log(`${options.network} on MNIST, epochs: ${options.epochs}: wall time of the command, median (min to max)`);
for (const { title, seconds, accuracy } of results) {
  const { min, median, max } = spreadOf(seconds);
  const time = `${median.toFixed(1)} s (${min.toFixed(1)} to ${max.toFixed(1)})`;
  console.log(`${title.padEnd(22)}${time.padEnd(24)}${(100 * accuracy).toFixed(2)} % of the test digits`);
}
