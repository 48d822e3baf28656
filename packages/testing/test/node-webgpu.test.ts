/** WebGPU as a user of Node has it: with Dawn's own settings, which set a workgroup's memory to 0, as the standard says. */
import { crossEntropy } from "@dlcc/losses";
import { argmax, cpu, matmul, randn, sum, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { createWebGpu } from "@dlcc/webgpu";
import { expect, test } from "vitest";
import { describeWebGpu, nodeGpu } from "./fixtures/webgpu.ts";

await describeWebGpu("webgpu with Dawn's own settings", () => {
  test("the kernels that share a workgroup's memory have cpu's results", async () => {
    const gpu = await nodeGpu([]);
    const adapter = await gpu.requestAdapter();
    if (!adapter) throw new Error("WebGPU found no adapter");
    const backend = await createWebGpu({ adapter, allowSoftware: true });
    const ops: Readonly<Record<string, (x: Tensor, y: Tensor) => Tensor>> = {
      sum: (x) => sum(x, 1),
      argmax: (x) => argmax(x, 1),
      matmul: (x) => matmul(x, x.transpose()),
      crossEntropy: (x, y) => crossEntropy(x, y),
    };
    for (const [op, compute] of Object.entries(ops)) {
      const [there, here] = [backend, cpu].map((where) =>
        tidy(() => {
          const labels = tensor(
            Int32Array.from({ length: 40 }, (_, i) => i),
            { backend: where },
          );
          return compute(randn([40, 300], { seed: 1, backend: where }), labels);
        }),
      ) as [Tensor, Tensor];
      const [got, wanted] = [await there.data(), await here.data()];
      wanted.forEach((value, i) => {
        expect(Math.abs((got[i] as number) - value), `${op} ${i}`).toBeLessThan(1e-3);
      });
      for (const t of [there, here]) t.dispose();
    }
    await backend.dispose();
    expect(gpu).toBeDefined(); // It is held until here.
  });
});
