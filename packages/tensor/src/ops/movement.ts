/** Ops that move elements, or only look at them in another order. */
import { apply } from "../apply.ts";
import type { Padding, Window } from "../backend.ts";
import { ArgumentError, ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import * as primitives from "../primitives/movement.ts";
import * as views from "../primitives/views.ts";
import * as windows from "../primitives/window.ts";
import {
  checkShape,
  isContiguous,
  normalizeAxes,
  normalizeAxis,
  reshapedStrides,
  type Shape,
  sameShape,
  sizeOf,
} from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkLiteral, needTensor } from "./operands.ts";

/**
 * The same elements in another shape: a view where the storage's order allows it, else a copy.
 *
 * @param shape As many elements as `x` has; one length may be −1, and follows from the others.
 * @throws {ShapeError} if the number of elements differs.
 * @example
 * ```ts
 * import { arange, reshape } from "@dlcc/tensor";
 * console.log(await reshape(arange(4), [2, -1]).array()); // → [ [ 0, 1 ], [ 2, 3 ] ]
 * ```
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  needTensor("reshape", x);
  if (!Array.isArray(shape)) throw new ShapeError("reshape: the shape is an array, as in x.reshape([2, 3])");
  const full = inferLength(x, shape);
  if (sameShape(full, x.shape)) return x.alias();
  if (reshapedStrides(x.shape, x.strides, full)) return apply(views.reshape, { shape: full }, x);
  return tidy(() => apply(views.reshape, { shape: full }, apply(primitives.copy, {}, x)));
}

function inferLength(x: Tensor, shape: Shape): Shape {
  const open = shape.indexOf(-1);
  const known = sizeOf(shape.filter((_, axis) => axis !== open));
  const full = open < 0 ? shape : shape.map((length, axis) => (axis === open ? x.size / known : length));
  if (full.some((length) => !Number.isInteger(length) || length < 0) || sizeOf(full) !== x.size) {
    throw new ShapeError(`reshape: ${show(x.shape)} has ${x.size} elements, which do not fill ${show(shape)}`);
  }
  return full;
}

/**
 * Swaps two axes, by default the last two; a view.
 *
 * @throws {ArgumentError} if an axis is not there.
 * @example
 * ```ts
 * import { tensor, transpose } from "@dlcc/tensor";
 * console.log(await transpose(tensor([[1, 2], [3, 4]])).array()); // → [ [ 1, 3 ], [ 2, 4 ] ]
 * ```
 */
export function transpose(x: Tensor, first = -2, second = -1): Tensor {
  needTensor("transpose", x);
  const axes = x.shape.map((_, axis) => axis);
  const a = normalizeAxis("transpose", first, x.rank);
  const b = normalizeAxis("transpose", second, x.rank);
  axes[a] = b;
  axes[b] = a;
  return apply(views.permute, { axes }, x);
}

/**
 * The axes in another order; a view.
 *
 * @param axes For each axis of the result, which one of `x` it is.
 * @throws {ArgumentError} if the axes are not all of `x`'s, each once.
 * @example
 * ```ts
 * import { permute, zeros } from "@dlcc/tensor";
 * console.log(permute(zeros([2, 3, 4]), [2, 0, 1]).shape); // → [ 4, 2, 3 ]
 * ```
 */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  needTensor("permute", x);
  return apply(views.permute, { axes: axes.map((axis) => normalizeAxis("permute", axis, x.rank)) }, x);
}

/**
 * `x` repeated along axes of length 1 and along new leading axes; a view, as NumPy's `broadcast_to`.
 *
 * @throws {ShapeError} if the shape does not follow from `x`'s.
 * @example
 * ```ts
 * import { broadcastTo, tensor } from "@dlcc/tensor";
 * console.log(await broadcastTo(tensor([1, 2]), [2, 2]).array()); // → [ [ 1, 2 ], [ 1, 2 ] ]
 * ```
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  needTensor("broadcastTo", x);
  checkShape("broadcastTo", shape);
  return sameShape(x.shape, shape) ? x.alias() : apply(views.broadcastTo, { shape }, x);
}

/**
 * What to take of one axis: an index (the axis then goes away), or `[start, end, step]` as in NumPy, where what is left
 * out means "from the beginning", "to the end", "each". `[]` takes all.
 */
export type SliceRange = number | readonly [start?: number | undefined, end?: number | undefined, step?: number];

/**
 * A part of a tensor; a view. Indices count from the end where they are negative.
 *
 * @param ranges One for each axis, from the first on; axes that are not named are taken whole.
 * @throws {ArgumentError} if an index is outside, a step is 0, or there are more ranges than axes.
 * @example
 * ```ts
 * import { slice, tensor } from "@dlcc/tensor";
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * console.log(await slice(x, 1).array()); // → [ 4, 5, 6 ]
 * console.log(await slice(x, [], [-2]).array()); // → [ [ 2, 3 ], [ 5, 6 ] ]
 * console.log(await slice(x, 0, [undefined, undefined, -1]).array()); // → [ 3, 2, 1 ]
 * ```
 */
export function slice(x: Tensor, ...ranges: readonly SliceRange[]): Tensor {
  needTensor("slice", x);
  if (ranges.length > x.rank) {
    throw new ArgumentError(`slice: ${ranges.length} ranges for the ${x.rank} axes of ${show(x.shape)}`);
  }
  const parts = x.shape.map((length, axis) => sliceAxis(ranges[axis] ?? [], length, axis));
  const attributes = {
    starts: parts.map((part) => part.start),
    steps: parts.map((part) => part.step),
    shape: parts.map((part) => part.length),
  };
  const dropped = parts.flatMap((_, axis) => (typeof ranges[axis] === "number" ? [axis] : []));
  if (dropped.length === 0) return apply(views.slice, attributes, x);
  return tidy(() => squeeze(apply(views.slice, attributes, x), dropped));
}

/** NumPy's rules for one axis: ends outside the axis are moved to its ends. */
function sliceAxis(range: SliceRange, length: number, axis: number): { start: number; step: number; length: number } {
  if (typeof range === "number") {
    const start = range < 0 ? range + length : range;
    if (!Number.isInteger(range) || start < 0 || start >= length) {
      throw new ArgumentError(`slice: index ${range} is outside axis ${axis}, which has ${length} elements`);
    }
    return { start, step: 1, length: 1 };
  }
  const step = range[2] ?? 1;
  if (step === 0 || [range[0] ?? 0, range[1] ?? 0, step].some((n) => !Number.isInteger(n))) {
    throw new ArgumentError(
      `slice: [${range}] is no range: start, end and step are whole numbers, and the step is not 0`,
    );
  }
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const within = (index: number): number => Math.min(Math.max(index < 0 ? index + length : index, lowest), highest);
  const start = range[0] === undefined ? (step > 0 ? lowest : highest) : within(range[0]);
  const end = range[1] === undefined ? (step > 0 ? highest : lowest) : within(range[1]);
  return { start: Math.max(start, 0), step, length: Math.max(0, Math.ceil((end - start) / step)) };
}

/**
 * Without the axes of length 1, or without those named.
 *
 * @throws {ShapeError} if an axis that is named is longer.
 * @example
 * ```ts
 * import { squeeze, zeros } from "@dlcc/tensor";
 * console.log(squeeze(zeros([1, 3, 1])).shape, squeeze(zeros([1, 3, 1]), 0).shape); // → [ 3 ] [ 3, 1 ]
 * ```
 */
export function squeeze(x: Tensor, axes?: number | readonly number[]): Tensor {
  needTensor("squeeze", x);
  const gone = axes === undefined ? undefined : normalizeAxes("squeeze", axes, x.rank);
  const long = gone?.find((axis) => x.shape[axis] !== 1);
  if (long !== undefined) throw new ShapeError(`squeeze: axis ${long} of ${show(x.shape)} has not length 1`);
  return reshape(
    x,
    x.shape.filter((length, axis) => (gone ? !gone.includes(axis) : length !== 1)),
  );
}

/**
 * With a new axis of length 1.
 *
 * @param axis Where it stands in the result; −1 is the end.
 * @example
 * ```ts
 * import { unsqueeze, zeros } from "@dlcc/tensor";
 * console.log(unsqueeze(zeros([3]), 0).shape, unsqueeze(zeros([3]), -1).shape); // → [ 1, 3 ] [ 3, 1 ]
 * ```
 */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  needTensor("unsqueeze", x);
  const at = normalizeAxis("unsqueeze", axis, x.rank + 1);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/**
 * All axes from `start` on made into one.
 *
 * @param start Default: 1, which keeps the axis of the examples.
 * @example
 * ```ts
 * import { flatten, zeros } from "@dlcc/tensor";
 * console.log(flatten(zeros([8, 28, 28])).shape); // → [ 8, 784 ]
 * ```
 */
export function flatten(x: Tensor, start = 1): Tensor {
  needTensor("flatten", x);
  return reshape(x, [...x.shape.slice(0, start), sizeOf(x.shape.slice(start))]);
}

/**
 * The same value with its elements one after the other in the storage: itself where they are, else a copy.
 *
 * @example
 * ```ts
 * import { contiguous, tensor } from "@dlcc/tensor";
 * const x = tensor([[1, 2], [3, 4]]).transpose();
 * console.log(x.strides, contiguous(x).strides); // → [ 1, 2 ] [ 2, 1 ]
 * ```
 */
export function contiguous(x: Tensor): Tensor {
  needTensor("contiguous", x);
  return isContiguous(x.shape, x.strides) ? x.alias() : apply(primitives.copy, {}, x);
}

/**
 * With `value` put around it.
 *
 * @param padding For each axis, how many to put before and after.
 * @throws {ShapeError} if there is not one pair for each axis.
 * @example
 * ```ts
 * import { pad, tensor } from "@dlcc/tensor";
 * console.log(await pad(tensor([1, 2]), [[1, 2]]).array()); // → [ 0, 1, 2, 0, 0 ]
 * ```
 */
export function pad(x: Tensor, padding: readonly Padding[], value = 0): Tensor {
  needTensor("pad", x);
  checkLiteral("pad", value, x.dtype);
  return apply(primitives.pad, { padding, value }, x);
}

/**
 * Tensors one after the other along an axis.
 *
 * @param tensors At least one; their other axes are equal.
 * @param axis Default: 0.
 * @throws {ShapeError} if the other axes differ.
 * @example
 * ```ts
 * import { concat, tensor } from "@dlcc/tensor";
 * console.log(await concat([tensor([1, 2]), tensor([3])]).array()); // → [ 1, 2, 3 ]
 * ```
 */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const first = tensors[0];
  needTensor("concat", first);
  return apply(primitives.concat, { axis: normalizeAxis("concat", axis, first.rank) }, ...tensors);
}

/**
 * Tensors of one shape as the slices of a new axis.
 *
 * @param axis Where the new axis stands. Default: 0.
 * @throws {ShapeError} if the shapes differ.
 * @example
 * ```ts
 * import { stack, tensor } from "@dlcc/tensor";
 * console.log(await stack([tensor([1, 2]), tensor([3, 4])]).array()); // → [ [ 1, 2 ], [ 3, 4 ] ]
 * ```
 */
export const stack = (tensors: readonly Tensor[], axis = 0): Tensor =>
  tidy(() =>
    concat(
      tensors.map((t) => unsqueeze(t, axis)),
      axis,
    ),
  );

/**
 * The slices of `x` at `indices` along an axis, as NumPy's `take`.
 *
 * @param indices `int32`, any shape: their axes stand in the place of the axis.
 * @param axis Default: 0.
 * @throws {DTypeError} if the indices are not `int32`.
 * @throws {ArgumentError} if an index is outside the axis, where the backend can tell (`cpu` can).
 * @example
 * ```ts
 * import { gather, tensor } from "@dlcc/tensor";
 * const rows = tensor([[1, 2], [3, 4], [5, 6]]);
 * console.log(await gather(rows, tensor([2, 0], { dtype: "int32" })).array()); // → [ [ 5, 6 ], [ 1, 2 ] ]
 * ```
 */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  needTensor("gather", x);
  return apply(primitives.gather, { axis: normalizeAxis("gather", axis, x.rank) }, x, indices);
}

/**
 * The adjoint of {@link gather}: zeros, with each slice of `x` added at its index. Slices with one index add up.
 *
 * @param x The axes from `axis` on begin with the indices' shape.
 * @param indices `int32`.
 * @param axis Where the indices' axes stand in `x`, and the new axis in the result.
 * @param size The length of the new axis.
 * @example
 * ```ts
 * import { scatterAdd, tensor } from "@dlcc/tensor";
 * const counts = scatterAdd(tensor([1, 1, 1]), tensor([2, 0, 2], { dtype: "int32" }), 0, 4);
 * console.log(await counts.array()); // → [ 1, 0, 2, 0 ]
 * ```
 */
export function scatterAdd(x: Tensor, indices: Tensor, axis: number, size: number): Tensor {
  needTensor("scatterAdd", x);
  needTensor("scatterAdd", indices);
  checkShape("scatterAdd", [size]);
  return apply(
    primitives.scatterAdd,
    { axis: normalizeAxis("scatterAdd", axis, x.rank - indices.rank + 1), size },
    x,
    indices,
  );
}

/** What a sliding window takes; a number stands for both directions. */
export interface WindowOptions {
  /** How far it moves. Default: 1. */
  readonly stride?: number | readonly [number, number];
  /** Zeros added on each side. Default: 0. */
  readonly padding?: number | readonly [number, number];
  /** The distance between its taps. Default: 1. */
  readonly dilation?: number | readonly [number, number];
}

const pair = (n: number | readonly [number, number]): readonly [number, number] => (typeof n === "number" ? [n, n] : n);

function makeWindow(op: string, kernel: number | readonly [number, number], options: WindowOptions): Window {
  const window: Window = {
    kernel: pair(kernel),
    stride: pair(options.stride ?? 1),
    padding: pair(options.padding ?? 0),
    dilation: pair(options.dilation ?? 1),
  };
  for (const [name, lengths] of Object.entries(window) as [string, readonly number[]][]) {
    const least = name === "padding" ? 0 : 1;
    if (lengths.length !== 2 || lengths.some((n) => !Number.isInteger(n) || n < least)) {
      throw new ArgumentError(`${op}: ${name} ${show(lengths)} must be whole numbers from ${least}`);
    }
  }
  return window;
}

/**
 * The patches of images under a sliding window, as columns; a matrix product with them is a convolution. As PyTorch's
 * `torch.nn.functional.unfold`.
 *
 * @param x `[n, channels, height, width]`, floats.
 * @param kernel The window's height and width.
 * @returns `[n, channels · kernel height · kernel width, positions]`.
 * @throws {ShapeError} if the window does not fit.
 * @example
 * ```ts
 * import { arange, slice, unfold } from "@dlcc/tensor";
 * const image = arange(9).reshape([1, 1, 3, 3]);
 * console.log(await slice(unfold(image, 2), 0, [], 0).array()); // → [ 0, 1, 3, 4 ]
 * ```
 */
export const unfold = (x: Tensor, kernel: number | readonly [number, number], options: WindowOptions = {}): Tensor =>
  apply(windows.unfold, { window: makeWindow("unfold", kernel, options) }, x);

/**
 * The adjoint of {@link unfold}: patches added back into images; where they overlap, they add up.
 *
 * @param x `[n, channels · kernel height · kernel width, positions]`, floats.
 * @param size The images' height and width.
 * @returns `[n, channels, height, width]`.
 * @example
 * ```ts
 * import { fold, ones, slice } from "@dlcc/tensor";
 * const overlaps = fold(ones([1, 4, 4]), [3, 3], 2);
 * console.log(await slice(overlaps, 0, 0).array()); // → [ [ 1, 2, 1 ], [ 2, 4, 2 ], [ 1, 2, 1 ] ]
 * ```
 */
export const fold = (
  x: Tensor,
  size: readonly [height: number, width: number],
  kernel: number | readonly [number, number],
  options: WindowOptions = {},
): Tensor => apply(windows.fold, { window: makeWindow("fold", kernel, options), size }, x);
