/**
 * The `cpu` backend: plain TypeScript, no dependencies, everywhere. A storage is a typed array, an op is a loop over it.
 * It holds all dtypes, can be read at once, and its results depend on the engine alone. The garbage collector frees it.
 *
 * How fast it is: see `apps/bench`. Where it matters: `matmul.ts`, and the loops in `loops.ts` and `fused.ts`.
 */
import type { Backend, View } from "../backend.ts";
import { dtypes, emptyArray } from "../dtype.ts";
import { sizeOf } from "../shape.ts";
import { binary, cast, unary, where } from "./elementwise.ts";
import { fused } from "./fused.ts";
import { type FloatArray, matrixOf, multiply } from "./matmul.ts";
import { concat, copy, gather, pad, scatterAdd } from "./movement.ts";
import { argmax, reduce } from "./reduce.ts";
import { offsetsOf } from "./walk.ts";
import { fold, unfold } from "./window.ts";

function matmul(a: View, b: View): FloatArray {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape[b.shape.length - 1]!;
  const batch = a.shape.slice(0, -2);
  const out = emptyArray(a.dtype, sizeOf(batch) * m * n) as FloatArray;
  const [rows, columns] = [a.shape.length - 2, a.shape.length - 1];
  const bStarts = offsetsOf(batch, b);
  offsetsOf(batch, a).forEach((offset, i) => {
    const left = { ...matrixOf(a, rows, columns), offset };
    const right = { ...matrixOf(b, rows, columns), offset: bStarts[i]! };
    multiply(m, n, k, left, right, out, i * m * n);
  });
  return out;
}

/**
 * The default backend: plain TypeScript, always there.
 *
 * @example
 * ```ts
 * import { cpu, tensor } from "@dlcc/tensor";
 * console.log(tensor([1, 2]).backend === cpu); // → true
 * ```
 */
export const cpu: Backend = {
  name: "cpu",
  dtypes,
  upload: (data) => data.slice(),
  read: async (view) => copy(view),
  readSync: copy,
  free() {},
  flush: async () => {},
  unary,
  binary,
  where,
  cast,
  reduce,
  argmax,
  matmul,
  copy,
  pad,
  concat,
  gather,
  scatterAdd,
  unfold,
  fold,
  fused,
};
