import { type DType, type Methods, type Operand, sizeOf, type View } from "@dlcc/tensor";
import type { Device, Numbers } from "../device.ts";
import * as kernels from "../kernels/elementwise.ts";
import { upload } from "../kernels/movement.ts";
import type { KernelSource } from "../kernels/source.ts";
import { copy, type Scratch, withScratch } from "../scratch.ts";
import { literalOf } from "../whole.ts";

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

/** Runs a kernel of two operands, and of lines before them. One operand may be a number literal of the other's dtype. */
const withLiteral = (
  device: Device,
  op: string,
  kernelsFor: (dtype: DType) => kernels.ByLiteral,
  before: readonly View[],
  operands: readonly [Operand, Operand],
  scalars: readonly number[],
): Numbers =>
  withScratch(device, (scratch) => {
    const like = operands.find((operand) => typeof operand !== "number") as View;
    const { none, ...others } = kernelsFor(like.dtype);
    // gpu.js sets a number anew only where it is not equal to the last one, and −0 equals 0: it goes as a storage.
    const [a, b] = operands.map((x) => (Object.is(x, -0) ? minusZero(scratch, like) : x)) as [Operand, Operand];
    const number = (value: number): number => literalOf(op, value, like.dtype);
    if (typeof a === "number") return alongLines(device, others.a, [...before, like], [number(a), ...scalars]);
    if (typeof b === "number") return alongLines(device, others.b, [...before, like], [number(b), ...scalars]);
    return alongLines(device, none, [...before, a, b], scalars);
  });

/** −0 for each element of a view. */
const minusZero = (scratch: Scratch, { dtype, shape }: View): View => ({
  storage: scratch.keep(scratch.device.upload(upload, [-0])),
  dtype,
  shape,
  strides: shape.map(() => 0),
  offset: 0,
});

/** The elementwise ops on a device. */
export const elementwise = (device: Device): Pick<Methods, "unary" | "binary" | "where" | "cast"> => ({
  unary: (op, x) => alongLines(device, kernels.unary[op], [x], nonFinite),
  binary: (op, a, b) => withLiteral(device, op, kernels.binary[op], [], [a, b], nonFinite),
  where: (condition, a, b) => withLiteral(device, "where", () => kernels.where, [condition], [a, b], [Number.NaN]),

  cast(x, dtype) {
    const to = (kernel: KernelSource): Numbers => alongLines(device, kernel, [x], nonFinite);
    if (x.dtype === "float32" && dtype === "int32") return to(kernels.cast.floatToInt32);
    if (x.dtype === "float32" && dtype === "bool") return to(kernels.cast.floatToBool);
    if (x.dtype === "int32" && dtype === "bool") return to(kernels.cast.int32ToBool);
    return copy(device, x); // Whole numbers and 0 and 1 are floats already.
  },
});
