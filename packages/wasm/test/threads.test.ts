import * as threads from "node:worker_threads";
import { matmul, tensor, tidy } from "@dlcc/tensor";
import { afterEach, expect, test, vi } from "vitest";
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
  }).rejects.toThrow(/a helper thread died at work.*create the backend anew/);
  expect(backend.info.threads).toBe(1);
  expect(await product(backend)).toBe(300 ** 3);
});
