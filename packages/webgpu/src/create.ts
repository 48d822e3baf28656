import { type Backend, BackendError, cast, conv2d } from "@dlcc/tensor";
import { selfTest } from "@dlcc/tensor/device";
import { describeAdapter, findAdapter, type WebGpuAdapter } from "./adapter.ts";
import { backendOn } from "./backend.ts";
import { Device } from "./device.ts";
import { tunerOf } from "./tuner.ts";

/** How to set the backend up. */
export interface WebGpuOptions {
  /** The adapter to compute on: it must not have given a device before. Default: the fastest that WebGPU finds. */
  readonly adapter?: WebGpuAdapter;
  /**
   * Whether a software renderer will do, such as SwiftShader. This is for tests; the wasm backend is faster. Default: false.
   */
  readonly allowSoftware?: boolean;
  /**
   * Whether to try which tiles multiply large matrices fastest on this device, the first time that a class of shapes comes
   * up. Default: true, but on a software renderer.
   */
  readonly tune?: boolean;
}

/** What the backend runs on. */
export interface WebGpuInfo {
  /** The graphics card, or the software renderer. */
  readonly adapter: string;
  /** Whether that is a software renderer. */
  readonly software: boolean;
  /** The limits of the device. */
  readonly limits: {
    /** How many elements a tensor can have. */
    readonly elements: number;
  };
  /** The self-test's largest error of each op, compared with cpu: relative to the result's largest element. */
  readonly precision: Readonly<Record<string, number>>;
}

/** How much memory the backend uses. */
export interface WebGpuMemory {
  /** Storages that were not freed. */
  readonly storages: number;
  /** Buffers that hold numbers: as many as storages, when all that was asked for is done. */
  readonly buffers: number;
  /** Buffers that are kept for results to come. */
  readonly spare: number;
  /** What both take, in bytes. */
  readonly bytes: number;
  /** Compiled kernels. */
  readonly kernels: number;
}

/** A backend on the graphics card. */
export interface WebGpuBackend extends Backend {
  /** What it runs on. */
  readonly info: WebGpuInfo;
  /** How much memory it uses. */
  readonly memory: WebGpuMemory;
  /**
   * Gives all memory back, when all that was asked for before has happened: reads that were not awaited still get their
   * numbers. The backend can't be used after that.
   */
  dispose(): Promise<void>;
}

/**
 * Creates a backend on the graphics card, by WebGPU and kernels of its own. In Node, WebGPU comes from the package `webgpu`,
 * if it is installed; browsers and Deno have it. A new backend is tested first: what training needs is compared with the cpu
 * backend.
 *
 * @param options The adapter, whether a software renderer will do, and whether to tune.
 * @returns The backend.
 * @throws {BackendError} if there is no WebGPU, or no graphics card; or if the device computes wrongly, with its errors.
 * @example
 * ```ts
 * import { cpu, tensor } from "@dlcc/tensor";
 * import { createWebGpu } from "@dlcc/webgpu";
 *
 * const backend = await createWebGpu().catch(() => cpu); // so that the example runs where there is no graphics card
 * const x = tensor([[1, 2], [3, 4]], { backend });
 * console.log(await x.matmul(x).array()); // → [ [ 7, 10 ], [ 15, 22 ] ]
 * ```
 */
export async function createWebGpu(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  const { allowSoftware = false, adapter = await findAdapter() } = options;
  const { name, software } = describeAdapter(adapter);
  if (software && !allowSoftware) {
    throw new BackendError(
      `createWebGpu: ${name} is a software renderer, slower than the wasm backend: use that, or for tests createWebGpu({ allowSoftware: true })`,
    );
  }
  const device = new Device(`webgpu (${name})`, await deviceOf(adapter));
  if (options.tune ?? !software) device.tuner = tunerOf(name);
  const backend = backendOn(device);
  try {
    const precision = await selfTest(backend, `createWebGpu: ${name}`, {
      int32: (a) => cast(cast(a.mul(1e8), "int32").mul(3), "float32"),
      conv2d: (a, b) => conv2d(a.reshape([1, 3, 11, 47]), b.reshape([11, 3, 1, 47]), undefined, { padding: [0, 2] }),
    });
    return {
      ...backend,
      info: { adapter: name, software, limits: { elements: device.mostElements }, precision },
      get memory() {
        return { storages: device.storages, ...device.memory };
      },
      dispose: () => device.dispose(),
    };
  } catch (error) {
    await device.dispose();
    throw error;
  }
}

/** Asks for nothing beyond WebGPU's least but, as far as the adapter has it, for how large a tensor can be. */
async function deviceOf(adapter: WebGpuAdapter): Promise<GPUDevice> {
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits as GPUSupportedLimits;
  try {
    return (await adapter.requestDevice({
      requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
    })) as GPUDevice;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BackendError(`createWebGpu: the adapter gave no device: ${reason}`, { cause: error });
  }
}
