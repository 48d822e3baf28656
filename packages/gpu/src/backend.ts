import {
  type Backend,
  BackendError,
  type DType,
  finalizer,
  kernelsOf,
  sizeOf,
  type TypedArray,
  type View,
} from "@dlcc/tensor";
import type { Device, Numbers } from "./device.ts";
import * as kernels from "./kernels/movement.ts";
import { binary, cast, unary, where } from "./ops/elementwise.ts";
import { fusedOps } from "./ops/fused.ts";
import { matmul } from "./ops/matmul.ts";
import { concat, copy, gather, pad, scatterAdd } from "./ops/movement.ts";
import { argmax, reduce } from "./ops/reduce.ts";
import { fold, unfold } from "./ops/window.ts";
import { withScratch } from "./scratch.ts";
import { checkedWhole, limit, wholeNumber } from "./whole.ts";

/** A backend on a device. Its methods ask for kernels, and return at once. */
export const backendOn = (device: Device): Backend => ({
  name: "gpu",
  dtypes: ["float32", "int32", "bool"],
  finalizer,

  upload: (data, dtype) => device.upload(kernels.upload, dtype === "int32" ? checkedWhole("upload", data) : data),
  read: (view) => read(device, view),
  free: (storage) => device.free(storage as Numbers),
  flush: () => flush(device),

  kernel: kernelsOf({
    unary: (op, x) => unary(device, op, x),
    binary: (op, a, b) => binary(device, op, a, b),
    where: (condition, a, b) => where(device, condition, a, b),
    cast: (x, dtype) => cast(device, x, dtype),
    reduce: (op, x, axes) => reduce(device, op, x, axes),
    argmax: (x, axis) => argmax(device, x, axis),
    matmul: (a, b) => matmul(device, a, b),
    copy: (x) => copy(device, x),
    pad: (x, padding, value) => pad(device, x, padding, x.dtype === "float32" ? value : wholeNumber("pad", value)),
    concat: (inputs, axis) => concat(device, inputs, axis),
    gather: (x, indices, axis) => gather(device, x, indices, axis),
    scatterAdd: (x, indices, axis, size) => scatterAdd(device, x, indices, axis, size),
    unfold: (x, window) => unfold(device, x, window),
    fold: (x, window, size) => fold(device, x, window, size),
    fused: fusedOps(device),
  }),
});

function read(device: Device, view: View): Promise<TypedArray> {
  return withScratch(device, async (scratch) => {
    const numbers = view.storage as Numbers;
    const whole = numbers.size === sizeOf(view.shape) ? scratch.inOrder(view) : scratch.keep(copy(device, view));
    return fromFloats(await device.read("read", whole), view.dtype);
  });
}

/** The device's numbers as a dtype's array. */
function fromFloats(floats: Float32Array, dtype: DType): TypedArray {
  if (dtype === "float32") return floats;
  if (floats.some(Number.isNaN)) {
    throw new BackendError(
      `read: an element of this ${dtype} tensor is no number. Either it came of a whole number that was too large: ${limit}. Or an index was outside its axis, or NaN was cast`,
    );
  }
  return dtype === "bool" ? Uint8Array.from(floats) : Int32Array.from(floats);
}

/** The device does one thing after another: what was asked for before has happened when this can be read. */
async function flush(device: Device): Promise<void> {
  const last = device.launch(kernels.fill, 1, [], [0]);
  const done = device.read("flush", last);
  device.free(last);
  await done.catch(() => {}); // What failed surfaces where it is read.
}
