/** Where WebGPU comes from, and what there is to compute on. */
import { BackendError } from "@dlcc/tensor";

/** A graphics card as WebGPU sees it: a `GPUAdapter`. */
export interface WebGpuAdapter {
  /** What it says of itself. */
  readonly info: {
    /** Who made it, such as `nvidia`. */
    readonly vendor: string;
    /** Its family, such as `ampere`. */
    readonly architecture: string;
    /** Which one it is; empty in browsers. */
    readonly device: string;
    /** Its name for people; empty in browsers. */
    readonly description: string;
    /** Whether it is a program that takes a graphics card's place. */
    readonly isFallbackAdapter?: boolean;
  };
  /** Its limits, by their names. */
  readonly limits: object;
  /** Gives a device; an adapter has one to give. */
  requestDevice(descriptor?: object): Promise<object>;
}

/** Names of software renderers: SwiftShader, Mesa's llvmpipe and softpipe, Windows' WARP. */
const softwareRenderers = /swiftshader|llvmpipe|softpipe|software|basic render|warp/i;

interface WebGpu {
  requestAdapter(options?: object): Promise<WebGpuAdapter | null>;
}

/**
 * The package that brings WebGPU, where this is Node. Its name is no constant, which a minifier would write into the import:
 * bundlers of web pages would look for it.
 */
const packageOfNode = (): string | undefined =>
  (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node && "webgpu";

/** What the package `webgpu` made, kept for the life of the process: the process would end with it. */
let ofNode: Promise<WebGpu> | undefined;

async function fromPackage(name: string): Promise<WebGpu> {
  try {
    const { create } = (await import(/* @vite-ignore */ name)) as { create(flags: readonly string[]): WebGpu };
    return create([]);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new BackendError(
      `createWebGpu: Node has no WebGPU of its own, and the package webgpu, which would bring it, did not load (npm install webgpu): ${reason}`,
      { cause: error },
    );
  }
}

async function webGpu(): Promise<WebGpu> {
  const own = (globalThis as { navigator?: { gpu?: WebGpu } }).navigator?.gpu;
  if (own) return own;
  const name = packageOfNode();
  if (!name) {
    throw new BackendError(
      "createWebGpu: there is no WebGPU here: the browser lacks it (navigator.gpu), or the page is not served by https. Use the wasm or the gpu backend",
    );
  }
  ofNode ??= fromPackage(name);
  ofNode.catch(() => {
    ofNode = undefined; // It may be installed by the next time.
  });
  return ofNode;
}

/** Asks for the fastest adapter. */
export async function findAdapter(): Promise<WebGpuAdapter> {
  const gpu = await webGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter) return adapter;
  const needed = packageOfNode() ? "; on Linux, Node also needs libvulkan.so.1 and the card's Vulkan driver" : "";
  throw new BackendError(
    `createWebGpu: WebGPU found no adapter: there is no graphics card, or it is blocked${needed}. Use the wasm or the cpu backend`,
  );
}

/** An adapter's name, and whether it is a software renderer. */
export function describeAdapter({ info }: WebGpuAdapter): { readonly name: string; readonly software: boolean } {
  const { vendor, architecture, device, description } = info;
  const name = [vendor, architecture, device, description].filter(Boolean).join(" ") || "an adapter without a name";
  return { name, software: info.isFallbackAdapter === true || softwareRenderers.test(name) };
}
