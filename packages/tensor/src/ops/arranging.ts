/** Ops that take a tensor apart, repeat it and turn it around: composites of slices, broadcasts and `concat`. */
import { ArgumentError, ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import { normalizeAxes, normalizeAxis, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { assertList, assertTensor } from "./checks.ts";
import { concat, gather, type SliceRange, slice } from "./movement.ts";
import { broadcastTo, reshape } from "./views.ts";

/** Checks a count that a caller gave. */
function assertCount(op: string, what: string, count: number, least: number): void {
  if (!Number.isInteger(count) || count < least) {
    throw new ArgumentError(`${op}: ${what} must be a whole number from ${least}, got ${count}`);
  }
}

/** One number, or a list of them, as a list. */
function countsOf(op: string, what: string, counts: number | readonly number[]): readonly number[] {
  if (typeof counts === "number") return [counts];
  assertList(op, what, counts);
  return counts;
}

/** One range along an axis, all of the others; a view. */
const sliceAlong = (x: Tensor, axis: number, range: SliceRange): Tensor =>
  slice(x, ...x.shape.map((_, i) => (i === axis ? range : ([] as const))));

/** Parts of these lengths along an axis, one after the other. */
function partsOf(x: Tensor, lengths: readonly number[], axis: number): Tensor[] {
  let start = 0;
  return lengths.map((length) => {
    const range = [start, start + length] as const;
    start += length;
    return sliceAlong(x, axis, range);
  });
}

/** An axis of `length` cut into pieces of `size`; the last piece is what is left. An empty axis is one empty piece. */
const piecesOf = (length: number, size: number): number[] =>
  Array.from({ length: Math.max(1, Math.ceil(length / size)) }, (_, i) => Math.min(size, length - i * size));

/**
 * Parts of `x` along an axis, as PyTorch's `split`; views.
 *
 * @param sizes The length of each part; or one number, the length of all but the last, which has what is left.
 * @param axis Default: 0.
 * @throws {ShapeError} if the lengths don't add up to the axis's.
 * @throws {ArgumentError} if a length is not a whole number, or the axis is out of range.
 * @example
 * ```ts
 * import { arange, split } from "@dlcc/tensor";
 * const [a, b, c] = split(arange(5), 2);
 * console.log(await a?.array(), await b?.array(), await c?.array()); // → [ 0, 1 ] [ 2, 3 ] [ 4 ]
 * console.log(split(arange(5), [4, 1]).map((part) => part.shape)); // → [ [ 4 ], [ 1 ] ]
 * ```
 */
export function split(x: Tensor, sizes: number | readonly number[], axis = 0): Tensor[] {
  assertTensor("split", x);
  const at = normalizeAxis("split", axis, x.rank);
  const length = x.shape[at] as number;
  if (typeof sizes === "number") {
    assertCount("split", "the size of a part", sizes, 1);
    return partsOf(x, piecesOf(length, sizes), at);
  }
  assertList("split", "sizes", sizes);
  for (const size of sizes) assertCount("split", "the size of a part", size, 0);
  if (sizes.reduce((sum, size) => sum + size, 0) !== length) {
    throw new ShapeError(`split: the sizes must add up to the length ${length} of axis ${at}, got ${show(sizes)}`);
  }
  return partsOf(x, sizes, at);
}

/**
 * At most so many parts of `x` along an axis, as PyTorch's `chunk`; views. All have the length `⌈length / count⌉`, but
 * the last, which has what is left; so there may be fewer.
 *
 * @param count From 1.
 * @param axis Default: 0.
 * @throws {ArgumentError} if the count is not a whole number from 1, or the axis is out of range.
 * @example
 * ```ts
 * import { arange, chunk } from "@dlcc/tensor";
 * console.log(chunk(arange(5), 2).map((part) => part.shape)); // → [ [ 3 ], [ 2 ] ]
 * ```
 */
export function chunk(x: Tensor, count: number, axis = 0): Tensor[] {
  assertTensor("chunk", x);
  assertCount("chunk", "the number of chunks", count, 1);
  const at = normalizeAxis("chunk", axis, x.rank);
  const length = x.shape[at] as number;
  const lengths = length === 0 ? new Array<number>(count).fill(0) : piecesOf(length, Math.ceil(length / count));
  return partsOf(x, lengths, at);
}

/**
 * Each slice of an axis repeated before the next one comes, as NumPy's `repeat` and PyTorch's `repeat_interleave`.
 * PyTorch's `x.repeat` is {@link tile}.
 *
 * @param repeats How many times: one number for all slices, or one for each.
 * @param axis Default: none, which flattens `x` first.
 * @throws {ShapeError} if there are several numbers, and not one for each slice.
 * @throws {ArgumentError} if a number is not whole or below 0, or the axis is out of range.
 * @example
 * ```ts
 * import { repeat, tensor } from "@dlcc/tensor";
 * const x = tensor([[1, 2], [3, 4]]);
 * console.log(await repeat(x, 2).array()); // → [ 1, 1, 2, 2, 3, 3, 4, 4 ]
 * console.log(await repeat(x, [1, 2], 0).array()); // → [ [ 1, 2 ], [ 3, 4 ], [ 3, 4 ] ]
 * ```
 */
export function repeat(x: Tensor, repeats: number | readonly number[], axis?: number): Tensor {
  assertTensor("repeat", x);
  const counts = countsOf("repeat", "repeats", repeats);
  for (const count of counts) assertCount("repeat", "the number of repeats", count, 0);
  return tidy(() => {
    const whole = axis === undefined ? reshape(x, [x.size]) : x;
    const at = normalizeAxis("repeat", axis ?? 0, whole.rank);
    const length = whole.shape[at] as number;
    if (counts.length === 1) {
      const [count] = counts as readonly [number];
      const [front, back] = [whole.shape.slice(0, at), whole.shape.slice(at + 1)];
      const apart = reshape(whole, [...front, length, 1, ...back]);
      return reshape(broadcastTo(apart, [...front, length, count, ...back]), [...front, length * count, ...back]);
    }
    if (counts.length !== length) {
      throw new ShapeError(
        `repeat: there must be one number, or one for each of the ${length} slices of axis ${at}, got ${counts.length}`,
      );
    }
    const indices = counts.flatMap((count, i) => new Array<number>(count).fill(i));
    return gather(whole, x.upload(Int32Array.from(indices), "int32", [indices.length]), at);
  });
}

/**
 * The whole of `x` so many times along each axis, as NumPy's and PyTorch's `tile`.
 *
 * @param repeats One number for each axis, from the last one back; a number alone is for the last axis. More numbers than
 * axes add axes in front.
 * @throws {ArgumentError} if a number is not whole or below 0.
 * @example
 * ```ts
 * import { tensor, tile } from "@dlcc/tensor";
 * console.log(await tile(tensor([1, 2]), 2).array()); // → [ 1, 2, 1, 2 ]
 * console.log(await tile(tensor([1, 2]), [2, 1]).array()); // → [ [ 1, 2 ], [ 1, 2 ] ]
 * ```
 */
export function tile(x: Tensor, repeats: number | readonly number[]): Tensor {
  assertTensor("tile", x);
  const counts = countsOf("tile", "repeats", repeats);
  for (const count of counts) assertCount("tile", "the number of repeats", count, 0);
  const ones = (n: number): number[] => new Array<number>(Math.max(0, n)).fill(1);
  const lengths = [...ones(counts.length - x.rank), ...x.shape];
  const times = [...ones(x.rank - counts.length), ...counts];
  // Only an axis that is repeated gets an axis beside it.
  const beside = (of: (count: number) => number): number[] =>
    lengths.flatMap((length, axis) => (times[axis] === 1 ? [length] : [of(times[axis] as number), length]));
  return tidy(() =>
    reshape(
      broadcastTo(
        reshape(
          x,
          beside(() => 1),
        ),
        beside((count) => count),
      ),
      lengths.map((length, axis) => length * (times[axis] as number)),
    ),
  );
}

/**
 * The elements of axes in reverse order, as NumPy's and PyTorch's `flip`; a view.
 *
 * @param axes One or several. Default: all.
 * @throws {ArgumentError} if an axis is out of range, or named twice.
 * @example
 * ```ts
 * import { flip, tensor } from "@dlcc/tensor";
 * const x = tensor([[1, 2], [3, 4]]);
 * console.log(await flip(x).array()); // → [ [ 4, 3 ], [ 2, 1 ] ]
 * console.log(await flip(x, 1).array()); // → [ [ 2, 1 ], [ 4, 3 ] ]
 * ```
 */
export function flip(x: Tensor, axes?: number | readonly number[]): Tensor {
  assertTensor("flip", x);
  const turned = normalizeAxes("flip", axes, x.rank);
  return slice(
    x,
    ...x.shape.map((_, axis) => (turned.includes(axis) ? ([undefined, undefined, -1] as const) : ([] as const))),
  );
}

/**
 * The elements moved along axes, those that leave at one end coming in at the other, as NumPy's and PyTorch's `roll`.
 *
 * @param shift How far, towards the end; negative numbers move towards the beginning. One number for all axes, or one
 * for each.
 * @param axes One or several. Default: none, which rolls the flattened elements and gives them `x`'s shape again.
 * @throws {ArgumentError} if a shift is not a whole number, there are several and not one for each axis, or an axis is
 * out of range.
 * @example
 * ```ts
 * import { arange, roll } from "@dlcc/tensor";
 * console.log(await roll(arange(5), 2).array()); // → [ 3, 4, 0, 1, 2 ]
 * console.log(await roll(arange(4).reshape([2, 2]), -1, 1).array()); // → [ [ 1, 0 ], [ 3, 2 ] ]
 * ```
 */
export function roll(x: Tensor, shift: number | readonly number[], axes?: number | readonly number[]): Tensor {
  assertTensor("roll", x);
  const along = axes === undefined ? [0] : countsOf("roll", "axes", axes);
  const shifts =
    typeof shift === "number" ? new Array<number>(along.length).fill(shift) : countsOf("roll", "shift", shift);
  if (shifts.length !== along.length) {
    throw new ArgumentError(
      `roll: there must be one shift for each of the axes ${show(along)}, or a number for all, got ${show(shifts)}`,
    );
  }
  for (const n of shifts) {
    if (!Number.isInteger(n)) throw new ArgumentError(`roll: a shift must be a whole number, got ${n}`);
  }
  return tidy(() => {
    let rolled = axes === undefined ? reshape(x, [sizeOf(x.shape)]) : x.alias();
    along.forEach((axis, i) => {
      const at = normalizeAxis("roll", axis, rolled.rank);
      const length = rolled.shape[at] as number;
      // The place of the element that comes first: a shift may go round several times, in both directions.
      const first = length === 0 ? 0 : ((-(shifts[i] as number) % length) + length) % length;
      if (first === 0) return;
      rolled = concat([sliceAlong(rolled, at, [first]), sliceAlong(rolled, at, [0, first])], at);
    });
    return reshape(rolled, x.shape);
  });
}
