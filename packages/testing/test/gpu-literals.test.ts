/** Number literals reach the device as numbers, and give the same results as tensors that are full of them. */
import { createGpu } from "@dlcc/gpu";
import {
  type BinaryOp,
  type Computed,
  type DType,
  full,
  type Kernel,
  type Operand,
  ops,
  sizeOf,
  type Tensor,
  tensor,
  type View,
} from "@dlcc/tensor";
import { afterAll, describe, expect, test } from "vitest";
import { modes } from "./fixtures/gpu.ts";

const arithmetic = ["add", "sub", "mul", "div", "pow", "maximum", "minimum"] as const;
const comparisons = ["equal", "less", "greater"] as const;
const special = [0, -0, 1, -1, 0.1, -2, 3, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const values: Readonly<Record<"float32" | "int32" | "bool", readonly number[]>> = {
  float32: special,
  int32: [0, 1, -1, 2, 3, -7, 5],
  bool: [0, 1],
};
const opsOf: Readonly<Record<keyof typeof values, readonly BinaryOp[]>> = {
  float32: [...arithmetic, ...comparisons],
  int32: [...arithmetic.filter((op) => op !== "div"), ...comparisons],
  bool: ["maximum", "minimum", ...comparisons],
};

describe.each(modes)("literals on gpu by %s", async (mode) => {
  const backend = await createGpu({ mode, allowSoftware: true });
  afterAll(() => backend.dispose());

  async function run(op: BinaryOp | "where", shape: readonly number[], dtype: DType, inputs: readonly Operand[]) {
    const kernel = backend.kernel(ops[op] as unknown as Computed<"add">) as Kernel<"add">;
    const [storage] = kernel({}, inputs as never, []);
    const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
    const view = { storage: storage as object, dtype, shape, strides, offset: 0 };
    const data = Array.from(await backend.read(view));
    backend.free(view.storage);
    return data;
  }
  const viewOf = (x: Tensor): View => x as unknown as View;

  describe.each(Object.keys(values) as (keyof typeof values)[])("%s", (dtype) => {
    const x = tensor(values[dtype] as number[], { dtype, backend });
    test.each(opsOf[dtype])("%s", async (op) => {
      const result = (comparisons as readonly string[]).includes(op) ? "bool" : dtype;
      for (const value of values[dtype]) {
        const y = full(x.shape, value, { dtype, backend });
        const [xs, ys] = [viewOf(x), viewOf(y)];
        expect(await run(op, x.shape, result, [xs, value])).toEqual(await run(op, x.shape, result, [xs, ys]));
        expect(await run(op, x.shape, result, [value, xs])).toEqual(await run(op, x.shape, result, [ys, xs]));
        y.dispose();
      }
    });
  });

  test("where takes one for either branch", async () => {
    const condition = viewOf(tensor([1, 0, 1], { dtype: "bool", backend }));
    const x = viewOf(tensor([1, 2, 3], { backend }));
    expect(await run("where", [3], "float32", [condition, x, -1])).toEqual([1, -1, 3]);
    expect(await run("where", [3], "float32", [condition, 0.5, x])).toEqual([0.5, 2, 0.5]);
  });

  test("a view of any strides is walked through as ever", async () => {
    const x = tensor([[1, 2, 3], [4, 5, 6]], { backend }).transpose(); // biome-ignore format: a matrix
    expect(await run("sub", [3, 2], "float32", [10, viewOf(x)])).toEqual([9, 6, 8, 5, 7, 4]);
  });

  test("a whole number that the device can't hold is refused at once", () => {
    const x = viewOf(tensor([1], { dtype: "int32", backend }));
    const add = backend.kernel(ops.add as unknown as Computed<"add">) as Kernel<"add">;
    expect(() => add({}, [x, 2 ** 24] as never, [])).toThrow(
      /add: a number of int32 must be within ±16777215, got 16777216: .*cpu or wasm/,
    );
  });

  test("no storage is made of one", async () => {
    const x = viewOf(tensor([1, 2], { backend }));
    const { storages } = backend.memory;
    const add = backend.kernel(ops.add as unknown as Computed<"add">) as Kernel<"add">;
    const [sum] = add({}, [x, 1] as never, []);
    expect(backend.memory.storages).toBe(storages + 1);
    backend.free(sum as object);
  });
});
