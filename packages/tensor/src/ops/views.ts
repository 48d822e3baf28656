/** Ops that look at the same elements in another shape or order: no backend has to do anything. */
import { apply } from "../apply.ts";
import { copy as copyKernel } from "../cpu/movement.ts";
import { ArgumentError, kindOf, ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import { define, type KernelOperation, type ViewOperation } from "../op.ts";
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
import { assertTensor } from "./checks.ts";

/**
 * The same elements in a storage of their own, one after the other.
 *
 * @example
 * ```ts
 * import { copy, tensor } from "@dlcc/tensor";
 * const x = tensor([[1, 2], [3, 4]]).transpose();
 * console.log(copy(x).strides); // → [ 2, 1 ]
 * ```
 * @function
 */
export const copy: ((x: Tensor) => Tensor) & KernelOperation<"copy"> = /* @__PURE__ */ define(
  (x: Tensor): Tensor => apply(copy, {}, x),
  {
    name: "copy",
    results: (_, [x]) => [x],
    kernel: (_, [x]) => [copyKernel(x)],
    derivative: (g) => [() => g],
  } satisfies KernelOperation<"copy"> as KernelOperation<"copy">,
);

const reshapeDefinition: ViewOperation<"reshape"> = {
  name: "reshape",
  view({ shape }, x) {
    const strides = sizeOf(shape) === x.size ? reshapedStrides(x.shape, x.strides, shape) : undefined;
    if (!strides) throw new ShapeError(`reshape: ${show(x.shape)} can't become ${show(shape)} without a copy`);
    return { shape, strides };
  },
  derivative: (g, { inputs: [x] }) => [() => g.reshape(x.shape)],
};

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
 * @function
 */
export const reshape: ((x: Tensor, shape: Shape) => Tensor) & ViewOperation<"reshape"> = /* @__PURE__ */ define(
  (x: Tensor, shape: Shape): Tensor => {
    assertTensor("reshape", x);
    if (!Array.isArray(shape)) throw new ShapeError("reshape: the shape must be an array, as in x.reshape([2, 3])");
    const full = inferLength(x, shape);
    if (sameShape(full, x.shape)) return x.alias();
    if (reshapedStrides(x.shape, x.strides, full)) return apply(reshape, { shape: full }, x);
    return tidy(() => apply(reshape, { shape: full }, apply(copy, {}, x)));
  },
  reshapeDefinition,
);

function inferLength(x: Tensor, shape: Shape): Shape {
  const open = shape.indexOf(-1);
  const known = sizeOf(shape.filter((_, axis) => axis !== open));
  const full = open < 0 ? shape : shape.map((length, axis) => (axis === open ? x.size / known : length));
  if (full.some((length) => !Number.isInteger(length) || length < 0) || sizeOf(full) !== x.size) {
    throw new ShapeError(`reshape: ${show(shape)} must have the ${x.size} elements of ${show(x.shape)}`);
  }
  return full;
}

/**
 * Swaps two axes, by default the last two; a view.
 *
 * @throws {ArgumentError} if an axis is out of range.
 * @example
 * ```ts
 * import { tensor, transpose } from "@dlcc/tensor";
 * console.log(await transpose(tensor([[1, 2], [3, 4]])).array()); // → [ [ 1, 3 ], [ 2, 4 ] ]
 * ```
 */
export function transpose(x: Tensor, first = -2, second = -1): Tensor {
  assertTensor("transpose", x);
  const axes = x.shape.map((_, axis) => axis);
  const a = normalizeAxis("transpose", first, x.rank);
  const b = normalizeAxis("transpose", second, x.rank);
  axes[a] = b;
  axes[b] = a;
  return apply(permute, { axes }, x);
}

const permuteDefinition: ViewOperation<"permute"> = {
  name: "permute",
  view({ axes }, x) {
    if (axes.length !== x.rank || new Set(axes).size !== x.rank || axes.some((axis) => !(axis in x.shape))) {
      throw new ArgumentError(`permute: axes must name each axis of ${show(x.shape)} once, got ${show(axes)}`);
    }
    const pick = (from: readonly number[]): number[] => axes.map((axis) => from[axis] as number);
    return { shape: pick(x.shape), strides: pick(x.strides) };
  },
  derivative: (g, { attributes: { axes } }) => [
    () =>
      permute(
        g,
        axes.map((_, axis) => axes.indexOf(axis)),
      ),
  ],
};

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
 * @function
 */
export const permute: ((x: Tensor, axes: readonly number[]) => Tensor) & ViewOperation<"permute"> =
  /* @__PURE__ */ define((x: Tensor, axes: readonly number[]): Tensor => {
    assertTensor("permute", x);
    if (!Array.isArray(axes)) {
      throw new ArgumentError(`permute: axes must be an array, as in permute(x, [1, 0]), got ${kindOf(axes)}`);
    }
    return apply(permute, { axes: axes.map((axis) => normalizeAxis("permute", axis, x.rank)) }, x);
  }, permuteDefinition);

const broadcastToDefinition: ViewOperation<"broadcastTo"> = {
  name: "broadcastTo",
  view({ shape }, x) {
    const lead = shape.length - x.rank;
    const fits = lead >= 0 && x.shape.every((own, axis) => own === shape[axis + lead] || own === 1);
    if (!fits) throw new ShapeError(`broadcastTo: the shape must broadcast to ${show(shape)}, got ${show(x.shape)}`);
    const strides = shape.map((length, axis) =>
      x.shape[axis - lead] === length ? (x.strides[axis - lead] as number) : 0,
    );
    return { shape, strides };
  },
  // What was repeated adds up.
  derivative: (g, { inputs: [x] }) => [() => unbroadcast(g, x.shape)],
};

/**
 * `x` repeated along axes of length 1 and along new leading axes; a view, as NumPy's `broadcast_to`.
 *
 * @throws {ShapeError} if the shape does not follow from `x`'s.
 * @example
 * ```ts
 * import { broadcastTo, tensor } from "@dlcc/tensor";
 * console.log(await broadcastTo(tensor([1, 2]), [2, 2]).array()); // → [ [ 1, 2 ], [ 1, 2 ] ]
 * ```
 * @function
 */
export const broadcastTo: ((x: Tensor, shape: Shape) => Tensor) & ViewOperation<"broadcastTo"> = /* @__PURE__ */ define(
  (x: Tensor, shape: Shape): Tensor => {
    assertTensor("broadcastTo", x);
    checkShape("broadcastTo", shape);
    return sameShape(x.shape, shape) ? x.alias() : apply(broadcastTo, { shape }, x);
  },
  broadcastToDefinition,
);

/** The sum over the axes that a broadcast repeated. */
function unbroadcast(g: Tensor, shape: Shape): Tensor {
  const lead = g.rank - shape.length;
  const repeated = g.shape.flatMap((length, axis) => (axis < lead || shape[axis - lead] !== length ? [axis] : []));
  return g.sum(repeated, { keepDims: true }).reshape(shape);
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
  assertTensor("squeeze", x);
  const gone = axes === undefined ? undefined : normalizeAxes("squeeze", axes, x.rank);
  const long = gone?.find((axis) => x.shape[axis] !== 1);
  if (long !== undefined) throw new ShapeError(`squeeze: axis ${long} must have length 1, got ${show(x.shape)}`);
  return reshape(
    x,
    x.shape.filter((length, axis) => (gone ? !gone.includes(axis) : length !== 1)),
  );
}

/**
 * With a new axis of length 1.
 *
 * @param axis Its place in the result; −1 is the end.
 * @example
 * ```ts
 * import { unsqueeze, zeros } from "@dlcc/tensor";
 * console.log(unsqueeze(zeros([3]), 0).shape, unsqueeze(zeros([3]), -1).shape); // → [ 1, 3 ] [ 3, 1 ]
 * ```
 */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  assertTensor("unsqueeze", x);
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
  assertTensor("flatten", x);
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
  assertTensor("contiguous", x);
  return isContiguous(x.shape, x.strides) ? x.alias() : copy(x);
}
