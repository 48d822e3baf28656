/** Finding and knowing the library. The libraries here are objects; those of the machine run in packages/testing. */
import { describe, expect, test } from "vitest";
import { findMpi } from "../src/find.ts";
import type { Foreign, Library, Opener } from "../src/foreign.ts";
import { createWorld, MpiError } from "../src/index.ts";
import { type Launcher, launcherOf } from "../src/launcher.ts";

/** What a stand-in says, and the calls that it notes. */
interface Script {
  readonly version: string;
  /** Of the standard's constants; missing where the function is, too. */
  readonly abi?: number;
  readonly size?: number;
  /** Bytes of each type, by its handle. */
  readonly bytes: Readonly<Record<number, number>>;
  readonly symbols?: Readonly<Record<string, number>>;
  readonly lacks?: string;
  readonly calls?: string[];
}

/** Memory by addresses: those of the arrays that were asked about. */
class Memory {
  readonly #arrays: { readonly at: number; readonly array: ArrayBufferView }[] = [];
  #next = 4096;

  address(array: ArrayBufferView): number {
    const known = this.#arrays.find((one) => one.array === array);
    if (known) return known.at;
    this.#arrays.push({ at: this.#next, array });
    this.#next += array.byteLength + 64;
    return this.#next - array.byteLength - 64;
  }

  write(at: number, bytes: Uint8Array): void {
    const found = this.#arrays.find((one) => at >= one.at && at < one.at + one.array.byteLength);
    if (!found) throw new Error(`nothing at ${at}`);
    new Uint8Array(found.array.buffer, found.array.byteOffset + at - found.at).set(bytes);
  }

  integer(at: number, value: number): void {
    this.write(at, new Uint8Array(new Int32Array([value]).buffer));
  }
}

/** A library that says what a script has. Ranks are alone: what travels is there at once. */
function library(memory: Memory, { version, abi, size = 1, bytes, symbols = {}, lacks, calls = [] }: Script): Library {
  const functions: Readonly<Record<string, Foreign>> = {
    MPI_Get_library_version: (text = 0) => {
      memory.write(text, new TextEncoder().encode(`${version}\0`));
      return 0;
    },
    MPI_Initialized: (flag = 0) => {
      memory.integer(flag, 0);
      return 0;
    },
    MPI_Finalized: (flag = 0) => {
      memory.integer(flag, 0);
      return 0;
    },
    MPI_Type_size: (type = 0, answer = 0) => {
      memory.integer(answer, bytes[type] ?? -1);
      return 0;
    },
    MPI_Comm_size: (_, answer = 0) => {
      memory.integer(answer, size);
      return 0;
    },
    MPI_Comm_rank: (_, answer = 0) => {
      memory.integer(answer, 0);
      return 0;
    },
    MPI_Test: (_, flag = 0) => {
      memory.integer(flag, 1);
      return 0;
    },
    ...(abi !== undefined && {
      MPI_Abi_get_version: (major: number) => {
        memory.integer(major, abi);
        return 0;
      },
    }),
  };
  return {
    find(prototype) {
      const name = /(\w+)\(/.exec(prototype)?.[1] ?? "";
      if (name === lacks || (name === "MPI_Abi_get_version" && abi === undefined)) return undefined;
      return (...values) => {
        calls.push(`${name}(${values.join(",")})`);
        return (functions[name] ?? (() => 0))(...values);
      };
    },
    address: (symbol) => symbols[symbol],
  };
}

/** A system that has these files. */
function systemWith(files: Readonly<Record<string, Script>>): Opener & { readonly asked: string[] } {
  const memory = new Memory();
  const asked: string[] = [];
  return {
    asked,
    address: (array) => memory.address(array),
    open(file) {
      asked.push(file);
      const script = files[file];
      if (!script) throw new Error(`${file}: cannot open shared object file`);
      return library(memory, script);
    },
  };
}

const openMpi: Script = {
  version: "Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4",
  symbols: {
    ...{ ompi_mpi_comm_world: 100, ompi_mpi_byte: 101, ompi_mpi_int: 102, ompi_mpi_float: 103, ompi_mpi_double: 104 },
    ...{ ompi_mpi_op_sum: 110, ompi_mpi_op_min: 111, ompi_mpi_op_max: 112 },
  },
  bytes: { 101: 1, 102: 4, 103: 4, 104: 8 },
};
// The handles of mpi.h of MPICH 4.0, and of that of the standard's ABI.
const mpich: Script = {
  version: "MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022",
  bytes: { 1275068685: 1, 1275069445: 4, 1275069450: 4, 1275070475: 8 },
};
const standard: Script = { version: "MPICH Version: 5.0.0", abi: 1, bytes: { 583: 1, 521: 4, 528: 4, 532: 8 } };

const start = (opener: Opener, launcher?: Launcher, named?: string) => findMpi(opener, "linux", launcher, named);
const launcher = (family: Launcher["family"], size = 1): Launcher => ({ name: "mpirun", family, size });

describe("what is looked for", () => {
  test("sonames, never a development link; that of the launcher's MPI first", () => {
    const both = { "libmpi.so.40": openMpi, "libmpich.so.12": mpich };
    expect(start(systemWith(both), launcher("Open MPI")).title).toBe("Open MPI 4.1.4");
    expect(start(systemWith(both), launcher("MPICH")).title).toBe("MPICH 4.0.2");
    const nothing = systemWith({});
    expect(() => start(nothing)).toThrow(MpiError);
    expect(nothing.asked).not.toContain("libmpi.so");
    expect(nothing.asked).toContain("libmpi_abi.so.0");
  });

  test("the one that is named, and no other", () => {
    const system = systemWith({ "/opt/libmine.so": mpich, "libmpi.so.40": openMpi });
    expect(start(system, launcher("Open MPI"), "/opt/libmine.so").title).toBe("MPICH 4.0.2");
    expect(system.asked).toEqual(["/opt/libmine.so"]);
  });
});

describe("what it is", () => {
  const sumOf = (script: Script): string | undefined => {
    const calls: string[] = [];
    const mpi = start(systemWith({ x: { ...script, calls } }), undefined, "x");
    mpi.allReduce(5000, 7, "float32", "sum");
    mpi.allReduce(5000, 7, "float64", "max");
    return calls
      .filter((call) => call.startsWith("MPI_Iallreduce"))
      .map((call) => call.replace(/,\d+\)$/, ")"))
      .join(" ");
  };

  test("Open MPI: handles are addresses of its symbols, in place is 1", () => {
    expect(sumOf(openMpi)).toBe("MPI_Iallreduce(1,5000,7,103,110,100) MPI_Iallreduce(1,5000,7,104,112,100)");
  });

  test("MPICH: handles are numbers, in place is −1", () => {
    expect(sumOf(mpich)).toBe(
      `MPI_Iallreduce(-1,5000,7,${0x4c00040a},${0x58000003},${0x44000000}) MPI_Iallreduce(-1,5000,7,${0x4c00080b},${0x58000001},${0x44000000})`,
    );
  });

  test.each([
    ["Intel(R) MPI Library 2021.12 for Linux* OS", "Intel MPI 2021.12"],
    ["MVAPICH2 Version      :\t2.3.7", "MVAPICH 2.3.7"],
    ["Microsoft MPI 10.1.12498.18", "Microsoft MPI 10.1.12498.18"],
  ])("%s has MPICH's numbers", (version, title) => {
    expect(start(systemWith({ x: { ...mpich, version } }), undefined, "x").title).toBe(title);
    expect(sumOf({ ...mpich, version })).toContain(String(0x58000003));
  });

  test("the ABI of MPI 5: whoever made it, if it says a version of the ABI", () => {
    expect(sumOf(standard)).toBe(
      `MPI_Iallreduce(1,5000,7,${0x210},${0x21},${0x101}) MPI_Iallreduce(1,5000,7,${0x214},${0x23},${0x101})`,
    );
    // A library may know the question, and have its own constants.
    expect(sumOf({ ...mpich, abi: -1 })).toContain(String(0x58000003));
  });

  test("its level of threads is that of one thread that calls", () => {
    for (const [script, level] of [
      [openMpi, 1],
      [mpich, 1],
      [standard, 1024],
    ] as const) {
      const calls: string[] = [];
      start(systemWith({ x: { ...script, calls } }), undefined, "x");
      expect(calls.find((call) => call.startsWith("MPI_Init_thread"))).toMatch(
        new RegExp(`^MPI_Init_thread\\(0,0,${level},`),
      );
    }
  });
});

describe("what is refused, with the reason and the way out", () => {
  test("no library: what was looked for, who asked, and how to get one", () => {
    expect(() => start(systemWith({}), launcher("MPICH", 4))).toThrow(
      /^createWorld: there must be an MPI library, as mpirun has started this process\. Looked at libmpich\.so\.12, .*libmpi_abi\.so\.1: not found.*apt-get install openmpi-bin, or mpich.*DLCC_MPI_LIBRARY.*Without a launcher, one process trains alone$/,
    );
  });

  test("launcher and library of two MPIs: each process would be a world of its own", () => {
    expect(() => start(systemWith({ x: mpich }), launcher("Open MPI", 4), "x")).toThrow(
      /launcher and library must be of the same MPI, got 4 processes from mpirun, of which MPICH 4\.0\.2 \(x\) sees 1/,
    );
  });

  test("constants that mean something else", () => {
    expect(() =>
      start(systemWith({ x: { ...mpich, bytes: { ...mpich.bytes, 1275069450: 8 } } }), undefined, "x"),
    ).toThrow("createWorld: float32 must have 4 bytes in MPICH 4.0.2, got 8");
  });

  test("an MPI that nobody knows, one that is too old, and no MPI at all", () => {
    const named = (script: Script) => () => start(systemWith({ x: script }), undefined, "x");
    expect(named({ ...mpich, version: "HP MPI 2.3" })).toThrow(/x is an MPI that dlcc does not know: HP MPI 2\.3/);
    expect(named({ ...mpich, lacks: "MPI_Get_library_version" })).toThrow(/x has no MPI_Get_library_version: MPI 3/);
    expect(named({ ...mpich, lacks: "MPI_Iallreduce" })).toThrow(/x \(MPICH 4\.0\.2\) must have MPI_Iallreduce/);
    expect(named({ ...openMpi, symbols: {} })).toThrow(/x must have the symbol ompi_mpi_comm_world/);
  });

  test("options out of range", async () => {
    await expect(createWorld({ library: "" })).rejects.toThrow('createWorld: library must be a file name, got ""');
    await expect(createWorld({ timeout: 0 })).rejects.toThrow("createWorld: timeout must be above 0 seconds, got 0");
  });
});

describe("the launcher, by the environment", () => {
  test("none: a world of one", () => {
    expect(launcherOf({ PATH: "/bin", SLURM_JOB_ID: "7" })).toBeUndefined();
  });

  test.each([
    [{ OMPI_COMM_WORLD_SIZE: "4", PMIX_RANK: "0" }, "Open MPI", 4],
    [{ PMI_SIZE: "3", PMI_RANK: "1", MPI_LOCALNRANKS: "3" }, "MPICH", 3],
    [{ PMI_SIZE: "3", PMI_RANK: "1", MPI_LOCALNRANKS: "3", SLURM_STEP_ID: "0" }, "MPICH", 3],
    [{ PMI_SIZE: "8", PMI_RANK: "1", SLURM_STEP_ID: "0", SLURM_STEP_NUM_TASKS: "8" }, undefined, 8],
    [{ PMIX_RANK: "1", SLURM_STEP_ID: "0", SLURM_STEP_NUM_TASKS: "16" }, undefined, 16],
    [{ MV2_COMM_WORLD_SIZE: "2" }, "MPICH", 2],
  ] as const)("%o", (environment, family, size) => {
    expect(launcherOf(environment)).toMatchObject({ family, size });
  });
});
