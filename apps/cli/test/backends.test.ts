import { afterEach, expect, test, vi } from "vitest";
import { open } from "../src/network/backends.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("each backend has a title", async () => {
  expect((await open("cpu")).title).toBe("cpu");
  expect((await open("wasm", 1)).title).toBe("wasm, 1 thread");
  expect((await open("wasm", 2)).title).toBe("wasm, 2 threads");
});

test("the best is wasm, and says so", async () => {
  const { backend, title } = await open("auto", 1);
  expect([backend.name, title]).toEqual(["wasm", "wasm, 1 thread (chosen: it works here)"]);
});

test("without WebAssembly it is cpu, and says why", async () => {
  vi.spyOn(WebAssembly, "compile").mockRejectedValue(new Error("it is forbidden"));
  const { backend, title } = await open("auto");
  expect(backend.name).toBe("cpu");
  expect(title).toMatch(/^cpu \(WebAssembly is unavailable: .*it is forbidden/);
});
