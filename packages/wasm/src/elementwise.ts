import {
  type BinaryOp,
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
import { dense, forEachPlane } from "./planes.ts";

const comparisons: ReadonlySet<BinaryOp> = new Set<BinaryOp>(["equal", "less", "greater"]);

/** The number of an op's function of a dtype's elements. */
const functionOf = (op: UnaryOp | BinaryOp, dtype: DType): number =>
  dtype === "float32" ? codeOf[op] : codeOf[op] + codes.integer;

/** Applies the function of a number, from elements of one dtype to those of another. */
function apply(device: Device, code: number, x: View, dtype: DType): Block {
  const size = sizeOf(x.shape);
  const out = allocate(device, dtype, size);
  const [from, to] = [bytesOf(x.dtype), bytesOf(dtype)];
  const start = addressOf(x);
  if (from === 4 && to === 4 && isContiguous(x.shape, x.strides)) {
    device.run(codes.unaryJob, chunksFor(device, size), [size, code, start, out.pointer]);
  } else {
    forEachPlane(x.shape, [x, dense(x.shape)], (rows, n, [p, o]) => {
      device.kernels.unary(code, rows, n, start + p.start * from, p.row, p.step, from, out.pointer + o.start * to, to);
    });
  }
  return out;
}

/** What an activation passes back. */
export const activationGradient = (device: Device, name: FusedActivation, gradient: View, output: View): Block =>
  applyTo(device, codeOf[name], gradient, output, "float32");

/** Applies the function of a number to two views of one dtype. */
function applyTo(device: Device, code: number, a: View, b: View, dtype: DType): Block {
  const size = sizeOf(a.shape);
  const out = allocate(device, dtype, size);
  const [from, to] = [bytesOf(a.dtype), bytesOf(dtype)];
  const [left, right] = [addressOf(a), addressOf(b)];
  if (from === 4 && to === 4 && isContiguous(a.shape, a.strides) && isContiguous(b.shape, b.strides)) {
    device.run(codes.binaryJob, chunksFor(device, size), [size, code, left, right, out.pointer]);
  } else {
    forEachPlane(a.shape, [a, b, dense(a.shape)], (rows, n, [p, q, o]) => {
      device.kernels.binary(
        ...[code, rows, n, from],
        ...[left + p.start * from, p.row, p.step],
        ...[right + q.start * from, q.row, q.step],
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
    const [a, b] = viewsOf(device, left, right);
    const out = allocate(device, a.dtype, sizeOf(a.shape));
    const bytes = bytesOf(a.dtype);
    const [mask, yes, no] = [addressOf(condition), addressOf(a), addressOf(b)];
    forEachPlane(a.shape, [condition, a, b, dense(a.shape)], (rows, n, [c, p, q, o]) => {
      device.kernels.where(
        ...[rows, n, bytes],
        ...[mask + c.start, c.row, c.step],
        ...[yes + p.start * bytes, p.row, p.step],
        ...[no + q.start * bytes, q.row, q.step],
        out.pointer + o.start * bytes,
      );
    });
    return out;
  },

  cast(x, dtype) {
    const toFloat = dtype === "float32";
    if ((x.dtype === "float32") === toFloat) return apply(device, codes.identity, x, dtype);
    if (toFloat) return apply(device, codes.integerToFloat, x, dtype);
    return apply(device, dtype === "bool" ? codes.floatToBoolean : codes.floatToInteger, x, dtype);
  },
});
