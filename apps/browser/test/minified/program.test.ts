/** The backends on the graphics card after Vite has minified them: kernels that a minifier rewrote would show here. */
import { afterAll, describe, expect, test } from "vitest";

const name = "./bundle/entry.js"; // Built before the tests: not there for the type checker.
const {
  conformance,
  counting,
  cpu,
  createGpu,
  createWebGpu,
  firstLosses,
  modes,
  refusal,
  tolerance,
  tooFewDigits,
  withoutDigits,
  withoutWholeNumbers,
} = (await import(/* @vite-ignore */ name)) as typeof import("./entry.ts");

for (const mode of modes) {
  const gpu = await createGpu({ mode, allowSoftware: true });
  afterAll(() => gpu.dispose());

  describe(`gpu by ${mode}, minified`, () => {
    const backend = counting(gpu);
    for (const { name, run, skipped } of conformance(backend, {
      tolerance,
      skip: { ...withoutWholeNumbers, ...withoutDigits },
    })) {
      test(skipped === undefined ? name : `${name}: refused, as ${skipped}`, async () => {
        if (skipped === undefined) await run();
        else await expect(run()).rejects.toThrow(name in withoutDigits ? tooFewDigits : refusal);
        expect(backend.live).toBe(0);
      });
    }

    test("10 steps of 784-128-10 have the losses of the cpu backend, to 1e-3", async () => {
      const [there, here] = [await firstLosses(gpu, 10), await firstLosses(cpu, 10)];
      for (const [i, loss] of here.entries()) expect(Math.abs(there[i]! - loss), `step ${i}`).toBeLessThan(1e-3);
    }, 120_000);
  });
}

const webGpu = await createWebGpu({ allowSoftware: true });
afterAll(() => webGpu.dispose());

describe("webgpu, minified", () => {
  const backend = counting(webGpu);
  // No minifier changes its kernels, which are text, but its own build does.
  for (const { name, run } of conformance(backend, { tolerance: { float32: 2e-6 } })) {
    test(name, async () => {
      await run();
      expect(backend.live).toBe(0);
    });
  }

  test("50 steps of 784-128-10 have the losses of the cpu backend, to 1e-3", async () => {
    const [there, here] = [await firstLosses(webGpu, 50), await firstLosses(cpu, 50)];
    for (const [i, loss] of here.entries()) expect(Math.abs(there[i]! - loss), `step ${i}`).toBeLessThan(1e-3);
  }, 120_000);
});
