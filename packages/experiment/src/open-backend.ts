/** Opens backends. `@dlcc/wasm`, `@dlcc/gpu`, `@dlcc/webgpu` and `@dlcc/blas` are loaded on demand, so a program loads only the one that it uses. */
import type * as Blas from "@dlcc/blas";
import { type Backend, cpu } from "@dlcc/tensor";

/** A backend, and its description. */
export interface OpenedBackend {
  /** The backend itself. */
  readonly backend: Backend;
  /** Its name in the table: `cpu`, `wasm`, `gpu`, `webgpu` or `blas`, and never `auto`. */
  readonly name: string;
  /** Details on this machine: `2 threads`, `webgpu on …`, or `OpenBLAS 0.3.21, 2 threads`; empty for cpu. */
  readonly detail: string;
  /** The reason if it is less than requested; otherwise empty. */
  readonly note: string;
  /** Whether the system can take it away, with all tensors on it. */
  readonly canBeLost: boolean;
  /** Releases its threads, its memory, or the graphics card. */
  readonly dispose: () => Promise<void>;
}

/** How to open a backend. */
export interface BackendOptions {
  /** The number of threads of the wasm or the blas backend. Default: its own choice. */
  readonly threads?: number | undefined;
  /** Whether the gpu or the webgpu backend may run on a software renderer. Default: false. */
  readonly allowSoftware?: boolean | undefined;
}

/** Opens a backend. */
export type OpenBackend = (options: BackendOptions) => Promise<OpenedBackend>;

/** Plain TypeScript. */
export const openCpu: OpenBackend = async () => ({
  backend: cpu,
  name: "cpu",
  detail: "",
  note: "",
  canBeLost: false,
  dispose: async () => {},
});

/** WebAssembly; `@dlcc/wasm` is loaded here. */
export const openWasm: OpenBackend = async ({ threads }) => {
  const { createWasm } = await import("@dlcc/wasm");
  const backend = await createWasm(threads === undefined ? {} : { threads });
  const { threads: count, note = "" } = backend.info;
  return {
    backend,
    name: "wasm",
    detail: threadsIn(count),
    note,
    canBeLost: false,
    dispose: async () => backend.dispose(),
  };
};

/** The graphics card; `@dlcc/gpu` is loaded here. */
export const openGpu: OpenBackend = async ({ allowSoftware = false }) => {
  const { createGpu } = await import("@dlcc/gpu");
  const backend = await createGpu({ allowSoftware });
  const { mode, adapter } = backend.info;
  return {
    backend,
    name: "gpu",
    detail: `${mode} on ${adapter}`,
    note: "",
    canBeLost: true,
    dispose: () => backend.dispose(),
  };
};

/** The graphics card, by kernels of our own; `@dlcc/webgpu` is loaded here. */
export const openWebGpu: OpenBackend = async ({ allowSoftware = false }) => {
  const { createWebGpu } = await import("@dlcc/webgpu");
  const backend = await createWebGpu({ allowSoftware });
  return {
    backend,
    name: "webgpu",
    detail: backend.info.adapter,
    note: "",
    canBeLost: true,
    dispose: () => backend.dispose(),
  };
};

/** The machine's BLAS; `@dlcc/blas` is loaded here. A bundler for browsers must not look for it: it needs Node. */
export const openBlas: OpenBackend = async ({ threads }) => {
  const name = "@dlcc/blas";
  const { createBlas } = (await import(/* @vite-ignore */ name)) as typeof Blas;
  const backend = await createBlas(threads === undefined ? {} : { threads });
  const { library, version, threads: count } = backend.info;
  return {
    backend,
    name: "blas",
    detail: [`${library} ${version}`, count !== undefined && threadsIn(count)].filter(Boolean).join(", "),
    note: "",
    canBeLost: false,
    dispose: async () => backend.dispose(),
  };
};

const threadsIn = (count: number): string => `${count} thread${count === 1 ? "" : "s"}`;

/** WebAssembly, or plain TypeScript if WebAssembly is unavailable. */
export const openAuto: OpenBackend = async (options) => {
  try {
    return await openWasm(options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...(await openCpu(options)), note: `WebAssembly is unavailable: ${reason}` };
  }
};
