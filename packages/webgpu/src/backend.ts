import {
  type Backend,
  type DType,
  finalizer,
  isContiguous,
  kernelsOf,
  sizeOf,
  type TypedArray,
  type View,
} from "@dlcc/tensor";
import type { Device } from "./device.ts";
import type { Numbers } from "./numbers.ts";
import { convolutions } from "./ops/convolution.ts";
import { copy, elementwiseOps } from "./ops/elementwise.ts";
import { linear, products } from "./ops/matmul.ts";
import { movement } from "./ops/movement.ts";
import { order } from "./ops/order.ts";
import { reductions } from "./ops/reduce.ts";
import { training } from "./ops/training.ts";
import { pooling, windows } from "./ops/window.ts";
import { numbersOf } from "./scratch.ts";

/** A backend on a device. Its methods ask for kernels and return at once. */
export const backendOn = (device: Device): Backend => ({
  name: "webgpu",
  dtypes: ["float32", "int32", "bool"],
  finalizer,

  upload: (data, dtype) => upload(device, data, dtype),
  read: (view) => read(device, view),
  free: (storage) => device.free(storage as Numbers),
  flush: () => device.flush(),

  kernel: kernelsOf({
    ...elementwiseOps(device),
    ...reductions(device),
    ...order(device),
    ...products(device),
    ...movement(device),
    ...windows(device),
    fused: { linear: linear(device), ...convolutions(device), ...training(device), ...pooling(device) },
  }),
});

/** So many whole numbers are kept on the host, too: indices are checked and sorted there. */
const mostKept = 2 ** 20;

function upload(device: Device, data: TypedArray, dtype: DType): Numbers {
  if (dtype === "bool") return device.upload(Uint32Array.from(data));
  if (dtype === "float32") return device.upload(data instanceof Float32Array ? data : Float32Array.from(data));
  const whole = data instanceof Int32Array ? data : Int32Array.from(data);
  const numbers = device.upload(whole);
  if (whole.length <= mostKept) numbers.host = whole.slice();
  return numbers;
}

async function read(device: Device, view: View): Promise<TypedArray> {
  const size = sizeOf(view.shape);
  const isLine = isContiguous(view.shape, view.strides);
  const numbers = isLine ? numbersOf(view) : copy(device, view);
  const reading = device.read("read", numbers, isLine ? view.offset : 0, size);
  if (!isLine) device.free(numbers);
  return asDType(await reading, view.dtype);
}

/** The device's words as a dtype's array. */
function asDType(words: Uint32Array, dtype: DType): TypedArray {
  if (dtype === "bool") return Uint8Array.from(words);
  const Type = dtype === "int32" ? Int32Array : Float32Array;
  return new Type(words.buffer as ArrayBuffer, words.byteOffset, words.length);
}
