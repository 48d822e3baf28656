/** Who takes part: one row each, and how to start it. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Case } from "./cases.ts";

export interface Entry {
  /** As `--only` and the JSON file know it. */
  readonly id: string;
  readonly title: string;
  readonly kinds: readonly Case["kind"][];
  /** The program and its arguments; or, if it can't be started here, why. */
  readonly start: readonly [program: string, ...args: string[]] | { readonly missing: string };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The one that the others are measured by. */
export const home = "dlcc-cpu";

const both = ["matmul", "step"] as const;
const images = ["matmul", "step", "convolution"] as const;
const all = ["matmul", "layer", "step", "convolution"] as const;

/**
 * glibc gives blocks of 128 KB and more back to the system when they are freed, or grows and shrinks its heap: then a step's
 * activations are cleared page by page, each time, and that may take longer than all arithmetic. With these it keeps them.
 */
const keeping = {
  MALLOC_MMAP_THRESHOLD_: "4000000000",
  MALLOC_TRIM_THRESHOLD_: "8000000000",
  MALLOC_TOP_PAD_: "268435456",
} as const;

export function roster(): Entry[] {
  const env = cleanEnvironment();
  const node = (id: string, title: string, kinds: Entry["kinds"], script: string, ...args: string[]): Entry => ({
    id,
    title,
    kinds,
    start: [process.execPath, fileURLToPath(new URL(`./contenders/${script}.js`, import.meta.url)), ...args],
    env,
  });
  const python = (library: "torch" | "numpy", title: string, kinds: Entry["kinds"]): Entry[] => {
    const program = pythonWith(library, env);
    return ["1", "2"].map((threads) => ({
      id: `${library}-${threads}`,
      title: `${title}, ${threads} thread${threads === "1" ? "" : "s"}`,
      kinds,
      start: program ? [program, script, library, threads] : { missing: `no python3 with ${library}` },
      env: { ...env, OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads, MKL_NUM_THREADS: threads },
    }));
  };
  return [
    node(home, "dlcc cpu", all, "dlcc", "cpu"),
    node("dlcc-wasm-1", "dlcc wasm, 1 thread", all, "dlcc", "wasm-1"),
    node("dlcc-wasm-2", "dlcc wasm, 2 threads", all, "dlcc", "wasm-2"),
    withBlas(node("dlcc-blas-1", "dlcc blas, 1 thread", all, "dlcc", "blas-1")),
    withBlas(node("dlcc-blas-2", "dlcc blas, 2 threads", all, "dlcc", "blas-2")),
    node("tfjs-cpu", "TensorFlow.js cpu", images, "tfjs", "cpu"),
    node("tfjs-wasm", "TensorFlow.js wasm", both, "tfjs", "wasm"),
    node("jax-js-wasm", "jax-js wasm, jit", images, "jax-js"),
    ...python("torch", "PyTorch", all),
    ...keepingMemory(python("torch", "PyTorch", ["convolution"])),
    ...python("numpy", "NumPy", ["matmul", "layer"]),
    ...narrow(python("numpy", "NumPy", ["matmul", "layer"])),
  ];
}

/** A contender that needs the machine's BLAS. */
function withBlas(entry: Entry): Entry {
  const probe = 'await (await import("@dlcc/blas")).createBlas()';
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", probe], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    encoding: "utf8",
  });
  return status === 0 ? entry : { ...entry, start: { missing: /createBlas: .*/.exec(stderr)?.[0] ?? "no BLAS" } };
}

/** With an allocator that keeps its memory; glibc's alone knows how it is told to. */
const keepingMemory = (entries: readonly Entry[]): Entry[] =>
  entries
    .filter(() => process.platform === "linux")
    .map((entry) => ({
      ...entry,
      id: `${entry.id}-kept`,
      title: `${entry.title}, malloc keeps memory`,
      env: { ...entry.env, ...keeping },
    }));

/**
 * OpenBLAS with kernels for AVX2 where it would take those for AVX-512: of 16 floating-point operations a cycle, which is
 * what WebAssembly can do, 32 are twice as many, and 64 four times.
 */
const narrow = (entries: readonly Entry[]): Entry[] =>
  entries
    .filter(({ id }) => process.arch === "x64" && id.endsWith("-1"))
    .map((entry) => ({
      ...entry,
      id: `${entry.id}-avx2`,
      title: `${entry.title}, AVX2`,
      env: { ...entry.env, OPENBLAS_CORETYPE: "Haswell" },
    }));

/** It is not compiled, so it is found among the sources. */
const script = fileURLToPath(new URL("../src/contenders/pytorch.py", import.meta.url));

/** Without what some machines set for their BLAS or allocator: a wrong core type or cache size costs half the speed. */
export function cleanEnvironment(): Entry["env"] {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(OPENBLAS|GOTO|OMP|GOMP|KMP|MKL|BLIS|NVPL|MALLOC)_/.test(name)),
  );
}

export function pythonWith(library: "torch" | "numpy", env: Entry["env"]): string | undefined {
  return ["python3", "/usr/bin/python3"].find((program) => {
    if (program.startsWith("/") && !existsSync(program)) return false;
    try {
      const stdio = ["ignore", "pipe", "ignore"] as const;
      const found = execFileSync(program, [script, "probe"], { env, encoding: "utf8", stdio: [...stdio] });
      return (JSON.parse(found) as Record<string, boolean>)[library] === true;
    } catch {
      return false;
    }
  });
}
