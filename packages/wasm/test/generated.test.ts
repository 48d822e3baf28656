import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { binary } from "../src/binary.ts";

test("src/binary.ts is what assembly/ compiles to", async () => {
  const script = fileURLToPath(new URL("../scripts/generate.js", import.meta.url));
  await promisify(execFile)(process.execPath, [script, "--check"]);
});

test("the kernels are small", () => {
  expect(gzipSync(Buffer.from(binary, "base64")).length).toBeLessThan(9000);
});
