/** What happens when the browser takes the device away: an error at the next read, and a new backend works. */
import { createGpu } from "@dlcc/gpu";
import { tensor } from "@dlcc/tensor";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
});

test("a WebGL2 context that was lost", async () => {
  const contexts: WebGL2RenderingContext[] = [];
  const { getContext } = HTMLCanvasElement.prototype;
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(function (
    this: HTMLCanvasElement,
    ...parameters: unknown[]
  ) {
    const context = getContext.apply(this, parameters as never);
    if (context instanceof WebGL2RenderingContext) contexts.push(context);
    return context;
  } as never);
  const backend = await createGpu({ mode: "webgl2", allowSoftware: true });
  const x = tensor([1, 2], { backend });
  expect(await x.add(1).array()).toEqual([2, 3]);

  contexts.at(-1)?.getExtension("WEBGL_lose_context")?.loseContext();
  await expect(x.array()).rejects.toThrow(/the device was lost.*createGpu\(\)/);
  await expect(x.add(1).array()).rejects.toThrow(/the device was lost/);

  const fresh = await createGpu({ mode: "webgl2", allowSoftware: true });
  expect(await tensor([1, 2], { backend: fresh }).add(1).array()).toEqual([2, 3]);
  await fresh.dispose();
});

test("a WebGPU device that was lost", async () => {
  const devices: { destroy(): void; lost: Promise<unknown> }[] = [];
  const { gpu } = navigator as unknown as {
    gpu: { requestAdapter(): Promise<{ requestDevice: () => Promise<never> }> };
  };
  const requestAdapter = gpu.requestAdapter.bind(gpu);
  vi.spyOn(gpu, "requestAdapter").mockImplementation(async () => {
    const adapter = await requestAdapter();
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (...parameters: []) => {
      const device = await requestDevice(...parameters);
      devices.push(device);
      return device;
    };
    return adapter;
  });
  const backend = await createGpu({ mode: "webgpu", allowSoftware: true });
  const x = tensor([1, 2], { backend });
  expect(await x.add(1).array()).toEqual([2, 3]);

  const device = devices.at(-1);
  device?.destroy();
  await device?.lost;
  await expect(x.array()).rejects.toThrow(/the device was lost.*createGpu\(\)/);
  await expect(x.add(1).array()).rejects.toThrow(/the device was lost/);

  const fresh = await createGpu({ mode: "webgpu", allowSoftware: true });
  expect(await tensor([1, 2], { backend: fresh }).add(1).array()).toEqual([2, 3]);
  await fresh.dispose();
});

test("software is refused unless it is asked for, by its name", async () => {
  await expect(createGpu()).rejects.toThrow(/webgpu: .*swiftshader.*webgl2: .*SwiftShader.*allowSoftware/s);
});
