import {
  ArgumentError,
  type Backend,
  BackendError,
  type DType,
  finalizer,
  kernelsOf,
  type TypedArray,
  type View,
} from "@dlcc/tensor";
import { boardBytes, literal, operands } from "./board.ts";
import { allocate, type Device } from "./device.ts";
import { elementwise } from "./elementwise.ts";
import { fusedOps } from "./fused.ts";
import { type Block, Heap } from "./heap.ts";
import { products } from "./matmul.ts";
import { compile, createMemory, instantiate, isKernels, type Kernels, pageBytes } from "./module.ts";
import { borrow, movement, read, upload } from "./movement.ts";
import { order } from "./order.ts";
import { type Helper, hasWorkers, join, startHelper } from "./pool.ts";
import type { Product } from "./product.ts";
import { reductions } from "./reduce.ts";
import { windows } from "./window.ts";

/** How to set the backend up. */
export interface WasmOptions {
  /** How many threads compute, the caller's among them. Default: as many as the host has cores, but no more than 4. */
  readonly threads?: number;
  /**
   * The kernels as a module, of the file `@dlcc/wasm/kernels.wasm`: for hosts that compile no WebAssembly while they run,
   * such as Cloudflare's workerd. There is one thread then. Default: compiled from what the package embeds.
   */
  readonly module?: WebAssembly.Module;
  /** How large the memory may grow, in bytes. Default: 4 GiB, which is as much as WebAssembly can address. */
  readonly maxBytes?: number;
  /** For those who extend dlcc: a library's product of matrices, which is used in place of the kernels' own. */
  readonly product?: Product;
}

/** How the backend was set up. */
export interface WasmInfo {
  /** How many threads compute. */
  readonly threads: number;
  /** Why there are fewer than were asked for, if so. */
  readonly note?: string;
}

/** How full the memory is, in bytes. */
export interface WasmMemory {
  /** In storages that were not freed, and in what the kernels need for themselves. */
  readonly held: number;
  /** How many those are. */
  readonly storages: number;
  /** How large the memory has grown. */
  readonly size: number;
}

/** A backend in WebAssembly. */
export interface WasmBackend extends Backend {
  /** How it was set up. */
  readonly info: WasmInfo;
  /** How full the memory is. */
  readonly memory: WasmMemory;
  /** Ends the helper threads; ops go on with one. A program need not call it to end. */
  dispose(): void;
}

/** More threads than this gain little at the sizes of the course's networks, and an application has other work. */
const mostThreads = 4;

/** A cache line for each thread's flag. */
const flagBytes = 64;

/** Why there can be but one thread, if so. */
function oneThread(module: WebAssembly.Module | undefined): string | undefined {
  if (module) return "a module that was handed in has one thread";
  if (!hasWorkers())
    return "there are no workers here, as in a service worker: start the program in a worker of a page";
  if (typeof SharedArrayBuffer === "undefined") {
    return "SharedArrayBuffer is missing: in a browser, the page must be cross-origin isolated (COOP and COEP headers)";
  }
  if ((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === false) {
    return "the page is not cross-origin isolated: it must be served with COOP and COEP headers";
  }
  return undefined;
}

const cores = (): number =>
  (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency ?? nodeCores();

interface NodeOs {
  availableParallelism(): number;
}

/** Node 20 lacks `navigator`. */
const nodeCores = (): number => {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  return (process?.getBuiltinModule?.("node:os") as NodeOs | undefined)?.availableParallelism() ?? 1;
};

/**
 * Creates a backend whose kernels are WebAssembly with SIMD, on one thread or more. The same program gives the same bits
 * on every engine, and with any number of threads.
 *
 * @param options How many threads, and how much memory at most.
 * @returns The backend. Where the host allows no threads, it has one, and `info.note` says why.
 * @throws {BackendError} if the host has no WebAssembly with SIMD, or forbids it.
 * @throws {ArgumentError} if an option is out of range.
 * @example
 * ```ts
 * import { tensor } from "@dlcc/tensor";
 * import { createWasm } from "@dlcc/wasm";
 *
 * const backend = await createWasm({ threads: 1 });
 * const x = tensor([[1, 2], [3, 4]], { backend });
 * console.log(await x.matmul(x).array()); // → [ [ 7, 10 ], [ 15, 22 ] ]
 * ```
 */
export async function createWasm(options: WasmOptions = {}): Promise<WasmBackend> {
  const wanted = options.threads ?? Math.min(mostThreads, cores());
  if (!Number.isInteger(wanted) || wanted < 1) {
    throw new ArgumentError(`createWasm: threads must be a whole number from 1, got ${wanted}`);
  }
  const most = options.maxBytes ?? 65536 * pageBytes;
  if (!(most >= 2 ** 20 && most <= 65536 * pageBytes)) {
    throw new ArgumentError(`createWasm: maxBytes must be from 1 MiB to 4 GiB, got ${most}`);
  }
  if (options.module !== undefined && !isKernels(options.module)) {
    throw new ArgumentError("createWasm: module must be the WebAssembly.Module of @dlcc/wasm/kernels.wasm");
  }
  let note = wanted > 1 ? oneThread(options.module) : undefined;
  const shared = wanted > 1 && note === undefined;
  const module = options.module ?? (await compile(shared));
  const { memory, limit } = createMemory(Math.floor(most / pageBytes), shared);
  const { product } = options;
  const kernels = await instantiate(module, memory, product?.multiply(memory));
  const heap = new Heap(memory, kernels.heapBase(), limit);

  const board = heap.allocate(boardBytes).pointer;
  heap.bytes.fill(0, board, board + boardBytes);
  kernels.setBoard(board);
  const newFlag = (): number => {
    const { pointer } = heap.allocate(flagBytes);
    heap.integers[pointer / 4] = 0;
    return pointer;
  };
  kernels.setFlag(newFlag());
  kernels.setScratch(heap.allocate(kernels.scratchBytes()).pointer);
  const helpers: Helper[] = [];
  if (shared) {
    const starts = Array.from({ length: wanted - 1 }, () =>
      startHelper(
        { module, memory, board, scratch: heap.allocate(kernels.scratchBytes()).pointer, flag: newFlag() },
        product,
      ),
    );
    for (const result of await Promise.allSettled(starts)) {
      if (result.status === "fulfilled") helpers.push(result.value);
      else note = result.reason instanceof Error ? result.reason.message : String(result.reason);
    }
  }
  return createBackend(new Threads(heap, kernels, board, helpers, product), note);
}

/** The device: jobs go onto the board, and the helpers take their part. */
class Threads implements Device {
  readonly heap: Heap;
  readonly kernels: Kernels;
  readonly literal: Block;
  readonly product: Product | undefined;
  readonly #board: number;
  readonly #helpers: Helper[];

  constructor(heap: Heap, kernels: Kernels, board: number, helpers: Helper[], product: Product | undefined) {
    this.heap = heap;
    this.kernels = kernels;
    this.product = product;
    this.#board = board;
    this.literal = { pointer: board + literal, bytes: 16 };
    this.#helpers = helpers;
    for (const helper of [...helpers]) {
      helper.onEnd(() => {
        const at = helpers.indexOf(helper);
        if (at >= 0) helpers.splice(at, 1);
      });
    }
  }

  get threads(): number {
    return this.#helpers.length + 1;
  }

  run(
    job: number,
    chunks: number,
    integers: readonly number[],
    reals: readonly number[] = [],
    flags: readonly number[] = [],
  ): void {
    const { heap, kernels } = this;
    let at = (this.#board + operands) / 4;
    for (const value of integers) heap.integers[at++] = value;
    for (const value of reals) heap.floats[at++] = value;
    for (const value of flags) heap.integers[at++] = value;
    kernels.open(job, chunks);
    if (chunks > 1 && !join(kernels, heap.integers, this.#board, this.#helpers)) {
      this.end();
      throw new BackendError(
        "wasm: a helper thread stopped in the middle of an op, whose result is lost: create a new backend, or use { threads: 1 }",
      );
    }
  }

  end(): void {
    for (const helper of this.#helpers.splice(0)) helper.terminate();
  }
}

/** Methods that keep nothing if they fail: the blocks that they were given go back. */
function allOrNothing<M extends object>(heap: Heap, methods: M): M {
  // None takes more arguments than these. To pass on however many there are costs a step some 2 %.
  type Method = (a: unknown, b: unknown, c: unknown, d: unknown) => unknown;
  const wrap =
    (method: Method): Method =>
    (a, b, c, d) => {
      heap.begin();
      try {
        return method(a, b, c, d);
      } catch (error) {
        heap.undo();
        throw error;
      }
    };
  const entries = Object.entries(methods).map(([name, method]) => [name, wrap(method as Method)]);
  return Object.fromEntries(entries) as M;
}

function createBackend(device: Threads, note: string | undefined): WasmBackend {
  const { heap } = device;
  const storage = allOrNothing(heap, {
    upload: (data: TypedArray, dtype: DType) => upload(device, data, dtype),
    readSync: (view: View) => read(device, view),
  });
  return {
    name: "wasm",
    dtypes: ["float32", "int32", "bool"],
    finalizer,
    get info() {
      return { threads: device.threads, ...(note !== undefined && { note }) };
    },
    get memory() {
      return { held: heap.held, storages: heap.blocks, size: heap.size };
    },
    dispose: () => device.end(),

    ...storage,
    read: async (view) => storage.readSync(view),
    borrow: (view) => borrow(device, view),
    assertRoom: (size, dtype) => heap.free(allocate(device, dtype, size)),
    free: (storage) => heap.free(storage as Block),
    flush: async () => {},

    kernel: kernelsOf({
      ...allOrNothing(heap, {
        ...elementwise(device),
        ...reductions(device),
        ...order(device),
        ...products(device),
        ...movement(device),
        ...windows(device),
      }),
      fused: allOrNothing(heap, fusedOps(device)),
    }),
  };
}
