import { type Backend, cpu } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";

/** A backend, and what is said of it: its name, its threads, why it was chosen. */
export interface Opened {
  readonly backend: Backend;
  readonly title: string;
}

/** Makes a backend; the number of threads is its own choice where none is given. */
export type OpenBackend = (threads?: number) => Promise<Opened>;

export const openCpu: OpenBackend = async () => ({ backend: cpu, title: "cpu" });

export const openWasm: OpenBackend = async (threads) => {
  const backend = await createWasm(threads === undefined ? {} : { threads });
  const { threads: count, note } = backend.info;
  const title = `wasm, ${count} thread${count === 1 ? "" : "s"}${note === undefined ? "" : ` (${note})`}`;
  return { backend, title };
};

/** WebAssembly where the host has it, which is the faster one in the benchmarks; else plain TypeScript, and why. */
export const openBest: OpenBackend = async (threads) => {
  try {
    const { backend, title } = await openWasm(threads);
    return { backend, title: `${title} (chosen: it works here)` };
  } catch (error) {
    return { backend: cpu, title: `cpu, for want of wasm: ${error instanceof Error ? error.message : error}` };
  }
};
