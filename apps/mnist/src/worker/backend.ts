/** Opens what computes. Each backend but cpu is loaded when it is asked for. */
import { type Backend, cpu } from "@dlcc/tensor";

export interface OpenedBackend {
  readonly backend: Backend;
  readonly title: string;
  /** Why it is not what was asked for, or less; empty otherwise. */
  readonly note: string;
  readonly dispose: () => void;
}

const onCpu = (note: string): OpenedBackend => ({ backend: cpu, title: "TypeScript", note, dispose: () => {} });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function openWasm(): Promise<OpenedBackend> {
  const { createWasm } = await import("@dlcc/wasm");
  const backend = await createWasm();
  const { threads, note = "" } = backend.info;
  return {
    backend,
    title: `WebAssembly, ${threads} thread${threads === 1 ? "" : "s"}`,
    note,
    dispose: () => backend.dispose(),
  };
}

async function openGpu(): Promise<OpenedBackend> {
  const { createGpu } = await import("@dlcc/gpu");
  const backend = await createGpu();
  return { backend, title: `GPU (${backend.info.mode})`, note: "", dispose: () => void backend.dispose() };
}

/** Opens a backend by name; where it can't be had, the next best, and says why. */
export async function openBackend(name: string): Promise<OpenedBackend> {
  if (name === "cpu") return onCpu("");
  if (name === "gpu") {
    try {
      return await openGpu();
    } catch (error) {
      return { ...(await openBackend("auto")), note: messageOf(error) };
    }
  }
  try {
    return await openWasm();
  } catch (error) {
    return onCpu(messageOf(error));
  }
}
