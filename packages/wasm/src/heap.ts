/**
 * The heap: where storages lie in the WebAssembly memory.
 *
 * A block that is given back is spare: the next request of just its size takes it, so that a training step reuses what the
 * last one freed, and nothing is searched. Where no spare block fits, all spare ones are joined with what is free beside
 * them, and the request gets a part of that (see space.ts): memory that was freed serves requests of any size. They are not
 * joined for each request, or the blocks of a step would be cut out of each other, in every step anew.
 */
import { BackendError, largestHolders, unscopedTensors } from "@dlcc/tensor";
import { pageBytes } from "./module.ts";
import { alignment, type Piece, Space } from "./space.ts";

/** A storage of this backend: a block of the heap. */
export interface Block {
  readonly pointer: number;
  /** What was asked for, in whole vectors. */
  readonly bytes: number;
}

/** The memory grows by at least a megabyte, and by an eighth: growing is slow, and most programs grow step by step. */
const leastGrowth = 2 ** 20;

/**
 * Spare blocks are joined, at a request for which there is none, if so many blocks have come back; and at any request if so
 * large a part of the limit is spare: a small block that came to lie above that, and stayed, would cut the memory in two.
 */
const patience = 256;
const spareShare = 1 / 64;

/** Where blocks end at the latest: a kernel that walks up to the very end of 4 GiB would go on at address 0. */
const lastAddress = 65535 * pageBytes;

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
  /** How large the memory may become. */
  readonly #limit: number;
  readonly #space: Space;
  /** The spare blocks by size. */
  readonly #spare = new Map<number, Piece[]>();
  #spareBytes = 0;
  readonly #mostSpare: number;
  /** How many blocks came back since they were joined. */
  #freed = 0;
  /** The blocks that were given out since the last `begin`, and how many they are: an array that is emptied is slow to fill. */
  readonly #taken: Piece[] = [];
  #count = 0;

  constructor(memory: WebAssembly.Memory, base: number, limit: number) {
    this.memory = memory;
    this.#space = new Space(base);
    this.#limit = Math.min(Math.floor(limit / pageBytes) * pageBytes, lastAddress);
    this.#mostSpare = spareShare * this.#limit;
    this.#look();
  }

  /** Bytes that the memory has. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** A block of at least `bytes`; what is in it is left from its last use. */
  allocate(bytes: number): Block {
    const size = Math.max(1, Math.ceil(bytes / alignment)) * alignment;
    if (this.#spareBytes > this.#mostSpare) this.#join();
    let piece = this.#spare.get(size)?.pop();
    if (piece) this.#spareBytes -= size;
    else piece = this.#make(size);
    if (!piece) throw this.#outOfMemory(bytes);
    piece.out = true;
    this.held += size;
    this.blocks++;
    this.#taken[this.#count++] = piece;
    return piece;
  }

  /** Takes a block back. */
  free(block: Block): void {
    const piece = block as Piece;
    piece.out = false;
    this.held -= piece.bytes;
    this.blocks--;
    this.#freed++;
    this.#spareBytes += piece.bytes;
    const list = this.#spare.get(piece.bytes);
    if (list) list.push(piece);
    else this.#spare.set(piece.bytes, [piece]);
  }

  /** Something begins that keeps nothing if it fails: see `undo`. */
  begin(): void {
    this.#count = 0;
  }

  /** It failed: takes back the blocks that it was given, but for those that it has freed. */
  undo(): void {
    for (const piece of this.#taken.slice(0, this.#count)) if (piece.out) this.free(piece);
  }

  /** A block from what is free, or from the part of the memory that was never given out. */
  #make(size: number): Piece | undefined {
    const space = this.#space;
    if (this.#freed < patience) {
      const piece = space.take(size, true) ?? (space.top + size <= this.size ? space.extend(size) : undefined);
      if (piece) return piece;
    }
    this.#join();
    return space.take(size, false) ?? (this.#fits(space.top + size) ? space.extend(size) : undefined);
  }

  #join(): void {
    for (const list of this.#spare.values()) for (const piece of list) this.#space.release(piece);
    this.#spare.clear();
    this.#spareBytes = 0;
    this.#freed = 0;
  }

  /** Whether the memory reaches to `end`; it grows, if need be and if it can. */
  #fits(end: number): boolean {
    if (end <= this.size) return true;
    if (end > this.#limit) return false;
    const generous = Math.min(this.#limit, Math.max(end, this.size + Math.max(leastGrowth, this.size / 8)));
    return this.#grow(generous) || this.#grow(end);
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

  #look(): void {
    const { buffer } = this.memory;
    this.floats = new Float32Array(buffer);
    this.integers = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  #outOfMemory(bytes: number): BackendError {
    const asked = `asked for ${megabytes(bytes)}, with ${megabytes(this.held)} held in ${this.blocks} storages, of at most ${megabytes(this.#limit)}`;
    const room = Math.max(this.#space.largest, this.size - this.#space.top);
    const pieces = this.held + bytes <= this.#limit ? `; the largest free part has ${megabytes(room)}` : "";
    const tensors = unscopedTensors();
    const advice =
      tensors > 0
        ? `${tensors} tensors and parameters are outside scopes: put the code that makes tensors into tidy(…), or dispose() of those that are no longer needed`
        : `No tensor is outside scopes: work on smaller parts${this.#limit < lastAddress ? ", or let it have more, createWasm({ maxBytes })" : ""}`;
    return new BackendError(`wasm: out of memory: ${asked}${pieces}. ${advice}${largestHolders()}`);
  }
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 3 : 1)} MiB`;
