/** The gpu backend on the built, minified page: WebGL2 and WebGPU on a software renderer, which the address allows. */
import type { Page, Worker } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accuracyOf, curveOf, type Site, startSite, stepOf, train, trained, webgpu } from "./site.ts";

/** Few, large steps: a software renderer is slow. */
const small = "hidden=16-relu&batchSize=500";
const software = "?software-gpu";

const isPart = (curve: readonly number[], of: readonly number[], tolerance: number): void => {
  expect(curve.length).toBeGreaterThan(0);
  curve.forEach((loss, step) => {
    expect(Math.abs(loss - (of[step] ?? Number.NaN)), `step ${step + 1}`).toBeLessThanOrEqual(tolerance);
  });
};

describe.each([
  ["webgl2", []],
  ["webgpu", webgpu],
] as const)("by %s", (mode, args) => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite(args);
  });
  afterAll(() => site.close());

  test("it trains as cpu does", async () => {
    const { page: reference } = await site.open(`#/train?epochs=1&backend=cpu&${small}`);
    await train(reference);
    const [curve, accuracy] = [await curveOf(reference), await accuracyOf(reference)];
    await reference.close();

    const { page, errors } = await site.open(`${software}#/train?epochs=1&backend=gpu&${small}`);
    await page.getByText(new RegExp(`GPU, ${mode} on .*; 8,000 training digits`)).waitFor();
    await train(page);
    const found = await curveOf(page);
    expect(found).toHaveLength(16);
    isPart(found, curve, 1e-3);
    expect(Math.abs((await accuracyOf(page)) - accuracy)).toBeLessThanOrEqual(0.3);
    expect(errors).toEqual([]);
    await page.close();
  });
});

describe("where there is a graphics card", () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite(webgpu);
  });
  afterAll(() => site.close());

  /** Has the software renderer pass for a card. */
  const disguise = (worker: Worker): Promise<void> =>
    worker.evaluate(() => {
      const { prototype } = Reflect.get(globalThis, "GPUAdapterInfo") as { prototype: object };
      Object.defineProperties(prototype, {
        isFallbackAdapter: { get: () => false },
        architecture: { get: () => "card" },
      });
    });

  test("auto takes it, by WebGPU, and trains as cpu does", async () => {
    const { page, errors } = await site.open(`#/train?epochs=1&backend=cpu&${small}`);
    await train(page);
    const [curve, accuracy] = [await curveOf(page), await accuracyOf(page)];
    const worker = page.workers().find((found) => found.url().includes("worker"));
    if (!worker) throw new Error("the page must have a worker, got none");
    await disguise(worker);
    await page.getByRole("radio", { name: /^Auto/ }).check();
    await page.getByText(/WebGPU; 8,000 training digits/).waitFor();
    await train(page);
    await page.getByText(/WebGPU, google card; 8,000 training digits/).waitFor();
    const found = await curveOf(page);
    expect(found).toHaveLength(16);
    isPart(found, curve, 1e-3);
    expect(Math.abs((await accuracyOf(page)) - accuracy)).toBeLessThanOrEqual(0.3);
    expect(errors).toEqual([]);
    await page.close();
  });
});

describe("without a graphics card", () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite();
  });
  afterAll(() => site.close());

  test("the choice says so, without loading gpu.js, and an address with gpu gets the next best backend", async () => {
    const before = site.served.length;
    const { page } = await site.open("#/train?backend=gpu&hidden=16-relu");
    await expect.poll(() => page.getByRole("radio", { name: /^GPU/ }).isDisabled()).toBe(true);
    expect(await page.getByText(/Not here: no graphics card/).count()).toBe(2); // WebGPU and GPU.
    expect(await page.getByText(/No GPU here: no graphics card/).count()).toBe(1);
    expect(await page.getByText(/WebAssembly, \d+ threads?; 8,000/).count()).toBe(1);
    expect(site.served.slice(before).filter((url) => /gpu/.test(url))).toEqual([]);
    await page.close();
  });
});

describe("when the browser takes the graphics card away", () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite();
  });
  afterAll(() => site.close());

  interface Contexts {
    contexts: WebGL2RenderingContext[];
    give: boolean;
  }

  /** Lets the test take away the contexts that the worker asks for from now on. */
  const watch = (worker: Worker): Promise<void> =>
    worker.evaluate(() => {
      const watched = globalThis as unknown as Contexts;
      watched.contexts = [];
      watched.give = true;
      const { getContext } = OffscreenCanvas.prototype;
      OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...parameters: unknown[]) {
        if (!watched.give) return null;
        const context = Reflect.apply(getContext, this, parameters);
        if (context instanceof WebGL2RenderingContext) watched.contexts.push(context);
        return context;
      } as typeof getContext;
    });

  /** Takes them away. @param give Whether new ones are given. */
  const lose = (worker: Worker, give: boolean): Promise<void> =>
    worker.evaluate((again) => {
      const watched = globalThis as unknown as Contexts;
      watched.give = again;
      for (const context of watched.contexts.splice(0)) context.getExtension("WEBGL_lose_context")?.loseContext();
    }, give);

  /** A page whose network is on the GPU, and the worker that holds it. */
  async function onGpu(): Promise<{ page: Page; worker: Worker; errors: string[] }> {
    const { page, errors } = await site.open(`${software}#/train?backend=cpu&epochs=4&optimizer=adam&${small}`);
    const worker = page.workers().find((found) => found.url().includes("worker"));
    if (!worker) throw new Error("the page must have a worker, got none");
    await watch(worker);
    await page.getByRole("radio", { name: /^GPU/ }).check();
    await page.getByText(/GPU, webgl2 on .*; 8,000 training digits/).waitFor();
    return { page, worker, errors };
  }

  const expectCurveOf = async (page: Page): Promise<void> => {
    const { page: reference } = await site.open(`#/train?backend=cpu&epochs=4&optimizer=adam&${small}`);
    await train(reference);
    const [curve, expected] = [await curveOf(page), await curveOf(reference)];
    expect(curve).toHaveLength(expected.length);
    // As if nothing had happened: weights, the optimizer's state and the order of the digits were kept.
    isPart(curve, expected, 1e-2);
    expect(Math.abs((await accuracyOf(page)) - (await accuracyOf(reference)))).toBeLessThanOrEqual(0.5);
    await reference.close();
  };

  test("while it trains, the run continues from its last saved step, on a new one, and the page says so", async () => {
    const { page, worker, errors } = await onGpu();
    await page.getByRole("button", { name: "Start training" }).click();
    await expect.poll(() => stepOf(page)).toBeGreaterThan(10);
    await lose(worker, true);
    await page.getByText(/The graphics card was lost\. The run goes on from step \d+, on GPU, webgl2 on /).waitFor();
    await trained(page);
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(errors).toEqual([]);
    await expectCurveOf(page);
    await page.close();
  });

  test("for good, after a pause, the run continues on WebAssembly", async () => {
    const { page, worker, errors } = await onGpu();
    for (const done of [1, 2]) {
      await page.getByRole("button", { name: "Step", exact: true }).click();
      await expect.poll(() => stepOf(page)).toBe(done);
    }
    await page.getByRole("button", { name: "Continue" }).waitFor();
    await lose(worker, false);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText(/The graphics card was lost\. The run goes on from step 2, on WebAssembly/).waitFor();
    await trained(page);
    expect(errors).toEqual([]);
    await expectCurveOf(page);
    await page.close();
  });
});
