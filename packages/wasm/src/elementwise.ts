import {
  type BinaryOp,
  collapse,
  type DType,
  type FusedActivation,
  isContiguous,
  type Methods,
  sizeOf,
  type UnaryOp,
  type View,
} from "@dlcc/tensor";
import * as codes from "./codes.ts";
import { addressOf, allocate, bytesOf, chunksFor, codeOf, type Device, viewsOf } from "./device.ts";
import type { Block } from "./heap.ts";
import { inOrder } from "./movement.ts";
import { dense, forEachStack, shortRow } from "./planes.ts";

const comparisons: ReadonlySet<BinaryOp> = new Set<BinaryOp>(["equal", "less", "greater"]);

/** The number of an op's function of a dtype's elements. */
const functionOf = (op: UnaryOp | BinaryOp, dtype: DType): number =>
  dtype === "float32" ? codeOf[op] : codeOf[op] + codes.integer;

/** From this many elements on, a copy costs less than many short rows. */
const worthCopying = 4096;

/** Runs `fn` with the views: with copies that lie in order, where their rows would be many and short. */
function withLongRows<T>(device: Device, views: readonly [View, ...View[]], fn: (views: readonly View[]) => T): T {
  const { shape } = views[0];
  const { lengths } = collapse(shape, [...views, dense(shape)]);
  const n = lengths[lengths.length - 1] ?? 1;
  const few = lengths.length < 3 || n >= shortRow || sizeOf(shape) < worthCopying;
  return few ? fn(views) : inOrder(device, views, fn);
}

/** Applies the function of a number, from elements of one dtype to those of another. */
function apply(device: Device, code: number, view: View, dtype: DType): Block {
  return withLongRows(device, [view], ([x]) => applyInRows(device, code, x!, dtype));
}

function applyInRows(device: Device, code: number, x: View, dtype: DType): Block {
  const size = sizeOf(x.shape);
  const out = allocate(device, dtype, size);
  const [from, to] = [bytesOf(x.dtype), bytesOf(dtype)];
  const start = addressOf(x);
  if (from === 4 && to === 4 && isContiguous(x.shape, x.strides)) {
    device.run(codes.unaryJob, chunksFor(device, size), [size, code, start, out.pointer]);
  } else {
    forEachStack(x.shape, [x, dense(x.shape)], "row-major", (planes, rows, n, [p, o]) => {
      device.kernels.unary(
        ...[code, planes, rows, n],
        ...[start + p.start * from, p.plane, p.row, p.step, from],
        ...[out.pointer + o.start * to, to],
      );
    });
  }
  return out;
}

/** What an activation passes back. */
export const activationGradient = (device: Device, name: FusedActivation, gradient: View, output: View): Block =>
  applyTo(device, codeOf[name], gradient, output, "float32");

/** Applies the function of a number to two views of one dtype. */
function applyTo(device: Device, code: number, left: View, right: View, dtype: DType): Block {
  return withLongRows(device, [left, right], ([a, b]) => applyToRows(device, code, a!, b!, dtype));
}

function applyToRows(device: Device, code: number, a: View, b: View, dtype: DType): Block {
  const size = sizeOf(a.shape);
  const out = allocate(device, dtype, size);
  const [from, to] = [bytesOf(a.dtype), bytesOf(dtype)];
  const [left, right] = [addressOf(a), addressOf(b)];
  if (from === 4 && to === 4 && isContiguous(a.shape, a.strides) && isContiguous(b.shape, b.strides)) {
    device.run(codes.binaryJob, chunksFor(device, size), [size, code, left, right, out.pointer]);
  } else {
    forEachStack(a.shape, [a, b, dense(a.shape)], "row-major", (planes, rows, n, [p, q, o]) => {
      device.kernels.binary(
        ...[code, planes, rows, n, from],
        ...[left + p.start * from, p.plane, p.row, p.step],
        ...[right + q.start * from, q.plane, q.row, q.step],
        ...[out.pointer + o.start * to, to],
      );
    });
  }
  return out;
}

/** The elementwise ops of a device. */
export const elementwise = (device: Device): Pick<Methods, "unary" | "binary" | "where" | "cast"> => ({
  unary: (op, x) => apply(device, functionOf(op, x.dtype), x, x.dtype),

  binary(op, left, right) {
    const [a, b] = viewsOf(device, left, right);
    return applyTo(device, functionOf(op, a.dtype), a, b, comparisons.has(op) ? "bool" : a.dtype);
  },

  where(condition, left, right) {
    return withLongRows(device, [condition, ...viewsOf(device, left, right)], (views) => {
      const [mask, a, b] = views as [View, View, View];
      const out = allocate(device, a.dtype, sizeOf(a.shape));
      const bytes = bytesOf(a.dtype);
      const [chosen, yes, no] = [addressOf(mask), addressOf(a), addressOf(b)];
      forEachStack(a.shape, [mask, a, b, dense(a.shape)], "row-major", (planes, rows, n, [c, p, q, o]) => {
        device.kernels.where(
          ...[planes, rows, n, bytes],
          ...[chosen + c.start, c.plane, c.row, c.step],
          ...[yes + p.start * bytes, p.plane, p.row, p.step],
          ...[no + q.start * bytes, q.plane, q.row, q.step],
          out.pointer + o.start * bytes,
        );
      });
      return out;
    });
  },

  cast(x, dtype) {
    const toFloat = dtype === "float32";
    if ((x.dtype === "float32") === toFloat) return apply(device, codes.identity, x, dtype);
    if (toFloat) return apply(device, codes.integerToFloat, x, dtype);
    return apply(device, dtype === "bool" ? codes.floatToBoolean : codes.floatToInteger, x, dtype);
  },
});
