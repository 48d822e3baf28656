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
import { addressOf, allocate, bytesOf, chunksFor, type Device, jobs, viewsOf } from "./device.ts";
import type { Block } from "./heap.ts";
import { dense, forEachPlane } from "./planes.ts";

/** A function's number for floats and for whole numbers, as in assembly/unary.ts; booleans are computed as the latter. */
type Codes = readonly [float: number, integer: number];
const none = -1;

const identity = 0;
export const unaryCodes: { readonly [O in UnaryOp]: Codes } = {
  neg: [1, 2],
  exp: [3, none],
  log: [4, none],
  sqrt: [5, none],
  abs: [6, 7],
  sign: [8, 9],
  relu: [10, 11],
  sigmoid: [12, none],
  tanh: [13, none],
};
const [floatToInteger, integerToFloat, floatToBoolean] = [14, 15, 16];

/** As in assembly/binary.ts. */
const binaryCodes: { readonly [O in BinaryOp]: Codes } = {
  add: [0, 1],
  sub: [2, 3],
  mul: [4, 5],
  div: [6, none],
  pow: [7, 8],
  maximum: [9, 10],
  minimum: [11, 12],
  equal: [13, 14],
  less: [15, 16],
  greater: [17, 18],
};

/** Of what activations pass back: also of assembly/binary.ts, for floats. */
const gradientCodes: { readonly [A in FusedActivation]: number } = { relu: 19, sigmoid: 20, tanh: 21 };

const comparisons: ReadonlySet<BinaryOp> = new Set<BinaryOp>(["equal", "less", "greater"]);

const pick = ([float, integer]: Codes, dtype: DType): number => (dtype === "float32" ? float : integer);

/** Applies the function of a number, from elements of one dtype to those of another. */
function apply(device: Device, code: number, x: View, dtype: DType): Block {
  const size = sizeOf(x.shape);
  const out = allocate(device, dtype, size);
  const [from, to] = [bytesOf(x.dtype), bytesOf(dtype)];
  const start = addressOf(x);
  if (from === 4 && to === 4 && isContiguous(x.shape, x.strides)) {
    device.run(jobs.unary, chunksFor(device, size), [size, code, start, out.pointer]);
  } else {
    forEachPlane(x.shape, [x, dense(x.shape)], (rows, n, [p, o]) => {
      device.kernels.unary(code, rows, n, start + p.start * from, p.row, p.step, from, out.pointer + o.start * to, to);
    });
  }
  return out;
}

/** What an activation passes back. */
export const activationGradient = (device: Device, name: FusedActivation, gradient: View, output: View): Block =>
  applyTo(device, gradientCodes[name], gradient, output, "float32");

/** Applies the function of a number to two views of one dtype. */
function applyTo(device: Device, code: number, a: View, b: View, dtype: DType): Block {
  const size = sizeOf(a.shape);
  const out = allocate(device, dtype, size);
  const [from, to] = [bytesOf(a.dtype), bytesOf(dtype)];
  const [left, right] = [addressOf(a), addressOf(b)];
  if (from === 4 && to === 4 && isContiguous(a.shape, a.strides) && isContiguous(b.shape, b.strides)) {
    device.run(jobs.binary, chunksFor(device, size), [size, code, left, right, out.pointer]);
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
  unary: (op, x) => apply(device, pick(unaryCodes[op], x.dtype), x, x.dtype),

  binary(op, left, right) {
    const [a, b] = viewsOf(device, left, right);
    return applyTo(device, pick(binaryCodes[op], a.dtype), a, b, comparisons.has(op) ? "bool" : a.dtype);
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
    if ((x.dtype === "float32") === toFloat) return apply(device, identity, x, dtype);
    if (toFloat) return apply(device, integerToFloat, x, dtype);
    return apply(device, dtype === "bool" ? floatToBoolean : floatToInteger, x, dtype);
  },
});
