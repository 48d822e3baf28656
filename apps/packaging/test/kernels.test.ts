import { execFileSync } from "node:child_process";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { binary } from "../../../packages/wasm/src/binary.ts";
import { root } from "../src/workspace.ts";

test("the embedded kernels of @dlcc/wasm are what its assembly/ compiles to", () => {
  const script = path.join(root, "apps/packaging/kernels/generate.js");
  expect(() => execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" })).not.toThrow();
});

test("the kernels are small", () => {
  expect(gzipSync(Buffer.from(binary, "base64")).length).toBeLessThan(9000);
});
