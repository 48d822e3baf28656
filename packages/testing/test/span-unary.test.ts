/** The elementwise functions of one tensor against NumPy and SciPy: see fixtures/unary.py. */
import * as dlcc from "@dlcc/tensor";
import {
  atan2,
  type Backend,
  cpu,
  type DType,
  floorDivide,
  mod,
  type Tensor,
  tensor,
  tidy,
  unaryOps,
} from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { describe, expect, test } from "vitest";
import pairs from "./fixtures/pairs.json" with { type: "json" };
import fixture from "./fixtures/unary.json" with { type: "json" };

type Values = readonly (number | string)[];
const { inputs, ...results }: Readonly<Record<string, Values>> = fixture;
const numbers = (values: Values = []): Float64Array => Float64Array.from(values, Number);

/** The functions of one tensor, primitives and composites. */
const functions = dlcc as unknown as Readonly<Record<string, (x: Tensor) => Tensor>>;
const names = Object.keys(results);

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
  expect(unaryOps.filter((op) => !(op in results))).toEqual([]);
});

describe.each(backends)("on %s", (_, backend, dtype) => {
  test.each(names)(`%s in ${dtype}`, (op) => {
    const got = tidy(() =>
      (functions[op] as (x: Tensor) => Tensor)(tensor(numbers(inputs), { dtype, backend })).dataSync(),
    );
    const wrong = [...numbers(results[op])].flatMap((want, i) => {
      const [x, y] = [inputs?.[i], got[i] as number];
      const rounded = dtype === "float32" ? Math.fround(want) : want;
      if (Object.is(rounded, y) || rounded === y) return [];
      // As in PyTorch, 1 + erf(x/√2) cancels far below 0: gelu is exact beside x.
      const size = op === "gelu" ? Math.abs(x as number) : Math.abs(want);
      const allowed = (tolerance[dtype] ?? 0) * size + (smallest[dtype] ?? 0);
      return Math.abs(want - y) <= allowed ? [] : [`${op}(${x}) = ${want}, got ${y}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe.each(backends)("of two numbers on %s", (_, backend, dtype) => {
  test.each([["floorDivide", floorDivide] as const, ["mod", mod] as const, ["atan2", atan2] as const])(
    `%s in ${dtype}`,
    (op, f) => {
      const place = (values: Values): Tensor => tensor(numbers(values), { dtype, backend });
      const got = tidy(() => f(place(pairs.left), place(pairs.right)).dataSync());
      for (const [i, want] of [...numbers(pairs[op])].entries()) {
        const what = `${op}(${pairs.left[i]}, ${pairs.right[i]})`;
        // The sign of a whole multiple's rest is PyTorch's: that of the dividend.
        if (want === 0 && op !== "mod") expect(got[i], what).toBe(want);
        expect(Math.abs((got[i] as number) - want), what).toBeLessThanOrEqual((tolerance[dtype] ?? 0) * Math.abs(want));
      }
    },
  );
});
