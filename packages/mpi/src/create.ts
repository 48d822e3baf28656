import { ArgumentError } from "@dlcc/tensor";
import { findMpi } from "./find.ts";
import { loadKoffi } from "./foreign.ts";
import { launcherOf } from "./launcher.ts";
import { alone, Ranks, type World } from "./world.ts";

/** How to find the other ranks. */
export interface WorldOptions {
  /**
   * The MPI library: a file name that the system finds, such as `libmpi.so.40`, or a path. Default: it is looked for, that of
   * the launcher first.
   */
  readonly library?: string;
  /** How long a call waits for the other ranks before it is an error, in seconds. Default: ten minutes. */
  readonly timeout?: number;
}

/**
 * UCX, the network layer of many MPIs, takes of the process what is Node's. It reads these variables when it is loaded; who sets
 * one keeps it.
 *
 * - `MEM_EVENTS`: it patches `mmap`, `brk` and others in the running process, to hear of memory that is given back. Of 280 starts
 *   of two ranks 6 ended with a segmentation fault in V8's heap, and without the patches none of 560. What is lost is a cache of registered
 *   memory, on networks such as InfiniBand.
 * - `ERROR_SIGNALS`: it takes SIGSEGV, which is how V8 hears of an access out of WebAssembly's memory: a RuntimeError that a
 *   program may catch would be the end of it.
 * - `DEBUG_SIGNO`: it takes SIGHUP, so that a process outlives its terminal.
 */
const ucx = { UCX_MEM_EVENTS: "no", UCX_ERROR_SIGNALS: "", UCX_DEBUG_SIGNO: "0" };

/** As long as a large model takes to be saved on a slow disk, and longer. */
const usualTimeout = 600;

/**
 * Joins the other processes that a launcher such as `mpirun` has started: all of them, as one world. Without a launcher it is
 * a world of one, which needs no library, and in which all works the same.
 *
 * It calls the machine's MPI library by the package koffi: Open MPI, MPICH, or one that shares MPICH's binary interface or
 * the standard's of MPI 5. Each is known by `MPI_Get_library_version`, and its constants are tested.
 *
 * A process that ends with an error, or by an exception that nobody catches, stops all ranks, with a line that names it.
 *
 * @param options Which library, if it should not be looked for.
 * @throws {MpiError} if a launcher has started the process, and koffi or a library is missing; or if the library is of another
 * MPI than the launcher.
 * @throws {ArgumentError} if an option is out of range.
 * @example
 * ```ts
 * import { createWorld } from "@dlcc/mpi";
 *
 * const world = await createWorld(); // mpirun -n 4 node program.js
 * console.log(`rank ${world.rank} of ${world.size}`); // → rank 0 of 1
 * await world.close();
 * ```
 */
export async function createWorld({ library, timeout = usualTimeout }: WorldOptions = {}): Promise<World> {
  if (library !== undefined && (typeof library !== "string" || library === "")) {
    throw new ArgumentError(`createWorld: library must be a file name, got ${JSON.stringify(library)}`);
  }
  if (!(timeout > 0)) throw new ArgumentError(`createWorld: timeout must be above 0 seconds, got ${timeout}`);
  const launcher = launcherOf(process.env);
  if (!launcher && library === undefined) return alone();
  const opener = await loadKoffi();
  for (const [name, value] of Object.entries(ucx)) process.env[name] ??= value;
  return new Ranks(findMpi(opener, process.platform, launcher, library), opener, timeout);
}
