import { type Methods, sizeOf, type View } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import * as kernels from "../kernels/movement.ts";
import { copy, fill, withScratch } from "../scratch.ts";
import { literalOf } from "../whole.ts";

/** How many numbers there are before an axis, and after it. */
const sizesAround = (shape: readonly number[], axis: number, axes: number): { outer: number; inner: number } => ({
  outer: sizeOf(shape.slice(0, axis)),
  inner: sizeOf(shape.slice(axis + axes)),
});

/** What moves numbers, on a device. */
export const movement = (device: Device): Pick<Methods, "copy" | "pad" | "concat" | "gather" | "scatterAdd"> => ({
  copy: (x) => copy(device, x),

  pad: (x, padding, value) =>
    withScratch(device, (scratch) => {
      const shape = x.shape.map((length, axis) => length + (padding[axis]?.[0] ?? 0) + (padding[axis]?.[1] ?? 0));
      const size = sizeOf(shape);
      const around = literalOf("pad", value, x.dtype);
      if (sizeOf(x.shape) === 0) return fill(device, size, around);
      const before = padding.map(([count]) => count);
      return device.launch(
        kernels.pad(shape.length),
        size,
        [scratch.inOrder(x)],
        [around, ...shape, ...x.shape, ...before],
      );
    }),

  concat: (inputs, axis) =>
    withScratch(device, (scratch) => {
      const full = inputs.filter(({ shape }) => sizeOf(shape) > 0);
      const [first, ...others] = full;
      if (!first) return fill(device, 0, 0);
      if (others.length === 0) return copy(device, first);
      // Of each row, how many numbers an input has: a kernel has few inputs, so two are joined at a time.
      const width = ({ shape }: View): number => sizeOf(shape.slice(axis));
      const rows = sizeOf(first.shape.slice(0, axis));
      let left = width(first);
      let joined = scratch.inOrder(first);
      for (const [i, next] of others.entries()) {
        const right = width(next);
        const inputs = [joined, scratch.inOrder(next)];
        const result = device.launch(kernels.concat, rows * (left + right), inputs, [left, right]);
        if (i === others.length - 1) return result;
        joined = scratch.keep(result);
        left += right;
      }
      return joined;
    }),

  gather: (x, indices, axis) =>
    withScratch(device, (scratch) => {
      const { outer, inner } = sizesAround(x.shape, axis, 1);
      const count = sizeOf(indices.shape);
      const size = outer * count * inner;
      if (sizeOf(x.shape) === 0) return fill(device, size, Number.NaN);
      const { numbers, start, step } = scratch.line(indices);
      const scalars = [start, step, count, x.shape[axis] as number, inner, Number.NaN];
      return device.launch(kernels.gather, size, [scratch.inOrder(x), numbers], scalars);
    }),

  scatterAdd: (x, indices, axis, size) =>
    withScratch(device, (scratch) => {
      const { outer, inner } = sizesAround(x.shape, axis, indices.shape.length);
      const outputs = outer * size * inner;
      if (sizeOf(x.shape) === 0) return fill(device, outputs, 0);
      const { numbers, start, step } = scratch.line(indices);
      const inputs = [scratch.inOrder(x), numbers];
      return device.launch(kernels.scatterAdd(x.dtype), outputs, inputs, [start, step, size, inner, Number.NaN], {
        count: sizeOf(indices.shape),
      });
    }),
});
