import { ArgumentError, BackendError, tensor, tidy } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { classOf, Heap } from "../src/heap.ts";
import { createWasm } from "../src/index.ts";

const pages = (n: number): WebAssembly.Memory => new WebAssembly.Memory({ initial: 1, maximum: n });

describe("size classes", () => {
  test("hold what is asked for, in whole vectors, with at most a fifth unused", () => {
    for (let bytes = 0; bytes < 100_000; bytes = Math.ceil(bytes * 1.01) + 1) {
      const size = classOf(bytes);
      expect(size).toBeGreaterThanOrEqual(bytes);
      expect(size % 16).toBe(0);
      expect(classOf(size)).toBe(size);
      if (bytes > 64) expect((size - bytes) / size).toBeLessThan(0.2);
    }
  });

  test("also beyond 2 GiB", () => expect(classOf(2 ** 31 + 1)).toBe(2.5 * 2 ** 30));
});

describe("the heap", () => {
  test("gives blocks that are aligned and do not overlap", () => {
    const heap = new Heap(pages(100), 1030, 100 * 65536);
    const blocks = Array.from({ length: 200 }, (_, i) => heap.allocate(1 + ((i * 37) % 900)));
    const sorted = blocks.toSorted((a, b) => a.pointer - b.pointer);
    sorted.forEach((block, i) => {
      expect(block.pointer % 16).toBe(0);
      const next = sorted[i + 1];
      if (next) expect(block.pointer + block.bytes).toBeLessThanOrEqual(next.pointer);
    });
    expect(sorted[0]!.pointer).toBeGreaterThanOrEqual(1030);
  });

  test("gives a freed block again, and counts", () => {
    const heap = new Heap(pages(100), 0, 100 * 65536);
    const block = heap.allocate(1000);
    expect([heap.held, heap.blocks]).toEqual([1024, 1]);
    heap.free(block);
    expect([heap.held, heap.blocks]).toEqual([0, 0]);
    expect(heap.allocate(800).pointer).not.toBe(block.pointer);
    expect(heap.allocate(1020).pointer).toBe(block.pointer);
  });

  test("gives a larger block where the memory is full", () => {
    const heap = new Heap(pages(16), 0, 2 ** 20);
    const large = heap.allocate(2 ** 20);
    heap.free(large);
    expect(heap.allocate(100).pointer).toBe(large.pointer);
  });
});

test("out of memory: the message says how much was asked, how much is held, and by whom", async () => {
  const backend = await createWasm({ threads: 1, maxBytes: 8 * 2 ** 20 });
  const held = tensor(new Float32Array(2 ** 18), { backend });
  const ask = (): unknown => tidy(() => tensor(new Float32Array(2 ** 21), { backend }));
  expect(ask).toThrow(BackendError);
  expect(ask).toThrow(
    /out of memory: asked for 8\.0 MiB, with \d\.\d MiB held in \d+ storages, of at most 8\.0 MiB\. \d+ tensors are outside scopes: .*tidy/,
  );
  expect(await held.sum().item()).toBe(0); // It goes on.
});

test("options out of range are refused", async () => {
  await expect(createWasm({ threads: 0 })).rejects.toThrow(ArgumentError);
  await expect(createWasm({ threads: 1.5 })).rejects.toThrow("threads must be a whole number from 1, got 1.5");
  await expect(createWasm({ maxBytes: 5 * 2 ** 30 })).rejects.toThrow("maxBytes must be from 1 MiB to 4 GiB");
});
