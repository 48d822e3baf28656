/** Reductions: many numbers into one. */
import { apply } from "../apply.ts";
import type { ReduceOp } from "../backend.ts";
import { addRow, maxRow, minRow, type RowLoop } from "../cpu/loops.ts";
import { argmax as argmaxKernel, reduce as reduceKernel } from "../cpu/reduce.ts";
import { ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import { named } from "../named.ts";
import { type Derivative, define, type KernelOperation, type Operation } from "../op.ts";
import { normalizeAxes, normalizeAxis, reducedShape, type Shape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { sub } from "./arithmetic.ts";
import { assertFloat, assertNumber, assertTensor } from "./checks.ts";
import { flatten, reshape } from "./views.ts";

/** What reductions take besides axes. */
export interface ReduceOptions {
  /** Whether reduced axes stay, with length 1, so that the result broadcasts against the input. Default: false. */
  readonly keepDims?: boolean;
}

/** Axes to reduce over: one, several, or (left out) all; negative ones count from the end. */
export type Axes = number | readonly number[] | undefined;

/** A reduction. */
export type ReduceFunction = ((x: Tensor, axes?: Axes, options?: ReduceOptions) => Tensor) & KernelOperation<ReduceOp>;

/** Makes a reduction of its name, its check, its loop over a row, and the number that the loop begins with. */
function reduction(row: {
  readonly name: ReduceOp;
  readonly check: (op: string, x: Tensor, shape: Shape, axes: readonly number[]) => void;
  readonly loop: RowLoop;
  readonly start: number;
  readonly derivative: Derivative<ReduceOp>;
}): ReduceFunction {
  const { name, check, loop, start, derivative } = row;
  const definition: KernelOperation<ReduceOp> = {
    name,
    results({ axes }, [x]) {
      const shape = reducedShape(x.shape, axes);
      check(name, x, shape, axes);
      return [{ dtype: x.dtype, shape }];
    },
    kernel: ({ axes }, [x]) => reduceKernel(loop, start, x, axes),
    derivative,
  };
  const op: ReduceFunction = define(
    (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor => reduceOver(op, x, axes, options),
    definition,
  );
  return op;
}

/** Applies a reduction to axes as the caller named them. */
function reduceOver(op: Operation<ReduceOp>, x: Tensor, axes: Axes, { keepDims = false }: ReduceOptions): Tensor {
  assertTensor(op.name, x);
  const over = normalizeAxes(op.name, axes, x.rank);
  return tidy(() => {
    const result = apply(op, { axes: over }, op.name === "sum" && x.dtype === "bool" ? x.cast("int32") : x);
    if (keepDims || over.length === 0) return result;
    return reshape(
      result,
      x.shape.filter((_, axis) => !over.includes(axis)),
    );
  });
}

/**
 * The sum over axes; 0 if there are no elements. Of `bool`, how many are true, as `int32`.
 *
 * @param x Any shape.
 * @param axes Default: all.
 * @returns The shape without the axes, or with length 1 there (`keepDims`).
 * @throws {ArgumentError} if an axis is out of range.
 * @example
 * ```ts
 * import { sum, tensor } from "@dlcc/tensor";
 * const x = tensor([[1, 2], [3, 4]]);
 * console.log(await sum(x).item(), await sum(x, 0).array()); // → 10 [ 4, 6 ]
 * ```
 * @function
 */
export const sum: ReduceFunction = /* @__PURE__ */ reduction({
  name: "sum",
  check: assertNumber,
  loop: addRow,
  start: 0,
  // Each element had one share in the sum.
  derivative: (g, { inputs: [x] }) => [() => g.broadcastTo(x.shape)],
});

/** Of no elements there is neither a largest nor a smallest one. */
function assertNotEmpty(op: string, x: Tensor, shape: Shape, axes: readonly number[]): void {
  if (sizeOf(x.shape) > 0 || sizeOf(shape) === 0) return;
  throw new ShapeError(`${op}: x must have an element along axes ${show(axes)}, got ${show(x.shape)}`);
}

/** The elements that are the largest (or smallest) share the gradient; those that are NaN, where there are any. */
const extremumDerivative: Derivative<ReduceOp> = (g, { inputs: [x], output, attributes: { axes } }) => [
  () => {
    const [is, isNumber] = [x.equal(output).cast(x.dtype), x.equal(x).cast(x.dtype)]; // NaN does not equal itself.
    const wins = is.add(1).sub(isNumber);
    return g.mul(wins).div(wins.sum(axes, { keepDims: true }));
  },
];

/**
 * The largest element over axes; NaN wins. Equals share the derivative evenly, as those of PyTorch's `amax` do; `maxPool2d`
 * gives all of it to the first. Of `bool`, whether any is true.
 *
 * @param x Any shape; not empty along the axes.
 * @param axes Default: all.
 * @throws {ShapeError} if there are no elements along the axes.
 * @example
 * ```ts
 * import { max, tensor } from "@dlcc/tensor";
 * console.log(await max(tensor([[1, 5], [3, 4]]), 1).array()); // → [ 5, 4 ]
 * ```
 * @function
 */
export const max: ReduceFunction = /* @__PURE__ */ reduction({
  name: "max",
  check: assertNotEmpty,
  loop: maxRow,
  start: -Infinity,
  derivative: extremumDerivative,
});

/**
 * The smallest element over axes; NaN wins. Of `bool`, whether all are true. See {@link max}.
 *
 * @example
 * ```ts
 * import { min, tensor } from "@dlcc/tensor";
 * console.log(await min(tensor([[1, 5], [3, 4]]), 1).array()); // → [ 1, 3 ]
 * ```
 * @function
 */
export const min: ReduceFunction = /* @__PURE__ */ reduction({
  name: "min",
  check: assertNotEmpty,
  loop: minRow,
  start: Infinity,
  derivative: extremumDerivative,
});

/**
 * The mean over axes: their sum, divided by the number of elements; NaN if there are none. Of `bool`, the share that is
 * true, as `float32`.
 *
 * @param x Floats or `bool`, of any shape.
 * @param axes Default: all.
 * @throws {DTypeError} if `x` is `int32`: cast first.
 * @example
 * ```ts
 * import { mean, tensor } from "@dlcc/tensor";
 * console.log(await mean(tensor([1, 2, 3, 6])).item()); // → 3
 * ```
 */
export const mean = (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor =>
  named("mean", () => {
    assertTensor("mean", x);
    if (x.dtype !== "bool") assertFloat("mean", x);
    const count = normalizeAxes("mean", axes, x.rank).reduce((n, axis) => n * (x.shape[axis] as number), 1);
    return sum(x.dtype === "bool" ? x.cast("float32") : x, axes, options).div(count);
  });

const argmaxDefinition: KernelOperation<"argmax"> = {
  name: "argmax",
  results({ axis }, [x]) {
    assertNumber("argmax", x);
    if (x.shape[axis] === 0) {
      throw new ShapeError(`argmax: x must have an element along axis ${axis}, got ${show(x.shape)}`);
    }
    return [{ dtype: "int32", shape: reducedShape(x.shape, [axis]) }];
  },
  kernel: ({ axis }, [x]) => argmaxKernel(x, axis),
  derivative: () => [],
};

/**
 * The index of the largest element, as `int32`: the first one at a tie; NaN counts as the largest.
 *
 * @param x Numbers of any shape.
 * @param axis Left out: the index into the flattened tensor.
 * @example
 * ```ts
 * import { argmax, tensor } from "@dlcc/tensor";
 * console.log(await argmax(tensor([[1, 5], [3, 2]]), 1).array()); // → [ 1, 0 ]
 * ```
 * @function
 */
export const argmax: ((x: Tensor, axis?: number, options?: ReduceOptions) => Tensor) & KernelOperation<"argmax"> =
  /* @__PURE__ */ define((x: Tensor, axis?: number, { keepDims = false }: ReduceOptions = {}): Tensor => {
    assertTensor("argmax", x);
    return named("argmax", () => {
      const along = axis === undefined ? flatten(x, 0) : x;
      const over = normalizeAxis("argmax", axis ?? 0, along.rank);
      const indices = apply(argmax, { axis: over }, along);
      if (!keepDims)
        return reshape(
          indices,
          along.shape.filter((_, i) => i !== over),
        );
      return axis === undefined
        ? reshape(
            indices,
            x.shape.map(() => 1),
          )
        : indices;
    });
  }, argmaxDefinition);

/**
 * The index of the smallest element, as `int32`: the first one at a tie; NaN counts as the smallest, as in NumPy.
 *
 * @param x Numbers of any shape.
 * @param axis Left out: the index into the flattened tensor.
 * @throws {DTypeError} if `x` is `bool`.
 * @example
 * ```ts
 * import { argmin, tensor } from "@dlcc/tensor";
 * console.log(await argmin(tensor([[1, 5], [3, 2]]), 1).array()); // → [ 0, 1 ]
 * ```
 */
export const argmin = (x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor =>
  named("argmin", () => {
    assertTensor("argmin", x);
    assertNumber("argmin", x);
    normalizeAxis("argmin", axis ?? 0, axis === undefined ? 1 : x.rank);
    if (x.size === 0 && (axis === undefined || x.shape.at(axis) === 0)) {
      throw new ShapeError(
        `argmin: x must have an element${axis === undefined ? "" : ` along axis ${axis}`}, got ${show(x.shape)}`,
      );
    }
    // −1 − x turns whole numbers round without overflow.
    return argmax(x.dtype === "int32" ? sub(-1, x) : x.neg(), axis, options);
  });
