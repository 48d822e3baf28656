/** `dlcc train` in a process of its own, and what it took. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "./roster.ts";

/** What a run took. */
export interface Run {
  /** Milliseconds. */
  readonly step: number;
  /** The largest resident set, in bytes. */
  readonly memory: number;
  readonly steps: number;
  /** Seconds of the processor, of the whole command: what other programs on the machine don't change much. */
  readonly cpu: number;
  /** Of the whole command. */
  readonly seconds: number;
}

/** Says at the end how much memory there was at the most, in kilobytes, and the time of the processor, in microseconds. */
const watcher = `data:text/javascript,${encodeURIComponent(`
  process.on("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    process.stderr.write("maxRSS " + maxRSS + " cpu " + (userCPUTime + systemCPUTime) + "\\n");
  });`)}`;
/** This checkout's command. */
const ours = fileURLToPath(new URL("../../cli/bin/dlcc.js", import.meta.url));

/** How `dlcc train` is run. */
export interface TrainerOptions {
  /** The folder for its temporary files. */
  readonly cache: string;
  readonly threads: string;
  /** The command's file. Default: this checkout's. */
  readonly command?: string;
}

/** Runs `dlcc train` with some words. @throws {Error} if it fails. */
export function trainer({ cache, threads, command = ours }: TrainerOptions): (...args: readonly string[]) => Run {
  const env = { ...cleanEnvironment(), XDG_CACHE_HOME: cache };
  return (...args) => {
    const begin = performance.now();
    const common = ["--json", "--backend", "wasm", "--threads", threads];
    const words = ["--import", watcher, command, "train", ...args, ...common];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { env, encoding: "utf8" });
    if (status !== 0) throw new Error(`dlcc train ${args.join(" ")} ended with ${status}:\n${stderr}`);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string; stepsPerEpoch: number; epochs: number; seconds: number });
    const [start, done] = [events[0], events.at(-1)];
    if (!start || !done) throw new Error(`dlcc train ${args.join(" ")} said nothing`);
    const steps = start.stepsPerEpoch * start.epochs;
    const [, memory, cpu] = /maxRSS (\d+) cpu (\d+)/.exec(stderr) ?? [];
    return {
      step: (1000 * done.seconds) / steps,
      memory: 1024 * Number(memory),
      steps,
      cpu: Number(cpu) / 1e6,
      seconds: (performance.now() - begin) / 1000,
    };
  };
}

/** Bytes, for people. */
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
