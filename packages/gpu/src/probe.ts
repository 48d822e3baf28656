/** What there is to compute on, in each mode, or why there is nothing. */
import type { Adapter, Context, GpuJs } from "./gpu-js.ts";
import { isSoftware } from "./software.ts";

/** How the backend computes: on a graphics card by WebGPU or WebGL2, or on the processor, which is for tests. */
export type GpuMode = "webgpu" | "webgl2" | "webasm" | "cpu";

/** What was found. */
export interface Found {
  /** The graphics card, or the software renderer. */
  readonly adapter: string;
  /** Whether that is a software renderer. */
  readonly software: boolean;
}

/** The device that was found, or the reason why none was. */
export type Probe = Found | { readonly missing: string };

interface WebGpuApi {
  requestAdapter(): Promise<Adapter | null>;
}

const webGpuApi = (): WebGpuApi | undefined => (globalThis as { navigator?: { gpu?: WebGpuApi } }).navigator?.gpu;

const isNode = (): boolean =>
  (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined;

/** In Node, WebGPU comes from the package `webgpu`, if the program has it. Gives the reason if there is none. */
async function provideWebGpu(): Promise<string | undefined> {
  if (webGpuApi()) return undefined;
  if (!isNode()) return "the browser has no WebGPU (navigator.gpu), or the page is not served by https";
  const name = "webgpu"; // Not written into the import: bundlers of web pages would look for it.
  try {
    const module = (await import(/* @vite-ignore */ name)) as { create(flags: string[]): WebGpuApi; globals: object };
    Object.assign(globalThis, module.globals);
    Object.defineProperty(globalThis, "navigator", { value: { gpu: module.create([]) }, configurable: true });
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return `Node has no WebGPU of its own, and the package webgpu, which would bring it, did not load (npm install webgpu): ${reason}`;
  }
}

async function probeWebGpu(): Promise<Probe> {
  const missing = await provideWebGpu();
  if (missing !== undefined) return { missing };
  try {
    const adapter = await webGpuApi()?.requestAdapter();
    if (!adapter) {
      const needed = isNode() ? "; on Linux, Node also needs libvulkan.so.1 and the card's Vulkan driver" : "";
      return { missing: `WebGPU found no adapter: there is no graphics card, or it is blocked${needed}` };
    }
    const { vendor = "", architecture = "", device = "", description = "" } = adapter.info ?? {};
    const name = [vendor, architecture, device, description].filter(Boolean).join(" ") || "an adapter without a name";
    const fallback = adapter.isFallbackAdapter === true || adapter.info?.isFallbackAdapter === true;
    return { adapter: name, software: fallback || isSoftware(name) };
  } catch (error) {
    return { missing: `WebGPU gave no adapter: ${error instanceof Error ? error.message : error}` };
  }
}

/** A context of its own, to ask for the renderer's name. */
function probeWebGl2(gpuJs: GpuJs): Probe {
  if (!gpuJs.isWebGL2Supported) {
    return { missing: isNode() ? "Node has no WebGL2" : "the browser has no WebGL2, or hardware acceleration is off" };
  }
  const canvas = typeof OffscreenCanvas === "undefined" ? document.createElement("canvas") : new OffscreenCanvas(1, 1);
  const context = canvas.getContext("webgl2") as WebGL2RenderingContext | null;
  if (!context) return { missing: "the browser gave no WebGL2 context" };
  const missing = context.getExtension("EXT_color_buffer_float") ? undefined : "WebGL2 can't write floats here";
  const renderer = rendererOf(context as unknown as Context);
  context.getExtension("WEBGL_lose_context")?.loseContext(); // Pages have few.
  return missing === undefined ? { adapter: renderer, software: isSoftware(renderer) } : { missing };
}

function rendererOf(context: Context): string {
  const unmasked = context.getExtension?.("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL;
  return String(context.getParameter?.(unmasked ?? context.RENDERER ?? 0) ?? "unknown");
}

/** Looks for something to compute on. */
export async function probe(mode: GpuMode, gpuJs: GpuJs): Promise<Probe> {
  if (mode === "webgpu") return probeWebGpu();
  if (mode === "webgl2") return probeWebGl2(gpuJs);
  if (mode === "webasm" && !gpuJs.isWebAssemblySupported) return { missing: "this host has no WebAssembly" };
  return {
    adapter: mode === "webasm" ? "the processor, by WebAssembly" : "the processor, by JavaScript",
    software: true,
  };
}
