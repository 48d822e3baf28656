import { BackendError } from "@dlcc/tensor";
import { expect, test } from "vitest";
import { createWebGpu, type WebGpuAdapter } from "../src/index.ts";

/** An adapter that never gives a device. */
const adapterOf = (info: Partial<WebGpuAdapter["info"]>): WebGpuAdapter => ({
  info: { vendor: "", architecture: "", device: "", description: "", ...info },
  limits: {},
  requestDevice: () => Promise.reject(new Error("the adapter is consumed")),
});

test.each([
  ["google swiftshader", { vendor: "google", architecture: "swiftshader" }],
  ["llvmpipe (LLVM 15.0.6, 256 bits)", { description: "llvmpipe (LLVM 15.0.6, 256 bits)" }],
  ["Microsoft Basic Render Driver", { description: "Microsoft Basic Render Driver" }],
  ["an adapter without a name", { isFallbackAdapter: true }],
])("%s is software, and refused", async (name, info) => {
  const attempt = createWebGpu({ adapter: adapterOf(info) });
  await expect(attempt).rejects.toThrow(BackendError);
  await expect(attempt).rejects.toThrow(`createWebGpu: ${name} is a software renderer`);
});

test("an adapter that gives no device is an error with the reason", async () => {
  const attempt = createWebGpu({ adapter: adapterOf({ vendor: "nvidia", architecture: "ampere" }) });
  await expect(attempt).rejects.toThrow("createWebGpu: the adapter gave no device: the adapter is consumed");
});
