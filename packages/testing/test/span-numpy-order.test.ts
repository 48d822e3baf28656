/** Order, and `nonzero`, against NumPy, on all backends: see fixtures/numpy-order.py. */
import { createGpu } from "@dlcc/gpu";
import * as dlcc from "@dlcc/tensor";
import { type Backend, cpu, type DType, Tensor, tensor } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";
import fixture from "./fixtures/numpy-order.json" with { type: "json" };

type Encoded = readonly [dtype: DType, shape: readonly number[], numbers: readonly (number | string)[]];
type Expected = Encoded | { readonly [name: string]: Encoded } | string;
type Case = readonly [name: string, x: Encoded, args: readonly unknown[], expected: Expected];
type Result = Tensor | Readonly<Record<string, Tensor>>;

const cases = fixture as unknown as readonly Case[];
const functions = dlcc as unknown as Readonly<
  Record<string, (x: Tensor, ...args: readonly unknown[]) => Result | Promise<Result>>
>;
const names = [...new Set(cases.map(([name]) => name))];
const gpu = await createGpu({ mode: "webasm", allowSoftware: true });
afterAll(() => gpu.dispose());
const backends: readonly (readonly [string, Backend])[] = [
  ["cpu", cpu],
  ["wasm", await createWasm({ threads: 1 })],
  ["gpu", gpu],
];

/** A result as the fixture has it. Order moves numbers, and loses none of them, not even the sign of a zero. */
async function encode(result: Result): Promise<unknown> {
  if (!(result instanceof Tensor)) {
    const entries = Object.entries(result).map(async ([name, part]) => [name, await encode(part)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }
  const numbers = [...(await result.data())].map((x) => (Object.is(x, -0) ? "-0" : Number.isFinite(x) ? x : `${x}`));
  return [result.dtype, result.shape, numbers];
}

describe.each(backends)("on %s, dlcc gives what NumPy gives", (_, backend) => {
  test.each(names)("%s", async (op) => {
    const chosen = cases.filter(([name, [dtype]]) => name === op && backend.dtypes.includes(dtype));
    expect(chosen.length).toBeGreaterThan(0);
    for (const [name, [dtype, shape, numbers], args, expected] of chosen) {
      const what = `${name} of ${dtype} [${shape}] ${numbers} with ${JSON.stringify(args)}`;
      const x = tensor(Float64Array.from(numbers, Number), { shape, dtype, backend });
      const run = async (): Promise<Result> => functions[name]?.(x, ...args) as Result;
      if (typeof expected === "string") await expect(run, what).rejects.toThrow(dlcc.ArgumentError);
      else expect(await encode(await run()), what).toEqual(expected);
    }
  });
});
