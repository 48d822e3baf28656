/** Opens what computes. Each backend but cpu is loaded when it is asked for. */
import { type Backend, BackendError, cpu } from "@dlcc/tensor";
import type { Available } from "../messages.ts";
import { findGpu } from "./find-gpu.ts";

export interface OpenedBackend {
  readonly backend: Backend;
  /** As it was asked for. */
  readonly name: string;
  readonly title: string;
  /** Why it is not what was asked for, or less; empty otherwise. */
  readonly note: string;
  /** Whether the system can take it away, with all that is on it. */
  readonly canBeLost: boolean;
  readonly dispose: () => void;
}

const onCpu = (name: string, note: string): OpenedBackend => ({
  backend: cpu,
  name,
  title: "TypeScript",
  note,
  canBeLost: false,
  dispose: () => {},
});

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether an error says that the system took the graphics card away. */
export const isLost = (error: unknown): boolean =>
  error instanceof BackendError && /the device was lost/.test(error.message);

async function openWasm(name: string): Promise<OpenedBackend> {
  const { createWasm } = await import("@dlcc/wasm");
  const backend = await createWasm();
  const { threads, note = "" } = backend.info;
  return {
    backend,
    name,
    title: `WebAssembly, ${threadsOf(threads)}`,
    note,
    canBeLost: false,
    dispose: () => backend.dispose(),
  };
}

const threadsOf = (count: number): string => `${count} thread${count === 1 ? "" : "s"}`;

async function openGpu(allowSoftware: boolean): Promise<OpenedBackend> {
  const found = await findGpu(allowSoftware);
  if ("missing" in found) throw new Error(`No GPU here: ${found.missing}`);
  const { createGpu } = await import("@dlcc/gpu");
  const backend = await createGpu({ allowSoftware });
  return {
    backend,
    name: "gpu",
    title: `GPU (${backend.info.mode})`,
    note: "",
    canBeLost: true,
    // One that was lost has nothing to give back.
    dispose: () => void backend.dispose().catch(() => {}),
  };
}

/** Opens a backend by name; where it can't be had, the next best, and says why. */
export async function openBackend(name: string, allowSoftware: boolean): Promise<OpenedBackend> {
  if (name === "cpu") return onCpu(name, "");
  if (name === "gpu") {
    try {
      return await openGpu(allowSoftware);
    } catch (error) {
      return { ...(await openBackend("auto", allowSoftware)), name, note: messageOf(error) };
    }
  }
  try {
    return await openWasm(name);
  } catch (error) {
    return onCpu(name, messageOf(error));
  }
}

/** Which backends there are here, and why not the others: asked of the browser, without loading anything. */
export async function availableBackends(allowSoftware: boolean): Promise<readonly Available[]> {
  const wasm = typeof WebAssembly === "object";
  const threads = wasm && crossOriginIsolated;
  const gpu = await findGpu(allowSoftware);
  return [
    { name: "auto", there: true, note: wasm ? "WebAssembly" : "TypeScript" },
    {
      name: "wasm",
      there: wasm,
      note: !wasm
        ? "This browser has no WebAssembly"
        : threads
          ? "SIMD, with threads"
          : "SIMD, on one thread: the page is not cross-origin isolated",
    },
    { name: "cpu", there: true, note: "Works everywhere" },
    "missing" in gpu
      ? { name: "gpu", there: false, note: `Not here: ${gpu.missing}` }
      : { name: "gpu", there: true, note: gpu.by },
  ];
}
