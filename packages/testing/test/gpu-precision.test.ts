/**
 * The published table of errors is what backends have. Each backend has a file beside this one, from which the page in
 * docs is made; `vitest -u` brings it up to date where a figure is no longer right.
 */
import { createGpu } from "@dlcc/gpu";
import { type Backend, cpu } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { describe, expect, test } from "vitest";
import { modes } from "./fixtures/gpu.ts";
import { measurePrecision, type Precision } from "./fixtures/precision.ts";
import { testBackend } from "./fixtures/webgpu.ts";

declare global {
  interface ImportMeta {
    /** Of Vite, which vitest runs tests by: all files that a pattern matches. */
    glob<T>(pattern: string, options: { readonly eager: true }): Readonly<Record<string, T>>;
  }
}

/** A figure stays as it was published while it is within this factor: engines round a little differently. */
const factor = 2;

/** Errors below one unit in the last place of float32 are all the same to a reader. */
const unit = 2 ** -24;

/** Where there is no WebGPU, the other tests of it say so. */
const webgpu = await testBackend().catch(() => undefined);

const backends: Readonly<Record<string, () => Promise<Backend>>> = {
  ...("document" in globalThis ? {} : { cpu: async () => cpu, wasm: () => createWasm({ threads: 1 }) }),
  ...(webgpu && { wgsl: async () => webgpu }),
  ...Object.fromEntries(modes.map((mode) => [mode, () => createGpu({ mode, allowSoftware: true })])),
};

const published = import.meta.glob<{ readonly default: readonly Precision[] }>("./fixtures/precision/*.json", {
  eager: true,
});

const isCurrent = (written: number | undefined, measured: number): boolean =>
  written !== undefined &&
  Math.max(measured, unit) <= Math.max(written, unit) * factor &&
  Math.max(written, unit) <= Math.max(measured, unit) * factor;

describe.each(Object.entries(backends))("%s", (name, create) => {
  test("has the errors that are published, and none is more than rounding", async () => {
    const measured = await measurePrecision(await create());
    const before = published[`./fixtures/precision/${name}.json`]?.default ?? [];
    const current = measured.map((row) => {
      const written = before.find(({ op }) => op === row.op);
      const keep = (field: "forward" | "gradient"): number =>
        isCurrent(written?.[field], row[field]) ? (written?.[field] as number) : Number(row[field].toPrecision(2));
      return { op: row.op, forward: keep("forward"), gradient: keep("gradient") };
    });
    for (const { op, forward, gradient } of current) {
      expect(forward, `${op}, forward`).toBeLessThan(1e-5);
      expect(gradient, `${op}, gradient`).toBeLessThan(1e-5);
    }
    await expect(`${JSON.stringify(current, null, 2)}\n`).toMatchFileSnapshot(`./fixtures/precision/${name}.json`);
  });
});
