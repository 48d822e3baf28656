/** The launchers of MPI programs, for the tests that need one. In CI both must be there; elsewhere the tests say which is missing. */
import { spawnSync } from "node:child_process";
import { describe, test } from "vitest";

/** What starts ranks, under Debian's names first. */
export interface Launcher {
  readonly name: string;
  readonly command: string;
  readonly options: readonly string[];
}

const known = [
  {
    name: "Open MPI",
    commands: ["mpirun.openmpi", "mpirun"],
    says: /Open MPI|OpenRTE/,
    // More ranks than cores, the root of a container, and neither ssh nor copies from process to process, which it lacks.
    options: [
      ...["--oversubscribe", "--allow-run-as-root"],
      ...["--mca", "plm_rsh_agent", "false", "--mca", "btl_vader_single_copy_mechanism", "none"],
    ],
  },
  { name: "MPICH", commands: ["mpiexec.hydra", "mpirun.mpich"], says: /HYDRA/, options: [] },
];

/** Runs a suite with each. */
export function describeLaunchers(name: string, suite: (launcher: Launcher) => void): void {
  for (const { name: mpi, commands, says, options } of known) {
    const command = commands.find((one) => says.test(String(spawnSync(one, ["--version"]).stdout)));
    const title = `${name}: ${mpi}`;
    if (command !== undefined) describe(title, () => suite({ name: mpi, command, options }));
    else if (process.env.CI) throw new Error(`${title}: ${commands.join(" or ")} must be installed`);
    else test.skip(`${title}: ${commands.join(" or ")} is not installed`, () => {});
  }
}
