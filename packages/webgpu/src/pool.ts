/** The device's buffers: those that were freed are kept, by size, for results to come. A training step asks for the same again. */
import * as usage from "./usage.ts";

/** A buffer on the device. */
export interface Block {
  /** Tells it from all others. */
  readonly id: number;
  readonly buffer: GPUBuffer;
  /** Its size in bytes. */
  readonly bytes: number;
  /** The last submission that uses it: until that one is sent, the host must not write to it. */
  usedBy: number;
}

/** As many bytes are kept for results to come. */
const mostSpare = 2 ** 29;

/** Sizes come in classes, of which four make an octave: a fifth of the memory is wasted at most. */
export function sizeClass(bytes: number): number {
  if (bytes <= 256) return 256;
  const step = 2 ** (Math.ceil(Math.log2(bytes)) - 3);
  return Math.ceil(bytes / step) * step;
}

/** Blocks in use, and blocks to use again. */
export class Pool {
  /** How many blocks are in use. */
  used: number = 0;
  /** What all blocks hold together, in bytes. */
  bytes: number = 0;
  readonly #device: GPUDevice;
  readonly #spare: Map<number, Block[]> = new Map();
  #spareBytes = 0;
  /** Blocks that are too many: they go when what uses them has been sent. */
  #condemned: Block[] = [];
  #count = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** How many blocks are kept for results to come. */
  get spare(): number {
    let count = 0;
    for (const blocks of this.#spare.values()) count += blocks.length;
    return count;
  }

  /** A block that was used before, if there is one. `submission`: it must not be used by that one, nor by later ones. */
  take(bytes: number, submission: number = Number.POSITIVE_INFINITY): Block | undefined {
    const blocks = this.#spare.get(sizeClass(bytes));
    const at = blocks?.findLastIndex(({ usedBy }) => usedBy < submission) ?? -1;
    const [block] = at < 0 ? [] : (blocks as Block[]).splice(at, 1);
    if (!block) return undefined;
    this.#spareBytes -= block.bytes;
    this.used++;
    return block;
  }

  /** A new block. The device says later whether it had room for it. */
  make(bytes: number): Block {
    const size = sizeClass(bytes);
    const buffer = this.#device.createBuffer({ size, usage: usage.storage | usage.copySource | usage.copyTarget });
    this.used++;
    this.bytes += size;
    return { id: this.#count++, buffer, bytes: size, usedBy: -1 };
  }

  /** Whether there is one that was used before. */
  has(bytes: number): boolean {
    return (this.#spare.get(sizeClass(bytes))?.length ?? 0) > 0;
  }

  /**
   * A block that was used before, or a new one when the device has said that it has room for it. `makeRoom` is called, and all
   * spare blocks are destroyed, before it says that it has none.
   */
  async takeOrMake(bytes: number, makeRoom: () => void): Promise<Block> {
    for (let attempt = 0; ; attempt++) {
      const known = this.take(bytes);
      if (known) return known;
      this.#device.pushErrorScope("out-of-memory");
      const block = this.make(bytes);
      const error = await this.#device.popErrorScope();
      if (!error) return block;
      this.drop(block);
      if (attempt > 0) throw new Error(`out of memory: ${error.message}`);
      makeRoom();
      this.sweep(true);
    }
  }

  /** Takes a block back. */
  give(block: Block): void {
    this.used--;
    if (this.#spareBytes + block.bytes > mostSpare) {
      this.#condemned.push(block);
      return;
    }
    this.#spareBytes += block.bytes;
    const blocks = this.#spare.get(block.bytes);
    if (blocks) blocks.push(block);
    else this.#spare.set(block.bytes, [block]);
  }

  /** Destroys a block that came to nothing. */
  drop(block: Block): void {
    this.used--;
    this.#destroy(block);
  }

  /** Destroys what is too much, once all that uses it has been sent; with `all`, also what is kept for results to come. */
  sweep(all: boolean = false): void {
    for (const block of this.#condemned) this.#destroy(block);
    this.#condemned = [];
    if (!all) return;
    for (const blocks of this.#spare.values()) for (const block of blocks) this.#destroy(block);
    this.#spare.clear();
    this.#spareBytes = 0;
  }

  #destroy(block: Block): void {
    block.buffer.destroy();
    this.bytes -= block.bytes;
  }
}
