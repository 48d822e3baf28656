import { Linear } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { cpu, randn, tensor } from "@dlcc/tensor";
import { accuracy, fit } from "@dlcc/train";
import { expect, test, vi } from "vitest";
import { firstLosses, lenet5Losses, training } from "./fixtures/training.ts";
import { describeWebGpu, testBackend, withDevice } from "./fixtures/webgpu.ts";

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

  test("fit asks the device for one small answer every 16 steps, when 50 ms have not passed before", async () => {
    const clock = vi.spyOn(performance, "now").mockReturnValue(0);
    const answers: number[] = [];
    const { backend: own, device } = await withDevice();
    const create = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const canBeRead = (descriptor.usage & 1) !== 0; // GPUBufferUsage.MAP_READ: each such buffer is one answer.
      if (canBeRead) answers.push(descriptor.size);
      return create(descriptor);
    };
    const model = await new Linear(6, 3, { seed: 1 }).to(own);
    const batch = {
      x: randn([4, 6], { seed: 2, backend: own }),
      y: tensor(Int32Array.of(0, 1, 2, 0), { backend: own }),
    };
    const optimizer = adam(model.parameters(), { lr: 0.01 });
    const batches = () => Array.from({ length: 64 }, () => batch);
    const [report] = await fit({ model, loss: crossEntropy, optimizer, batches, metrics: { accuracy }, epochs: 1 });
    expect(report?.loss).toBeLessThan(3);
    clock.mockRestore();
    expect(answers).toEqual([128, 128, 128, 128]); // 16 steps with two figures of four bytes each.
    await own.dispose();
  });

  test("a device that is lost in the middle of training ends it with an error that says what to do", async () => {
    const { backend: own, device } = await withDevice();
    const { step } = await training(own, { sizes: [6, 5, 3], batch: 4 });
    await step();
    device.destroy();
    await expect(step()).rejects.toThrow(/the device was lost.*createWebGpu\(\)/);
    await expect(step()).rejects.toThrow(/the device was lost/); // And not a hang.
    await own.flush();
    const { step: again } = await training(backend, { sizes: [6, 5, 3], batch: 4 });
    expect(await again()).toBeLessThan(3);
  });
});
