import type { Storage, View } from "../backend.ts";
import { collapse, sizeOf } from "../shape.ts";
import type { Line, Scratch } from "./scratch.ts";

/** Lines to reduce: element k of output j is at `start + j · keep + k · step`. */
export interface Lines<N extends Storage> extends Line<N> {
  /** How far apart the lines are. */
  readonly keep: number;
  /** How many lines there are. */
  readonly outputs: number;
  /** How many elements each has. */
  readonly count: number;
}

/**
 * Sees a view as lines along some axes, one for each place along the others; by a copy where it must.
 *
 * @example
 * ```ts
 * import { cpu, type View } from "@dlcc/tensor";
 * import { linesOf, Scratch } from "@dlcc/tensor/device";
 *
 * const storage = cpu.upload(new Float32Array(6), "float32");
 * const matrix: View = { storage, dtype: "float32", shape: [2, 3], strides: [3, 1], offset: 0 };
 * const scratch = new Scratch(() => storage, () => {}); // A matrix is lines either way: it copies nothing.
 * const { outputs, count, keep, step } = linesOf(scratch, matrix, [0]);
 * console.log(outputs, count, keep, step); // → 3 2 1 3
 * ```
 */
export function linesOf<N extends Storage>(scratch: Scratch<N>, x: View, axes: readonly number[]): Lines<N> {
  const pick = (reduced: boolean) => {
    const chosen = x.shape.map((_, axis) => axis).filter((axis) => axes.includes(axis) === reduced);
    return {
      shape: chosen.map((axis) => x.shape[axis] as number),
      strides: chosen.map((axis) => x.strides[axis] as number),
    };
  };
  const [kept, reduced] = [pick(false), pick(true)];
  const [outputs, count] = [sizeOf(kept.shape), sizeOf(reduced.shape)];
  const outer = collapse(kept.shape, [kept]);
  const inner = collapse(reduced.shape, [reduced]);
  if (outer.lengths.length <= 1 && inner.lengths.length <= 1) {
    const [keep, step] = [outer.strides[0]?.[0] ?? 0, inner.strides[0]?.[0] ?? 0];
    return { numbers: x.storage as N, start: x.offset, keep, step, outputs, count };
  }
  const ordered = {
    storage: x.storage,
    offset: x.offset,
    shape: [...kept.shape, ...reduced.shape],
    strides: [...kept.strides, ...reduced.strides],
  };
  return { numbers: scratch.inOrder(ordered), start: 0, keep: count, step: 1, outputs, count };
}
