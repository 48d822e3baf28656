import * as threads from "node:worker_threads";
import { matmul, tensor, tidy } from "@dlcc/tensor";
import { afterEach, expect, test, vi } from "vitest";
import { chunkCount, dead, done, sleepers } from "../src/board.ts";
import { createWasm } from "../src/index.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A product that is large enough to be split. */
async function product(backend: Awaited<ReturnType<typeof createWasm>>): Promise<number> {
  return await tidy(() => {
    const x = tensor(new Float32Array(300 * 300).fill(1), { shape: [300, 300], backend });
    return matmul(x, x).sum();
  }).item();
}

test("helpers take part, and dispose ends them", async () => {
  const backend = await createWasm({ threads: 3 });
  expect(backend.info).toEqual({ threads: 3 });
  expect(await product(backend)).toBe(300 ** 3);
  backend.dispose();
  expect(backend.info.threads).toBe(1);
  expect(await product(backend)).toBe(300 ** 3);
});

test("sleeping helpers are woken, or done without", async () => {
  const backend = await createWasm({ threads: 2 });
  for (const pause of [0, 1, 20, 200]) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    expect(await product(backend)).toBe(300 ** 3);
  }
  backend.dispose();
});

test("without SharedArrayBuffer there is one thread, and a note that says why", async () => {
  vi.stubGlobal("SharedArrayBuffer", undefined);
  const backend = await createWasm({ threads: 2 });
  expect(backend.info).toEqual({ threads: 1, note: expect.stringContaining("SharedArrayBuffer is missing") });
  expect(await product(backend)).toBe(300 ** 3);
});

test("in a page that is not isolated, the same", async () => {
  vi.stubGlobal("crossOriginIsolated", false);
  const { info } = await createWasm({ threads: 2 });
  expect(info).toEqual({ threads: 1, note: expect.stringContaining("COOP and COEP") });
});

test("where workers are refused, the same", async () => {
  vi.spyOn(process, "getBuiltinModule").mockImplementation(() => {
    class Worker {
      constructor() {
        throw new Error("workers are not allowed here");
      }
    }
    return { Worker } as never;
  });
  const backend = await createWasm({ threads: 2 });
  expect(backend.info).toEqual({ threads: 1, note: "workers are not allowed here" });
  expect(await product(backend)).toBe(300 ** 3);
});

test("where a page's policy forbids WebAssembly, the error names it", async () => {
  vi.spyOn(WebAssembly, "compile").mockRejectedValue(new Error("blocked by CSP"));
  await expect(createWasm()).rejects.toThrow(/blocked by CSP.*'wasm-unsafe-eval'.*cpu backend/);
});

test("a helper that dies with a chunk in its hands is noticed, and the backend goes on with one thread", async () => {
  vi.spyOn(process, "getBuiltinModule").mockImplementation(() => {
    // Claims a chunk, as assembly/jobs.ts does, and fails.
    const fail = `(() => {
      while (!(Atomics.load(words, board / 4) > 0 && Atomics.sub(words, board / 4, 1) > 0));
      throw new Error("out of bounds");
    })()`;
    class Worker extends threads.Worker {
      constructor(code: string, options: threads.WorkerOptions) {
        super(code.replace(/exports\.serve\(\d+\)/, fail), options);
      }
    }
    return { Worker } as never;
  });
  const backend = await createWasm({ threads: 2 });
  await expect(async () => {
    for (;;) await product(backend); // The caller may be faster, and claim all.
  }).rejects.toThrow(/a helper thread stopped in the middle of an op.*create a new backend/);
  expect(backend.info.threads).toBe(1);
  expect(await product(backend)).toBe(300 ** 3);
});

test("a helper that is stopped in the middle of a chunk is noticed long before its minute is over", async () => {
  vi.spyOn(process, "getBuiltinModule").mockImplementation(() => {
    // Claims a chunk and notes it, as assembly/jobs.ts does, and is gone without a word.
    const vanish = `(() => {
      while (!(Atomics.load(words, board / 4) > 0 && Atomics.sub(words, board / 4, 1) > 0));
      Atomics.store(words, flag / 4, 1);
      process.exit();
    })()`;
    class Worker extends threads.Worker {
      constructor(code: string, options: threads.WorkerOptions) {
        super(code.replace(/exports\.serve\(\d+\)/, vanish), options);
      }
    }
    return { Worker } as never;
  });
  const backend = await createWasm({ threads: 2 });
  // The test's own limit of a few seconds is what fails if it is not.
  await expect(async () => {
    for (;;) await product(backend); // The caller may be faster, and claim all.
  }).rejects.toThrow(/a helper thread stopped in the middle of an op.*create a new backend/);
  expect(backend.info.threads).toBe(1);
  expect(await product(backend)).toBe(300 ** 3);
});

test("helpers without work sleep; they don't look for it all the time", async () => {
  const boards: { memory: WebAssembly.Memory; board: number }[] = [];
  vi.spyOn(process, "getBuiltinModule").mockImplementation(() => {
    class Worker extends threads.Worker {
      constructor(code: string, options: threads.WorkerOptions) {
        super(code, options);
        boards.push(options.workerData);
      }
    }
    return { Worker } as never;
  });
  const backend = await createWasm({ threads: 3 });
  const asleep = (): number =>
    Atomics.load(new Int32Array(boards[0]!.memory.buffer), (boards[0]!.board + sleepers) / 4);
  await vi.waitUntil(() => asleep() === 2, { timeout: 10_000 });
  expect(await product(backend)).toBe(300 ** 3);
  await vi.waitUntil(() => asleep() === 2, { timeout: 10_000 });
  backend.dispose();
});

test("a helper that is killed while it has nothing to do is counted no more", async () => {
  const workers: threads.Worker[] = [];
  vi.spyOn(process, "getBuiltinModule").mockImplementation(() => {
    class Worker extends threads.Worker {
      constructor(code: string, options: threads.WorkerOptions) {
        super(code, options);
        workers.push(this);
      }
    }
    return { Worker } as never;
  });
  const backend = await createWasm({ threads: 3 });
  await workers[0]!.terminate();
  expect(backend.info.threads).toBe(2);
  expect(await product(backend)).toBe(300 ** 3);
  await workers[1]!.terminate();
  expect(backend.info.threads).toBe(1);
  expect(await product(backend)).toBe(300 ** 3);
});

test("when one of several helpers dies, the caller still waits for the others' chunks", async () => {
  let started = 0;
  const memories: { memory: WebAssembly.Memory; board: number }[] = [];
  vi.spyOn(process, "getBuiltinModule").mockImplementation(() => {
    // One claims a chunk and holds it for a while; the other claims one meanwhile and fails. 208 is a free word.
    const claim = "Atomics.load(words, board / 4) > 0 && Atomics.sub(words, board / 4, 1) > 0";
    const slow = `(() => {
      while (!(${claim}));
      Atomics.store(words, (board + 208) / 4, 1);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      Atomics.store(words, (board + 208) / 4, 0);
      Atomics.add(words, (board + ${done}) / 4, 1);
    })()`;
    const fail = `(() => {
      while (!(Atomics.load(words, (board + 208) / 4) > 0 && ${claim}));
      throw new Error("out of bounds");
    })()`;
    class Worker extends threads.Worker {
      constructor(code: string, options: threads.WorkerOptions) {
        super(code.replace(/exports\.serve\(\d+\)/, started++ === 0 ? fail : slow), options);
        memories.push(options.workerData);
      }
    }
    return { Worker } as never;
  });
  const backend = await createWasm({ threads: 3 });
  const { memory, board } = memories[0]!;
  const words = new Int32Array(memory.buffer);
  const count = (at: number): number => Atomics.load(words, (board + at) / 4);
  await expect(async () => {
    for (;;) await product(backend); // The caller may be faster, and claim what is left.
  }).rejects.toThrow(/a helper thread stopped in the middle of an op/);
  expect([count(dead), count(done)]).toEqual([1, count(chunkCount) - 1]);
});
