import { type BinaryOp, type DType, sizeOf, type UnaryOp, type View } from "@dlcc/tensor";
import type { Device, Numbers } from "../device.ts";
import * as kernels from "../kernels/elementwise.ts";
import type { KernelSource } from "../kernels/source.ts";
import { copy, withScratch } from "../scratch.ts";

/** Kernels get these by hand: in the device's languages they can't be written down. */
export const nonFinite: readonly [nan: number, infinity: number] = [Number.NaN, Number.POSITIVE_INFINITY];

/** Runs a kernel whose parameters are lines of one length: the storages, then the start and step of each. */
export const alongLines = (
  device: Device,
  kernel: KernelSource,
  views: readonly View[],
  scalars: readonly number[] = [],
): Numbers =>
  withScratch(device, (scratch) => {
    const lines = views.map((view) => scratch.line(view));
    const walks = lines.flatMap(({ start, step }) => [start, step]);
    const size = sizeOf(views[0]?.shape ?? []);
    return device.launch(
      kernel,
      size,
      lines.map(({ numbers }) => numbers),
      [...walks, ...scalars],
    );
  });

export const unary = (device: Device, op: UnaryOp, x: View): Numbers =>
  alongLines(device, kernels.unary[op], [x], nonFinite);

export const binary = (device: Device, op: BinaryOp, a: View, b: View): Numbers =>
  alongLines(device, kernels.binary[op](a.dtype), [a, b], nonFinite);

export const where = (device: Device, condition: View, a: View, b: View): Numbers =>
  alongLines(device, kernels.where, [condition, a, b], [Number.NaN]);

export function cast(device: Device, x: View, dtype: DType): Numbers {
  const to = (kernel: KernelSource): Numbers => alongLines(device, kernel, [x], nonFinite);
  if (x.dtype === "float32" && dtype === "int32") return to(kernels.cast.floatToInt32);
  if (x.dtype === "float32" && dtype === "bool") return to(kernels.cast.floatToBool);
  if (x.dtype === "int32" && dtype === "bool") return to(kernels.cast.int32ToBool);
  return copy(device, x); // Whole numbers and 0 and 1 are floats already.
}
