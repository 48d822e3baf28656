/** Copies numbers to the host: all that is asked for in one turn of the program comes in one answer of the device. */
import type { Encoder } from "./encoder.ts";
import type { Block } from "./pool.ts";
import * as usage from "./usage.ts";

/** What is asked for together. */
interface Batch {
  readonly ranges: { readonly block: Block; readonly start: number; readonly size: number }[];
  /** How many words they have. */
  words: number;
  readonly answer: Promise<Uint32Array>;
  answered(words: Promise<Uint32Array>): void;
}

/** What brings numbers back. */
export class Reader {
  readonly #gpu: GPUDevice;
  readonly #encoder: Encoder;
  #batch: Batch | undefined;

  constructor(gpu: GPUDevice, encoder: Encoder) {
    this.#gpu = gpu;
    this.#encoder = encoder;
  }

  /** Asks for `size` words of a block from place `start` on. They are copied at the end of this turn, or at `send`. */
  async read(block: Block, start: number, size: number): Promise<Uint32Array> {
    this.#batch ??= this.#begin();
    const batch = this.#batch;
    const at = batch.words;
    batch.words += size;
    batch.ranges.push({ block, start, size });
    const all = await batch.answer;
    return size === all.length ? all : all.slice(at, at + size);
  }

  #begin(): Batch {
    let answered: Batch["answered"] = () => {};
    const answer = new Promise<Uint32Array>((resolve) => {
      answered = resolve;
    });
    queueMicrotask(() => this.send());
    return { ranges: [], words: 0, answer, answered };
  }

  /** Whether a block is still to be copied. */
  wants(block: Block): boolean {
    return this.#batch?.ranges.some((range) => range.block === block) ?? false;
  }

  /** Sends what was written down, and what was asked for after it. */
  send(): void {
    const batch = this.#batch;
    if (!batch) return;
    this.#batch = undefined;
    batch.answered(this.#copy(batch));
  }

  async #copy({ ranges, words }: Batch): Promise<Uint32Array> {
    const staging = this.#gpu.createBuffer({ size: words * 4, usage: usage.mapRead | usage.copyTarget });
    try {
      this.#encoder.submit((commands) => {
        let at = 0;
        for (const { block, start, size } of ranges) {
          commands.copyBufferToBuffer(block.buffer, start * 4, staging, at * 4, size * 4);
          block.usedBy = this.#encoder.submission;
          at += size;
        }
      });
      const { confirmed } = this.#encoder;
      await staging.mapAsync(1);
      await confirmed;
      return new Uint32Array(staging.getMappedRange().slice(0));
    } finally {
      staging.destroy();
    }
  }
}
