/**
 * Walking through strided data. A kernel takes a plane: rows of elements, with a constant stride from row to row and a
 * constant step inside a row. `forEachPlane` cuts any set of views of one shape into as few planes as there can be.
 */
import { advance, collapse, contiguousStrides, isContiguous, sizeOf, type View } from "@dlcc/tensor";

/** Strides, counted in elements. */
export type Strides = Pick<View, "strides">;

/** How a fresh, contiguous result of this shape is walked through. */
export const dense = (shape: readonly number[]): Strides => ({ strides: contiguousStrides(shape) });

/** Where an operand's part of a plane begins, counted in elements from the beginning of its view, and its stride and step. */
export interface Cursor {
  start: number;
  readonly row: number;
  readonly step: number;
}

/** The step from each element to the next, where it is the same for all. */
function stepThrough(shape: readonly number[], strides: readonly number[]): number | undefined {
  if (shape.length === 1) return strides[0];
  if (isContiguous(shape, strides)) return 1;
  return strides.every((stride) => stride === 0) ? 0 : undefined;
}

/** Calls `visit` for each plane of operands that have one shape. The cursors are the same objects each time. */
export function forEachPlane<const O extends readonly Strides[]>(
  shape: readonly number[],
  operands: O,
  visit: (rows: number, n: number, cursors: { readonly [K in keyof O]: Cursor }) => void,
): void {
  if (shape.includes(0)) return;
  const steps = operands.map(({ strides }) => stepThrough(shape, strides));
  if (!steps.includes(undefined)) {
    // One row of all elements, as most are.
    const cursors = steps.map((step): Cursor => ({ start: 0, row: 0, step: step as number }));
    visit(1, sizeOf(shape), cursors as unknown as { [K in keyof O]: Cursor });
    return;
  }
  const { lengths, strides } = collapse(shape, operands);
  const inner = lengths.length - 1;
  const n = lengths[inner] ?? 1;
  const rows = lengths[inner - 1] ?? 1;
  const cursors = strides.map((s): Cursor => ({ start: 0, row: s[inner - 1] ?? 0, step: s[inner] ?? 1 }));
  const counter = new Array<number>(Math.max(0, inner - 1)).fill(0);
  const starts = cursors.map(() => 0);
  do {
    cursors.forEach((cursor, i) => {
      cursor.start = starts[i] as number;
    });
    visit(rows, n, cursors as unknown as { [K in keyof O]: Cursor });
  } while (advance(lengths, strides, counter, starts));
}
