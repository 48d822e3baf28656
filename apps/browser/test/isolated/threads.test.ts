import { createWasm } from "@dlcc/wasm";
import { expect, test } from "vitest";
import { createUnder } from "../framed.ts";

test("an isolated page has the threads that were asked for", async () => {
  const wasm = await createWasm({ threads: 3 });
  expect(wasm.info).toEqual({ threads: 3 });
  wasm.dispose();
});

test("a policy that forbids workers leaves one thread, and says so", async () => {
  const { info, total } = await createUnder("script-src * 'unsafe-inline' 'wasm-unsafe-eval'; worker-src 'none'", 2);
  expect(info).toEqual({ threads: 1, note: expect.stringContaining("worker") });
  expect(total).toBe(6);
});

test("the backend works in a worker of the page's own", async () => {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const answer = await new Promise<unknown>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  });
  worker.terminate();
  expect(answer).toEqual({ info: { threads: 2 }, product: [[7, 10], [15, 22]] }); // biome-ignore format: a matrix
});
