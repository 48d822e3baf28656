/** Writes kernels down, in one command encoder and one pass, and sends them to the device. */
import type { Numbers } from "./numbers.ts";
import type { Pipelines } from "./pipelines.ts";
import type { Pool } from "./pool.ts";
import * as usage from "./usage.ts";
import type { Kernel } from "./wgsl/index.ts";

/** A kernel to run. */
export interface Launch {
  readonly kernel: Kernel;
  readonly inputs: readonly Numbers[];
  /** Made by the device's `make`; several launches may write to one. */
  readonly outputs: readonly Numbers[];
  /** The kernel's numbers. The first says how many threads are needed, or workgroups where they work together. */
  readonly params: readonly number[];
  /** How often all of these are needed: the workgroups' `wg.z` counts them. Default: 1. */
  readonly layers?: number;
}

/** So many jobs are sent at once: there is room for the numbers of as many. */
const mostJobs = 256;
/** Words that the numbers of one job take: what WebGPU wants the offset of a uniform to be a multiple of. */
const paramWords = 64;
/** As many bind groups are kept. */
const mostBindGroups = 4096;
/** What WebGPU allows along each direction. */
const mostGroups = 65535;

/** What WGSL can't write down, in front of the numbers of each job. */
const nonFinite = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY);

/** The commands that are written down, and those that were sent. */
export class Encoder {
  /** Counts submissions; what is written down now belongs to this one. */
  submission: number = 0;
  /** Resolves when the device has said of all that was sent whether something was wrong with it. */
  confirmed: Promise<void> = Promise.resolve();
  readonly #gpu: GPUDevice;
  readonly #pipelines: Pipelines;
  readonly #pool: Pool;
  /** Hears why the device refused commands, and what these were to write. */
  readonly #onRefusal: (reason: string, lost: Iterable<Numbers>) => void;
  readonly #bindGroups: Map<string, GPUBindGroup> = new Map();
  /** The numbers of the jobs that are being written down, and where they go. */
  readonly #words: Uint32Array = new Uint32Array(mostJobs * paramWords);
  readonly #ints: Int32Array = new Int32Array(this.#words.buffer);
  readonly #floats: Float32Array = new Float32Array(this.#words.buffer);
  readonly #uniform: GPUBuffer;
  /** Stands for inputs without elements. */
  readonly #nothing: GPUBuffer;
  #commands: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #jobs = 0;
  /** What each submission writes, until the device says that nothing was wrong with it. */
  readonly #unconfirmed: Map<number, Set<Numbers>> = new Map([[0, new Set()]]);

  constructor(
    gpu: GPUDevice,
    pipelines: Pipelines,
    pool: Pool,
    onRefusal: (reason: string, lost: Iterable<Numbers>) => void,
  ) {
    this.#gpu = gpu;
    this.#pipelines = pipelines;
    this.#pool = pool;
    this.#onRefusal = onRefusal;
    this.#uniform = gpu.createBuffer({ size: this.#words.byteLength, usage: usage.uniform | usage.copyTarget });
    this.#nothing = gpu.createBuffer({ size: 16, usage: usage.storage });
  }

  /** Writes a kernel down; its outputs have their blocks. */
  write({ kernel, inputs, outputs, params, layers = 1 }: Launch, pipeline: GPUComputePipeline): void {
    if (this.#jobs === mostJobs) this.submit();
    const at = this.#jobs++ * paramWords;
    this.#floats.set(nonFinite, at);
    kernel.params.forEach((type, i) => {
      const words = type === "f32" ? this.#floats : type === "i32" ? this.#ints : this.#words;
      words[at + 2 + i] = params[i] as number;
    });
    const groups = Math.max(1, Math.ceil((params[0] as number) / kernel.each));
    const rows = Math.ceil(groups / mostGroups);
    this.#commands ??= this.#gpu.createCommandEncoder();
    this.#pass ??= this.#commands.beginComputePass();
    const pass = this.#pass;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.#bindGroup(kernel, [...inputs, ...outputs]), [at * 4]);
    pass.dispatchWorkgroups(Math.ceil(groups / rows), rows, layers);
    for (const { block } of [...inputs, ...outputs]) if (block) block.usedBy = this.submission;
    for (const output of outputs) this.#unconfirmed.get(this.submission)?.add(output);
  }

  #bindGroup(kernel: Kernel, all: readonly Numbers[]): GPUBindGroup {
    const key = `${kernel.bindings} ${all.map(({ block, bytes }) => block && `${block.id}:${bytes}`)}`;
    const known = this.#bindGroups.get(key);
    if (known) return known;
    const resources = [
      { buffer: this.#uniform, size: paramWords * 4 },
      ...all.map(({ block, bytes }) => (block ? { buffer: block.buffer, size: bytes } : { buffer: this.#nothing })),
    ];
    const group = this.#gpu.createBindGroup({
      layout: this.#pipelines.layout(kernel).bind,
      entries: resources.map((resource, binding) => ({ binding, resource })),
    });
    if (this.#bindGroups.size >= mostBindGroups) this.#bindGroups.clear();
    this.#bindGroups.set(key, group);
    return group;
  }

  /** Sends what was written down. `last` adds commands after it. */
  submit(last?: (commands: GPUCommandEncoder) => void): void {
    this.#pass?.end();
    const commands = this.#commands ?? (last && this.#gpu.createCommandEncoder());
    if (commands) {
      last?.(commands);
      this.#gpu.pushErrorScope("validation");
      this.#gpu.queue.writeBuffer(this.#uniform, 0, this.#words, 0, this.#jobs * paramWords);
      this.#gpu.queue.submit([commands.finish()]);
      this.#confirm(this.submission, this.#gpu.popErrorScope());
      this.submission++;
      this.#unconfirmed.set(this.submission, new Set());
    }
    [this.#commands, this.#pass, this.#jobs] = [undefined, undefined, 0];
    this.#pool.sweep();
  }

  /** Where the device refuses a submission, all that it and the later ones were to write is lost. */
  #confirm(submission: number, result: Promise<GPUError | null>): void {
    const before = this.confirmed;
    const complaint = result.then(
      (error) => error?.message,
      (error: unknown) => String(error),
    );
    this.confirmed = complaint.then(async (reason) => {
      await before;
      if (reason !== undefined) {
        this.#onRefusal(
          reason,
          [...this.#unconfirmed.values()].flatMap((written) => [...written]),
        );
      }
      this.#unconfirmed.delete(submission);
    });
  }
}
