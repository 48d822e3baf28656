import {
  type Backend,
  BackendError,
  composites,
  type DType,
  finalizer,
  kernelsOf,
  sizeOf,
  type TypedArray,
  type View,
} from "@dlcc/tensor";
import type { Device, Numbers } from "./device.ts";
import * as kernels from "./kernels/movement.ts";
import { elementwise } from "./ops/elementwise.ts";
import { fusedOps } from "./ops/fused.ts";
import { products } from "./ops/matmul.ts";
import { movement } from "./ops/movement.ts";
import { order } from "./ops/order.ts";
import { reductions } from "./ops/reduce.ts";
import { windows } from "./ops/window.ts";
import { copy, withScratch } from "./scratch.ts";
import { checkedWhole, limit } from "./whole.ts";

/** A backend on a device. Its methods queue kernels and return at once. */
export const backendOn = (device: Device): Backend => ({
  name: "gpu",
  dtypes: ["float32", "int32", "bool"],
  finalizer,

  upload: (data, dtype) => device.upload(kernels.upload, dtype === "int32" ? checkedWhole("upload", data) : data),
  read: (view) => read(device, view),
  free: (storage) => device.free(storage as Numbers),
  flush: () => flush(device),

  kernel: kernelsOf({
    ...elementwise(device),
    ...reductions(device),
    ...order(device),
    ...products(device),
    ...movement(device),
    ...windows(device),
    fused: fusedOps(device),
  }),
  composites,
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
      `read: an element of this ${dtype} tensor is NaN. Either a whole number was too large: ${limit}. Or an index was outside its axis, or NaN was cast`,
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
