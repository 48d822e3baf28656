import { cpu } from "@dlcc/tensor";
import { describe, expect, test, vi } from "vitest";
import { type Case, cases } from "../src/bench/cases.ts";
import { figureOf, measure } from "../src/bench/measure.ts";
import { open } from "../src/network/backends.ts";
import { dlcc, errors, json, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

/** Whether this machine has a backend. */
const has = (name: string): Promise<boolean> =>
  open(name).then(
    async ({ dispose }) => dispose().then(() => true),
    () => false,
  );
const [hasBlas, hasWebGpu] = [await has("blas"), await has("webgpu")];

interface Shown {
  readonly id: string;
  readonly unit: string;
  readonly results: readonly { backend: string; flags: string; figure: number; milliseconds: number }[];
}

describe("dlcc bench", () => {
  test("measures the cases on cpu and on wasm, and recommends the fastest at the usual step", async () => {
    const [found, ...rest] = await json("bench", "--quick", "--threads", "2");
    expect(rest).toEqual([]);
    const shown = found?.cases as readonly Shown[];
    expect(shown.map(({ id }) => id)).toEqual(cases.map(({ id }) => id).filter((id) => id !== "matmul-1024"));
    for (const { results, unit } of shown) {
      expect(results.map(({ flags }) => flags)).toEqual([
        "--backend cpu",
        "--backend wasm --threads 1",
        "--backend wasm",
        ...(hasBlas ? ["--backend blas --threads 1", "--backend blas"] : []),
        ...(hasWebGpu ? ["--backend webgpu"] : []),
      ]);
      for (const { figure, milliseconds } of results) {
        expect(milliseconds).toBeGreaterThan(0);
        if (unit === "ms") expect(figure).toBe(milliseconds);
      }
    }
    const usual = shown.find(({ id }) => id === "step-64")?.results ?? [];
    const fastest = [...usual].sort((a, b) => a.milliseconds - b.milliseconds)[0];
    expect(found?.recommended).toBe(fastest?.flags);
  });

  test("shows it to people in 80 columns, and its progress on a terminal's error stream alone", async () => {
    const { code, lines } = await dlcc(["bench", "--quick", "--threads", "1"]);
    expect(code).toBe(0);
    const text = lines.join("\n");
    expect(text).toMatch(/training step of 784-128-10, batch 64 \(ms, less is better\)/);
    expect(text).toMatch(/Train with --backend (cpu|webgpu|wasm --threads 1|blas --threads 1) on this machine\./);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(errors.text).toBe("");
  });

  test("without WebAssembly it measures cpu, and says why", async () => {
    vi.spyOn(WebAssembly, "compile").mockRejectedValue(new Error("blocked"));
    const [found] = await json("bench", "--quick");
    expect(found?.recommended).toMatch(/^--backend (cpu|webgpu)$/);
    expect(found?.refused).toContainEqual(expect.stringContaining("blocked"));
  });
});

test("a rate is operations in a time: 2n³ of a product, in 10⁹ a second", () => {
  const product = cases.find(({ id }) => id === "matmul-1024") as Case;
  expect(figureOf(product, 1000)).toBeCloseTo((2 * 1024 ** 3) / 1e9, 12);
});

test("a case's runs leave nothing behind", async () => {
  const freed = vi.fn();
  const backend = { ...cpu, free: freed };
  for (const { prepare } of cases.filter(({ id }) => id !== "matmul-1024")) {
    const run = await prepare(backend);
    run();
    const before = freed.mock.calls.length;
    run();
    expect(freed.mock.calls.length).toBeGreaterThan(before);
  }
});

test("the measured time is that of one run, however many runs a sample takes", async () => {
  const perRun = 2;
  let clock = 0;
  const now = vi.spyOn(performance, "now").mockImplementation(() => clock);
  const waiting: Case = {
    id: "waiting",
    title: "waiting",
    unit: "ms",
    gigaOperations: 1,
    prepare: async () => () => {
      clock += perRun;
    },
  };
  expect(await measure(waiting, cpu, 20)).toBe(perRun);
  now.mockRestore();
});
