/**
 * Leaks outside of storages: after some thousands of steps more, the JavaScript heap, the arrays beside it, the resident set
 * and WebAssembly's memory are as large as before. Each file of tests has a process to itself.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { valueAndGrad } from "@dlcc/autograd";
import { minibatches } from "@dlcc/data";
import { Dropout, Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam, clipByGlobalNorm } from "@dlcc/optim";
import { type Backend, cpu, randn, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { accuracy, createStepper, evaluate, fit, layerProbe } from "@dlcc/train";
import { createWasm } from "@dlcc/wasm";
import { describe, expect, test } from "vitest";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Steps until everything is compiled and has its size, and steps that are watched. */
const [warmUp, watched] = [1000, 2000];
/** What a step may leave behind, in bytes: the engine's own bookkeeping. A leak that matters is of kilobytes. */
const mostLeft = 2048;
/** By what the resident set may grow: the engine keeps pages that it has freed. A leak of 8 kB a step makes it twice this. */
const mostResident = 4096 * watched;

interface Memory {
  /** On the JavaScript heap and in arrays. */
  readonly used: number;
  readonly resident: number;
}

/** What is in use once the garbage has been collected; finalizers, and what they free, need turns of the event loop. */
async function memory(): Promise<Memory> {
  for (let i = 0; i < 3; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { used: heapUsed + external, resident: rss };
}

function expectFlat(before: Memory, after: Memory, steps: number): void {
  expect((after.used - before.used) / steps).toBeLessThan(mostLeft);
  expect(after.resident - before.resident).toBeLessThan(mostResident);
}

const backends: readonly (readonly [string, Backend, () => number])[] = await (async () => {
  const wasm = await createWasm({ threads: 1 });
  return [
    ["cpu", cpu, () => 0],
    ["wasm", wasm, () => wasm.memory.size],
  ] as const;
})();

describe.each(backends)("on %s", (_, backend, size) => {
  const setting = async (): Promise<{ model: Sequential; x: Tensor; y: Tensor }> => ({
    model: await new Sequential([
      new Linear(3, 4, { seed: 1 }),
      relu,
      new Dropout(0.1, { seed: 4 }),
      new Linear(4, 2, { seed: 2 }),
    ]).to(backend),
    x: randn([5, 3], { seed: 3, backend }),
    y: tensor([0, 1, 0, 1, 1], { dtype: "int32", backend }),
  });

  /** Runs something as often as it takes, and compares. */
  async function watch(run: () => void | Promise<void>): Promise<void> {
    for (let i = 0; i < warmUp; i++) await run();
    const [before, sizeBefore] = [await memory(), size()];
    for (let i = 0; i < watched; i++) await run();
    expectFlat(before, await memory(), watched);
    expect(size()).toBe(sizeBefore);
  }

  test("steps by hand", async () => {
    const { model, x, y } = await setting();
    const parameters = model.parameters();
    const optimizer = adam(parameters);
    await watch(() =>
      tidy(() => {
        const { gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), parameters);
        optimizer.step(clipByGlobalNorm(gradients, 1).gradients);
      }),
    );
  });

  test("a stepper that is read", async () => {
    const { model, x, y } = await setting();
    const optimizer = adam(model.parameters());
    const stepper = createStepper({ model, loss: crossEntropy, optimizer, metrics: { accuracy } });
    await watch(async () => {
      stepper.step({ x, y });
      if (stepper.readDue) await stepper.read();
    });
  });

  test("evaluation", async () => {
    const { model, x, y } = await setting();
    await watch(async () => {
      await evaluate({ model, loss: crossEntropy, batches: [{ x, y }], metrics: { accuracy } });
    });
  });

  test("fit, whatever it is asked for", async () => {
    const { model, x, y } = await setting();
    const optimizer = adam(model.parameters());
    const [size, epochSteps] = [1, 5];
    const probe = layerProbe(model, { onReport: () => {} });
    let before: Memory | undefined;
    await fit({
      model,
      loss: crossEntropy,
      optimizer,
      metrics: { accuracy },
      batches: (epoch) => minibatches(x, y, { size, seed: 1, epoch, backend }),
      epochs: (warmUp + watched) / epochSteps,
      validate: () => evaluate({ model, loss: crossEntropy, batches: [{ x, y }] }),
      onProgress: () => {},
      onEpoch: async ({ epoch }) => {
        if (epoch === warmUp / epochSteps) before = await memory();
      },
      probe,
    });
    expectFlat(before as Memory, await memory(), watched);
  });

  test("fit keeps a report for each epoch, and only for whoever keeps the reports", async () => {
    const { model, x, y } = await setting();
    const optimizer = adam(model.parameters());
    const batches = () => [{ x, y }];
    const run = (epochs: number) =>
      fit({ model, loss: crossEntropy, optimizer, batches, epochs, metrics: { accuracy } });
    await run(warmUp);
    const before = await memory();
    const reports = await run(watched);
    expectFlat(before, await memory(), watched);
    expect(reports.splice(0)).toHaveLength(watched);
    expect((await memory()).used - before.used).toBeLessThan((mostLeft * watched) / 8);
  });
});
