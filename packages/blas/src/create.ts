import { ArgumentError, type Backend } from "@dlcc/tensor";
import type { WasmMemory } from "@dlcc/wasm";
import { backendOn } from "./backend.ts";
import { findBlas } from "./find.ts";
import { loadKoffi } from "./foreign.ts";

/** How to set the backend up. */
export interface BlasOptions {
  /** How many threads compute. Default: as many as the host has cores, but no more than 4. */
  readonly threads?: number;
  /** The library: a file name that the system finds, such as `libopenblas.so.0`, or a path. Default: it is looked for. */
  readonly library?: string;
}

/** What the backend runs on. */
export interface BlasInfo {
  /** The library: `OpenBLAS`, `MKL`, `BLIS`, `Accelerate`, or the file name of one that is unknown. */
  readonly library: string;
  /** Its version, as it says it. */
  readonly version: string;
  /** Which of its kernels it has chosen for this processor, if it says so. */
  readonly kernel?: string;
  /** How many threads compute; missing where the library decides. */
  readonly threads?: number;
  /** Why there are fewer than were asked for, if so. */
  readonly note?: string;
  /** The file name that it was opened by. */
  readonly file: string;
}

/** A backend whose products are those of the machine's BLAS. */
export interface BlasBackend extends Backend {
  /** What it runs on. */
  readonly info: BlasInfo;
  /** How full the memory is: that of all tensors but those of float64. */
  readonly memory: WasmMemory;
  /** Ends the helper threads; ops go on with one. A program need not call it to end. */
  dispose(): void;
}

/** As createWasm has it. */
const mostThreads = 4;

/**
 * Creates a backend whose products of matrices are those of the machine's BLAS, such as OpenBLAS: these use all of the
 * processor's vector units, where WebAssembly has 128 bits. All else is the wasm backend's, and tensors live in its memory,
 * where the library computes with no copies. It also has float64, on the host. The library is called by the package koffi.
 *
 * The same library, on the same processor and with the same number of threads, gives the same bits; another one does not.
 *
 * @param options The number of threads, and the library if it should not be looked for.
 * @returns The backend. A new one has been tested: its products are compared with those of the cpu backend.
 * @throws {BackendError} if koffi is not installed; or if there is no library that is fast and right, with what was looked
 *   for and how to install one.
 * @throws {ArgumentError} if an option is out of range.
 * @example
 * ```ts
 * import { tensor } from "@dlcc/tensor";
 * import { createBlas } from "@dlcc/blas";
 *
 * const backend = await createBlas(); // the one line that swaps
 * const x = tensor([[1, 2], [3, 4]], { backend });
 * console.log(await x.matmul(x).array()); // → [ [ 7, 10 ], [ 15, 22 ] ]
 * ```
 */
export async function createBlas(options: BlasOptions = {}): Promise<BlasBackend> {
  const { library } = options;
  const threads = options.threads ?? Math.min(mostThreads, await cores());
  if (!Number.isInteger(threads) || threads < 1) {
    throw new ArgumentError(`createBlas: threads must be a whole number from 1, got ${threads}`);
  }
  if (library !== undefined && (typeof library !== "string" || library === "")) {
    throw new ArgumentError(`createBlas: library must be a file name, got ${JSON.stringify(library)}`);
  }
  const koffi = await loadKoffi();
  return findBlas(koffi, globalThis.process.platform, library, (blas) => backendOn(blas, threads, koffi));
}

const cores = async (): Promise<number> => (await import("node:os")).availableParallelism();
