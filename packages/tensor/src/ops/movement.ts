/** Ops that take elements from one place and put them in another. Their derivatives move back the way that the values came. */
import { apply } from "../apply.ts";
import type { Padding } from "../backend.ts";
import {
  concat as concatKernel,
  gather as gatherKernel,
  pad as padKernel,
  scatterAdd as scatterAddKernel,
} from "../cpu/movement.ts";
import { ArgumentError, kindOf, ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import { named } from "../named.ts";
import { define, type KernelOperation, type ViewOperation } from "../op.ts";
import { checkShape, normalizeAxis, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { assertNumber, assertSameDType, assertTensor, refuseDType } from "./checks.ts";
import { checkLiteral } from "./operands.ts";
import { squeeze, unsqueeze } from "./views.ts";

function assertIndices(op: string, indices: Tensor): void {
  if (indices.dtype !== "int32") refuseDType(op, indices, "int32 indices");
}

/** So many elements of an axis, from `start` on, as `slice` takes them. */
function rangeOf(start: number, length: number): readonly [number, number] {
  return [start, start + length];
}

/**
 * What to take of one axis: an index (the axis then goes away), or `[start, end, step]` as in NumPy, where what is left
 * out means "from the beginning", "to the end", "each". `[]` takes all.
 */
export type SliceRange = number | readonly [start?: number | undefined, end?: number | undefined, step?: number];

const sliceDefinition: ViewOperation<"slice"> = {
  name: "slice",
  view({ starts, steps, shape }, x) {
    const fits =
      shape.length === x.rank &&
      shape.every((length, axis) => {
        const first = starts[axis] as number;
        const last = first + (length - 1) * (steps[axis] as number);
        return length === 0 || (Math.min(first, last) >= 0 && Math.max(first, last) < (x.shape[axis] as number));
      });
    if (!fits) {
      throw new ShapeError(
        `slice: the part must lie inside ${show(x.shape)}, got ${show(shape)} from ${show(starts)} in steps of ${show(steps)}`,
      );
    }
    const { strides } = x;
    return {
      shape,
      strides: strides.map((stride, axis) => stride * (steps[axis] as number)),
      offset: x.offset + starts.reduce((sum, start, axis) => sum + start * (strides[axis] as number), 0),
    };
  },
  derivative: (g, { inputs: [x], attributes: { starts, steps } }) => [() => unslice(g, x.shape, starts, steps)],
};

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
 * @function
 */
export const slice: ((x: Tensor, ...ranges: readonly SliceRange[]) => Tensor) & ViewOperation<"slice"> =
  /* @__PURE__ */ define((x: Tensor, ...ranges: readonly SliceRange[]): Tensor => {
    assertTensor("slice", x);
    if (ranges.length > x.rank) {
      throw new ArgumentError(
        `slice: there must be at most one range for each axis of ${show(x.shape)}, got ${ranges.length}`,
      );
    }
    const parts = x.shape.map((length, axis) => sliceAxis(ranges[axis] ?? [], length, axis));
    const attributes = {
      starts: parts.map((part) => part.start),
      steps: parts.map((part) => part.step),
      shape: parts.map((part) => part.length),
    };
    const dropped = parts.flatMap((_, axis) => (typeof ranges[axis] === "number" ? [axis] : []));
    if (dropped.length === 0) return apply(slice, attributes, x);
    return tidy(() => squeeze(apply(slice, attributes, x), dropped));
  }, sliceDefinition);

/** NumPy's rules for one axis: ends outside the axis are moved to its ends. */
function sliceAxis(range: SliceRange, length: number, axis: number): { start: number; step: number; length: number } {
  if (typeof range === "number") {
    const start = range < 0 ? range + length : range;
    if (!Number.isInteger(range) || start < 0 || start >= length) {
      throw new ArgumentError(`slice: an index of axis ${axis} must be from ${-length} to ${length - 1}, got ${range}`);
    }
    return { start, step: 1, length: 1 };
  }
  const step = range[2] ?? 1;
  if (step === 0 || [range[0] ?? 0, range[1] ?? 0, step].some((n) => !Number.isInteger(n))) {
    throw new ArgumentError(`slice: start, end and step must be whole numbers, and the step not 0, got [${range}]`);
  }
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const within = (index: number): number => Math.min(Math.max(index < 0 ? index + length : index, lowest), highest);
  const start = range[0] === undefined ? (step > 0 ? lowest : highest) : within(range[0]);
  const end = range[1] === undefined ? (step > 0 ? highest : lowest) : within(range[1]);
  return { start: Math.max(start, 0), step, length: Math.max(0, Math.ceil((end - start) / step)) };
}

/** Zeros of the whole shape, with `g` where the slice was taken from. */
function unslice(g: Tensor, shape: readonly number[], starts: readonly number[], steps: readonly number[]): Tensor {
  let whole = g;
  const padding = shape.map((length, axis): Padding => {
    const [start, step, taken] = [starts[axis] as number, steps[axis] as number, g.shape[axis] as number];
    if (step === 1) return [start, length - start - taken];
    const indices = Int32Array.from({ length: taken }, (_, i) => start + i * step);
    whole = scatterAdd(whole, g.upload(indices, "int32", [taken]), axis, length);
    return [0, 0];
  });
  return padding.some(([from, to]) => from + to > 0) ? pad(whole, padding) : whole;
}

const padDefinition: KernelOperation<"pad"> = {
  name: "pad",
  results({ padding }, [x]) {
    if (
      padding.length !== x.rank ||
      padding.some((pair) => pair.length !== 2) ||
      padding.flat().some((n) => !(Number.isInteger(n) && n >= 0))
    ) {
      throw new ShapeError(
        `pad: padding must be one pair of whole numbers from 0 for each axis of ${show(x.shape)}, got [${padding.map(show).join(",")}]`,
      );
    }
    const shape = x.shape.map((length, axis) => length + (padding[axis] as readonly number[]).reduce((a, b) => a + b));
    return [{ dtype: x.dtype, shape }];
  },
  kernel: ({ padding, value }, [x]) => padKernel(x, padding, value),
  derivative: (g, { inputs: [x], attributes: { padding } }) => [
    () => slice(g, ...x.shape.map((length, axis) => rangeOf(padding[axis]?.[0] ?? 0, length))),
  ],
};

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
 * @function
 */
export const pad: ((x: Tensor, padding: readonly Padding[], value?: number) => Tensor) & KernelOperation<"pad"> =
  /* @__PURE__ */ define((x: Tensor, padding: readonly Padding[], value = 0): Tensor => {
    assertTensor("pad", x);
    const pairs: unknown = padding;
    if (!Array.isArray(pairs) || !pairs.every(Array.isArray)) {
      throw new ShapeError(`pad: padding must be an array of pairs, as in pad(x, [[1, 1]]), got ${kindOf(pairs)}`);
    }
    checkLiteral("pad", value, x.dtype);
    return apply(pad, { padding, value }, x);
  }, padDefinition);

const concatDefinition: KernelOperation<"concat"> = {
  name: "concat",
  results({ axis }, inputs) {
    const first = inputs[0] as Tensor;
    let length = 0;
    for (const x of inputs) {
      assertSameDType("concat", first, x);
      if (x.rank !== first.rank || x.shape.some((n, i) => i !== axis && n !== first.shape[i])) {
        throw new ShapeError(
          `concat: all axes but axis ${axis} must be equal, got ${show(first.shape)} and ${show(x.shape)}`,
        );
      }
      length += x.shape[axis] as number;
    }
    return [{ dtype: first.dtype, shape: first.shape.map((n, i) => (i === axis ? length : n)) }];
  },
  kernel: ({ axis }, inputs) => concatKernel(inputs, axis),
  derivative: (g, { inputs, attributes: { axis } }) => {
    let start = 0;
    return inputs.map((x) => {
      const length = x.shape[axis] as number;
      const part = rangeOf(start, length);
      start += length;
      return () => slice(g, ...g.shape.map((_, i) => (i === axis ? part : ([] as const))));
    });
  },
};

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
 * @function
 */
export const concat: ((tensors: readonly Tensor[], axis?: number) => Tensor) & KernelOperation<"concat"> =
  /* @__PURE__ */ define((tensors: readonly Tensor[], axis = 0): Tensor => {
    if (!Array.isArray(tensors) || tensors.length === 0) {
      const got = Array.isArray(tensors) ? "an empty one" : kindOf(tensors);
      throw new ArgumentError(`concat: the tensors must be an array of one or more, got ${got}`);
    }
    const first = tensors[0] as Tensor;
    assertTensor("concat", first);
    return apply(concat, { axis: normalizeAxis("concat", axis, first.rank) }, ...tensors);
  }, concatDefinition);

const gatherDefinition: KernelOperation<"gather"> = {
  name: "gather",
  results({ axis }, [x, indices]) {
    assertIndices("gather", indices);
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] }];
  },
  kernel: ({ axis }, [x, indices]) => gatherKernel(x, indices, axis),
  derivative: (g, { inputs: [x, indices], attributes: { axis } }) => [
    () => apply(scatterAdd, { axis, size: x.shape[axis] as number }, g, indices),
    undefined,
  ],
};

/**
 * The slices of `x` at `indices` along an axis, as NumPy's `take`.
 *
 * @param indices `int32`, any shape: their axes stand in the place of the axis. Negative ones count from the end: −1 is the
 * last.
 * @param axis Default: 0.
 * @throws {DTypeError} if the indices are not `int32`.
 * @throws {ArgumentError} if an index is outside the axis, where the backend can tell (`cpu` and `wasm` can; on `gpu` the
 * slice is NaN).
 * @example
 * ```ts
 * import { gather, tensor } from "@dlcc/tensor";
 * const rows = tensor([[1, 2], [3, 4], [5, 6]]);
 * console.log(await gather(rows, tensor([-1, 0], { dtype: "int32" })).array()); // → [ [ 5, 6 ], [ 1, 2 ] ]
 * ```
 * @function
 */
export const gather: ((x: Tensor, indices: Tensor, axis?: number) => Tensor) & KernelOperation<"gather"> =
  /* @__PURE__ */ define((x: Tensor, indices: Tensor, axis = 0): Tensor => {
    assertTensor("gather", x);
    return apply(gather, { axis: normalizeAxis("gather", axis, x.rank) }, x, indices);
  }, gatherDefinition);

const scatterAddDefinition: KernelOperation<"scatterAdd"> = {
  name: "scatterAdd",
  results({ axis, size }, [x, indices]) {
    assertNumber("scatterAdd", x);
    assertIndices("scatterAdd", indices);
    if (!sameShape(x.shape.slice(axis, axis + indices.rank), indices.shape)) {
      throw new ShapeError(
        `scatterAdd: the axes of x from axis ${axis} on must be those of the indices ${show(indices.shape)}, got ${show(x.shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, axis), size, ...x.shape.slice(axis + indices.rank)] }];
  },
  kernel: ({ axis, size }, [x, indices]) => scatterAddKernel(x, indices, axis, size),
  derivative: (g, { inputs: [, indices], attributes: { axis } }) => [
    () => apply(gather, { axis }, g, indices),
    undefined,
  ],
};

/**
 * The adjoint of {@link gather}: zeros, with each slice of `x` added at its index. Slices with one index add up.
 *
 * @param x The axes from `axis` on begin with the indices' shape.
 * @param indices `int32`, as `gather` takes them.
 * @param axis Where the indices' axes stand in `x`, and the new axis in the result.
 * @param size The length of the new axis.
 * @example
 * ```ts
 * import { scatterAdd, tensor } from "@dlcc/tensor";
 * const counts = scatterAdd(tensor([1, 1, 1]), tensor([2, 0, 2], { dtype: "int32" }), 0, 4);
 * console.log(await counts.array()); // → [ 1, 0, 2, 0 ]
 * ```
 * @function
 */
export const scatterAdd: ((x: Tensor, indices: Tensor, axis: number, size: number) => Tensor) &
  KernelOperation<"scatterAdd"> = /* @__PURE__ */ define(
  (x: Tensor, indices: Tensor, axis: number, size: number): Tensor => {
    assertTensor("scatterAdd", x);
    assertTensor("scatterAdd", indices);
    checkShape("scatterAdd", [size]);
    return apply(scatterAdd, { axis: normalizeAxis("scatterAdd", axis, x.rank - indices.rank + 1), size }, x, indices);
  },
  scatterAddDefinition,
);

/**
 * Tensors of one shape as the slices of a new axis.
 *
 * @param axis The place of the new axis. Default: 0.
 * @throws {ShapeError} if the shapes differ.
 * @example
 * ```ts
 * import { stack, tensor } from "@dlcc/tensor";
 * console.log(await stack([tensor([1, 2]), tensor([3, 4])]).array()); // → [ [ 1, 2 ], [ 3, 4 ] ]
 * ```
 */
export const stack = (tensors: readonly Tensor[], axis = 0): Tensor =>
  named("stack", () => concat(Array.isArray(tensors) ? tensors.map((t) => unsqueeze(t, axis)) : tensors, axis));
