import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "../src/workspace.ts";

test("the embedded kernels of @dlcc/wasm are what its assembly/ compiles to", () => {
  const script = path.join(root, "apps/packaging/kernels/generate.js");
  expect(() => execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" })).not.toThrow();
});

test("the kernels are small", () => {
  const source = readFileSync(path.join(root, "packages/wasm/src/binary.ts"), "utf8");
  const [, base64 = ""] = /"([A-Za-z0-9+/=]+)"/.exec(source) ?? [];
  const size = Buffer.from(base64, "base64").length;
  expect(size).toBeGreaterThan(1000); // It was found.
  // Sine, cosine and tangent in double precision are 1,720 of them; order is 250, division and products of int32 190, the
  // convolutions 4,860 (of single pixels and of each channel by itself 1,260 of them, 260 for steps of 2), pooling and normalization 1,850.
  expect(size).toBeLessThan(19_700);
});
