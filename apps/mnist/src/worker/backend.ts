/** What computes: the backends of `@dlcc/experiment`, as far as this browser has them. */
import { backends, type OpenedBackend, openBackend, pick } from "@dlcc/experiment";
import type { Available } from "../messages.ts";
import { messageOf } from "./errors.ts";
import { findGpu } from "./find-gpu.ts";

/** Whether there is a graphics card that WebGPU reaches: then `auto` takes it. A software renderer is none. */
async function hasCard(): Promise<boolean> {
  const found = await findGpu(false);
  return "by" in found && found.by === "WebGPU";
}

/** Opens a backend by name; where it can't be had, the next best, whose note says why. */
export async function openHere(name: string, allowSoftware: boolean): Promise<OpenedBackend> {
  try {
    if (name === "gpu" || name === "webgpu") {
      const found = await findGpu(allowSoftware);
      if ("missing" in found) throw new Error(`No GPU here: ${found.missing}`);
    }
    return await openBackend(name === "auto" && (await hasCard()) ? "webgpu" : name, { allowSoftware });
  } catch (error) {
    return { ...(await openBackend("auto")), note: messageOf(error) };
  }
}

/** What the page says of it: `WebAssembly, 2 threads`. */
export const titleOf = ({ name, detail }: OpenedBackend): string =>
  [pick(backends, name).title, detail].filter((part) => part !== "").join(", ");

/** What the page says of `auto` before it is opened: it takes a graphics card where it can, else WebAssembly. */
export const titleOfAuto = async (): Promise<string> =>
  pick(backends, (await hasCard()) ? "webgpu" : typeof WebAssembly === "object" ? "wasm" : "cpu").title;

/** Which backends there are here, and why not the others: asked of the browser, without loading anything. */
export async function availableBackends(allowSoftware: boolean): Promise<readonly Available[]> {
  const wasm = typeof WebAssembly === "object";
  const threads = wasm && crossOriginIsolated;
  const gpu = await findGpu(allowSoftware);
  return [
    { name: "auto", there: true, note: await titleOfAuto() },
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
    "by" in gpu && gpu.by === "WebGPU"
      ? { name: "webgpu", there: true, note: "The graphics card, the fastest where layers are large" }
      : {
          name: "webgpu",
          there: false,
          note: `Not here: ${"missing" in gpu ? gpu.missing : "this browser has no WebGPU"}`,
        },
    "missing" in gpu
      ? { name: "gpu", there: false, note: `Not here: ${gpu.missing}` }
      : { name: "gpu", there: true, note: gpu.by },
  ];
}
