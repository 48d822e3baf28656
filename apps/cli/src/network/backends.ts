import { type Backend, cpu } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { findFindings } from "../doctor/findings.ts";
import { messageOf } from "../message.ts";
import type { Choice } from "./choices.ts";

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

/** The graphics card. gpu.js is loaded here, and only here: who doesn't ask for it doesn't wait for it. */
export const openGpu: OpenBackend = async () => {
  const { createGpu } = await import("@dlcc/gpu");
  const backend = await createGpu({ allowSoftware: process.env.DLCC_GPU_SOFTWARE === "1" });
  const { mode, adapter } = backend.info;
  return { backend, title: `gpu, ${mode} on ${adapter}` };
};

/**
 * The GPU where `dlcc doctor` has measured that it is the faster one on this machine; else WebAssembly where the host has
 * it, else plain TypeScript; and why.
 */
export const openBest: OpenBackend = async (threads) => {
  const step = findFindings()?.step;
  const measured = step?.gpu !== undefined && step.wasm !== undefined;
  const figures = measured
    ? `dlcc doctor measured ${milliseconds(step.gpu)} a step, and ${milliseconds(step.wasm)} on wasm`
    : "";
  let reason = "it works here";
  if (measured && (step.gpu ?? 0) < (step.wasm ?? 0)) {
    try {
      const { backend, title } = await openGpu();
      return { backend, title: `${title} (chosen: ${figures})` };
    } catch (error) {
      reason = `it works here; the gpu, which was faster, does not any more: ${messageOf(error)}`;
    }
  } else if (measured) {
    reason = `the gpu is slower: ${figures}`;
  }
  try {
    const { backend, title } = await openWasm(threads);
    return { backend, title: `${title} (chosen: ${reason})` };
  } catch (error) {
    return { backend: cpu, title: `cpu, for want of wasm: ${messageOf(error)}` };
  }
};

const milliseconds = (time: number | undefined): string => `${(time ?? Number.NaN).toPrecision(2)} ms`;

export const backends: Readonly<Record<string, Choice<OpenBackend>>> = {
  cpu: { value: openCpu, about: "plain TypeScript, always there" },
  wasm: { value: openWasm, about: "WebAssembly with SIMD, on --threads threads" },
  gpu: { value: openGpu, about: "the graphics card, by WebGPU; needs gpu.js and webgpu: dlcc doctor" },
  auto: { value: openBest, about: "gpu where dlcc doctor found it faster, else wasm, else cpu; says why" },
};
