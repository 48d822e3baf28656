import { collapse, type Methods, sizeOf, type View } from "@dlcc/tensor";
import type { Device, Numbers } from "../device.ts";
import * as kernels from "../kernels/reduce.ts";
import { fill, type Line, type Scratch, withScratch } from "../scratch.ts";
import { nonFinite } from "./elementwise.ts";

/** As many elements one output goes through by itself. More are taken in parts, and the parts' results reduced again. */
const longest = 128;
/** How long a part is. */
const partLength = 64;

/** Lines to reduce: element k of output j is at `start + j · keep + k · step`. */
interface Lines extends Line {
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
  const [outer, inner] = [kept, reduced].map((part) => collapse(part.shape, [part]));
  if ((outer?.lengths.length ?? 0) <= 1 && (inner?.lengths.length ?? 0) <= 1) {
    const { numbers, offset } = { numbers: x.storage as Numbers, offset: x.offset };
    const [keep, step] = [outer?.strides[0]?.[0] ?? 0, inner?.strides[0]?.[0] ?? 0];
    return { numbers, start: offset, keep, step, outputs, count };
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
      if (lines.count === 0) return fill(device, lines.outputs, 0); // The sum of nothing: the others were refused.
      for (;;) {
        const { numbers, start, keep, step, outputs, count } = lines;
        const length = count > longest ? partLength : count;
        const parts = Math.ceil(count / length);
        const result = device.launch(
          kernels.reduce[op](x.dtype),
          outputs * parts,
          [numbers],
          [start, keep, step, ...nonFinite],
          { count, length, parts },
        );
        if (parts === 1) return result;
        lines = { numbers: scratch.keep(result), start: 0, keep: parts, step: 1, outputs, count: parts };
      }
    }),

  argmax: (x, axis) =>
    withScratch(device, (scratch) => {
      const { numbers, start, keep, step, outputs, count } = linesOf(scratch, x, [axis]);
      return device.launch(kernels.argmax(x.dtype), outputs, [numbers], [start, keep, step], { count });
    }),
});
