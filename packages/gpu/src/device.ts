import { BackendError } from "@dlcc/tensor";
import { failureOf, lossOf, tooLarge } from "@dlcc/tensor/device";
import type { Argument, Context, Gpu, Handle, Kernel } from "./gpu-js.ts";
import type { KernelSource } from "./kernels/source.ts";
import { Queue } from "./queue.ts";

/** A storage: numbers on the device, or still to come, or never to come. */
export class Numbers {
  /** How many. */
  readonly size: number;
  /** How many there is room for: what lies behind the last one is never read. */
  readonly capacity: number;
  /** Where they are, once the job that makes them has run; nothing for no numbers. */
  handle: Handle | undefined;
  /** Whose output they are. */
  maker: CachedKernel | undefined;
  /** Why there will be none: the job that makes them failed, or one that it depends on. */
  failure: BackendError | undefined;

  constructor(size: number, capacity: number) {
    this.size = size;
    this.capacity = capacity;
  }
}

/** A compiled kernel. It must outlive its outputs: gpu.js frees them through it, or with it. */
interface CachedKernel {
  readonly run: Kernel;
  /** How many of its outputs are on the device. */
  outputs: number;
  /** Whether the cache has let go of it. */
  dropped: boolean;
}

/** One output less: a kernel that the cache has let go of goes with its last. */
function release(maker: CachedKernel): void {
  maker.outputs--;
  if (maker.dropped && maker.outputs === 0) maker.run.destroy();
}

/** As many compiled kernels are kept. A network in training takes some dozens; each shape has its own. */
const mostKernels = 512;

/** From here on a `float32` skips whole numbers, and so loses track of indices. */
export const mostNumbers: number = 2 ** 24;

/** The room that small storages get. Kernels are compiled for the room of their inputs and outputs: so, for few sizes. */
const rooms: readonly number[] = [16, 64, 256, 1024, 4096];

/** Numbers for the kernel itself: they are compiled in. */
export type Constants = Readonly<Record<string, number>>;

const none: Constants = {};

/** A gpu.js device: its kernels, its queue, and how much it holds. */
export class Device {
  /** As messages name it. */
  readonly name: string;
  /** How many storages were made and not freed. */
  storages: number = 0;
  readonly #gpu: Gpu;
  /** The textures or buffers that hold numbers. */
  readonly #handles: Set<Handle> = new Set();
  readonly #roomy: boolean;
  readonly #queue: Queue = new Queue();
  /** In the order of their last use. */
  readonly #kernels: Map<string, CachedKernel> = new Map();
  #context: Context | undefined;
  /** What is being read back. */
  readonly #reads: Set<Promise<Float32Array>> = new Set();
  #disposed = false;
  #disposal: Promise<void> | undefined;

  /** @param roomy Whether storages may be larger than their numbers: on a device, no index leads out of its memory. */
  constructor(name: string, gpu: Gpu, roomy: boolean) {
    this.name = name;
    this.#gpu = gpu;
    this.#roomy = roomy;
  }

  /** How many textures or buffers hold numbers. */
  get handles(): number {
    return this.#handles.size;
  }

  /** How many kernels are compiled. */
  get kernels(): number {
    return this.#kernels.size;
  }

  /** What gpu.js runs on, after the first job. */
  get context(): Context | undefined {
    return this.#context;
  }

  /**
   * Asks for a kernel to run.
   *
   * @param kernel Its source; its parameters are the inputs, then the scalars.
   * @param size How many numbers come out.
   */
  launch(
    kernel: KernelSource,
    size: number,
    inputs: readonly Numbers[],
    scalars: readonly number[] = [],
    constants: Constants = none,
  ): Numbers {
    return this.#produce(kernel, size, inputs, constants, () => [
      ...inputs.map(({ handle }) => handle as Handle),
      ...scalars,
    ]);
  }

  /** Asks for host numbers to be copied to the device. They are taken over now. */
  upload(kernel: KernelSource, data: ArrayLike<number>): Numbers {
    const floats = new Float32Array(this.#capacityOf(data.length));
    floats.set(data);
    return this.#produce(kernel, data.length, [], none, () => [floats]);
  }

  #capacityOf(size: number): number {
    return (this.#roomy && size > 0 ? rooms.find((room) => size <= room) : undefined) ?? size;
  }

  #produce(
    kernel: KernelSource,
    size: number,
    inputs: readonly Numbers[],
    constants: Constants,
    parameters: () => readonly Argument[],
  ): Numbers {
    if (size > mostNumbers) {
      const holds = `which counts with float32 and so holds at most ${mostNumbers} in one`;
      throw tooLarge(kernel.name, size, this, holds);
    }
    const output = new Numbers(size, this.#capacityOf(size));
    this.storages++;
    if (size === 0) return output;
    this.#queue.push(async () => {
      try {
        this.#checkAlive();
        for (const { failure } of inputs) if (failure) throw failure;
        const maker = this.#kernel(kernel, output.capacity, inputs, constants);
        output.handle = await maker.run(...parameters());
        output.maker = maker;
        maker.outputs++;
        this.#handles.add(output.handle);
        this.#context ??= maker.run.kernel.context;
      } catch (error) {
        output.failure = failureOf(kernel.name, this, error);
      }
    });
    return output;
  }

  /** Reads numbers back, when all that was asked for before has happened. */
  read(op: string, numbers: Numbers): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      this.#queue.push(() => {
        try {
          if (numbers.failure) throw numbers.failure;
          const { handle, maker, size } = numbers;
          if (size === 0) return resolve(new Float32Array(0));
          if (!handle || !maker) throw new BackendError(`${op}: the storage was freed`);
          this.#checkAlive();
          // Not awaited: the device works on, and answers in turn.
          const data = this.#readBack(op, size, maker, "toArray" in handle ? handle.toArray() : handle.slice());
          this.#reads.add(data);
          const done = (): void => void this.#reads.delete(data);
          data.then(done, done);
          resolve(data);
        } catch (error) {
          reject(failureOf(op, this, error));
        }
      });
    });
  }

  async #readBack(
    op: string,
    size: number,
    maker: CachedKernel,
    data: Float32Array | Promise<Float32Array>,
  ): Promise<Float32Array> {
    maker.outputs++; // It must not go while it reads.
    try {
      const numbers = await data;
      this.#checkAlive(); // A context that was lost meanwhile gives zeros.
      return numbers.length === size ? numbers : numbers.slice(0, size);
    } catch (error) {
      throw failureOf(op, this, error);
    } finally {
      release(maker);
    }
  }

  /** Gives numbers back, when the jobs that need them have run. */
  free(numbers: Numbers): void {
    this.storages--;
    if (numbers.size === 0) return;
    this.#queue.push(() => {
      const { handle, maker } = numbers;
      if (!handle || !maker || !this.#handles.has(handle)) return; // Nothing came of it, or all was given back.
      numbers.handle = undefined;
      numbers.maker = undefined;
      this.#delete(handle);
      release(maker);
    });
  }

  #delete(handle: Handle): void {
    if ("toArray" in handle) handle.delete();
    this.#handles.delete(handle);
  }

  /** Gives all memory back, when all that was asked for before has happened, and what was read is there. */
  dispose(): Promise<void> {
    this.#disposal ??= new Promise((resolve, reject) => {
      this.#queue.push(() => this.#end().then(resolve, reject));
    });
    return this.#disposal;
  }

  async #end(): Promise<void> {
    await Promise.allSettled(this.#reads);
    this.#disposed = true;
    for (const handle of this.#handles) this.#delete(handle); // gpu.js would forget them.
    await this.#gpu.destroy();
  }

  /** The kernel for these sizes: gpu.js compiles the sizes of inputs and output in. */
  #kernel(kernel: KernelSource, capacity: number, inputs: readonly Numbers[], constants: Constants): CachedKernel {
    const key = [kernel.id, capacity, inputs.map((input) => input.capacity), Object.values(constants)].join("|");
    const known = this.#kernels.get(key);
    const cached = known ?? { run: this.#compile(kernel, capacity, constants), outputs: 0, dropped: false };
    this.#kernels.delete(key);
    this.#kernels.set(key, cached);
    if (this.#kernels.size > mostKernels) this.#dropOldest();
    return cached;
  }

  #compile(kernel: KernelSource, capacity: number, constants: Constants): Kernel {
    return this.#gpu.createKernel(kernel.source, {
      output: [capacity],
      constants,
      precision: "single", // "unsigned" corrupts NaN and infinities.
      tactic: "precision", // Without it, GLSL's lowp.
      pipeline: true,
      immutable: true, // Without it, outputs share a texture.
    });
  }

  #dropOldest(): void {
    for (const [key, cached] of this.#kernels) {
      this.#kernels.delete(key);
      cached.dropped = true;
      if (cached.outputs === 0) cached.run.destroy();
      return;
    }
  }

  #checkAlive(): void {
    const context = this.#context;
    if (this.#disposed) throw new BackendError(`${this.name}: the backend was disposed of: make a new one`);
    if (!context?.isLost && !context?.isContextLost?.()) return;
    throw new BackendError(`${this.name}: ${lossOf("createGpu")}`);
  }
}
