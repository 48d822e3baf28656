import { collapse, type Methods, sizeOf, type View } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import { fill, groupsFor, type Line, numbersOf, type Scratch } from "../scratch.ts";
import { workgroup } from "../wgsl/kernel.ts";
import * as kernels from "../wgsl/reduce.ts";
import { elementOf } from "./elementwise.ts";
import { withScratch } from "./scratch.ts";

/** As many elements one thread adds up: sums of many terms keep their digits, and many threads are busy. */
const alone = 64;
/** As many of a part each thread of a workgroup takes. */
const eachTakes = 16;

/** Lines to reduce: element k of output j is at `start + j · keep + k · step`. */
export interface Lines extends Line {
  readonly keep: number;
  readonly outputs: number;
  readonly count: number;
}

/** Sees a view as lines along `axes`, by a copy where it must. */
function linesOf(scratch: Scratch, x: View, axes: readonly number[]): Lines {
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
    return { numbers: numbersOf(x), start: x.offset, keep, step, outputs, count };
  }
  const ordered = {
    storage: x.storage,
    offset: x.offset,
    shape: [...kept.shape, ...reduced.shape],
    strides: [...kept.strides, ...reduced.strides],
  };
  return { numbers: scratch.inOrder(ordered), start: 0, keep: count, step: 1, outputs, count };
}

/** The reductions on a device. */
export const reductions = (device: Device): Pick<Methods, "reduce" | "argmax"> => ({
  reduce: (op, x, axes) =>
    withScratch(device, (scratch) => {
      let lines = linesOf(scratch, x, axes);
      if (lines.count === 0) return fill(device, op, lines.outputs, 0); // The sum of nothing: the others were refused.
      for (;;) {
        const { numbers, start, keep, step, outputs, count } = lines;
        const together = step === 1 && count >= 2 * workgroup;
        const longest = together ? workgroup * eachTakes : alone;
        const length = count > 2 * longest ? longest : count;
        const parts = Math.ceil(count / length);
        const output = scratch.run(
          kernels.reduce(op, elementOf(x.dtype), together),
          [numbers],
          outputs * parts,
          [outputs * parts, parts, length, count, start, keep, step],
          together ? groupsFor(outputs * parts) : undefined,
        );
        if (parts === 1) return output;
        lines = { numbers: scratch.keep(output), start: 0, keep: parts, step: 1, outputs, count: parts };
      }
    }),

  argmax: (x, axis) =>
    withScratch(device, (scratch) => {
      const { numbers, start, keep, step, outputs, count } = linesOf(scratch, x, [axis]);
      const kernel = kernels.argmax(elementOf(x.dtype));
      return scratch.run(kernel, [numbers], outputs, [outputs, count, start, keep, step], groupsFor(outputs));
    }),
});
