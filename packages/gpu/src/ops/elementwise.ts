import { type BinaryOp, type DType, type Operand, sizeOf, type UnaryOp, type View } from "@dlcc/tensor";
import type { Device, Numbers } from "../device.ts";
import * as kernels from "../kernels/elementwise.ts";
import type { KernelSource } from "../kernels/source.ts";
import { copy, withScratch } from "../scratch.ts";
import { wholeNumber } from "../whole.ts";

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

/** Runs a kernel of two operands, and of lines before them, of which one may be a number literal of the other's dtype. */
function withLiteral(
  device: Device,
  op: string,
  kernelsFor: (dtype: DType) => kernels.ByLiteral,
  before: readonly View[],
  [a, b]: readonly [Operand, Operand],
  scalars: readonly number[],
): Numbers {
  const like = (typeof a === "number" ? b : a) as View;
  const { none, ...others } = kernelsFor(like.dtype);
  const number = (value: number): number => numberOf(op, value, like.dtype);
  if (typeof a === "number") return alongLines(device, others.a, [...before, like], [number(a), ...scalars]);
  if (typeof b === "number") return alongLines(device, others.b, [...before, like], [number(b), ...scalars]);
  return alongLines(device, none, [...before, a, b], scalars);
}

/** A number literal as the device would hold it. */
function numberOf(op: string, value: number, dtype: DType): number {
  if (dtype === "int32") return wholeNumber(op, value);
  return dtype === "bool" ? Number(value !== 0) : Math.fround(value);
}

export const binary = (device: Device, op: BinaryOp, a: Operand, b: Operand): Numbers =>
  withLiteral(device, op, kernels.binary[op], [], [a, b], nonFinite);

export const where = (device: Device, condition: View, a: Operand, b: Operand): Numbers =>
  withLiteral(device, "where", () => kernels.where, [condition], [a, b], [Number.NaN]);

export function cast(device: Device, x: View, dtype: DType): Numbers {
  const to = (kernel: KernelSource): Numbers => alongLines(device, kernel, [x], nonFinite);
  if (x.dtype === "float32" && dtype === "int32") return to(kernels.cast.floatToInt32);
  if (x.dtype === "float32" && dtype === "bool") return to(kernels.cast.floatToBool);
  if (x.dtype === "int32" && dtype === "bool") return to(kernels.cast.int32ToBool);
  return copy(device, x); // Whole numbers and 0 and 1 are floats already.
}
