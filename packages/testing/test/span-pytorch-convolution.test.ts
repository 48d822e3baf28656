/** Parity with PyTorch: fixtures/pytorch-convolution.py wrote the figures, and says how inputs are made. */
import { readFileSync } from "node:fs";
import { valueAndGrad } from "@dlcc/autograd";
import {
  type Backend,
  conv1d,
  conv2d,
  convTranspose2d,
  cpu,
  type DType,
  type Tensor,
  tensor,
  tidy,
} from "@dlcc/tensor";
import { withoutFused } from "@dlcc/testing";
import { createWasm } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";

interface Case {
  readonly op: "conv1d" | "conv2d" | "convTranspose2d";
  readonly x: readonly number[];
  readonly weight: readonly number[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly shape: readonly number[];
  /** The result, and the gradients of x, weight and bias. */
  readonly results: readonly (readonly number[])[];
}

const fixture = JSON.parse(readFileSync(new URL("fixtures/pytorch-convolution.json", import.meta.url), "utf8")) as {
  readonly exact: readonly Case[];
  readonly smooth: readonly Case[];
};

const scale = 2 ** 18;
const cases = [
  ...fixture.exact.map((c) => ({ ...c, results: c.results.map((list) => list.map((value) => value / scale)) })),
  ...fixture.smooth,
].map((c) => ({ ...c, name: `${c.op} ${JSON.stringify(c.options)} of [${c.x}] and [${c.weight}]` }));

const functions = { conv1d, conv2d, convTranspose2d } as const;

/** The inputs' formula. */
const made = (shape: readonly number[], seed: number, dtype: DType, backend: Backend): Tensor => {
  const data = Float64Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => (((7919 * i + 104729 * seed) % 1009) - 504) / 512,
  );
  return tensor(data, { shape, dtype, backend });
};

const wasm = await Promise.all([1, 2].map((threads) => createWasm({ threads })));
afterAll(() => {
  for (const backend of wasm) backend.dispose();
});

describe.each([
  { where: "cpu, float64", backend: cpu, dtype: "float64" as const, tolerance: 1e-9 },
  { where: "cpu, float32", backend: cpu, dtype: "float32" as const, tolerance: 1e-5 },
  { where: "the composites, float64", backend: withoutFused(cpu), dtype: "float64" as const, tolerance: 1e-9 },
  ...wasm.map((backend) => ({
    where: `wasm on ${backend.info.threads} threads`,
    backend: backend as Backend,
    dtype: "float32" as const,
    tolerance: 1e-5,
  })),
])("on $where", ({ backend, dtype, tolerance }) => {
  test.each(cases)("$name: the result and all gradients", async ({ op, x, weight, options, shape, results }) => {
    const outputs = op === "convTranspose2d" ? weight[1]! * ((options.groups as number | undefined) ?? 1) : weight[0]!;
    const inputs = [x, weight, [outputs]].map((lengths, i) => made(lengths, i + 1, dtype, backend));
    const [images, kernels, bias] = inputs as [Tensor, Tensor, Tensor];
    const slope = made(shape, 4, dtype, backend);
    const run = (): Tensor => functions[op](images, kernels, bias, options);
    const y = tidy(run);
    expect(y.shape).toEqual(shape);
    const { gradients } = valueAndGrad(() => run().mul(slope).sum(), inputs);
    const got = await Promise.all([y, ...inputs.map((input) => gradients.get(input)!)].map((t) => t.data()));
    results.forEach((wanted, i) => {
      expect(got[i]!.length).toBe(wanted.length);
      const worst = Math.max(...wanted.map((value, j) => Math.abs(got[i]![j]! - value) / Math.max(1, Math.abs(value))));
      expect(worst).toBeLessThan(tolerance);
    });
  });
});
