/**
 * A WebGPU device: its queue, its pipelines, its memory. What is asked for is written down in one command encoder, in one
 * pass, and sent to the device at reads, at `flush`, and every so many jobs.
 */
import { BackendError, largestHolders, unscopedTensors } from "@dlcc/tensor";
import { type Doubt, Numbers } from "./numbers.ts";
import { Pipelines } from "./pipelines.ts";
import { type Block, Pool, usage } from "./pool.ts";
import { Queue } from "./queue.ts";
import type { Tuner } from "./tuner.ts";
import type { Kernel } from "./wgsl/kernel.ts";

/** How many workgroups there are along each direction. */
export type Grid = readonly [x: number, y: number, z: number];

/** A kernel to run. */
export interface Launch {
  readonly kernel: Kernel;
  readonly inputs: readonly Numbers[];
  /** Made by `make`; several launches may write to one. */
  readonly outputs: readonly Numbers[];
  /** The kernel's numbers. */
  readonly params: readonly number[];
  readonly grid: Grid;
}

/** So many jobs are sent at once: there is room for the numbers of as many. */
const mostJobs = 256;
/** Words that the numbers of one job take: what WebGPU wants the offset of a uniform to be a multiple of. */
const paramWords = 64;
/** From this size on, a new buffer is waited for: there may be no room for it. */
const largeBytes = 2 ** 22;
/** As many bind groups are kept. */
const mostBindGroups = 4096;

const [nan, infinity] = new Uint32Array(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY).buffer) as unknown as [
  number,
  number,
];

/** A device. */
export class Device {
  /** As messages name it. */
  readonly name: string;
  /** How many storages were made and not freed. */
  storages: number = 0;
  /** What finds the fastest kernels for large products; without one, they have the usual ones. */
  tuner: Tuner | undefined;
  /** The most elements that a storage can have. */
  readonly mostElements: number;
  readonly #gpu: GPUDevice;
  readonly #queue: Queue = new Queue();
  readonly #pool: Pool;
  readonly #pipelines: Pipelines;
  readonly #bindGroups: Map<string, GPUBindGroup> = new Map();
  /** The numbers of the jobs that are being written down, and where they go. */
  readonly #words: Uint32Array = new Uint32Array(mostJobs * paramWords);
  readonly #ints: Int32Array = new Int32Array(this.#words.buffer);
  readonly #floats: Float32Array = new Float32Array(this.#words.buffer);
  readonly #uniform: GPUBuffer;
  /** Stands for inputs without elements. */
  readonly #nothing: GPUBuffer;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #jobs = 0;
  /** Counts submissions; what is written down now belongs to this one. */
  #submission = 0;
  /** What each submission writes, until the device says that nothing was wrong with it. */
  #unconfirmed: Map<number, Set<Numbers>> = new Map([[0, new Set()]]);
  #confirmed: Promise<void> = Promise.resolve();
  readonly #reads: Set<Promise<unknown>> = new Set();
  /** Why nothing can be computed any more. */
  #end: string | undefined;
  #disposal: Promise<void> | undefined;
  #complaint: string | undefined;

  constructor(name: string, gpu: GPUDevice) {
    this.name = name;
    this.#gpu = gpu;
    const { maxBufferSize, maxStorageBufferBindingSize } = gpu.limits;
    this.mostElements = Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize) / 16) * 4;
    this.#pool = new Pool(gpu);
    this.#pipelines = new Pipelines(gpu);
    this.#uniform = gpu.createBuffer({ size: this.#words.byteLength, usage: usage.uniform | usage.copyTarget });
    this.#nothing = gpu.createBuffer({ size: 16, usage: usage.storage });
    gpu.addEventListener("uncapturederror", (event) => {
      event.preventDefault(); // Node would print it, between a program's own lines.
      this.#complaint ??= event.error.message;
    });
    gpu.lost.then(({ message }) => {
      this.#end ??= `the device was lost, and all tensors on it: ${message || "the system took it away (a driver that restarted, a machine that slept, a page that asked for too much)"}. Make a new backend with createWebGpu(), and load the model from where you saved it last`;
    });
  }

  /** Buffers in use, kept for later, and the bytes of both; and how many kernels are compiled. */
  get memory(): { readonly buffers: number; readonly spare: number; readonly bytes: number; readonly kernels: number } {
    const { used, spare, bytes } = this.#pool;
    return { buffers: used, spare, bytes, kernels: this.#pipelines.count };
  }

  /** A storage for numbers to come. */
  make(op: string, size: number): Numbers {
    if (size > this.mostElements) {
      throw new BackendError(
        `${op}: a tensor of ${size} elements is too large for ${this.name}, whose buffers hold ${this.mostElements}: split it (minibatches, fewer units), or take the cpu or wasm backend`,
      );
    }
    this.storages++;
    return new Numbers(size);
  }

  /** Asks for a kernel to run. */
  launch(launch: Launch): void {
    const { kernel, inputs, outputs } = launch;
    if (outputs.some(({ size }) => size === 0)) return; // Then all are empty, but for a word of doubt.
    const doubts = inputs.flatMap((input) => input.doubts);
    if (doubts.length > 0) for (const output of outputs) this.doubt(output, doubts);
    this.#pipelines.prepare(kernel); // Those of a whole step are compiled side by side.
    this.#run(kernel.name, inputs, outputs, () => this.#encode(launch));
  }

  /** Asks for a kernel that is chosen when its turn comes. */
  choose(
    op: string,
    inputs: readonly Numbers[],
    outputs: readonly Numbers[],
    plan: () => Promise<readonly Launch[]>,
  ): void {
    const doubts = inputs.flatMap((input) => input.doubts);
    if (doubts.length > 0) for (const output of outputs) this.doubt(output, doubts);
    this.#run(op, inputs, outputs, async () => {
      for (const launch of await plan()) await this.#encode(launch);
    });
  }

  /** How long launches take the device, in milliseconds, when each runs so often. For jobs: nothing else runs meanwhile. */
  async measure(launches: readonly Launch[], repeats: number): Promise<number> {
    this.#submit();
    await this.#gpu.queue.onSubmittedWorkDone();
    const start = performance.now();
    for (let i = 0; i < repeats; i++) for (const launch of launches) await this.#encode(launch);
    this.#submit();
    await this.#gpu.queue.onSubmittedWorkDone();
    return performance.now() - start;
  }

  /** From here on, reading these numbers looks at the doubts, too. */
  doubt(numbers: Numbers, doubts: readonly Doubt[]): void {
    const fresh = [...new Set(doubts)].filter((doubt) => !numbers.doubts.includes(doubt));
    for (const doubt of fresh) doubt.carriers++;
    numbers.doubts = [...numbers.doubts, ...fresh];
  }

  #run(op: string, inputs: readonly Numbers[], outputs: readonly Numbers[], job: () => void | Promise<void>): void {
    const fail = (error: unknown): void => {
      const failure = error instanceof BackendError ? error : this.#failed(op, error);
      for (const output of outputs) output.failure ??= failure;
    };
    this.#queue.push(() => {
      try {
        this.#checkAlive();
        for (const { failure } of [...inputs, ...outputs]) if (failure) throw failure;
        const done = job();
        return done?.catch(fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  /** Writes a kernel down. It waits only for its pipeline and for large buffers, and only the first time. */
  #encode(launch: Launch): void | Promise<void> {
    const pipeline = this.#pipelines.get(launch.kernel);
    const waits = launch.outputs.some(({ block, bytes }) => !block && bytes >= largeBytes && !this.#hasSpare(bytes));
    if (!(pipeline instanceof Promise) && !waits) {
      for (const output of launch.outputs)
        output.block ??= this.#pool.take(output.bytes) ?? this.#pool.make(output.bytes);
      this.#dispatch(launch, pipeline);
      return undefined;
    }
    return (async () => {
      const ready = await pipeline;
      for (const output of launch.outputs) output.block ??= await this.#allocate(output.bytes);
      this.#checkAlive();
      this.#dispatch(launch, ready);
    })();
  }

  #hasSpare(bytes: number): boolean {
    const block = this.#pool.take(bytes);
    if (block) this.#pool.give(block);
    return block !== undefined;
  }

  async #allocate(bytes: number): Promise<Block> {
    const known = this.#pool.take(bytes);
    if (known) return known;
    for (const isLast of [false, true]) {
      this.#gpu.pushErrorScope("out-of-memory");
      const block = this.#pool.make(bytes);
      const error = await this.#gpu.popErrorScope();
      if (!error) return block;
      this.#pool.drop(block);
      if (isLast) throw new Error(`out of memory: ${error.message}`);
      this.#submit(); // What is kept for later goes, if nothing uses it any more.
      this.#pool.sweep(true);
    }
    throw new Error("out of memory");
  }

  #dispatch({ kernel, inputs, outputs, params, grid }: Launch, pipeline: GPUComputePipeline): void {
    if (this.#jobs === mostJobs) this.#submit();
    const at = this.#jobs++ * paramWords;
    this.#words[at] = nan;
    this.#words[at + 1] = infinity;
    kernel.params.forEach((type, i) => {
      const words = type === "f32" ? this.#floats : type === "i32" ? this.#ints : this.#words;
      words[at + 2 + i] = params[i] as number;
    });
    this.#encoder ??= this.#gpu.createCommandEncoder();
    this.#pass ??= this.#encoder.beginComputePass();
    this.#pass.setPipeline(pipeline);
    this.#pass.setBindGroup(0, this.#bindGroup(kernel, inputs, outputs), [at * 4]);
    this.#pass.dispatchWorkgroups(...grid);
    for (const { block } of inputs) if (block) block.usedBy = this.#submission;
    for (const output of outputs) {
      (output.block as Block).usedBy = this.#submission;
      this.#unconfirmed.get(this.#submission)?.add(output);
    }
  }

  #bindGroup(kernel: Kernel, inputs: readonly Numbers[], outputs: readonly Numbers[]): GPUBindGroup {
    const all = [...inputs, ...outputs];
    const key = `${kernel.bindings} ${all.map(({ block, bytes }) => (block ? `${block.id}:${bytes}` : "")).join()}`;
    const known = this.#bindGroups.get(key);
    if (known) return known;
    const resources = all.map(({ block, bytes }) => ({
      buffer: block?.buffer ?? this.#nothing,
      size: block ? bytes : 16,
    }));
    const group = this.#gpu.createBindGroup({
      layout: this.#pipelines.layout(kernel),
      entries: [{ buffer: this.#uniform, size: paramWords * 4 }, ...resources].map((resource, binding) => ({
        binding,
        resource,
      })),
    });
    if (this.#bindGroups.size >= mostBindGroups) this.#bindGroups.clear();
    this.#bindGroups.set(key, group);
    return group;
  }

  /** Sends what was written down. `last` adds commands after it. */
  #submit(last?: (encoder: GPUCommandEncoder) => void): void {
    this.#pass?.end();
    const encoder = this.#encoder ?? (last && this.#gpu.createCommandEncoder());
    if (encoder) {
      last?.(encoder);
      this.#gpu.pushErrorScope("validation");
      this.#gpu.queue.writeBuffer(this.#uniform, 0, this.#words, 0, this.#jobs * paramWords);
      this.#gpu.queue.submit([encoder.finish()]);
      this.#confirm(this.#submission, this.#gpu.popErrorScope());
      this.#submission++;
      this.#unconfirmed.set(this.#submission, new Set());
    }
    [this.#encoder, this.#pass, this.#jobs] = [undefined, undefined, 0];
    this.#pool.sweep();
  }

  /** Where the device refuses a submission, all that it and the later ones were to write is lost. */
  #confirm(submission: number, result: Promise<GPUError | null>): void {
    const before = this.#confirmed;
    this.#confirmed = result
      .then(
        (error) => error?.message,
        (error: unknown) => String(error),
      )
      .then(async (message) => {
        await before;
        if (message !== undefined) {
          const failure = this.#failed("submit", new Error(this.#complaint ?? message));
          for (const written of this.#unconfirmed.values()) for (const numbers of written) numbers.failure ??= failure;
          this.#complaint = undefined;
        }
        this.#unconfirmed.delete(submission);
      });
  }

  /** Asks for host numbers to be copied to the device. They are taken over now. */
  upload(data: Float32Array | Int32Array | Uint32Array): Numbers {
    const output = this.make("upload", data.length);
    if (data.length === 0) return output;
    const isLarge = output.bytes >= largeBytes;
    const words = this.#queue.idle && !isLarge ? data : data.slice();
    const write = (block: Block): void => {
      output.block = block;
      this.#gpu.queue.writeBuffer(block.buffer, 0, words as Float32Array<ArrayBuffer>);
    };
    this.#run("upload", [], [output], () => {
      // The device writes before what is being written down runs: so not to a block that that uses.
      const known = this.#pool.take(output.bytes, this.#submission);
      if (known) return write(known);
      if (!isLarge) return write(this.#pool.make(output.bytes));
      this.#submit();
      return this.#allocate(output.bytes).then(write);
    });
    return output;
  }

  /** Reads `size` numbers back from place `start` on, when all that was asked for before has happened. */
  read(op: string, numbers: Numbers, start: number = 0, size: number = numbers.size): Promise<Uint32Array> {
    const wanted = [
      { numbers, start, size },
      ...numbers.doubts.map(({ word }) => ({ numbers: word, start: 0, size: 1 })),
    ];
    const { doubts } = numbers;
    const result = new Promise<Uint32Array>((resolve, reject) => {
      this.#queue.push(() => {
        const answer = this.#copyBack(op, wanted).then(([first = new Uint32Array(0), ...words]) => {
          const found = words.findIndex((word) => word[0] !== 0);
          if (found >= 0) throw new BackendError(`${op}: ${doubts[found]?.message}`);
          return first;
        });
        answer.then(resolve, (error) => reject(error instanceof BackendError ? error : this.#failed(op, error)));
      });
    });
    this.#reads.add(result);
    const done = (): void => void this.#reads.delete(result);
    result.then(done, done);
    return result;
  }

  /** Copies ranges to the host. Everything up to the first `await` happens in the queue's turn. */
  async #copyBack(
    op: string,
    ranges: readonly { readonly numbers: Numbers; readonly start: number; readonly size: number }[],
  ): Promise<readonly Uint32Array[]> {
    for (const { numbers } of ranges) if (numbers.failure) throw numbers.failure;
    this.#checkAlive();
    const total = ranges.reduce((sum, { size }) => sum + size, 0);
    if (total === 0) return [new Uint32Array(0)];
    const staging = this.#gpu.createBuffer({ size: total * 4, usage: usage.mapRead | usage.copyTarget });
    try {
      this.#submit((encoder) => {
        let at = 0;
        for (const { numbers, start, size } of ranges) {
          if (size === 0) continue;
          if (!numbers.block) throw new BackendError(`${op}: the storage was freed`);
          encoder.copyBufferToBuffer(numbers.block.buffer, start * 4, staging, at * 4, size * 4);
          at += size;
        }
      });
      const confirmed = this.#confirmed;
      await staging.mapAsync(1);
      await confirmed;
      this.#checkAlive();
      for (const { numbers } of ranges) if (numbers.failure) throw numbers.failure;
      const words = new Uint32Array(staging.getMappedRange().slice(0));
      let at = 0;
      return ranges.map(({ size }) => {
        at += size;
        return words.subarray(at - size, at);
      });
    } catch (error) {
      this.#checkAlive();
      throw error;
    } finally {
      staging.destroy();
    }
  }

  /** Gives numbers back, when the jobs that need them have run. */
  free(numbers: Numbers): void {
    if (numbers.freed) return;
    numbers.freed = true;
    this.storages--;
    for (const others of numbers.derived?.values() ?? []) for (const other of others) this.free(other);
    for (const doubt of numbers.doubts) if (--doubt.carriers === 0) this.free(doubt.word);
    if (numbers.size === 0) return;
    this.#queue.push(() => {
      const { block } = numbers;
      numbers.block = undefined;
      if (block && this.#end === undefined) this.#pool.give(block);
      else if (block) this.#pool.drop(block);
    });
  }

  /** Resolves when all that was asked for before is done. What failed surfaces where it is read. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#queue.push(() => {
        if (this.#end !== undefined) return resolve();
        this.#submit();
        const confirmed = this.#confirmed;
        this.#gpu.queue.onSubmittedWorkDone().then(
          () => confirmed.then(resolve),
          () => resolve(),
        );
      });
    });
  }

  /** Gives all memory back, when all that was asked for before has happened, and what was read is there. */
  dispose(): Promise<void> {
    this.#disposal ??= new Promise((resolve) => {
      this.#queue.push(async () => {
        if (this.#end === undefined) this.#submit();
        await Promise.allSettled(this.#reads);
        this.#end = "the backend was disposed of: make a new one";
        this.#bindGroups.clear();
        this.#pool.sweep(true);
        this.#uniform.destroy();
        this.#nothing.destroy();
        this.#gpu.destroy(); // And with it every buffer.
        resolve();
      });
    });
    return this.#disposal;
  }

  #checkAlive(): void {
    if (this.#end !== undefined) throw new BackendError(`${this.name}: ${this.#end}`);
  }

  #failed(op: string, cause: unknown): BackendError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new BackendError(
      `${op}: failed on ${this.name}: ${reason} (it holds ${this.storages} tensors, ${unscopedTensors()} of them outside scopes: put code that makes many into tidy(…)${largestHolders()})`,
      { cause },
    );
  }
}
