import { createGpu } from "@dlcc/gpu";
import { adam } from "@dlcc/optim";
import { cpu } from "@dlcc/tensor";
import { afterAll, describe, expect, test } from "vitest";
import { countDeviceObjects, modes } from "./fixtures/gpu.ts";
import { firstLosses, training } from "./fixtures/training.ts";

const deviceObjects = countDeviceObjects();

describe.each(modes)("on %s", async (mode) => {
  const gpu = await createGpu({ mode, allowSoftware: true });
  afterAll(() => gpu.dispose());

  test("50 steps of 784-128-10 have the losses of the cpu backend, to 1e-3, and they fall", async () => {
    const [there, here] = [await firstLosses(gpu, 50), await firstLosses(cpu, 50)];
    for (const [i, loss] of here.entries()) expect(Math.abs(there[i]! - loss), `step ${i}`).toBeLessThan(1e-3);
    expect(there[49]).toBeLessThan(there[0]! / 2);
  }, 120_000);

  test("3,000 steps hold as many storages and handles as the first ones", async () => {
    // A backend of its own: the garbage collector may still be at what other tests left behind.
    const own = await createGpu({ mode, allowSoftware: true });
    const { silentStep } = await training(own, {
      sizes: [6, 5, 3],
      batch: 4,
      optimizer: (parameters) => adam(parameters, { lr: 0.01 }),
    });
    for (let i = 0; i < 3; i++) silentStep(); // After these, each kernel has an old output to let go of.
    await own.flush();
    const [before, objects] = [own.memory, deviceObjects()];
    for (let i = 3; i < 3000; i++) {
      silentStep();
      if (i % 16 === 0) await own.flush();
    }
    await own.flush();
    expect(own.memory).toEqual(before);
    expect(deviceObjects()).toBeLessThanOrEqual(objects);
    await own.dispose();
  }, 120_000);
});
