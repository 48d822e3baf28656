/** Primitives that move elements to another place. Their derivatives move back the way that the values came. */
import { apply } from "../apply.ts";
import { needNumber, needSameDType, refuseDType } from "../checks.ts";
import * as kernels from "../cpu/movement.ts";
import { ShapeError, show } from "../errors.ts";
import { type Primitive, runPrimitive as run, type WithDerivative } from "../op.ts";
import * as op from "../ops/movement.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

function needIndices(op: string, indices: Tensor): void {
  if (indices.dtype !== "int32") refuseDType(op, indices, "int32 indices");
}

/** So many elements of an axis, from `start` on, as `slice` takes them. */
function within(start: number, length: number): readonly [number, number] {
  return [start, start + length];
}

/** The elements in order, in a storage of their own. */
export const copy: Primitive<"copy"> = {
  name: "copy",
  run,
  result: (_, [x]) => x,
  kernel: (_, [x]) => [kernels.copy(x)],
};

/** A value around the tensor. */
export const pad: Primitive<"pad"> & WithDerivative<"pad"> = {
  name: "pad",
  run,
  result({ padding }, [x]) {
    if (
      padding.length !== x.rank ||
      padding.some((pair) => pair.length !== 2) ||
      padding.flat().some((n) => !(Number.isInteger(n) && n >= 0))
    ) {
      throw new ShapeError(
        `pad: [${padding.map(show).join(",")}] does not fit ${show(x.shape)}: one pair of whole numbers from 0 an axis`,
      );
    }
    const shape = x.shape.map((length, axis) => length + (padding[axis] as readonly number[]).reduce((a, b) => a + b));
    return { dtype: x.dtype, shape };
  },
  kernel: ({ padding, value }, [x]) => kernels.pad(x, padding, value),
  derivative: (g, { inputs: [x], attributes: { padding } }) => [
    () => op.slice(g, ...x.shape.map((length, axis) => within(padding[axis]?.[0] ?? 0, length))),
  ],
};

/** One after the other along an axis. */
export const concat: Primitive<"concat"> & WithDerivative<"concat"> = {
  name: "concat",
  run,
  result({ axis }, inputs) {
    const first = inputs[0] as Tensor;
    let length = 0;
    for (const x of inputs) {
      needSameDType("concat", first, x);
      if (x.rank !== first.rank || x.shape.some((n, i) => i !== axis && n !== first.shape[i])) {
        throw new ShapeError(
          `concat: ${show(first.shape)} and ${show(x.shape)} can't be joined along axis ${axis}: all other axes must be equal`,
        );
      }
      length += x.shape[axis] as number;
    }
    return { dtype: first.dtype, shape: first.shape.map((n, i) => (i === axis ? length : n)) };
  },
  kernel: ({ axis }, inputs) => kernels.concat(inputs, axis),
  derivative: (g, { inputs, attributes: { axis } }) => {
    let start = 0;
    return inputs.map((x) => {
      const length = x.shape[axis] as number;
      const part = within(start, length);
      start += length;
      return () => op.slice(g, ...g.shape.map((_, i) => (i === axis ? part : ([] as const))));
    });
  },
};

/** The elements at indices along an axis. */
export const gather: Primitive<"gather"> & WithDerivative<"gather"> = {
  name: "gather",
  run,
  result({ axis }, [x, indices]) {
    needIndices("gather", indices);
    return { dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] };
  },
  kernel: ({ axis }, [x, indices]) => kernels.gather(x, indices, axis),
  derivative: (g, { inputs: [x, indices], attributes: { axis } }) => [
    () => apply(scatterAdd, { axis, size: x.shape[axis] as number }, g, indices),
    undefined,
  ],
};

/** Zeros, with elements added at indices along an axis: the adjoint of `gather`. */
export const scatterAdd: Primitive<"scatterAdd"> & WithDerivative<"scatterAdd"> = {
  name: "scatterAdd",
  run,
  result({ axis, size }, [x, indices]) {
    needNumber("scatterAdd", x);
    needIndices("scatterAdd", indices);
    if (!sameShape(x.shape.slice(axis, axis + indices.rank), indices.shape)) {
      throw new ShapeError(
        `scatterAdd: indices ${show(indices.shape)} don't stand at axis ${axis} of ${show(x.shape)}: the axes from there on must be theirs`,
      );
    }
    return { dtype: x.dtype, shape: [...x.shape.slice(0, axis), size, ...x.shape.slice(axis + indices.rank)] };
  },
  kernel: ({ axis, size }, [x, indices]) => kernels.scatterAdd(x, indices, axis, size),
  derivative: (g, { inputs: [, indices], attributes: { axis } }) => [
    () => apply(gather, { axis }, g, indices),
    undefined,
  ],
};
