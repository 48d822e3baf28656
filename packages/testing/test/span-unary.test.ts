/** The elementwise functions of one tensor against NumPy and SciPy: see fixtures/unary.py. */
import { type Backend, cpu, type DType, ops, tensor, tidy, unaryOps } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { describe, expect, test } from "vitest";
import fixture from "./fixtures/unary.json" with { type: "json" };

type Values = readonly (number | string)[];
const { inputs, ...results }: Readonly<Record<string, Values>> = fixture;
const numbers = (values: Values = []): Float64Array => Float64Array.from(values, Number);

/** As relative errors. Engines' own functions are not of the last place, and wasm's are right to 4 units of it. */
const tolerance: Partial<Record<DType, number>> = { float64: 4e-15, float32: 5e-7 };

/** Smaller results than float32's smallest normal one may lose digits. */
const smallest: Partial<Record<DType, number>> = { float64: 2 ** -1022, float32: 2 ** -126 };

const backends: readonly [string, Backend, DType][] = [
  ["cpu", cpu, "float64"],
  ["cpu", cpu, "float32"],
  ["wasm", await createWasm({ threads: 1 }), "float32"],
];

test("every function is compared", () => {
  expect(Object.keys(results).sort()).toEqual([...unaryOps].sort());
});

describe.each(backends)("on %s", (_, backend, dtype) => {
  test.each(unaryOps)(`%s in ${dtype}`, (op) => {
    const got = tidy(() => ops[op](tensor(numbers(inputs), { dtype, backend })).dataSync());
    const wrong = [...numbers(results[op])].flatMap((want, i) => {
      const [x, y] = [inputs?.[i], got[i] as number];
      const rounded = dtype === "float32" ? Math.fround(want) : want;
      if (Object.is(rounded, y) || rounded === y) return [];
      const allowed = (tolerance[dtype] ?? 0) * Math.abs(want) + (smallest[dtype] ?? 0);
      return Math.abs(want - y) <= allowed ? [] : [`${op}(${x}) = ${want}, got ${y}`];
    });
    expect(wrong).toEqual([]);
  });
});
