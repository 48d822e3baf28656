import { expect, test } from "vitest";
import { conformance, counting } from "../src/index.ts";
import { describeWebGpu, tolerance } from "./fixtures/webgpu.ts";

await describeWebGpu("webgpu conforms, and each case gives all storages back", (gpu) => {
  const backend = counting(gpu);
  for (const { name, run } of conformance(backend, { tolerance })) {
    test(name, async () => {
      await run();
      expect(backend.live).toBe(0);
      await gpu.flush();
      expect(gpu.memory).toMatchObject({ storages: 0, buffers: 0 });
    });
  }
});
