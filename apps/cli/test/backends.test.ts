import { afterEach, expect, test, vi } from "vitest";
import { openBest, openCpu, openWasm } from "../src/network/backends.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("each backend says what it is", async () => {
  expect((await openCpu()).title).toBe("cpu");
  expect((await openWasm(1)).title).toBe("wasm, 1 thread");
  expect((await openWasm(2)).title).toBe("wasm, 2 threads");
});

test("the best is wasm, and says so", async () => {
  const { backend, title } = await openBest(1);
  expect([backend.name, title]).toEqual(["wasm", "wasm, 1 thread (chosen: it works here)"]);
});

test("without WebAssembly it is cpu, and says why", async () => {
  vi.spyOn(WebAssembly, "compile").mockRejectedValue(new Error("it is forbidden"));
  const { backend, title } = await openBest();
  expect(backend.name).toBe("cpu");
  expect(title).toMatch(/^cpu, for want of wasm: .*it is forbidden/);
});
