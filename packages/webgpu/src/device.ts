/**
 * A WebGPU device: one queue of jobs, which compile kernels, take buffers from the pool, and write commands down. They are
 * sent to the device at reads, at `flush`, and every so many.
 */
import { BackendError } from "@dlcc/tensor";
import { failureOf, lossOf, tooLarge } from "@dlcc/tensor/device";
import { Encoder, type Launch } from "./encoder.ts";
import { type Doubt, Numbers } from "./numbers.ts";
import { Pipelines } from "./pipelines.ts";
import { type Block, Pool } from "./pool.ts";
import { type Job, Queue } from "./queue.ts";
import { Reader } from "./reader.ts";
import type { Tuner } from "./tuner.ts";

/** From this size on, a new buffer is waited for: there may be no room for it. */
const largeBytes = 2 ** 22;

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
  readonly #encoder: Encoder;
  readonly #reader: Reader;
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
    this.#encoder = new Encoder(gpu, this.#pipelines, this.#pool, (reason, lost) => {
      const refused = failureOf("submit", this, new Error(this.#complaint ?? reason));
      for (const numbers of lost) numbers.failure ??= refused;
      this.#complaint = undefined;
    });
    this.#reader = new Reader(gpu, this.#encoder);
    gpu.addEventListener("uncapturederror", (event) => {
      event.preventDefault(); // Node would print it, between a program's own lines.
      this.#complaint ??= event.error.message;
    });
    gpu.lost.then(({ message }) => {
      this.#end ??= lossOf("createWebGpu", message);
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
      throw tooLarge(op, size, this, `whose buffers hold ${this.mostElements}`);
    }
    this.storages++;
    return new Numbers(size);
  }

  /** Asks for a kernel to run. */
  launch(launch: Launch): void {
    const { kernel, inputs, outputs } = launch;
    if (outputs.some(({ size }) => size === 0)) return; // Then all are empty, but for a word of doubt.
    void this.#pipelines.get(kernel); // Those of a whole step are compiled side by side.
    this.#run(kernel.name, inputs, outputs, () => this.#write(launch));
  }

  /** Asks for kernels that are chosen when their turn comes. */
  choose(
    op: string,
    inputs: readonly Numbers[],
    outputs: readonly Numbers[],
    plan: () => Promise<readonly Launch[]>,
  ): void {
    this.#run(op, inputs, outputs, async () => {
      for (const launch of await plan()) await this.#write(launch);
    });
  }

  /** How long launches take the device, in milliseconds, when each runs so often. For jobs: nothing else runs meanwhile. */
  async measure(launches: readonly Launch[], repeats: number): Promise<number> {
    await this.#settle();
    const start = performance.now();
    for (let i = 0; i < repeats; i++) for (const launch of launches) await this.#write(launch);
    await this.#settle();
    return performance.now() - start;
  }

  /** Sends what was written down, and waits until the device has done it. */
  async #settle(): Promise<void> {
    this.#encoder.submit();
    await this.#gpu.queue.onSubmittedWorkDone();
  }

  /** From here on, reading these numbers looks at the doubts, too. */
  doubt(numbers: Numbers, doubts: readonly Doubt[]): void {
    const fresh = [...new Set(doubts)].filter((doubt) => !numbers.doubts.includes(doubt));
    for (const doubt of fresh) doubt.carriers++;
    numbers.doubts = [...numbers.doubts, ...fresh];
  }

  /** A job that fails, or that needs what failed, leaves its outputs as failed, and nothing else. */
  #run(op: string, inputs: readonly Numbers[], outputs: readonly Numbers[], job: Job): void {
    const doubts = inputs.flatMap((input) => input.doubts);
    if (doubts.length > 0) for (const output of outputs) this.doubt(output, doubts);
    const fail = (error: unknown): void => {
      for (const output of outputs) output.failure ??= failureOf(op, this, error);
    };
    this.#queue.push(() => {
      try {
        this.#checkAlive();
        for (const { failure } of [...inputs, ...outputs]) if (failure) throw failure;
        return job()?.catch(fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  /** Writes a kernel down. It waits only for its pipeline and for large buffers, and only the first time. */
  #write(launch: Launch): void | Promise<void> {
    const pipeline = this.#pipelines.get(launch.kernel);
    const missing = launch.outputs.filter(({ block }) => !block);
    const waits = missing.some(({ bytes }) => bytes >= largeBytes && !this.#pool.has(bytes));
    if (pipeline instanceof Promise || waits) return this.#writeLater(launch, pipeline, missing);
    for (const output of missing) output.block = this.#pool.take(output.bytes) ?? this.#pool.make(output.bytes);
    this.#encoder.write(launch, pipeline);
    return undefined;
  }

  async #writeLater(
    launch: Launch,
    pipeline: GPUComputePipeline | Promise<GPUComputePipeline>,
    missing: readonly Numbers[],
  ): Promise<void> {
    const ready = await pipeline;
    for (const output of missing)
      output.block = await this.#pool.takeOrMake(output.bytes, () => this.#encoder.submit());
    this.#checkAlive();
    this.#encoder.write(launch, ready);
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
      const known = this.#pool.take(output.bytes, this.#encoder.submission);
      if (known) return write(known);
      if (!isLarge) return write(this.#pool.make(output.bytes));
      this.#encoder.submit();
      return this.#pool.takeOrMake(output.bytes, () => this.#encoder.submit()).then(write);
    });
    return output;
  }

  /** Reads `size` numbers back from place `start` on, when all that was asked for before has happened. */
  read(op: string, numbers: Numbers, start: number = 0, size: number = numbers.size): Promise<Uint32Array> {
    const result = new Promise<Uint32Array>((resolve, reject) => {
      this.#queue.push(() => {
        this.#readBack(op, numbers, start, size).then(resolve, (error) => reject(failureOf(op, this, error)));
      });
    });
    this.#reads.add(result);
    const done = (): void => void this.#reads.delete(result);
    result.then(done, done);
    return result;
  }

  /** Everything up to the first `await` happens in the queue's turn. */
  async #readBack(op: string, numbers: Numbers, start: number, size: number): Promise<Uint32Array> {
    const { doubts } = numbers;
    const check = (): void => {
      this.#checkAlive();
      if (numbers.failure) throw numbers.failure;
    };
    const copy = async (from: Numbers, start: number, size: number): Promise<Uint32Array> => {
      if (size === 0) return new Uint32Array(0);
      if (!from.block) throw new BackendError(`${op}: the storage was freed`);
      return this.#reader.read(from.block, start, size);
    };
    check();
    const copies = [copy(numbers, start, size), ...doubts.map(({ word }) => copy(word, 0, 1))];
    const [words, ...found] = await Promise.all(copies).finally(check);
    const outside = doubts.find((_, i) => found[i]?.[0] !== 0);
    if (outside) throw new BackendError(`${op}: ${outside.message}`);
    return words as Uint32Array;
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
      if (!block) return;
      if (this.#reader.wants(block)) this.#reader.send();
      if (this.#end === undefined) this.#pool.give(block);
      else this.#pool.drop(block);
    });
  }

  /** Resolves when all that was asked for before is done. What failed surfaces where it is read. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#queue.push(() => {
        if (this.#end !== undefined) return resolve();
        const settled = this.#settle();
        const { confirmed } = this.#encoder;
        settled.then(
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
        if (this.#end === undefined) this.#encoder.submit();
        await Promise.allSettled(this.#reads);
        this.#end = "the backend was disposed of: make a new one";
        this.#pool.sweep(true);
        this.#gpu.destroy(); // And with it every buffer.
        resolve();
      });
    });
    return this.#disposal;
  }

  #checkAlive(): void {
    if (this.#end !== undefined) throw new BackendError(`${this.name}: ${this.#end}`);
  }
}
