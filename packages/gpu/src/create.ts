import { ArgumentError, type Backend, BackendError } from "@dlcc/tensor";
import { selfTest } from "@dlcc/tensor/device";
import { backendOn } from "./backend.ts";
import { Device, mostNumbers } from "./device.ts";
import { loadGpuJs } from "./gpu-js.ts";
import { largestWhole } from "./kernels/source.ts";
import { type Found, type GpuMode, probe } from "./probe.ts";

/** How to set the backend up. */
export interface GpuOptions {
  /** The API to compute with. Default: WebGPU, and where there is none, WebGL2. */
  readonly mode?: GpuMode;
  /**
   * Whether a software renderer will do: SwiftShader or Mesa in the browser, otherwise gpu.js on the processor. This is
   * for tests; the cpu and wasm backends are faster. Default: false.
   */
  readonly allowSoftware?: boolean;
}

/** What the backend runs on. */
export interface GpuInfo {
  /** The API that it computes with. */
  readonly mode: GpuMode;
  /** The graphics card, or the software renderer. */
  readonly adapter: string;
  /** Whether that is a software renderer. */
  readonly software: boolean;
  /** The limits of the device. */
  readonly limits: {
    /** How many elements a tensor can have. */
    readonly elements: number;
    /** The largest whole number, either way: `int32` is kept as `float32`. */
    readonly integers: number;
  };
  /** The self-test's largest error of each op, compared with cpu: relative to the result's largest element. */
  readonly precision: Readonly<Record<string, number>>;
}

/** How much memory the backend uses. */
export interface GpuMemory {
  /** Storages that were not freed. */
  readonly storages: number;
  /** Textures or buffers that hold numbers: as many, when all that was asked for is done. */
  readonly handles: number;
  /** Compiled kernels: each shape has its own. */
  readonly kernels: number;
}

/** A backend on the graphics card. */
export interface GpuBackend extends Backend {
  /** What it runs on. */
  readonly info: GpuInfo;
  /** How much memory it uses. */
  readonly memory: GpuMemory;
  /**
   * Gives all memory back, when all that was asked for before has happened: reads that were not awaited still get their
   * numbers. The backend can't be used after that.
   */
  dispose(): Promise<void>;
}

const hardware: readonly GpuMode[] = ["webgpu", "webgl2"];
const all: readonly GpuMode[] = [...hardware, "webasm", "cpu"];

/**
 * Creates a backend on the graphics card. It computes with gpu.js, by WebGPU or else by WebGL2. In Node, WebGPU comes
 * from the package `webgpu`, if it is installed. A new backend is tested first: its matrix product, activations, softmax
 * and reductions are compared with those of the cpu backend.
 *
 * @param options The API, and whether a software renderer will do.
 * @returns The backend.
 * @throws {BackendError} if no graphics card is available, with the reason why each API was refused; or if the device
 *   computes wrongly, with its errors.
 * @throws {ArgumentError} if the mode is unknown.
 * @example
 * ```ts
 * import { tensor } from "@dlcc/tensor";
 * import { createGpu } from "@dlcc/gpu";
 *
 * const backend = await createGpu({ allowSoftware: true }); // so that the example runs where there is no graphics card
 * const x = tensor([[1, 2], [3, 4]], { backend });
 * console.log(await x.matmul(x).array()); // → [ [ 7, 10 ], [ 15, 22 ] ]
 * await backend.dispose();
 * ```
 */
export async function createGpu(options: GpuOptions = {}): Promise<GpuBackend> {
  const { mode, allowSoftware = false } = options;
  if (mode !== undefined && !all.includes(mode)) {
    throw new ArgumentError(`createGpu: mode must be one of ${all.join(", ")}, got ${mode}`);
  }
  const gpuJs = await loadGpuJs();
  const refused: string[] = [];
  for (const candidate of mode ? [mode] : allowSoftware ? all : hardware) {
    const found = await probe(candidate, gpuJs);
    if ("missing" in found) {
      refused.push(`${candidate}: ${found.missing}`);
    } else if (found.software && !allowSoftware) {
      refused.push(`${candidate}: ${found.adapter} is a software renderer, slower than the wasm backend`);
    } else {
      try {
        const device = new Device(`gpu (${candidate})`, new gpuJs({ mode: candidate }), hardware.includes(candidate));
        return await start(candidate, found, device);
      } catch (error) {
        refused.push(`${candidate}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  throw new BackendError(
    `createGpu: no GPU here. ${refused.join("; ")}. Use the wasm or the cpu backend${allowSoftware ? "" : ", or for tests createGpu({ allowSoftware: true })"}`,
  );
}

/** Tests the device, and makes a backend of it. */
async function start(mode: GpuMode, { adapter, software }: Found, device: Device): Promise<GpuBackend> {
  const backend = backendOn(device);
  try {
    const precision = await selfTest(backend, `${device.name} on ${adapter}`);
    return {
      ...backend,
      info: { mode, adapter, software, limits: { elements: mostNumbers, integers: largestWhole }, precision },
      get memory() {
        return { storages: device.storages, handles: device.handles, kernels: device.kernels };
      },
      dispose: () => device.dispose(),
    };
  } catch (error) {
    await device.dispose();
    throw error;
  }
}
