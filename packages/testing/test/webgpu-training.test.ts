import { adam } from "@dlcc/optim";
import { cpu } from "@dlcc/tensor";
import { expect, test } from "vitest";
import { firstLosses, lenet5Losses, training } from "./fixtures/training.ts";
import { describeWebGpu, testBackend } from "./fixtures/webgpu.ts";

await describeWebGpu("training on webgpu", (backend) => {
  test("50 steps of 784-128-10 have the losses of the cpu backend, to 1e-3, and they fall", async () => {
    const [there, here] = [await firstLosses(backend, 50), await firstLosses(cpu, 50)];
    for (const [i, loss] of here.entries()) expect(Math.abs(there[i]! - loss), `step ${i}`).toBeLessThan(1e-3);
    expect(there[49]).toBeLessThan(there[0]! / 2);
  });

  test("LeNet-5 has the losses of the cpu backend in its first steps, to 1e-4", async () => {
    const [there, here] = [await lenet5Losses(backend, 4), await lenet5Losses(cpu, 4)];
    for (const [i, loss] of here.entries()) expect(Math.abs(there[i]! - loss), `step ${i}`).toBeLessThan(1e-4);
    expect(there[3]).toBeLessThan(there[0]!);
  });

  test("3,000 steps hold as many storages and buffers as the first ones", async () => {
    // A backend of its own: the garbage collector may still be at what other tests left behind.
    const own = await testBackend();
    const { silentStep } = await training(own, {
      sizes: [6, 5, 3],
      batch: 4,
      optimizer: (parameters) => adam(parameters, { lr: 0.01 }),
    });
    const run = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i++) {
        silentStep();
        if (i % 16 === 0) await own.flush();
      }
      await own.flush();
    };
    await run(0, 100);
    const before = own.memory;
    await run(100, 3000);
    const { spare, bytes, ...after } = own.memory;
    expect(after).toEqual({ storages: before.storages, buffers: before.buffers, kernels: before.kernels });
    // What is kept for later depends on when the device took what was sent; it does not grow.
    expect(spare).toBeLessThanOrEqual(before.spare + 16);
    expect(bytes).toBeLessThanOrEqual(before.bytes + 16 * 256);
    await own.dispose();
  });
});
