/**
 * The heap: where storages lie in the WebAssembly memory.
 *
 * Sizes are rounded up to classes, four from one power of two to the next, so that at most a fifth of a block is
 * unused. A block that is given back goes to the free list of its class, and the next request of that class takes it:
 * a training step reuses what the last one freed, and nothing is searched or joined. Blocks are aligned to 16 bytes and
 * are whole vectors.
 */
import { BackendError, largestHolders, unscopedTensors } from "@dlcc/tensor";
import { pageBytes } from "./module.ts";

/** A storage of this backend: a block of the heap. */
export interface Block {
  readonly pointer: number;
  /** As many as its class has. */
  readonly bytes: number;
}

const alignment = 16;

/** The memory grows by at least a megabyte, and by an eighth: growing is slow, and most programs grow step by step. */
const leastGrowth = 2 ** 20;

/** The size of the class that `bytes` belong to. */
export function classOf(bytes: number): number {
  if (bytes <= 4 * alignment) return Math.max(alignment, Math.ceil(bytes / alignment) * alignment);
  // Of the power of two at or above, a quarter of the one below is the step: 64, 80, 96, 112, 128, 160, …
  const step = 2 ** (32 - Math.clz32(bytes - 1) - 3);
  return Math.ceil(bytes / step) * step;
}

/** Gives out blocks of a WebAssembly memory, and takes them back. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  /** The memory as arrays; made anew when it grows. */
  floats!: Float32Array<ArrayBufferLike>;
  integers!: Int32Array<ArrayBufferLike>;
  bytes!: Uint8Array<ArrayBufferLike>;
  /** Bytes in blocks that are out. */
  held = 0;
  /** Blocks that are out. */
  blocks = 0;
  readonly #limit: number;
  /** Where the part of the memory that was never given out begins. */
  #top: number;
  readonly #free = new Map<number, Block[]>();

  constructor(memory: WebAssembly.Memory, base: number, limit: number) {
    this.memory = memory;
    this.#top = Math.ceil(base / alignment) * alignment;
    this.#limit = limit;
    this.#look();
  }

  /** Bytes that the memory has. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** A block of at least `bytes`; what is in it is left from its last use. */
  allocate(bytes: number): Block {
    const size = classOf(bytes);
    const block = this.#free.get(size)?.pop() ?? this.#extend(size) ?? this.#larger(size);
    if (!block) throw this.#outOfMemory(bytes);
    this.held += block.bytes;
    this.blocks++;
    return block;
  }

  /** Takes a block back. */
  free(block: Block): void {
    this.held -= block.bytes;
    this.blocks--;
    const list = this.#free.get(block.bytes);
    if (list) list.push(block);
    else this.#free.set(block.bytes, [block]);
  }

  /** A block from the part that was never given out; the memory grows, if need be and if it can. */
  #extend(size: number): Block | undefined {
    const end = this.#top + size;
    if (end > this.size) {
      if (end > this.#limit) return undefined;
      const generous = Math.min(this.#limit, Math.max(end, this.size + Math.max(leastGrowth, this.size / 8)));
      if (!this.#grow(generous) && !this.#grow(end)) return undefined;
    }
    const block = { pointer: this.#top, bytes: size };
    this.#top = end;
    return block;
  }

  #grow(bytes: number): boolean {
    try {
      this.memory.grow(Math.ceil((bytes - this.size) / pageBytes));
    } catch {
      return false;
    }
    this.#look();
    return true;
  }

  /** The smallest free block that is larger: better than none. */
  #larger(size: number): Block | undefined {
    let best: Block[] | undefined;
    let bestSize = Number.POSITIVE_INFINITY;
    for (const [bytes, list] of this.#free) {
      if (bytes > size && bytes < bestSize && list.length > 0) {
        best = list;
        bestSize = bytes;
      }
    }
    return best?.pop();
  }

  #look(): void {
    const { buffer } = this.memory;
    this.floats = new Float32Array(buffer);
    this.integers = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  #outOfMemory(bytes: number): BackendError {
    const tensors = unscopedTensors();
    return new BackendError(
      `wasm: out of memory: asked for ${megabytes(bytes)}, with ${megabytes(this.held)} held in ${this.blocks} storages, of at most ${megabytes(this.#limit)}. ${tensors} tensors are outside scopes: put the code that makes them into tidy(…), or dispose() of them${largestHolders()}`,
    );
  }
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 3 : 1)} MiB`;
