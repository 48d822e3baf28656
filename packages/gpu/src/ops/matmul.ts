import { collapse, contiguousStrides, type Methods, sizeOf, type View } from "@dlcc/tensor";
import type { Device, Numbers } from "../device.ts";
import * as kernels from "../kernels/matmul.ts";
import { fill, type Scratch, withScratch } from "../scratch.ts";

/** A matrix, or a row of them, and how to walk through it. */
export interface Matrix {
  readonly numbers: Numbers;
  readonly start: number;
  /** How far apart the matrices are, their rows, and their columns. */
  readonly strides: readonly [batch: number, row: number, column: number];
}

/** A matrix that is 0 wherever one looks: what a product over no elements is a product of. */
export const nothing = (scratch: Scratch): Matrix => ({
  numbers: scratch.keep(fill(scratch.device, 1, 0)),
  start: 0,
  strides: [0, 0, 0],
});

/** The strides of a view's last two axes, and `batch` for what is before them. */
const matrixOf = (view: View, numbers: Numbers, start: number, strides: readonly number[], batch: number): Matrix => ({
  numbers,
  start,
  strides: [batch, strides[view.shape.length - 2] as number, strides[view.shape.length - 1] as number],
});

/** Both factors with their leading axes in one, by copies where it must. */
function factors(scratch: Scratch, a: View, b: View): [Matrix, Matrix] {
  const shape = a.shape.slice(0, -2);
  const leading = [a, b].map(({ strides }) => ({ strides: strides.slice(0, -2) }));
  const { lengths, strides } = collapse(shape, leading);
  const matrices = [a, b].map((view, i) => {
    if (lengths.length <= 1)
      return matrixOf(view, view.storage as Numbers, view.offset, view.strides, strides[i]?.[0] ?? 0);
    const dense = contiguousStrides(view.shape);
    return matrixOf(view, scratch.inOrder(view), 0, dense, dense[shape.length - 1] as number);
  });
  return matrices as [Matrix, Matrix];
}

/** The products on a device. */
export const products = (device: Device): Pick<Methods, "matmul"> => ({
  matmul: (a, b) =>
    withScratch(device, (scratch) => {
      const [rows, inner] = a.shape.slice(-2) as [number, number];
      const columns = b.shape[b.shape.length - 1] as number;
      const size = sizeOf(a.shape.slice(0, -2)) * rows * columns;
      const [p, q] = inner === 0 ? [nothing(scratch), nothing(scratch)] : factors(scratch, a, b);
      const scalars = [rows, columns, p.start, ...p.strides, q.start, ...q.strides, Number.NaN];
      return device.launch(kernels.matmul(a.dtype), size, [p.numbers, q.numbers], scalars, { inner: inner || 1 });
    }),
});
