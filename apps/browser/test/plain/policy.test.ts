import { expect, test } from "vitest";
import { createUnder } from "../framed.ts";

test("a policy that allows 'wasm-unsafe-eval' lets the backend work", async () => {
  const { total } = await createUnder("script-src * 'unsafe-inline' 'wasm-unsafe-eval'", 1);
  expect(total).toBe(6);
});

test("a policy that forbids WebAssembly gets an error that names what to allow", async () => {
  const { error } = await createUnder("script-src * 'unsafe-inline'", 1);
  expect(error).toMatch(/BackendError: wasm: the kernels could not be compiled.*'wasm-unsafe-eval'.*cpu backend/);
});
