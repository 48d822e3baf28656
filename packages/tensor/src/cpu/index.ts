/**
 * The `cpu` backend: plain TypeScript, no dependencies, everywhere. A storage is a typed array, an op is a loop over it.
 * It holds all dtypes, can be read at once, and its results depend on the engine alone. What is freed is kept for results
 * to come (`spare.ts`); what is forgotten goes to the garbage collector.
 *
 * How fast it is: see `apps/bench`. Where it matters: `matmul.ts`, and the loops in `loops.ts` and `fused.ts`.
 */
import type { Backend } from "../backend.ts";
import { dtypes, type TypedArray } from "../dtype.ts";
import { sizeOf } from "../shape.ts";
import { copy } from "./movement.ts";
import { freeStorage, newStorage } from "./spare.ts";

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
  upload(data, dtype) {
    const storage = newStorage(dtype, data.length);
    storage.set(data);
    return storage;
  },
  read: async (view) => copy(view),
  readSync: copy,
  borrow: ({ storage, offset, shape }) => (storage as TypedArray).subarray(offset, offset + sizeOf(shape)),
  free: (storage) => freeStorage(storage as TypedArray),
  flush: async () => {},
  // Its kernels come with the ops, so that a program has those of the ops that it uses.
  kernel: (op) => op.kernel,
};
