/**
 * The table of primitives: for each, what shape and dtype come out, what is refused, and which backend method runs it.
 */
import type { ArithmeticOp, Backend, ComparisonOp, ReduceOp, UnaryOp } from "./backend.ts";
import { type DType, isFloat } from "./dtype.ts";
import { ArgumentError, BackendError, DTypeError, ShapeError, show } from "./errors.ts";
import { reshapedStrides, sameShape, sizeOf } from "./shape.ts";
import type { Attributes, Inputs, Op, PrimitiveOp } from "./signatures.ts";
import { fromStorage, type Tensor, viewOf } from "./tensor.ts";

/** How a primitive is checked and run. */
export type Primitive<O extends Op> = (op: O, backend: Backend, attributes: Attributes<O>, inputs: Inputs<O>) => Tensor;

function refuse(op: string, x: Tensor, wanted: string): never {
  throw new DTypeError(`${op}: takes ${wanted}, got ${x.dtype} ${show(x.shape)}: cast first, as in x.cast("float32")`);
}

const needFloat = (op: string, x: Tensor): void => {
  if (!isFloat(x.dtype)) refuse(op, x, "float32 or float64");
};
const needNumber = (op: string, x: Tensor): void => {
  if (x.dtype === "bool") refuse(op, x, "numbers");
};

/** Inputs that must have one dtype. */
export function needSameDType(op: string, a: Tensor, b: Tensor): void {
  if (a.dtype === b.dtype) return;
  throw new DTypeError(
    `${op}: dtypes differ, ${a.dtype} ${show(a.shape)} and ${b.dtype} ${show(b.shape)}: cast one, as in x.cast("${a.dtype}")`,
  );
}

function needSameShape(op: string, a: Tensor, b: Tensor): void {
  if (sameShape(a.shape, b.shape)) return;
  throw new ShapeError(`${op}: shapes differ, ${show(a.shape)} and ${show(b.shape)}: broadcast first`);
}

const needRank = (op: string, x: Tensor, rank: number, axes: string): void => {
  if (x.rank !== rank) throw new ShapeError(`${op}: takes ${axes}, got ${show(x.shape)}`);
};

function needIndices(op: string, indices: Tensor): void {
  if (indices.dtype !== "int32") refuse(op, indices, "int32 indices");
}

const unary =
  (check: (op: string, x: Tensor) => void): Primitive<UnaryOp> =>
  (op, backend, _, [x]) => {
    check(op, x);
    return fromStorage(backend, backend.unary(op, x), x.dtype, x.shape);
  };

const binary =
  (check: (op: string, x: Tensor) => void, result?: DType): Primitive<ArithmeticOp | ComparisonOp> =>
  (op, backend, _, [a, b]) => {
    needSameDType(op, a, b);
    check(op, a);
    needSameShape(op, a, b);
    return fromStorage(backend, backend.binary(op, a, b), result ?? a.dtype, a.shape);
  };

const anyDType = (): void => {};

const reduce: Primitive<ReduceOp> = (op, backend, { axes }, [x]) => {
  if (op === "sum") needNumber(op, x);
  const shape = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  if (op !== "sum" && sizeOf(x.shape) === 0 && sizeOf(shape) > 0) {
    throw new ShapeError(`${op}: nothing has no ${op}: ${show(x.shape)} is empty along axes ${show(axes)}`);
  }
  return fromStorage(backend, backend.reduce(op, x, axes), x.dtype, shape);
};

const window2d = (
  op: string,
  length: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): number => {
  const positions = Math.floor((length + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
  if (!(positions > 0)) {
    throw new ShapeError(
      `${op}: a window of ${kernel} (dilation ${dilation}) does not fit into ${length} + 2·${padding}`,
    );
  }
  return positions;
};

/** How many positions a window has over an image: `[rows, columns]`. */
export function windowPositions(
  op: string,
  { kernel, stride, padding, dilation }: Attributes<"unfold">["window"],
  [height, width]: readonly [number, number],
): [number, number] {
  return [
    window2d(op, height, kernel[0], stride[0], padding[0], dilation[0]),
    window2d(op, width, kernel[1], stride[1], padding[1], dilation[1]),
  ];
}

const arithmetic = binary(needNumber);
const comparison = binary(anyDType, "bool");
const real = unary(needFloat);
const number = unary(needNumber);

/** All primitives. */
export const primitives: { readonly [O in Exclude<PrimitiveOp, "custom">]: Primitive<O> } = {
  neg: number,
  abs: number,
  sign: number,
  relu: number,
  exp: real,
  log: real,
  sqrt: real,
  sigmoid: real,
  tanh: real,

  add: arithmetic,
  sub: arithmetic,
  mul: arithmetic,
  pow: arithmetic,
  div: binary(needFloat),
  // Of booleans these are "or" and "and".
  maximum: binary(anyDType),
  minimum: binary(anyDType),
  equal: comparison,
  less: comparison,
  greater: comparison,

  where(op, backend, _, [condition, a, b]) {
    if (condition.dtype !== "bool") refuse(op, condition, "a bool condition");
    needSameDType(op, a, b);
    needSameShape(op, a, b);
    needSameShape(op, condition, a);
    return fromStorage(backend, backend.where(condition, a, b), a.dtype, a.shape);
  },

  cast(_op, backend, { dtype }, [x]) {
    if (!backend.dtypes.includes(dtype)) {
      throw new BackendError(
        `cast: the backend ${backend.name} does not hold ${dtype}: it has ${backend.dtypes.join(", ")}`,
      );
    }
    return fromStorage(backend, backend.cast(x, dtype), dtype, x.shape);
  },

  sum: reduce,
  max: reduce,
  min: reduce,

  argmax(op, backend, { axis }, [x]) {
    needNumber(op, x);
    if (x.shape[axis] === 0)
      throw new ShapeError(`${op}: nothing has no largest element: ${show(x.shape)}, axis ${axis}`);
    const shape = x.shape.map((length, i) => (i === axis ? 1 : length));
    return fromStorage(backend, backend.argmax(x, axis), "int32", shape);
  },

  matmul(op, backend, _, [a, b]) {
    needSameDType(op, a, b);
    needFloat(op, a);
    const rank = a.rank;
    const [m, k] = a.shape.slice(-2) as [number, number];
    const [inner, n] = b.shape.slice(-2) as [number, number];
    if (rank < 2 || rank !== b.rank || !sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2))) {
      throw new ShapeError(`${op}: leading axes differ, ${show(a.shape)} x ${show(b.shape)}`);
    }
    if (k !== inner) throw new ShapeError(`${op}: inner dimensions differ, ${show(a.shape)} x ${show(b.shape)}`);
    return fromStorage(backend, backend.matmul(a, b), a.dtype, [...a.shape.slice(0, -2), m, n]);
  },

  copy(_op, backend, _, [x]) {
    return fromStorage(backend, backend.copy(x), x.dtype, x.shape);
  },

  pad(op, backend, { padding, value }, [x]) {
    if (
      padding.length !== x.rank ||
      padding.some((pair) => pair.length !== 2) ||
      padding.flat().some((n) => !(Number.isInteger(n) && n >= 0))
    ) {
      throw new ShapeError(
        `${op}: [${padding.map(show).join(",")}] does not fit ${show(x.shape)}: one pair of whole numbers from 0 an axis`,
      );
    }
    const shape = x.shape.map((length, axis) => length + (padding[axis] as readonly number[]).reduce((a, b) => a + b));
    return fromStorage(backend, backend.pad(x, padding, value), x.dtype, shape);
  },

  concat(op, backend, { axis }, inputs) {
    const first = inputs[0] as Tensor;
    let length = 0;
    for (const x of inputs) {
      needSameDType(op, first, x);
      if (x.rank !== first.rank || x.shape.some((n, i) => i !== axis && n !== first.shape[i])) {
        throw new ShapeError(
          `${op}: ${show(first.shape)} and ${show(x.shape)} can't be joined along axis ${axis}: all other axes must be equal`,
        );
      }
      length += x.shape[axis] as number;
    }
    const shape = first.shape.map((n, i) => (i === axis ? length : n));
    return fromStorage(backend, backend.concat(inputs, axis), first.dtype, shape);
  },

  gather(op, backend, { axis }, [x, indices]) {
    needIndices(op, indices);
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    return fromStorage(backend, backend.gather(x, indices, axis), x.dtype, shape);
  },

  scatterAdd(op, backend, { axis, size }, [x, indices]) {
    needNumber(op, x);
    needIndices(op, indices);
    if (!sameShape(x.shape.slice(axis, axis + indices.rank), indices.shape)) {
      throw new ShapeError(
        `${op}: indices ${show(indices.shape)} don't stand at axis ${axis} of ${show(x.shape)}: the axes from there on must be theirs`,
      );
    }
    const shape = [...x.shape.slice(0, axis), size, ...x.shape.slice(axis + indices.rank)];
    return fromStorage(backend, backend.scatterAdd(x, indices, axis, size), x.dtype, shape);
  },

  unfold(op, backend, { window }, [x]) {
    needFloat(op, x);
    needRank(op, x, 4, "[n, channels, height, width]");
    const [n, channels, height, width] = x.shape as [number, number, number, number];
    const [rows, columns] = windowPositions(op, window, [height, width]);
    const patch = channels * window.kernel[0] * window.kernel[1];
    return fromStorage(backend, backend.unfold(x, window), x.dtype, [n, patch, rows * columns]);
  },

  fold(op, backend, { window, size }, [x]) {
    needFloat(op, x);
    needRank(op, x, 3, "[n, channels·kernel, positions]");
    const [n, patch, positions] = x.shape as [number, number, number];
    const [rows, columns] = windowPositions(op, window, size);
    const taps = window.kernel[0] * window.kernel[1];
    if (positions !== rows * columns || patch % taps !== 0) {
      throw new ShapeError(
        `${op}: ${show(x.shape)} does not fold into ${show(size)}: a window ${show(window.kernel)} has ${rows * columns} positions there, and the middle axis must be a multiple of ${taps}`,
      );
    }
    return fromStorage(backend, backend.fold(x, window, size), x.dtype, [n, patch / taps, ...size]);
  },

  reshape(op, _backend, { shape }, [x]) {
    const strides = sizeOf(shape) === x.size ? reshapedStrides(x.shape, x.strides, shape) : undefined;
    if (!strides) throw new ShapeError(`${op}: ${show(x.shape)} can't be seen as ${show(shape)} without a copy`);
    return viewOf(x, shape, strides);
  },

  permute(op, _backend, { axes }, [x]) {
    if (axes.length !== x.rank || new Set(axes).size !== x.rank || axes.some((axis) => !(axis in x.shape))) {
      throw new ArgumentError(`${op}: ${show(axes)} does not name each axis of ${show(x.shape)} once`);
    }
    const pick = (from: readonly number[]): number[] => axes.map((axis) => from[axis] as number);
    return viewOf(x, pick(x.shape), pick(x.strides));
  },

  broadcastTo(op, _backend, { shape }, [x]) {
    const lead = shape.length - x.rank;
    const strides = shape.map((length, axis) => {
      const own = x.shape[axis - lead];
      if (own !== undefined && own !== length && own !== 1) throw cannotBroadcast(op, x, shape);
      return own === length ? (x.strides[axis - lead] as number) : 0;
    });
    if (lead < 0) throw cannotBroadcast(op, x, shape);
    return viewOf(x, shape, strides);
  },

  slice(op, _backend, { starts, steps, shape }, [x]) {
    const fits =
      shape.length === x.rank &&
      shape.every((length, axis) => {
        const first = starts[axis] as number;
        const last = first + (length - 1) * (steps[axis] as number);
        return length === 0 || (Math.min(first, last) >= 0 && Math.max(first, last) < (x.shape[axis] as number));
      });
    if (!fits)
      throw new ShapeError(
        `${op}: ${show(shape)} from ${show(starts)} by ${show(steps)} is not inside ${show(x.shape)}`,
      );
    const offset = x.offset + starts.reduce((sum, start, axis) => sum + start * (x.strides[axis] as number), 0);
    return viewOf(
      x,
      shape,
      x.strides.map((stride, axis) => stride * (steps[axis] as number)),
      offset,
    );
  },
};

const cannotBroadcast = (op: string, x: Tensor, shape: readonly number[]): ShapeError =>
  new ShapeError(`${op}: ${show(x.shape)} does not broadcast to ${show(shape)}`);
