import { ArgumentError, ShapeError, show } from "./errors.ts";

/** The lengths of a tensor's axes; `[]` is a scalar. */
export type Shape = readonly number[];

/**
 * How many elements a shape has: the product of its lengths.
 *
 * @example
 * ```ts
 * import { sizeOf } from "@dlcc/tensor";
 * console.log(sizeOf([2, 3, 4]), sizeOf([])); // → 24 1
 * ```
 */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/**
 * The strides of contiguous (row-major) data of this shape: the last axis moves by 1.
 *
 * @example
 * ```ts
 * import { contiguousStrides } from "@dlcc/tensor";
 * console.log(contiguousStrides([2, 3, 4])); // → [ 12, 4, 1 ]
 * ```
 */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/**
 * Whether elements with these strides lie one after the other, in row-major order. Axes of length 1 may have any stride.
 *
 * @example
 * ```ts
 * import { isContiguous } from "@dlcc/tensor";
 * console.log(isContiguous([2, 3], [3, 1]), isContiguous([2, 3], [1, 2])); // → true false
 * ```
 */
export function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    if (length !== 1 && strides[axis] !== expected) return shape.includes(0);
    expected *= length;
  }
  return true;
}

/**
 * Whether two shapes are equal.
 *
 * @example
 * ```ts
 * import { sameShape } from "@dlcc/tensor";
 * console.log(sameShape([2, 3], [2, 3]), sameShape([2, 3], [6])); // → true false
 * ```
 */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** Checks a shape that a caller gave: whole numbers from 0. */
export function checkShape(op: string, shape: Shape): void {
  if (!Array.isArray(shape)) throw new ShapeError(`${op}: the shape must be an array, as in ${op}([2, 3])`);
  for (const length of shape) {
    if (!Number.isInteger(length) || length < 0) {
      throw new ShapeError(`${op}: each length of a shape must be a whole number from 0, got ${show(shape)}`);
    }
  }
}

/** An axis counted from the front; −1 is the last one. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normalized < 0 || normalized >= rank) {
    throw new ArgumentError(
      `${op}: the axis must be from ${-rank} to ${rank - 1}, for a tensor of rank ${rank}, got ${axis}`,
    );
  }
  return normalized;
}

/** Axes counted from the front, in ascending order, each once; none given means all. */
export function normalizeAxes(op: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return [...new Array(rank).keys()];
  const given = Array.isArray(axes) ? (axes as readonly number[]) : [axes as number];
  const list = given.map((axis) => normalizeAxis(op, axis, rank));
  if (new Set(list).size !== list.length)
    throw new ArgumentError(`${op}: each axis must be named once, got ${show(list)}`);
  return list.sort((a, b) => a - b);
}

/** The shape with length 1 in the place of axes. */
export const reducedShape = (shape: Shape, axes: readonly number[]): number[] =>
  shape.map((length, axis) => (axes.includes(axis) ? 1 : length));

/**
 * The shape that two shapes broadcast to. They are lined up at the last axis; lengths agree where they are equal, or
 * where one is 1 or missing. Source: NumPy's manual, "Broadcasting".
 *
 * @example
 * ```ts
 * import { broadcastShapes } from "@dlcc/tensor";
 * console.log(broadcastShapes("add", [8, 1, 3], [5, 1])); // → [ 8, 5, 3 ]
 * ```
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let axis = 1; axis <= rank; axis++) {
    const p = a[a.length - axis] ?? 1;
    const q = b[b.length - axis] ?? 1;
    if (p !== q && p !== 1 && q !== 1) {
      throw new ShapeError(
        `${op}: shapes must broadcast (lengths equal or 1, counted from the last axis), got ${show(a)} and ${show(b)}`,
      );
    }
    shape[rank - axis] = p === 1 ? q : p;
  }
  return shape;
}

/**
 * The strides with which the same storage is seen in another shape, or undefined where that needs a copy: of what is not
 * contiguous, axes of length 1 can come and go.
 */
export function reshapedStrides(shape: Shape, strides: readonly number[], newShape: Shape): number[] | undefined {
  if (isContiguous(shape, strides)) return contiguousStrides(newShape);
  const long = (length: number): boolean => length !== 1;
  if (!sameShape(shape.filter(long), newShape.filter(long))) return undefined;
  const kept = strides.filter((_, axis) => shape[axis] !== 1);
  return newShape.map((length) => (length === 1 ? 0 : (kept.shift() as number)));
}

/**
 * Joins neighbouring axes that all operands walk through in one go, and drops axes of length 1: as few axes as there can
 * be. For those who write a backend: loops over what is left are as long as the data allows.
 *
 * @param shape The shape that all operands have.
 * @returns The lengths that are left, and each operand's strides along them.
 * @example
 * ```ts
 * import { collapse } from "@dlcc/tensor";
 * console.log(collapse([2, 3, 4], [{ strides: [12, 4, 1] }])); // → { lengths: [ 24 ], strides: [ [ 1 ] ] }
 * ```
 */
export function collapse(
  shape: Shape,
  operands: readonly { readonly strides: readonly number[] }[],
): {
  /** The lengths of the axes that are left. */
  lengths: number[];
  /** For each operand, its strides along them. */
  strides: number[][];
} {
  const lengths: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    if (length === 1) continue;
    const inner = lengths[0];
    const joins =
      inner !== undefined &&
      operands.every((o, i) => o.strides[axis] === inner * ((strides[i] as number[])[0] as number));
    if (joins) lengths[0] = inner * length;
    else {
      lengths.unshift(length);
      operands.forEach((o, i) => {
        (strides[i] as number[]).unshift(o.strides[axis] as number);
      });
    }
  }
  return { lengths, strides };
}

/**
 * Goes on to the next place in strided data, in row-major order: counts `counter` up as an odometer does, the last axis
 * first, and moves the operands' offsets along. For those who write a backend: the axes that `collapse` leaves and that a
 * kernel doesn't walk through itself are walked through with it.
 *
 * @param lengths The lengths of the axes. There may be more than `counter` has: the others are the kernel's.
 * @param strides For each operand, its strides along them.
 * @param counter The place: zeros at the start, and again at the end.
 * @param offsets For each operand, where its element is.
 * @returns Whether there is a next place.
 * @example
 * ```ts
 * import { advance } from "@dlcc/tensor";
 *
 * const [counter, offsets] = [[0, 0], [0]];
 * const places: number[] = [];
 * do places.push(offsets[0] ?? 0);
 * while (advance([2, 3], [[1, 2]], counter, offsets)); // a transpose
 * console.log(places); // → [ 0, 2, 4, 1, 3, 5 ]
 * ```
 */
export function advance(
  lengths: readonly number[],
  strides: readonly (readonly number[])[],
  counter: number[],
  offsets: number[],
): boolean {
  for (let axis = counter.length - 1; axis >= 0; axis--) {
    const turns = (counter[axis] as number) + 1;
    const full = turns === lengths[axis];
    counter[axis] = full ? 0 : turns;
    for (let i = 0; i < offsets.length; i++) {
      const stride = (strides[i] as readonly number[])[axis] as number;
      offsets[i] = (offsets[i] as number) + (full ? -stride * (turns - 1) : stride);
    }
    if (!full) return true;
  }
  return false;
}
