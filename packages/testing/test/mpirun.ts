/**
 * Starts programs by `mpirun`, for the tests that need an MPI. In CI both libraries must be there; elsewhere the tests say which
 * is missing.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { describe, test } from "vitest";

/** An MPI: what starts its programs, under Debian's names first. */
export interface Launcher {
  readonly name: "Open MPI" | "MPICH";
  readonly command: string;
  readonly options: readonly string[];
  /** A file of its library. */
  readonly library: string;
}

const known: readonly (Omit<Launcher, "command"> & { readonly commands: readonly string[]; readonly says: RegExp })[] =
  [
    {
      name: "Open MPI",
      commands: ["mpirun.openmpi", "mpirun"],
      says: /Open MPI|OpenRTE/,
      // More ranks than cores, and the root of a container.
      options: ["--oversubscribe", "--allow-run-as-root"],
      library: "libmpi.so.40",
    },
    {
      name: "MPICH",
      commands: ["mpiexec.hydra", "mpirun.mpich"],
      says: /HYDRA/,
      options: [],
      library: "libmpich.so.12",
    },
  ];

/** The launchers of this machine. */
export const launchers: readonly (Launcher | { readonly name: string; readonly missing: string })[] = known.map(
  ({ commands, says, ...launcher }) => {
    const command = commands.find((name) => says.test(String(spawnSync(name, ["--version"]).stdout)));
    if (command !== undefined) return { ...launcher, command };
    return { name: launcher.name, missing: `${commands.join(" or ")} must be installed` };
  },
);

/** Runs a suite with each MPI. */
export function describeLaunchers(name: string, suite: (launcher: Launcher) => void): void {
  for (const launcher of launchers) {
    if (!("missing" in launcher)) describe(`${name}: ${launcher.name}`, () => suite(launcher));
    else if (process.env.CI) throw new Error(`${launcher.name}: ${launcher.missing}`);
    else test.skip(`${name}: ${launcher.name}: ${launcher.missing}`, () => {});
  }
}

/** A place from which a program finds koffi. */
const place = fileURLToPath(new URL("../../mpi/.generated", import.meta.url));

/** Bundles a program of this folder, from the sources. @returns What Node is to run. */
export async function bundled(program: string): Promise<{ readonly file: string; remove(): void }> {
  const name = `${path.parse(program).name}-${process.pid}`;
  const build = await rolldown({
    input: fileURLToPath(new URL(program, import.meta.url)),
    platform: "node",
    external: ["koffi", /^node:/],
    resolve: { conditionNames: ["@dlcc/source", "import", "default"] },
    onLog: () => {},
  });
  await build.write({ dir: place, entryFileNames: `${name}.js`, chunkFileNames: `${name}-[name].js`, format: "esm" });
  await build.close();
  const remove = (): void => {
    for (const made of readdirSync(place)) if (made.startsWith(name)) rmSync(path.join(place, made));
  };
  return { file: path.join(place, `${name}.js`), remove };
}

/** What a program did. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What keeps Open MPI from looking for what a container lacks: ssh, and a call to copy from process to process. */
const quiet = { OMPI_MCA_plm_rsh_agent: "false", OMPI_MCA_btl_vader_single_copy_mechanism: "none" };

/** No program here takes so long, in milliseconds. */
const longest = 45_000;

/** Starts so many ranks of a program. */
export function launch(
  { command, options }: Launcher,
  ranks: number,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly ended: Promise<Outcome> } {
  const child = spawn(command, [...options, "-n", String(ranks), process.execPath, ...words], {
    env: { ...process.env, NO_COLOR: "1", ...quiet, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    // What hangs fails its test, and leaves no process behind.
    timeout: longest,
  });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  }
  const ended = once(child, "close").then(([code]) => ({ ...texts, code: code as number | null }));
  return { child, ended };
}

/** Runs a program to its end. */
export const mpirun = (...start: Parameters<typeof launch>): Promise<Outcome> => launch(...start).ended;
