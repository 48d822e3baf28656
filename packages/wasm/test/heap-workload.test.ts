/** The heap under random requests, beside plain models of one. */
import { Generator, integer } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { type Block, Heap } from "../src/heap.ts";

const alignment = 16;
const pageBytes = 65536;
const limit = 64 * 2 ** 20;
const newHeap = (): Heap => new Heap(new WebAssembly.Memory({ initial: 1, maximum: limit / pageBytes }), 0, limit);

/** What gives out addresses, and takes them back. */
interface Allocator<B> {
  allocate(bytes: number): B;
  free(block: B): void;
}

/** The sizes of a network's tensors, which come again and again. */
const usual = [16, 40, 5120, 4 * 10 * 128, 4 * 64 * 128, 4 * 64 * 10, 40_000];
/** Others are spread evenly over the orders of magnitude up to this. */
const largest = 2 ** 16;
/** How many bytes are asked for at a time, at most, and how many requests it takes until that changes. */
const [crowds, spell] = [[8e6, 1e6, 5e6, 2e6], 20_000] as const;

/** Asks for blocks and gives them back, at random, and everything at the end. Calls back for each. @returns The most bytes at a time. */
function work<B>(
  { allocate, free }: Allocator<B>,
  requests: number,
  given?: (block: B, bytes: number) => void,
  taken?: (block: B) => void,
): number {
  const random = new Generator(1);
  const out: { block: B; bytes: number }[] = [];
  let [held, most] = [0, 0];
  const giveBack = (): void => {
    const i = integer(random, out.length);
    const { block, bytes } = out[i]!;
    out[i] = out[out.length - 1]!;
    out.pop();
    taken?.(block);
    free(block);
    held -= bytes;
  };
  for (let request = 0; request < requests; request++) {
    const crowd = crowds[Math.floor(request / spell) % crowds.length]!;
    const bytes =
      random.uniform() < 0.3 ? usual[integer(random, usual.length)]! : Math.ceil(largest ** random.uniform());
    const block = allocate(bytes);
    given?.(block, bytes);
    out.push({ block, bytes });
    held += bytes;
    most = Math.max(most, held);
    while (held > crowd) giveBack();
  }
  while (out.length > 0) giveBack();
  return most;
}

test("a million requests: blocks are aligned, as large as was asked, do not overlap, and all come back", () => {
  const heap = newHeap();
  /** For each vector of the memory, which block it belongs to. */
  const owner = new Int32Array(limit / alignment);
  const numbers = new Map<Block, number>();
  let count = 0;
  let wrong = 0;
  const [from, to] = [(b: Block) => b.pointer / alignment, (b: Block) => (b.pointer + b.bytes) / alignment];
  work<Block>(
    { allocate: (bytes) => heap.allocate(bytes), free: (block) => heap.free(block) },
    1_000_000,
    (block, bytes) => {
      // One inside another is seen when it is given out, or when the outer one, or it, is taken back.
      const [first, end] = [from(block), to(block)];
      if (block.pointer % alignment !== 0 || block.bytes < bytes || block.pointer + block.bytes > heap.size) wrong++;
      if (owner[first] !== 0 || owner[end - 1] !== 0) wrong++;
      numbers.set(block, ++count);
      owner.fill(count, first, end);
    },
    (block) => {
      const [first, end, number] = [from(block), to(block), numbers.get(block)];
      if (owner[first] !== number || owner[end - 1] !== number) wrong++;
      owner.fill(0, first, end);
    },
  );
  expect(count).toBe(1_000_000);
  expect(wrong).toBe(0);
  expect([heap.held, heap.blocks]).toEqual([0, 0]);
  expect(owner.every((number) => number === 0)).toBe(true);
  const { size } = heap;
  expect(heap.allocate(size).pointer).toBe(0); // All of it, in one piece.
  expect(heap.size).toBe(size);
});

interface Range {
  pointer: number;
  bytes: number;
}

/** A heap as a textbook has it: one list of free ranges, of which one is chosen; a range that comes back is joined at once. */
class Textbook implements Allocator<Range> {
  top = 0;
  /** By address. */
  readonly #free: Range[] = [];
  readonly #isBetter: (a: number, b: number) => boolean;

  /** @param isBetter Whether a free range of `a` bytes is a better choice than one of `b`. */
  constructor(isBetter: (a: number, b: number) => boolean) {
    this.#isBetter = isBetter;
  }

  allocate = (asked: number): Range => {
    const bytes = Math.ceil(asked / alignment) * alignment;
    let best = -1;
    for (const [i, range] of this.#free.entries()) {
      if (range.bytes >= bytes && (best < 0 || this.#isBetter(range.bytes, this.#free[best]!.bytes))) best = i;
    }
    const range = this.#free[best];
    if (!range) {
      this.top += bytes;
      return { pointer: this.top - bytes, bytes };
    }
    const { pointer } = range;
    range.pointer += bytes;
    range.bytes -= bytes;
    if (range.bytes === 0) this.#free.splice(best, 1);
    return { pointer, bytes };
  };

  free = ({ pointer, bytes }: Range): void => {
    const free = this.#free;
    let at = free.findIndex((range) => range.pointer > pointer);
    if (at < 0) at = free.length;
    free.splice(at, 0, { pointer, bytes });
    for (const i of [at, at - 1]) {
      const [below, above] = [free[i], free[i + 1]];
      if (!below || !above || below.pointer + below.bytes !== above.pointer) continue;
      below.bytes += above.bytes;
      free.splice(i + 1, 1);
    }
    const last = free.at(-1);
    if (last && last.pointer + last.bytes === this.top) this.top = free.pop()!.pointer;
  };
}

describe("fragmentation: the addresses that are in use at the worst time, against the bytes that are asked for", () => {
  const requests = 100_000;
  const footprint = <B extends Range | Block>(allocator: Allocator<B>): number => {
    let end = 0;
    const most = work(allocator, requests, ({ pointer, bytes }) => {
      end = Math.max(end, pointer + bytes);
    });
    return end / most;
  };
  const bestFit = footprint(new Textbook((a, b) => a < b));
  const worstFit = footprint(new Textbook((a, b) => a > b));
  /** How much more than a best fit may need: not every block that comes back is joined at once. */
  const slack = 1.2;

  test("is at most a little above a best fit's", () => {
    const heap = newHeap();
    const ours = footprint<Block>({ allocate: (bytes) => heap.allocate(bytes), free: (block) => heap.free(block) });
    expect(ours).toBeLessThan(slack * bestFit);
  });

  test("would be seen if a heap chose the worst", () => expect(worstFit).toBeGreaterThan(slack * bestFit));
});
