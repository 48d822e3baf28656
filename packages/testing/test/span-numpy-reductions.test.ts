/** Reductions of truth, argmin, std, products and running sums against NumPy, on cpu and wasm: see fixtures/numpy-reductions.py. */
import * as dlcc from "@dlcc/tensor";
import { type Backend, cpu, type DType, ShapeError, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { describe, expect, test } from "vitest";
import fixture from "./fixtures/numpy-reductions.json" with { type: "json" };

type Numbers = readonly (number | string)[];
type Case = readonly [
  name: string,
  dtype: DType,
  shape: readonly number[],
  numbers: Numbers,
  axis: number | null,
  correction: number | null,
  resultDType: DType,
  resultShape: readonly number[] | null,
  result: Numbers,
];
type Reduction = (x: Tensor, axis?: number, options?: { readonly correction?: number }) => Tensor;

const cases = fixture as unknown as readonly Case[];
const functions = dlcc as unknown as Readonly<Record<string, Reduction>>;
const names = [...new Set(cases.map(([name]) => name))];
const tolerances: Readonly<Record<DType, number>> = { float32: 1e-6, float64: 1e-12, int32: 0, bool: 0 };

const backends: readonly (readonly [string, Backend])[] = [
  ["cpu", cpu],
  ["wasm", await createWasm({ threads: 1 })],
];

describe.each(backends)("on %s", (_, backend) => {
  test.each(names)("%s", (name) => {
    for (const [, dtype, shape, numbers, axis, correction, resultDType, resultShape, result] of cases.filter(
      (candidate) => candidate[0] === name && backend.dtypes.includes(candidate[1]),
    )) {
      const what = `${name} of ${dtype} [${shape}] over ${axis}: ${numbers}`;
      const run = (): Tensor => {
        const x = tensor(Float64Array.from(numbers, Number), { shape, dtype, backend });
        const options = correction === null ? {} : { correction };
        return (functions[name] as Reduction)(x, axis ?? undefined, options);
      };
      if (resultShape === null) {
        expect(() => tidy(run), what).toThrow(ShapeError);
        continue;
      }
      const got = tidy(run);
      expect([got.dtype, got.shape], what).toEqual([resultDType, resultShape]);
      const values = [...got.dataSync()];
      for (const [i, want] of result.map(Number).entries()) {
        const value = values[i] as number;
        const near = Math.abs(value - want) <= tolerances[resultDType] * Math.abs(want);
        expect(
          near || Object.is(value, want) || value === want,
          `${what}: at ${i} expected ${want}, got ${value}`,
        ).toBe(true);
      }
      got.dispose();
    }
  });
});
