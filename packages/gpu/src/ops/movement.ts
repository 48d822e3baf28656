import { type Padding, sizeOf, type View } from "@dlcc/tensor";
import type { Device, Numbers } from "../device.ts";
import * as kernels from "../kernels/movement.ts";
import { copy, fill, withScratch } from "../scratch.ts";

export { copy };

export const pad = (device: Device, x: View, padding: readonly Padding[], value: number): Numbers =>
  withScratch(device, (scratch) => {
    const shape = x.shape.map((length, axis) => length + (padding[axis]?.[0] ?? 0) + (padding[axis]?.[1] ?? 0));
    const size = sizeOf(shape);
    if (sizeOf(x.shape) === 0) return fill(device, size, value);
    const before = padding.map(([count]) => count);
    return device.launch(
      kernels.pad(shape.length),
      size,
      [scratch.inOrder(x)],
      [value, ...shape, ...x.shape, ...before],
    );
  });

export const concat = (device: Device, inputs: readonly View[], axis: number): Numbers =>
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
  });

/** An axis amid the others: how many numbers there are before it, and after it. */
const around = (shape: readonly number[], axis: number, axes: number): { outer: number; inner: number } => ({
  outer: sizeOf(shape.slice(0, axis)),
  inner: sizeOf(shape.slice(axis + axes)),
});

export const gather = (device: Device, x: View, indices: View, axis: number): Numbers =>
  withScratch(device, (scratch) => {
    const { outer, inner } = around(x.shape, axis, 1);
    const count = sizeOf(indices.shape);
    const size = outer * count * inner;
    if (sizeOf(x.shape) === 0) return fill(device, size, Number.NaN);
    const { numbers, start, step } = scratch.line(indices);
    const scalars = [start, step, count, x.shape[axis] as number, inner, Number.NaN];
    return device.launch(kernels.gather, size, [scratch.inOrder(x), numbers], scalars);
  });

export const scatterAdd = (device: Device, x: View, indices: View, axis: number, size: number): Numbers =>
  withScratch(device, (scratch) => {
    const { outer, inner } = around(x.shape, axis, indices.shape.length);
    const outputs = outer * size * inner;
    if (sizeOf(x.shape) === 0) return fill(device, outputs, 0);
    const { numbers, start, step } = scratch.line(indices);
    const inputs = [scratch.inOrder(x), numbers];
    return device.launch(kernels.scatterAdd(x.dtype), outputs, inputs, [start, step, size, inner, Number.NaN], {
      count: sizeOf(indices.shape),
    });
  });
