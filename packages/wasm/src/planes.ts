/**
 * Walking through strided data. A kernel takes a plane: rows of elements, with a constant stride from row to row and a
 * constant step inside a row; some take a stack of planes. `forEachPlane` and `forEachStack` cut any set of views of one shape
 * into as few as there can be.
 */
import { advance, collapse, contiguousStrides, isContiguous, sizeOf, type View } from "@dlcc/tensor";

/** Strides, counted in elements. */
export type Strides = Pick<View, "strides">;

/** How a fresh, contiguous result of this shape is walked through. */
export const dense = (shape: readonly number[]): Strides => ({ strides: contiguousStrides(shape) });

/** Where an operand's part of a plane begins, counted in elements from the beginning of its view, and its strides and step. */
export interface Cursor {
  start: number;
  /** From plane to plane of a stack. */
  readonly plane: number;
  readonly row: number;
  readonly step: number;
}

/** One cursor for each operand. */
type Cursors<O extends readonly Strides[]> = { readonly [K in keyof O]: Cursor };

/** The step from each element to the next, where it is the same for all. */
function stepThrough(shape: readonly number[], strides: readonly number[]): number | undefined {
  if (shape.length === 1) return strides[0];
  if (isContiguous(shape, strides)) return 1;
  return strides.every((stride) => stride === 0) ? 0 : undefined;
}

/** Rows that are shorter cost more than their elements do. */
export const shortRow = 16;

/**
 * The axes in the order in which they are best walked through, from the outermost: the longest of the last three inside, if
 * the last one is short, and outside the two innermost the longest, so that there are few stacks.
 */
function freely(lengths: readonly number[], fits: (axis: number) => boolean): number[] {
  const axes = lengths.map((_, axis) => axis);
  const longest = (some: readonly number[]): number =>
    some.reduce((a, b) => ((lengths[b] as number) >= (lengths[a] as number) ? b : a));
  const last = axes[axes.length - 1] as number;
  const inner = (lengths[last] as number) < shortRow ? longest(axes.slice(-3).filter(fits)) : last;
  const others = axes.filter((axis) => axis !== inner);
  const row = others.pop();
  if (row === undefined) return [inner];
  if (others.length === 0) return [row, inner];
  const plane = longest(others);
  return [...others.filter((axis) => axis !== plane), plane, row, inner];
}

/**
 * Calls `visit` for each stack of planes of operands that have one shape. The cursors are the same objects each time.
 *
 * @param order `"any"` if it doesn't matter in which order elements are visited; `"near"` if it doesn't, but the last
 * operand's step must be 0 or 1; `"row-major"` if one operand is contiguous and has to be so along a stack, too.
 */
export function forEachStack<const O extends readonly Strides[]>(
  shape: readonly number[],
  operands: O,
  order: "any" | "near" | "row-major",
  visit: (planes: number, rows: number, n: number, cursors: Cursors<O>) => void,
): void {
  if (shape.includes(0)) return;
  const steps = operands.map(({ strides }) => stepThrough(shape, strides));
  if (!steps.includes(undefined)) {
    // One row of all elements, as most are.
    const cursors = steps.map((step): Cursor => ({ start: 0, plane: 0, row: 0, step: step as number }));
    visit(1, 1, sizeOf(shape), cursors as unknown as Cursors<O>);
    return;
  }
  const found = collapse(shape, operands);
  const last = found.strides[operands.length - 1] as readonly number[];
  const fits = (axis: number): boolean => order === "any" || (last[axis] as number) <= 1;
  const axes = order === "row-major" ? found.lengths.map((_, axis) => axis) : freely(found.lengths, fits);
  const lengths = axes.map((axis) => found.lengths[axis] as number);
  const strides = found.strides.map((s) => axes.map((axis) => s[axis] as number));
  const inner = lengths.length - 1;
  const [planes, rows, n] = [lengths[inner - 2] ?? 1, lengths[inner - 1] ?? 1, lengths[inner] ?? 1];
  const cursors = strides.map(
    (s): Cursor => ({ start: 0, plane: s[inner - 2] ?? 0, row: s[inner - 1] ?? 0, step: s[inner] ?? 1 }),
  );
  const counter = new Array<number>(Math.max(0, inner - 2)).fill(0);
  const starts = cursors.map(() => 0);
  do {
    cursors.forEach((cursor, i) => {
      cursor.start = starts[i] as number;
    });
    visit(planes, rows, n, cursors as unknown as Cursors<O>);
  } while (advance(lengths, strides, counter, starts));
}

/** Calls `visit` for each plane of operands that have one shape, in row-major order. The cursors are the same objects each time. */
export function forEachPlane<const O extends readonly Strides[]>(
  shape: readonly number[],
  operands: O,
  visit: (rows: number, n: number, cursors: Cursors<O>) => void,
): void {
  forEachStack(shape, operands, "row-major", (planes, rows, n, cursors) => {
    for (let i = 0; i < planes; i++) {
      visit(rows, n, cursors);
      for (const cursor of cursors) cursor.start += cursor.plane;
    }
  });
}
