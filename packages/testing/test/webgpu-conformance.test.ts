import { expect, test } from "vitest";
import { conformance, counting } from "../src/index.ts";
import { describeWebGpu, isPage, tolerance, withDevice } from "./fixtures/webgpu.ts";

/**
 * A browser goes through all cases. In Node the shaders, and what compiles them, are the same, but everything takes five times
 * as long, for Node's own thread spins while Dawn works: there, every fourth case is a check of what is around them.
 */
const every = isPage ? 1 : 4;

await describeWebGpu("webgpu conforms, and each case gives all storages back", async () => {
  const messages: Promise<readonly string[]>[] = [];
  const { backend: gpu } = await withDevice((device) => {
    const make = device.createShaderModule.bind(device);
    device.createShaderModule = (descriptor) => {
      const module = make(descriptor);
      const info = module.getCompilationInfo();
      messages.push(info.then((found) => found.messages.map(({ message }) => `${message}: ${descriptor.code}`)));
      return module;
    };
  });
  const backend = counting(gpu);
  const cases = conformance(backend, { tolerance }).filter((_, i) => i % every === 0);
  for (const { name, run } of cases) {
    test(name, async () => {
      await run();
      expect(backend.live).toBe(0);
      await gpu.flush();
      expect(gpu.memory).toMatchObject({ storages: 0, buffers: 0 });
    });
  }

  test("the compiler has nothing to say about any of their kernels", async () => {
    expect(messages.length).toBeGreaterThan(cases.length / 10);
    expect((await Promise.all(messages)).flat()).toEqual([]);
  });
});
