/** Primitives that make one number of many. */
import type { View } from "../backend.ts";
import { needNumber } from "../checks.ts";
import { addRow, maxRow, minRow } from "../cpu/loops.ts";
import { argmax as argmaxOf, reduce } from "../cpu/reduce.ts";
import { ShapeError, show } from "../errors.ts";
import { type Primitive, type Result, runPrimitive as run, type Thunk, type WithDerivative } from "../op.ts";
import * as op from "../ops/elementwise.ts";
import { sum as sumOver } from "../ops/reduction.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

interface Axes {
  readonly axes: readonly number[];
}

const reduced = ({ axes }: Axes, { shape }: Tensor): number[] =>
  shape.map((length, axis) => (axes.includes(axis) ? 1 : length));

/** The largest or smallest: of nothing there is none. */
function extremum(this: { readonly name: string }, { axes }: Axes, [x]: readonly [Tensor]): Result {
  const shape = reduced({ axes }, x);
  if (sizeOf(x.shape) === 0 && sizeOf(shape) > 0) {
    throw new ShapeError(
      `${this.name}: nothing has no ${this.name}: ${show(x.shape)} is empty along axes ${show(axes)}`,
    );
  }
  return { dtype: x.dtype, shape };
}

/** The elements that are the largest (or smallest) share the gradient. */
function extremumDerivative(
  g: Tensor,
  { inputs: [x], output, attributes: { axes } }: { inputs: readonly [Tensor]; output: Tensor; attributes: Axes },
): readonly Thunk[] {
  return [
    () => {
      const wins = op.equal(x, output);
      return op.where(wins, op.div(g, sumOver(wins.cast(x.dtype), axes, { keepDims: true })), 0);
    },
  ];
}

/** The sum over axes. */
export const sum: Primitive<"sum"> = {
  name: "sum",
  run,
  result(attributes, [x]) {
    needNumber("sum", x);
    return { dtype: x.dtype, shape: reduced(attributes, x) };
  },
  kernel: ({ axes }, [x]) => reduce(addRow, 0, x, axes),
};

const largest = ({ axes }: Axes, [x]: readonly [View]) => reduce(maxRow, -Infinity, x, axes);

/** The largest over axes, as a constant: for those whose result does not depend on it. */
export const constantMax: Primitive<"max"> = {
  name: "max",
  run,
  result: extremum,
  kernel: largest,
};

/** The largest over axes. */
export const max: Primitive<"max"> & WithDerivative<"max"> = {
  name: "max",
  run,
  result: extremum,
  kernel: largest,
  derivative: extremumDerivative,
};

/** The smallest over axes. */
export const min: Primitive<"min"> & WithDerivative<"min"> = {
  name: "min",
  run,
  result: extremum,
  kernel: ({ axes }, [x]) => reduce(minRow, Infinity, x, axes),
  derivative: extremumDerivative,
};

/** The place of the largest along an axis. */
export const argmax: Primitive<"argmax"> & WithDerivative<"argmax"> = {
  name: "argmax",
  run,
  result({ axis }, [x]) {
    needNumber("argmax", x);
    if (x.shape[axis] === 0) {
      throw new ShapeError(`argmax: nothing has no largest element: ${show(x.shape)}, axis ${axis}`);
    }
    return { dtype: "int32", shape: reduced({ axes: [axis] }, x) };
  },
  kernel: ({ axis }, [x]) => argmaxOf(x, axis),
  derivative: () => [],
};
