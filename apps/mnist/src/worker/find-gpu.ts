import { isSoftware } from "@dlcc/gpu/software";

/** What is used of WebGPU. */
interface WebGpu {
  requestAdapter(): Promise<{
    readonly isFallbackAdapter?: boolean;
    readonly info?: { readonly isFallbackAdapter?: boolean };
  } | null>;
}

/**
 * Asks the browser for a graphics card, so that gpu.js need not be loaded to find that there is none. A software
 * renderer is slower than WebAssembly, and counts only where `allowSoftware` says so.
 */
export async function findGpu(
  allowSoftware: boolean,
): Promise<{ readonly by: "WebGPU" | "WebGL2" } | { readonly missing: string }> {
  const { gpu } = navigator as { readonly gpu?: WebGpu };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  const fallback = adapter?.isFallbackAdapter === true || adapter?.info?.isFallbackAdapter === true;
  if (adapter && (allowSoftware || !fallback)) return { by: "WebGPU" };
  if (typeof OffscreenCanvas === "undefined") return { missing: "this browser lets no worker use a graphics card" };
  const context = new OffscreenCanvas(1, 1).getContext("webgl2", { failIfMajorPerformanceCaveat: !allowSoftware });
  if (!context) return { missing: "no graphics card, or the browser does not let pages use it" };
  // Some browsers give a program all the same, and name it.
  const named = context.getExtension("WEBGL_debug_renderer_info");
  const renderer = String(context.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : context.RENDERER));
  context.getExtension("WEBGL_lose_context")?.loseContext(); // Pages have few.
  if (!allowSoftware && isSoftware(renderer)) {
    return { missing: "no graphics card, only a software renderer" };
  }
  return { by: "WebGL2" };
}
