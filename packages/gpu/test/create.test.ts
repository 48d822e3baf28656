import { ArgumentError, BackendError, ones } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { createGpu, type GpuMode } from "../src/index.ts";
import { isSoftware } from "../src/software.ts";

describe("in Node without the package webgpu", () => {
  test("there is no GPU, and each mode says why", async () => {
    const attempt = createGpu();
    await expect(attempt).rejects.toThrow(BackendError);
    await expect(attempt).rejects.toThrow(
      /^createGpu: no GPU here\. webgpu: .*npm install webgpu.*; webgl2: Node has no WebGL2\..*wasm.*allowSoftware/s,
    );
  });

  test.each(["webasm", "cpu"] as const)("%s is for tests, and refused unless they ask", async (mode) => {
    await expect(createGpu({ mode })).rejects.toThrow(/slower than the wasm backend/);
    const gpu = await createGpu({ mode, allowSoftware: true });
    expect(gpu.info).toMatchObject({ mode, software: true, limits: { elements: 2 ** 24, integers: 2 ** 24 - 1 } });
    await gpu.dispose();
  });

  test("a mode that there isn't is refused, with those that there are", async () => {
    const attempt = createGpu({ mode: "metal" as GpuMode });
    await expect(attempt).rejects.toThrow(ArgumentError);
    await expect(attempt).rejects.toThrow(/webgpu, webgl2, webasm, cpu, got metal/);
  });
});

test("the self-test has an error for each op, none more than rounding", async () => {
  const gpu = await createGpu({ allowSoftware: true });
  const { precision } = gpu.info;
  expect(Object.keys(precision)).toEqual(expect.arrayContaining(["matmul", "relu", "softmax", "sum", "argmax"]));
  for (const error of Object.values(precision)) expect(error).toBeLessThan(1e-5);
  expect(gpu.memory).toMatchObject({ storages: 0, handles: 0 });
  await gpu.dispose();
});

test("after dispose, an op's result says so when it is read", async () => {
  const backend = await createGpu({ allowSoftware: true });
  const x = ones([2], { backend });
  await backend.dispose();
  await expect(x.add(1).array()).rejects.toThrow(/disposed of: make a new one/);
});

test.each([
  ["ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)", true],
  ["llvmpipe (LLVM 15.0.6, 256 bits)", true],
  ["Microsoft Basic Render Driver", true],
  ["ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11)", false],
  ["Apple M2", false],
])("%s is software: %s", (renderer, software) => {
  expect(isSoftware(renderer)).toBe(software);
});
