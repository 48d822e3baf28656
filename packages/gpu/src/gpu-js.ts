/**
 * What is used of gpu.js, as types of our own: its typings lack WebGPU and what kernels give. This is the one place that
 * imports it, and only when a backend is made: a program that never does pays nothing.
 */

import { BackendError } from "@dlcc/tensor";

/** Numbers on the device. On a processor, the numbers themselves. */
export type Handle = DeviceHandle | Float32Array;

/** A texture or a buffer. */
interface DeviceHandle {
  /** Reads it back. */
  toArray(): Float32Array | Promise<Float32Array>;
  /** Gives the memory back. */
  delete(): void;
}

/** What a kernel takes: numbers on the device, an array of the host's to upload, a number. */
export type Argument = Handle | number;

/** A compiled kernel: calling it computes all its outputs. */
export interface Kernel {
  // Version 3 of gpu.js is announced to give promises in every mode, as WebGPU does already.
  (...parameters: readonly Argument[]): Handle | Promise<Handle>;
  /** Frees the program, and what is left of its outputs. */
  destroy(): void;
  /** What runs it; after the first call it has the context. */
  readonly kernel: { readonly context?: Context };
}

/** WebGL's context, or what gpu.js keeps of a WebGPU device. */
export interface Context {
  // WebGL
  isContextLost?(): boolean;
  getParameter?(name: number): unknown;
  getExtension?(name: string): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  readonly RENDERER?: number;
  readonly MAX_TEXTURE_SIZE?: number;
  // WebGPU
  readonly isLost?: boolean;
  readonly adapter?: Adapter;
}

/** A WebGPU adapter: a graphics card, or a software renderer. */
export interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: {
    readonly vendor?: string;
    readonly architecture?: string;
    readonly device?: string;
    readonly description?: string;
    readonly isFallbackAdapter?: boolean;
  };
  readonly limits: { readonly maxStorageBufferBindingSize: number; readonly maxBufferSize: number };
}

/** How every kernel is made. */
export interface KernelSettings {
  readonly output: readonly [number];
  readonly constants: Readonly<Record<string, number>>;
  readonly precision: "single";
  readonly tactic: "precision";
  readonly pipeline: true;
  readonly immutable: true;
}

/** Where kernels are made. */
export interface Gpu {
  createKernel(source: string, settings: KernelSettings): Kernel;
  destroy(): Promise<void>;
}

/** The ways in which gpu.js can compute. */
export type GpuJsMode = "webgpu" | "webgl2" | "webasm" | "cpu";

/** gpu.js itself. */
export interface GpuJs {
  new (settings: { readonly mode: GpuJsMode }): Gpu;
  readonly isWebGL2Supported: boolean;
  readonly isWebAssemblySupported: boolean;
}

/**
 * Loads gpu.js.
 *
 * @throws {BackendError} if it is not installed.
 */
export async function loadGpuJs(): Promise<GpuJs> {
  const module = await import("gpu.js").catch((cause: unknown) => {
    throw new BackendError(
      `createGpu: gpu.js did not load: ${cause instanceof Error ? cause.message.split("\n")[0] : cause}. Is it installed? npm install gpu.js --omit=optional`,
      { cause },
    );
  });
  // It is CommonJS: bundlers differ in what they make of its exports.
  const { GPU, default: main } = module as { GPU?: unknown; default?: { GPU?: unknown } };
  const found = GPU ?? main?.GPU ?? main;
  if (typeof found === "function") return found as unknown as GpuJs;
  throw new BackendError("createGpu: gpu.js must export the class GPU, as version 2.24 does");
}
