/**
 * The ops by their textbook definitions, on plain arrays: one loop over all indices of the result, every number a
 * float64. Slow and obvious, and it shares no code with any backend: it is what backends are measured against.
 */
import type { ArithmeticOp, BinaryOp, ComparisonOp, DType, Padding, ReduceOp, Window } from "@dlcc/tensor";

/** A shape, and the elements in row-major order. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** All indices of a shape, in row-major order; of a scalar, the empty one. */
export function indicesOf(shape: readonly number[]): readonly (readonly number[])[] {
  let indices: (readonly number[])[] = [[]];
  for (const length of shape) {
    const longer: (readonly number[])[] = [];
    for (const outer of indices) for (let i = 0; i < length; i++) longer.push([...outer, i]);
    indices = longer;
  }
  return indices;
}

/** An array from a formula for its elements. */
export const build = (shape: readonly number[], element: (index: readonly number[]) => number): NdArray => ({
  shape,
  data: indicesOf(shape).map((index) => element(index)),
});

/** An entry of a list that must have it. */
export function entry<T>(list: readonly T[], i: number): T {
  const value = list[i];
  if (value === undefined) throw new RangeError(`reference: no entry ${i} in a list of ${list.length}`);
  return value;
}

/** The element at an index. */
export function at({ shape, data }: NdArray, index: readonly number[]): number {
  let place = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const length = entry(shape, axis);
    const i = entry(index, axis);
    if (i < 0 || i >= length) throw new RangeError(`reference: index ${index.join()} is outside ${shape.join()}`);
    place = place * length + i;
  }
  return entry(data, place);
}

/** A list with the entry at `axis` replaced by others. */
export const replaceAxis = (list: readonly number[], axis: number, ...entries: readonly number[]): number[] => [
  ...list.slice(0, axis),
  ...entries,
  ...list.slice(axis + 1),
];

// Elementwise

const larger = (a: number, b: number): number => (Number.isNaN(a) || a > b ? a : b);
const smaller = (a: number, b: number): number => (Number.isNaN(a) || a < b ? a : b);

const floats: { readonly [O in ArithmeticOp]: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  // IEEE 754 has 1 for 1^NaN, 1^±∞ and (−1)^±∞, where JavaScript has NaN.
  pow: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b),
  maximum: larger,
  minimum: smaller,
  floorDivide: (a, b) =>
    b === 0 ? a / b : (Math.round((a - (a % b)) / b) || 0 * (a / b)) - Number(a % b !== 0 && a % b < 0 !== b < 0),
  mod: (a, b) => (a % b !== 0 && a % b < 0 !== b < 0 ? (a % b) + b : a % b),
  atan2: Math.atan2,
};

/** A whole number as 32 bits hold it, in two's complement. */
const wrapped = (value: bigint): number => Number(BigInt.asIntN(32, value));

/** The remainder with the divisor's sign. */
const remainder = (a: bigint, b: bigint): bigint => ((a % b) + b) % b;

const integers: Partial<typeof floats> = {
  add: (a, b) => wrapped(BigInt(a) + BigInt(b)),
  sub: (a, b) => wrapped(BigInt(a) - BigInt(b)),
  mul: (a, b) => wrapped(BigInt(a) * BigInt(b)),
  pow: (a, b) => wrapped(BigInt(a) ** BigInt(b)),
  floorDivide: (a, b) => (b === 0 ? 0 : wrapped((BigInt(a) - remainder(BigInt(a), BigInt(b))) / BigInt(b))),
  mod: (a, b) => (b === 0 ? 0 : wrapped(remainder(BigInt(a), BigInt(b)))),
};

const comparisons: { readonly [O in ComparisonOp]: (a: number, b: number) => boolean } = {
  equal: (a, b) => a === b,
  less: (a, b) => a < b,
  greater: (a, b) => a > b,
};

/** Whether an op compares, and so gives `bool`. */
export const isComparison = (op: BinaryOp): op is ComparisonOp => op in comparisons;

/** The functions of two numbers. */
export function binary(op: BinaryOp, dtype: DType): (a: number, b: number) => number {
  if (isComparison(op)) return (a, b) => Number(comparisons[op](a, b));
  return (dtype === "int32" ? integers[op] : undefined) ?? floats[op];
}

/** A function of one number, element by element. */
export const map = (x: NdArray, f: (x: number) => number): NdArray => ({ shape: x.shape, data: x.data.map(f) });

/** A function of two numbers, element by element. */
export const zip = (a: NdArray, b: NdArray, f: (a: number, b: number) => number): NdArray =>
  build(a.shape, (index) => f(at(a, index), at(b, index)));

/** `condition ? a : b`. */
export const where = (condition: NdArray, a: NdArray, b: NdArray): NdArray =>
  build(a.shape, (index) => at(at(condition, index) === 0 ? b : a, index));

/** A number in another dtype. */
export function convert(value: number, dtype: DType): number {
  if (dtype === "bool") return value === 0 ? 0 : 1;
  if (dtype === "int32")
    return Number.isNaN(value) ? 0 : Math.min(Math.max(Math.trunc(value), -(2 ** 31)), 2 ** 31 - 1);
  return dtype === "float32" ? Math.fround(value) : value;
}

// Reduction

const reductions: { readonly [O in ReduceOp]: (values: readonly number[], dtype: DType) => number } = {
  sum: (values, dtype) =>
    dtype === "int32"
      ? wrapped(values.reduce((total, value) => total + BigInt(value), 0n))
      : values.reduce((total, value) => total + value, 0),
  max: (values) => values.reduce(larger),
  min: (values) => values.reduce(smaller),
};

/** Over axes, which stay with length 1. */
export function reduce(op: ReduceOp, x: NdArray, axes: readonly number[], dtype: DType): NdArray {
  const within = indicesOf(x.shape.map((length, axis) => (axes.includes(axis) ? length : 1)));
  return build(
    x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
    (index) => {
      const values = within.map((inner) =>
        at(
          x,
          index.map((i, axis) => i + entry(inner, axis)),
        ),
      );
      return reductions[op](values, dtype);
    },
  );
}

/** The first place along an axis with the largest element; NaN is the largest. */
export const argmax = (x: NdArray, axis: number): NdArray =>
  build(replaceAxis(x.shape, axis, 1), (index) => {
    const values = Array.from({ length: entry(x.shape, axis) }, (_, i) => at(x, replaceAxis(index, axis, i)));
    const largest = values.reduce(larger);
    return values.findIndex((value) => Object.is(value, largest) || value === largest);
  });

/** For each place in order along an axis, which element it is: the one that so many others come before. NaN is the largest. */
export function argsort(x: NdArray, axis: number, descending: boolean): NdArray {
  const smaller = (a: number, b: number): boolean => a < b || (Number.isNaN(b) && !Number.isNaN(a));
  const rows = new Map<string, readonly number[]>();
  const orderOf = (index: readonly number[]): readonly number[] => {
    const values = Array.from({ length: entry(x.shape, axis) }, (_, i) => at(x, replaceAxis(index, axis, i)));
    const precedes = (i: number, j: number): boolean => {
      const [a, b] = descending ? [entry(values, j), entry(values, i)] : [entry(values, i), entry(values, j)];
      return smaller(a, b) || (!smaller(b, a) && i < j);
    };
    const order: number[] = [];
    for (const i of values.keys()) order[values.filter((_, j) => precedes(j, i)).length] = i;
    return order;
  };
  return build(x.shape, (index) => {
    const row = replaceAxis(index, axis, 0).join();
    const order = rows.get(row) ?? orderOf(index);
    rows.set(row, order);
    return entry(order, entry(index, axis));
  });
}

// Linear algebra

/** `cᵢⱼ = Σₚ aᵢₚ bₚⱼ` for each index of the leading axes. */
export const matmul = (a: NdArray, b: NdArray, dtype: DType): NdArray =>
  build([...a.shape.slice(0, -1), ...b.shape.slice(-1)], (index) => {
    const batch = index.slice(0, -2);
    const [i = 0, j = 0] = index.slice(-2);
    const terms = Array.from({ length: entry(a.shape, a.shape.length - 1) }, (_, p) =>
      binary("mul", dtype)(at(a, [...batch, i, p]), at(b, [...batch, p, j])),
    );
    return reductions.sum(terms, dtype);
  });

// Movement

/** The axes in another order. */
export const permute = (x: NdArray, axes: readonly number[]): NdArray =>
  build(
    axes.map((axis) => entry(x.shape, axis)),
    (index) =>
      at(
        x,
        x.shape.map((_, axis) => entry(index, axes.indexOf(axis))),
      ),
  );

/** `value` around it. */
export const pad = (x: NdArray, padding: readonly Padding[], value: number): NdArray =>
  build(
    x.shape.map((length, axis) => length + entry(padding, axis)[0] + entry(padding, axis)[1]),
    (index) => {
      const inner = index.map((i, axis) => i - entry(padding, axis)[0]);
      const inside = inner.every((i, axis) => i >= 0 && i < entry(x.shape, axis));
      return inside ? at(x, inner) : value;
    },
  );

/** One after the other along an axis. */
export function concat(inputs: readonly NdArray[], axis: number): NdArray {
  const lengths = inputs.map((x) => entry(x.shape, axis));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return build(replaceAxis(entry(inputs, 0).shape, axis, total), (index) => {
    let i = entry(index, axis);
    let part = 0;
    while (i >= entry(lengths, part)) i -= entry(lengths, part++);
    return at(entry(inputs, part), replaceAxis(index, axis, i));
  });
}

/** An index counted from the beginning. */
const fromBeginning = (index: number, size: number): number => (index < 0 ? size + index : index);

/** `x` at `indices` along an axis, which gives way to the indices' axes. Negative ones count from the end. */
export const gather = (x: NdArray, indices: NdArray, axis: number): NdArray =>
  build(replaceAxis(x.shape, axis, ...indices.shape), (index) => {
    const end = axis + indices.shape.length;
    const chosen = fromBeginning(at(indices, index.slice(axis, end)), entry(x.shape, axis));
    return at(x, [...index.slice(0, axis), chosen, ...index.slice(end)]);
  });

/** Zeros, with each slice of `x` added at its index. */
export function scatterAdd(x: NdArray, indices: NdArray, axis: number, size: number): NdArray {
  const end = axis + indices.shape.length;
  return build([...x.shape.slice(0, axis), size, ...x.shape.slice(end)], (index) => {
    let total = 0;
    for (const place of indicesOf(indices.shape)) {
      if (fromBeginning(at(indices, place), size) === index[axis]) total += at(x, replaceAxis(index, axis, ...place));
    }
    return total;
  });
}

/** How many positions a window has along the rows (0) or the columns (1) of an image. */
export const positionsAlong = (
  { kernel, stride, padding, dilation }: Window,
  length: number,
  direction: 0 | 1,
): number => {
  const reach = dilation[direction] * (kernel[direction] - 1) + 1;
  let count = 0;
  for (let start = -padding[direction]; start + reach <= length + padding[direction]; start += stride[direction])
    count++;
  return count;
};

/** Which pixel a tap of the window is on at a position: both counted as `unfold`'s result counts them. */
function pixelOf({ kernel, stride, padding, dilation }: Window, columns: number, tap: number, position: number) {
  const [kernelRow, kernelColumn] = [Math.floor(tap / kernel[1]), tap % kernel[1]];
  const [row, column] = [Math.floor(position / columns), position % columns];
  return [
    row * stride[0] + kernelRow * dilation[0] - padding[0],
    column * stride[1] + kernelColumn * dilation[1] - padding[1],
  ] as const;
}

/** The patches under a sliding window, as columns. */
export function unfold(x: NdArray, window: Window): NdArray {
  const [images = 0, channels = 0, height = 0, width = 0] = x.shape;
  const columns = positionsAlong(window, width, 1);
  const taps = window.kernel[0] * window.kernel[1];
  const shape = [images, channels * taps, positionsAlong(window, height, 0) * columns];
  return build(shape, ([n = 0, patch = 0, position = 0]) => {
    const [row, column] = pixelOf(window, columns, patch % taps, position);
    const inside = row >= 0 && row < height && column >= 0 && column < width;
    return inside ? at(x, [n, Math.floor(patch / taps), row, column]) : 0;
  });
}

/** Patches added back into an image. */
export function fold(x: NdArray, window: Window, [height, width]: readonly [number, number]): NdArray {
  const [images = 0, patch = 0, positions = 0] = x.shape;
  const columns = positionsAlong(window, width, 1);
  const taps = window.kernel[0] * window.kernel[1];
  return build([images, patch / taps, height, width], ([n = 0, channel = 0, row = 0, column = 0]) => {
    let total = 0;
    for (let tap = 0; tap < taps; tap++) {
      for (let position = 0; position < positions; position++) {
        const [y, x0] = pixelOf(window, columns, tap, position);
        if (y === row && x0 === column) total += at(x, [n, channel * taps + tap, position]);
      }
    }
    return total;
  });
}
