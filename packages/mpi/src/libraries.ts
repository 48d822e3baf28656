/** The MPI libraries that are known: their files, and their constants. */
import { MpiError } from "./error.ts";
import type { Library, Opener } from "./foreign.ts";
import type { Launcher } from "./launcher.ts";

/** The numbers for C's words in a library: handles, an address that stands for "in place", a level of threads. */
export interface Constants {
  /** Handles are addresses of objects, or whole numbers. */
  readonly handle: "uintptr_t" | "int";
  readonly world: number;
  readonly byte: number;
  readonly int32: number;
  readonly float32: number;
  readonly float64: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly inPlace: number;
  /** Threads there are, and one of them calls MPI. */
  readonly funneled: number;
}

/** What is known of a library that was opened. */
export interface Known {
  /** Its name and version, such as `Open MPI 4.1.4`. */
  readonly title: string;
  /** Libraries with the same constants. */
  readonly family: "Open MPI" | "MPICH" | "MPI ABI";
  readonly constants: Constants;
}

/** `MPI_IN_PLACE` of MPICH is (void *) −1. */
const minusOne = -1;

/** MPICH's, of mpi.h of MPICH 4.0; Intel MPI, MVAPICH and Microsoft MPI keep them: https://www.mpich.org/abi. */
const mpich: Constants = {
  handle: "int",
  world: 0x44000000,
  byte: 0x4c00010d,
  int32: 0x4c000405,
  float32: 0x4c00040a,
  float64: 0x4c00080b,
  max: 0x58000001,
  min: 0x58000002,
  sum: 0x58000003,
  inPlace: minusOne,
  funneled: 1,
};

/** The standard's own: MPI 5.0, "Application Binary Interface", and mpi.h of https://github.com/mpi-forum/mpi-abi-stubs. */
const standard: Constants = {
  handle: "uintptr_t",
  world: 0x101,
  byte: 0x247,
  int32: 0x209,
  float32: 0x210,
  float64: 0x214,
  sum: 0x21,
  min: 0x22,
  max: 0x23,
  inPlace: 1,
  funneled: 1024,
};

/** Open MPI's handles are addresses of its symbols. */
function openMpi(library: Library, file: string): Constants {
  const at = (symbol: string): number => {
    const address = library.address(symbol);
    if (address === undefined)
      throw new MpiError(`createWorld: ${file} must have the symbol ${symbol}, as Open MPI has`);
    return address;
  };
  return {
    handle: "uintptr_t",
    world: at("ompi_mpi_comm_world"),
    byte: at("ompi_mpi_byte"),
    int32: at("ompi_mpi_int"),
    float32: at("ompi_mpi_float"),
    float64: at("ompi_mpi_double"),
    sum: at("ompi_mpi_op_sum"),
    min: at("ompi_mpi_op_min"),
    max: at("ompi_mpi_op_max"),
    inPlace: 1,
    funneled: 1,
  };
}

/** MPI_MAX_LIBRARY_VERSION_STRING of MPICH, the longest. */
const mostText = 8192;

/** What a library says of itself. */
function versionOf(library: Library, { address }: Opener): string | undefined {
  const ask = library.find("int MPI_Get_library_version(uintptr_t text, uintptr_t length)");
  if (!ask) return undefined;
  const text = new Uint8Array(mostText);
  const length = new Int32Array(1);
  ask(address(text), address(length));
  const end = text.indexOf(0);
  return new TextDecoder().decode(text.subarray(0, end < 0 ? mostText : end));
}

/** Whether the library has the standard's constants: libraries that don't may know the question, and say version −1. */
function isStandard(library: Library, { address }: Opener): boolean {
  const version = new Int32Array([-1, -1]);
  const at = address(version);
  library.find("int MPI_Abi_get_version(uintptr_t major, uintptr_t minor)")?.(at, at + Int32Array.BYTES_PER_ELEMENT);
  return (version[0] ?? -1) >= 1;
}

/** By what each library is known: its name, and where its version stands. */
const names: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: "Open MPI", pattern: /Open MPI v?([\w.]+)/ },
  { name: "Intel MPI", pattern: /Intel\(R\) MPI Library ([\w.]+)/ },
  { name: "MVAPICH", pattern: /MVAPICH\d*\s*(?:Version\s*)?:?\s*([\w.]+)/ },
  { name: "Microsoft MPI", pattern: /Microsoft MPI ([\w.]+)/ },
  { name: "MPICH", pattern: /MPICH Version:\s*([\w.]+)/ },
];

/** What a library is. Returns what is wrong with it if that can't be told. */
export function recognize(library: Library, opener: Opener, file: string): Known | string {
  const version = versionOf(library, opener);
  if (version === undefined) return "has no MPI_Get_library_version: MPI 3 or newer is needed";
  const found = names.find(({ pattern }) => pattern.test(version));
  const title = found
    ? `${found.name} ${found.pattern.exec(version)?.[1] ?? ""}`
    : (version.split("\n", 1)[0] ?? version);
  if (isStandard(library, opener)) return { title, family: "MPI ABI", constants: standard };
  if (found?.name === "Open MPI") return { title, family: "Open MPI", constants: openMpi(library, file) };
  if (found) return { title, family: "MPICH", constants: mpich };
  return `is an MPI that dlcc does not know: ${title}`;
}

/** The file names by platform and family: sonames, which a library has without its development package. */
const files: Readonly<Record<string, Readonly<Record<Known["family"], readonly string[]>>>> = {
  linux: {
    "Open MPI": ["libmpi.so.40", "libmpi.so.20"],
    // Debian calls it libmpich; libmpi.so.12 are MPICH, Intel MPI and MVAPICH elsewhere, and very old Open MPI.
    MPICH: ["libmpich.so.12", "libmpi.so.12"],
    "MPI ABI": ["libmpi_abi.so.0", "libmpi_abi.so.1"],
  },
  darwin: {
    "Open MPI": ["libmpi.40.dylib", "/opt/homebrew/lib/libmpi.40.dylib", "/usr/local/lib/libmpi.40.dylib"],
    MPICH: ["libmpi.12.dylib", "/opt/homebrew/lib/libmpi.12.dylib", "/usr/local/lib/libmpi.12.dylib"],
    "MPI ABI": ["libmpi_abi.0.dylib", "/opt/homebrew/lib/libmpi_abi.0.dylib"],
  },
  win32: { "Open MPI": [], MPICH: ["msmpi.dll", "impi.dll"], "MPI ABI": ["mpi_abi.dll"] },
};

/** The files to look for, in this order: those of the launcher's own library first. */
export function candidates(platform: string, family: Launcher["family"]): readonly string[] {
  const known = files[platform];
  if (!known) return [];
  const first = family ? known[family] : [];
  return [...new Set([...first, ...known["Open MPI"], ...known.MPICH, ...known["MPI ABI"]])];
}

/** How to get one, by platform. */
export const howToInstall: Readonly<Record<string, string>> = {
  linux: "sudo apt-get install openmpi-bin, or mpich; on a cluster: module load openmpi, or the like",
  darwin: "brew install open-mpi, or mpich",
  win32: "install Microsoft MPI",
};
