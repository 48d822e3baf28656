import {
  ArgumentError,
  arange,
  BackendError,
  cpu,
  eye,
  full,
  linspace,
  ones,
  randn,
  tensor,
  tidy,
  uniform,
  zeros,
} from "@dlcc/tensor";
import { describe, expect, test, vi } from "vitest";
import { Heap } from "../src/heap.ts";
import { createWasm } from "../src/index.ts";

const mebibyte = 2 ** 20;
const pages = (n: number): WebAssembly.Memory => new WebAssembly.Memory({ initial: 1, maximum: n });
const heapOf = (bytes: number): Heap => new Heap(pages(bytes / 65536), 0, bytes);

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

  test("gives whole vectors, even for nothing, and counts them", () => {
    const heap = heapOf(mebibyte);
    const blocks = [0, 1, 16, 17, 1000].map((bytes) => heap.allocate(bytes));
    expect(blocks.map(({ bytes }) => bytes)).toEqual([16, 16, 16, 32, 1008]);
    expect([heap.held, heap.blocks]).toEqual([1088, 5]);
    for (const block of blocks) heap.free(block);
    expect([heap.held, heap.blocks]).toEqual([0, 0]);
  });

  test("gives a freed block to the next request of its size", () => {
    const heap = heapOf(mebibyte);
    const block = heap.allocate(1000);
    heap.allocate(16);
    heap.free(block);
    expect(heap.allocate(1000)).toBe(block);
  });

  test("joins what is free side by side, in whatever order it came back", () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [0, 2, 1],
      [1, 0, 2],
    ]) {
      const heap = heapOf(mebibyte);
      const blocks = [1, 2, 3].map(() => heap.allocate(mebibyte / 4));
      heap.allocate(mebibyte / 4);
      for (const i of order) heap.free(blocks[i]!);
      expect(heap.allocate((3 * mebibyte) / 4).pointer).toBe(blocks[0]!.pointer);
    }
  });

  test("cuts a block that is too large, and what is left serves, too", () => {
    const heap = heapOf(mebibyte);
    const large = heap.allocate(mebibyte / 2);
    heap.allocate(mebibyte / 2);
    heap.free(large);
    const parts = [1, 2, 3, 4].map(() => heap.allocate(mebibyte / 8));
    expect(parts.map(({ pointer }) => pointer)).toEqual([0, 1, 2, 3].map((i) => (i * mebibyte) / 8));
  });

  test("takes the block that fits best", () => {
    const heap = heapOf(mebibyte);
    const sizes = [300, 64, 96, 512].map((kilobytes) => 1024 * kilobytes);
    const blocks = sizes.flatMap((bytes) => [heap.allocate(bytes), heap.allocate(16)]);
    heap.allocate(mebibyte - heap.held);
    for (let i = 0; i < blocks.length; i += 2) heap.free(blocks[i]!);
    expect(heap.allocate(65 * 1024).pointer).toBe(blocks[4]!.pointer);
  });

  test("everything free serves as one block again", () => {
    const heap = heapOf(mebibyte);
    const blocks = Array.from({ length: 1000 }, (_, i) => heap.allocate(16 + (i % 60) * 16));
    for (const i of blocks.keys()) heap.free(blocks[(i * 379) % 1000]!);
    expect(heap.allocate(mebibyte).pointer).toBe(0);
  });
});

describe("a loop over sizes that grow, with all freed each time, runs to the limit", () => {
  const growths: Readonly<Record<string, (bytes: number) => number>> = {
    "by a megabyte": (bytes) => bytes + mebibyte,
    "by a quarter": (bytes) => Math.ceil(bytes * 1.25),
  };

  test.each(Object.entries(growths))("%s, of 256 MiB", (_, grow) => {
    const heap = heapOf(256 * mebibyte);
    heap.allocate(500); // What the kernels need for themselves.
    for (let bytes = mebibyte; bytes <= 0.9 * 256 * mebibyte; bytes = grow(bytes)) {
      const parts = [0.4, 0.1, 0.5].map((part) => heap.allocate(part * bytes));
      for (const part of parts) heap.free(part);
      heap.free(heap.allocate(bytes));
    }
    expect(heap.allocate(0.9 * 256 * mebibyte).pointer).toBe(512);
  });

  test("with small blocks between large ones, and one that is still there when the next is large", () => {
    const heap = heapOf(256 * mebibyte);
    for (let bytes = mebibyte; bytes <= 0.9 * 256 * mebibyte; bytes *= 1.3) {
      const blocks = [0.3, 0.2, 0.4].flatMap((part) => [heap.allocate(4), heap.allocate(part * bytes)]);
      for (const block of blocks) heap.free(block);
      for (const block of [heap.allocate(4), heap.allocate(bytes)]) heap.free(block);
    }
    heap.allocate(4);
    heap.allocate(0.9 * 256 * mebibyte);
  });

  test("of tensors", async () => {
    const elements = 2 ** 22;
    const backend = await createWasm({ threads: 1, maxBytes: (4 * elements) / 0.9 });
    const before = backend.memory.held;
    for (let n = 2 ** 12; n < elements; n *= 2) tidy(() => void ones([n], { backend }).add(1).sum());
    const sum = tidy(() => ones([elements], { backend }).sum());
    expect(await sum.item()).toBe(elements);
    sum.dispose();
    expect(backend.memory.held).toBe(before);
  });
});

describe("out of memory", () => {
  const small = () => createWasm({ threads: 1, maxBytes: 8 * mebibyte });

  test("the message says how much was asked, how much is held, and by whom", async () => {
    const backend = await small();
    const held = tensor(new Float32Array(2 ** 18), { backend });
    const ask = (): unknown => tidy(() => tensor(new Float32Array(2 ** 21), { backend }));
    expect(ask).toThrow(BackendError);
    expect(ask).toThrow(
      /out of memory: asked for 8\.0 MiB, with \d\.\d MiB held in \d+ storages, of at most 8\.0 MiB\. \d+ tensors and parameters are outside scopes: .*tidy/,
    );
    const sum = held.sum(); // It goes on.
    expect(await sum.item()).toBe(0);
    for (const tensor of [held, sum]) tensor.dispose();
  });

  test("where nothing is outside scopes, it does not speak of tidy", async () => {
    const backend = await small();
    const ask = (): unknown => tidy(() => zeros([2 ** 20], { backend }).add(1));
    expect(ask).toThrow(
      /asked for 4\.0 MiB, with 4\.\d MiB held in \d+ storages, of at most 8\.0 MiB\. No tensor is outside scopes: work on smaller parts, or let it have more, createWasm\(\{ maxBytes \}\)$/,
    );
  });

  test("where what is free is in pieces, it says how large they are", () => {
    const heap = heapOf(mebibyte);
    const blocks = Array.from({ length: 8 }, () => heap.allocate(mebibyte / 8));
    for (const i of [1, 3, 5, 6]) heap.free(blocks[i]!);
    expect(() => heap.allocate(mebibyte / 2)).toThrow(
      "asked for 0.500 MiB, with 0.500 MiB held in 4 storages, of at most 1.0 MiB; the largest free part has 0.250 MiB.",
    );
  });

  test("where the host gives less than was asked for, it says how much that is", async () => {
    class Small extends WebAssembly.Memory {
      constructor(options: WebAssembly.MemoryDescriptor) {
        if ((options.maximum ?? 0) > 100) throw new RangeError("could not allocate memory");
        super(options);
      }
    }
    vi.stubGlobal(
      "WebAssembly",
      new Proxy(WebAssembly, { get: (all, name) => (name === "Memory" ? Small : Reflect.get(all, name)) }),
    );
    const backend = await createWasm({ threads: 1, maxBytes: 256 * 65536 });
    vi.unstubAllGlobals();
    expect(() => zeros([2 ** 30], { backend })).toThrow("of at most 4.0 MiB");
  });

  const far = 2 ** 40;
  const makers: Readonly<Record<string, (backend: BackendOfTest) => unknown>> = {
    zeros: (backend) => zeros([far], { backend }),
    ones: (backend) => ones([far], { backend }),
    full: (backend) => full([far], 7, { backend }),
    arange: (backend) => arange(far, { backend }),
    linspace: (backend) => linspace(0, 1, far, { backend }),
    eye: (backend) => eye(2 ** 20, { backend }),
    uniform: (backend) => uniform([far], { backend }),
    randn: (backend) => randn([far], { backend }),
  };
  type BackendOfTest = Awaited<ReturnType<typeof createWasm>>;

  // The host could not make these arrays either, and would say so in its own words.
  test.each(Object.entries(makers))("%s asks before the host fills an array", async (_, make) => {
    const backend = await small();
    const { held } = backend.memory;
    expect(() => make(backend)).toThrow(/^wasm: out of memory: asked for 41943\d+\.\d MiB, .* of at most 8\.0 MiB/);
    expect(backend.memory.held).toBe(held);
  });

  test("to asks before the other backend is read", async () => {
    const backend = await small();
    const read = vi.fn(cpu.read);
    const x = zeros([2 ** 22], { backend: { ...cpu, read } });
    await expect(x.to(backend)).rejects.toThrow(/^wasm: out of memory/);
    expect(read).not.toHaveBeenCalled();
  });
});

test("options out of range are refused", async () => {
  await expect(createWasm({ threads: 0 })).rejects.toThrow(ArgumentError);
  await expect(createWasm({ threads: 1.5 })).rejects.toThrow("threads must be a whole number from 1, got 1.5");
  await expect(createWasm({ maxBytes: 5 * 2 ** 30 })).rejects.toThrow("maxBytes must be from 1 MiB to 4 GiB");
});
