import { readFileSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { findFindings, findingsFile, keepFindings } from "../src/doctor/findings.ts";
import { machine } from "../src/machine.ts";
import { open } from "../src/network/backends.ts";
import { dlcc, json, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

/** Whether this machine has a BLAS. */
const hasBlas = await open("blas").then(
  async ({ dispose }) => dispose().then(() => true),
  () => false,
);

interface Shown {
  readonly name: string;
  readonly works: boolean;
  readonly title: string;
  readonly reason: string;
  readonly largestError: number;
  readonly cases: readonly { readonly id: string; readonly figure: number; readonly milliseconds: number }[];
}

/** With gpu.js on the processor, because the machine of the tests may have no graphics card. */
const withSoftware = (): unknown => vi.stubEnv("DLCC_GPU_SOFTWARE", "1");

describe("dlcc doctor", () => {
  test("tries and measures every backend, recommends the fastest, and saves the findings", async () => {
    withSoftware();
    const [found, ...rest] = await json("doctor", "--quick");
    expect(rest).toEqual([]);
    const backends = found?.backends as readonly Shown[];
    expect(backends.map(({ name }) => name)).toEqual(["cpu", "wasm", "blas", "webgpu", "gpu"]);
    // Whether this machine has a driver for webgpu is not known here.
    const others = backends.filter(({ name }) => name !== "webgpu");
    expect(others.map(({ works }) => works)).toEqual([true, true, hasBlas, true]);
    const steps: Record<string, number> = {};
    for (const { name, largestError, cases } of backends.filter(({ works }) => works)) {
      expect(largestError).toBeGreaterThan(0);
      expect(largestError).toBeLessThan(1e-5);
      expect(cases.map(({ id }) => id)).toEqual(["matmul-256", "matmul-512", "step-64", "step-lenet5-64"]);
      for (const { figure } of cases) expect(figure).toBeGreaterThan(0);
      steps[name] = cases.find(({ id }) => id === "step-64")?.milliseconds ?? Number.NaN;
    }
    const [fastest] = Object.entries(steps).sort(([, a], [, b]) => a - b)[0] ?? [];
    expect(found?.recommended).toBe(`--backend ${fastest}`);
    expect(findFindings()).toEqual({ machine: machine(), date: expect.any(String), step: steps });
  }, 60_000);

  test("says why a backend does not work, and what to do", async () => {
    const { code, lines } = await dlcc(["doctor", "--quick"]);
    expect(code).toBe(0);
    const text = lines.join("\n");
    expect(text).toMatch(/✓ cpu\n +largest error against float64: \S+e-\d\n +matrix product, 256 x 256: \S+ GFLOP\/s/);
    expect(text).toMatch(/✗ gpu {2}does not work here\n.*no GPU here.*(npm install webgpu|no adapter)/);
    expect(text).toMatch(/Train with --backend (cpu|wasm|blas) on this machine/);
  });
});

describe("--backend auto", () => {
  const found = (step: Readonly<Record<string, number>>, on = machine()): void =>
    keepFindings({ machine: on, date: "2026-11-25T00:00:00Z", step });
  const choice = async (): Promise<string> => (await open("auto", 1)).title;

  beforeEach(() => {
    withSoftware();
  });

  test("takes the gpu where dlcc doctor found it faster, and says so", async () => {
    found({ cpu: 9, wasm: 3, gpu: 1.23 });
    expect(await choice()).toMatch(
      /^gpu, webasm on .* \(chosen: dlcc doctor measured 1\.2 ms a step, and 3\.0 ms on wasm\)$/,
    );
  });

  test("takes wasm where the gpu is slower, and says so", async () => {
    found({ cpu: 9, wasm: 3, gpu: 40 });
    expect(await choice()).toBe(
      "wasm, 1 thread (chosen: gpu is slower: dlcc doctor measured 40 ms a step, and 3.0 ms on wasm)",
    );
  });

  test("takes wasm where the gpu was faster and no longer works, and says why", async () => {
    vi.stubEnv("DLCC_GPU_SOFTWARE", "");
    found({ cpu: 9, wasm: 3, gpu: 1 });
    expect(await choice()).toMatch(
      /^wasm, 1 thread \(chosen: it works here; gpu was faster, but no longer works: .*no GPU here/,
    );
  });

  test.runIf(hasBlas)("takes blas where it is the fastest, and says so", async () => {
    found({ cpu: 9, wasm: 3, gpu: 2, blas: 1 });
    expect(await choice()).toMatch(
      /^blas, \w+ [\d.]+, 1 thread \(chosen: dlcc doctor measured 1\.0 ms a step, and 3\.0 ms on wasm\)$/,
    );
  });

  test("takes the next best where the fastest no longer works", async () => {
    vi.stubEnv("DLCC_GPU_SOFTWARE", "");
    found({ cpu: 9, wasm: 3, gpu: 1, blas: 2 });
    const title = await choice();
    expect(title).toMatch(hasBlas ? /^blas, .*2\.0 ms a step/ : /^wasm, /);
    expect(title).toMatch(/gpu was faster, but no longer works: .*no GPU here/);
  });

  test("never takes a gpu that was not measured, or on another machine", async () => {
    expect(await choice()).toBe("wasm, 1 thread (chosen: it works here)");
    found({ cpu: 9, wasm: 3 });
    expect(await choice()).toBe("wasm, 1 thread (chosen: it works here)");
    found({ cpu: 9, wasm: 3, gpu: 1 }, "another machine");
    expect(await choice()).toBe("wasm, 1 thread (chosen: it works here)");
  });

  test("ignores an incomplete file of findings", async () => {
    found({ cpu: 9, wasm: 3, gpu: 1 });
    writeFileSync(findingsFile(), readFileSync(findingsFile(), "utf8").slice(0, 40));
    expect(await choice()).toBe("wasm, 1 thread (chosen: it works here)");
  });
});

test("dlcc train --backend gpu names its device, and learns as cpu does", async () => {
  withSoftware();
  const train = (backend: string) => json("train", "mnist", "--backend", backend, "--hidden", "8", "--epochs", "1");
  const [gpu, cpu] = [await train("gpu"), await train("cpu")];
  expect(gpu[0]?.backend).toMatch(/^gpu, webasm on the processor/);
  expect(gpu.at(-1)?.event).toBe("done");
  expect(gpu.at(-1)?.testAccuracy).toBeCloseTo(cpu.at(-1)?.testAccuracy as number, 2);
}, 60_000);
