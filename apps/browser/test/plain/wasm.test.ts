import { tensor } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { expect, test } from "vitest";

test("a page without cross-origin isolation gets one thread, and is told why", async () => {
  const wasm = await createWasm({ threads: 2 });
  expect(wasm.info.threads).toBe(1);
  expect(wasm.info.note).toMatch(/cross-origin isolated.*COOP and COEP/);

  const x = tensor([[1, 2], [3, 4]], { backend: wasm }); // biome-ignore format: a matrix
  expect(await x.matmul(x).array()).toEqual([[7, 10], [15, 22]]); // biome-ignore format: a matrix
});
