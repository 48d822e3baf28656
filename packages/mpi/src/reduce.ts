/** How gradients are added up over the ranks. */
import { type Tensor, tensor, viewOf } from "@dlcc/tensor";
import type { Pending, World } from "./world.ts";

/** In which order the ranks' gradients are added. */
export type SummationOrder = "library" | "ranks";

/** Gradients of one dtype. */
type Reals = Float32Array | Float64Array;

/** Begins to add up an array in place. */
export type Summation = (values: Reals) => Pending;

/** By the library, in the order that it finds fastest. */
export const byLibrary =
  (world: World): Summation =>
  (values) =>
    world.beginAllReduce(values);

/**
 * In the order of the ranks: each rank gets a part of all arrays, adds that up in double precision, and gives the sums to all. So
 * as many bytes travel as for the library's sum, and the bits depend on the number of ranks alone.
 */
export const byRanks =
  (world: World): Summation =>
  (values) => {
    const { size } = world;
    const n = Math.ceil(values.length / size);
    const padded = new (values.constructor as new (length: number) => Reals)(n * size);
    padded.set(values);
    const parts = world.allToAll(padded);
    const sums = padded.subarray(0, n);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let r = 0; r < size; r++) sum += parts[r * n + i] as number;
      sums[i] = sum;
    }
    world.allGather(sums).forEach((part, r) => {
      const from = r * n;
      values.set(part.subarray(0, Math.max(0, Math.min(n, values.length - from))), Math.min(from, values.length));
    });
    return { wait: () => {} };
  };

/** A tensor on its way. */
export interface Travelling {
  /** Waits until it has come. @returns The sum, in a tensor of the scope that is open, and its numbers. */
  arrive(): { readonly sum: Tensor; readonly numbers: Reals };
}

/**
 * Begins to add up a tensor that nobody else holds, and whose elements lie in order. Where the device's memory is the host's, the
 * library works in it, and nothing is copied; nothing may be allocated there until it has arrived.
 */
export function send(fresh: Tensor, add: Summation): Travelling {
  const { backend, dtype, shape } = fresh;
  const numbers = (backend.borrow?.(viewOf(fresh)) ?? fresh.dataSync()) as Reals;
  const pending = add(numbers);
  return {
    arrive() {
      pending.wait();
      return { sum: backend.borrow ? fresh : tensor(numbers, { shape, dtype, backend }), numbers };
    },
  };
}
