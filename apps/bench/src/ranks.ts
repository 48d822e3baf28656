/**
 * Several ranks of MPI against one process: the time of a step by ranks and by bytes of gradients, how much of it is waiting for
 * others, and how long the library takes for a message. `--json FILE` keeps what the guide's model is checked against.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "./machine.ts";
import type { RankFigures } from "./ranks/figures.ts";
import { cleanEnvironment } from "./roster.ts";

const { values: options } = parseArgs({ options: { json: { type: "string" }, mpirun: { type: "string" } } });
const program = fileURLToPath(new URL("./ranks/program.js", import.meta.url));
const environment = {
  ...cleanEnvironment(),
  // A container lacks ssh, and the call to copy from process to process; and its user is root.
  ...{ OMPI_MCA_plm_rsh_agent: "false", OMPI_MCA_btl_vader_single_copy_mechanism: "none" },
  ...{ OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" },
};

/** The figures of so many ranks by a launcher; without one, of a process with all threads. */
function measure(ranks: number, launcher?: { command: string; options: readonly string[] }): RankFigures {
  const own = [process.execPath, program];
  const words = launcher ? [launcher.command, ...launcher.options, "-n", String(ranks), ...own] : own;
  const [command = "", ...args] = words;
  const { status, stdout, stderr } = spawnSync(command, args, { env: environment, encoding: "utf8" });
  if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}:\n${stderr}`);
  console.error(`measured ${ranks} of ${launcher?.command ?? "no launcher"}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as RankFigures;
}

const launchers = [
  { name: "Open MPI", command: "mpirun.openmpi", options: ["--oversubscribe", "--bind-to", "none"] },
  { name: "MPICH", command: "mpiexec.hydra", options: [] },
].filter(({ command }) => spawnSync(command, ["--version"]).status === 0);
if (launchers.length === 0) {
  console.error("bench ranks: mpirun.openmpi or mpiexec.hydra must be installed: apt-get install openmpi-bin mpich");
  process.exit(1);
}

const about = machine();
const all = [
  { launcher: "none", ...measure(1) },
  ...launchers.flatMap((launcher) =>
    [1, 2, 4].map((ranks) => ({ launcher: launcher.name, ...measure(ranks, launcher) })),
  ),
];
console.log(`${about.cpu}, ${about.cores} cores, Node ${about.node}\n`);
console.log("| ranks | library | threads | hidden | KB of gradients | batch | ms a step | waiting |");
console.log("|--:|---|--:|--:|--:|--:|--:|--:|");
for (const { ranks, library, threads, steps } of all) {
  for (const { hidden, bytes, batch, milliseconds, waiting } of steps) {
    const share = ranks === 1 ? "" : `${(100 * waiting).toFixed(0)} %`;
    console.log(
      `| ${ranks} | ${library} | ${threads} | ${hidden} | ${(bytes / 1000).toFixed(0)} | ${batch} | ${milliseconds.toFixed(2)} | ${share} |`,
    );
  }
}
console.log("\n| ranks | library | KB | ms of an all-reduce | ms of work | one after the other | at the same time |");
console.log("|--:|---|--:|--:|--:|--:|--:|");
for (const { ranks, library, messages } of all.filter((one) => one.messages.length > 0)) {
  for (const { bytes, milliseconds, work, after, overlapped } of messages) {
    console.log(
      `| ${ranks} | ${library} | ${(bytes / 1000).toPrecision(3)} | ${[milliseconds, work, after, overlapped].map((t) => t.toFixed(3)).join(" | ")} |`,
    );
  }
}
if (options.json !== undefined) {
  const { date: _, load: __, commit: ___, ...kept } = about;
  writeFileSync(options.json, `${JSON.stringify({ machine: kept, measured: all }, undefined, 2)}\n`);
}
