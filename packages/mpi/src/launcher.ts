/** What started this process: a launcher such as mpirun says so in environment variables. */

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A launcher that has started this process. */
export interface Launcher {
  /** For people. */
  readonly name: string;
  /** How many processes it has started; undefined if it does not say. */
  readonly size: number | undefined;
  /** Whose libraries it suits, if it is of one: the name of a family. */
  readonly family: "Open MPI" | "MPICH" | undefined;
}

/** Each launcher: the variable by which it is known, and those with the number of processes. */
const launchers: readonly {
  readonly name: string;
  readonly family: Launcher["family"];
  readonly mark: string;
  readonly size: readonly string[];
}[] = [
  { name: "Open MPI's mpirun", family: "Open MPI", mark: "OMPI_COMM_WORLD_SIZE", size: ["OMPI_COMM_WORLD_SIZE"] },
  { name: "MVAPICH's mpirun", family: "MPICH", mark: "MV2_COMM_WORLD_SIZE", size: ["MV2_COMM_WORLD_SIZE"] },
  // Hydra, of MPICH and Intel MPI; and Slurm with PMI-2, by which all libraries may be started.
  { name: "mpiexec (PMI)", family: "MPICH", mark: "PMI_SIZE", size: ["PMI_SIZE"] },
  { name: "Slurm's srun (PMIx)", family: undefined, mark: "PMIX_RANK", size: ["SLURM_STEP_NUM_TASKS"] },
  { name: "Slurm's srun (PMI-2)", family: undefined, mark: "PMI_RANK", size: ["SLURM_STEP_NUM_TASKS"] },
  { name: "Microsoft's mpiexec", family: "MPICH", mark: "MSMPI_BIN_RANK", size: [] },
];

/** The launcher of this process; undefined if there was none. */
export function launcherOf(environment: Environment): Launcher | undefined {
  const found = launchers.find(({ mark }) => environment[mark] !== undefined);
  if (!found) return undefined;
  const sizes = found.size.map((name) => Number(environment[name])).filter((size) => Number.isInteger(size));
  // Slurm speaks PMI, too; Hydra, which may start its helpers by Slurm, also counts the ranks of a machine.
  const { SLURM_STEP_ID: slurm, MPI_LOCALNRANKS: hydra } = environment;
  const any = found.mark === "PMI_SIZE" && slurm !== undefined && hydra === undefined;
  return { name: any ? "Slurm's srun (PMI-2)" : found.name, family: any ? undefined : found.family, size: sizes[0] };
}
