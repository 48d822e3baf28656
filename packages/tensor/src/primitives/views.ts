/** Views: they look at their input's storage in another way. No backend has to do anything. */
import type { Padding } from "../backend.ts";
import { tensor } from "../create.ts";
import { ArgumentError, ShapeError, show } from "../errors.ts";
import { runView as run, type ViewOperation, type WithDerivative } from "../op.ts";
import { pad, scatterAdd } from "../ops/movement.ts";
import { reshapedStrides, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** The same elements in another shape. */
export const reshape: ViewOperation<"reshape"> = {
  name: "reshape",
  run,
  view({ shape }, x) {
    const strides = sizeOf(shape) === x.size ? reshapedStrides(x.shape, x.strides, shape) : undefined;
    if (!strides) throw new ShapeError(`reshape: ${show(x.shape)} can't be seen as ${show(shape)} without a copy`);
    return { shape, strides };
  },
};

/** The axes in another order. */
export const permute: ViewOperation<"permute"> = {
  name: "permute",
  run,
  view({ axes }, x) {
    if (axes.length !== x.rank || new Set(axes).size !== x.rank || axes.some((axis) => !(axis in x.shape))) {
      throw new ArgumentError(`permute: ${show(axes)} does not name each axis of ${show(x.shape)} once`);
    }
    const pick = (from: readonly number[]): number[] => axes.map((axis) => from[axis] as number);
    return { shape: pick(x.shape), strides: pick(x.strides) };
  },
};

/** Axes of length 1 repeated, and new ones before them. */
export const broadcastTo: ViewOperation<"broadcastTo"> = {
  name: "broadcastTo",
  run,
  view({ shape }, x) {
    const lead = shape.length - x.rank;
    const fits = lead >= 0 && x.shape.every((own, axis) => own === shape[axis + lead] || own === 1);
    if (!fits) throw new ShapeError(`broadcastTo: ${show(x.shape)} does not broadcast to ${show(shape)}`);
    const strides = shape.map((length, axis) =>
      x.shape[axis - lead] === length ? (x.strides[axis - lead] as number) : 0,
    );
    return { shape, strides };
  },
};

/** A part of each axis, with a step. */
export const slice: ViewOperation<"slice"> & WithDerivative<"slice"> = {
  name: "slice",
  run,
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
        `slice: ${show(shape)} from ${show(starts)} by ${show(steps)} is not inside ${show(x.shape)}`,
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

/** Zeros of the whole shape, with `g` where the slice was taken from. */
function unslice(g: Tensor, shape: readonly number[], starts: readonly number[], steps: readonly number[]): Tensor {
  let whole = g;
  const padding = shape.map((length, axis): Padding => {
    const [start, step, taken] = [starts[axis] as number, steps[axis] as number, g.shape[axis] as number];
    if (step === 1) return [start, length - start - taken];
    const indices = Int32Array.from({ length: taken }, (_, i) => start + i * step);
    whole = scatterAdd(whole, tensor(indices, { backend: g.backend }), axis, length);
    return [0, 0];
  });
  return padding.some(([from, to]) => from + to > 0) ? pad(whole, padding) : whole;
}
