import {
  ArgumentError,
  contiguousStrides,
  type DType,
  isContiguous,
  type Methods,
  sizeOf,
  type TypedArray,
  type View,
} from "@dlcc/tensor";
import * as codes from "./codes.ts";
import { addressOf, allocate, bytesOf, chunksFor, type Device, withBlock } from "./device.ts";
import type { Block } from "./heap.ts";
import { dense, forEachPlane, forEachStack, type Strides } from "./planes.ts";

/** Copies a view's elements to where another walk of the same shape leads. */
function put(device: Device, x: View, out: number, walk: Strides): void {
  const bytes = bytesOf(x.dtype);
  const start = addressOf(x);
  forEachStack(x.shape, [x, walk], "any", (planes, rows, n, [p, o]) => {
    device.kernels.copy(
      ...[bytes, planes, rows, n],
      ...[start + p.start * bytes, p.plane, p.row, p.step],
      ...[out + o.start * bytes, o.plane, o.row, o.step],
    );
  });
}

export function copy(device: Device, x: View): Block {
  const out = allocate(device, x.dtype, sizeOf(x.shape));
  put(device, x, out.pointer, dense(x.shape));
  return out;
}

/** Runs `fn` with views whose elements lie in order: of those whose don't, with copies. */
export function inOrder<T>(device: Device, views: readonly View[], fn: (ordered: readonly View[]) => T): T {
  const copies: Block[] = [];
  const ordered = views.map((view): View => {
    if (isContiguous(view.shape, view.strides)) return view;
    const storage = copy(device, view);
    copies.push(storage);
    return { ...view, storage, strides: contiguousStrides(view.shape), offset: 0 };
  });
  try {
    return fn(ordered);
  } finally {
    for (const block of copies) device.heap.free(block);
  }
}

/** The elements of a dense block, as an array of the host's own. */
function arrayAt({ heap }: Device, dtype: DType, pointer: number, n: number): TypedArray {
  if (dtype === "bool") return heap.bytes.slice(pointer, pointer + n);
  const words = dtype === "int32" ? heap.integers : heap.floats;
  return words.slice(pointer / 4, pointer / 4 + n);
}

/** The elements of a view that lie in order, where they are. */
export function borrow({ heap }: Device, x: View): TypedArray {
  const [pointer, size] = [addressOf(x), sizeOf(x.shape)];
  if (x.dtype === "bool") return heap.bytes.subarray(pointer, pointer + size);
  const words = x.dtype === "int32" ? heap.integers : heap.floats;
  return words.subarray(pointer / 4, pointer / 4 + size);
}

/** The elements of a view, in order, as an array of the host's own. */
export function read(device: Device, x: View): TypedArray {
  const size = sizeOf(x.shape);
  if (isContiguous(x.shape, x.strides)) return arrayAt(device, x.dtype, addressOf(x), size);
  return withBlock(device, size * bytesOf(x.dtype), ({ pointer }) => {
    put(device, x, pointer, dense(x.shape));
    return arrayAt(device, x.dtype, pointer, size);
  });
}

export function upload(device: Device, data: TypedArray, dtype: DType): Block {
  const out = allocate(device, dtype, data.length);
  const { heap } = device;
  if (dtype === "bool") heap.bytes.set(data, out.pointer);
  else (dtype === "int32" ? heap.integers : heap.floats).set(data, out.pointer / 4);
  return out;
}

/** Puts one value into `n` elements. */
function fill({ heap, kernels }: Device, dtype: DType, n: number, value: number, out: number): void {
  if (dtype === "bool") heap.bytes.fill(value === 0 ? 0 : 1, out, out + n);
  else kernels.fill(n, dtype === "float32" ? bitsOf(value) : value, out);
}

/** A float's bits, as a whole number. */
function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0] as number;
}

/** The indices as an array, counted from the beginning, checked against the axis that they point into. */
function placesOf(device: Device, op: string, indices: View, size: number): TypedArray {
  return read(device, indices).map((index) => {
    if (index >= -size && index < size) return index < 0 ? index + size : index;
    throw new ArgumentError(`${op}: indices must be from ${-size} to ${size - 1}, got ${index}`);
  });
}

/** A list without the `count` entries from `from` on. */
const without = (list: readonly number[], from: number, count: number): number[] => [
  ...list.slice(0, from),
  ...list.slice(from + count),
];

/** The offsets of all elements of a strided shape, in row-major order. */
function offsetsOf(shape: readonly number[], strides: readonly number[]): number[] {
  const offsets: number[] = [];
  forEachPlane(shape, [{ strides }], (rows, n, [{ start, row, step }]) => {
    for (let i = 0; i < rows; i++) for (let j = 0; j < n; j++) offsets.push(start + i * row + j * step);
  });
  return offsets;
}

/** A fresh block of zeros. */
export function zeros(device: Device, n: number): Block {
  const out = allocate(device, "float32", n);
  fill(device, "float32", n, 0, out.pointer);
  return out;
}

/** What moves numbers, on a device. */
export const movement = (device: Device): Pick<Methods, "copy" | "pad" | "concat" | "gather" | "scatterAdd"> => ({
  copy: (x) => copy(device, x),

  pad(x, padding, value) {
    const shape = x.shape.map((length, axis) => length + padding[axis]![0] + padding[axis]![1]);
    const strides = contiguousStrides(shape);
    const out = allocate(device, x.dtype, sizeOf(shape));
    fill(device, x.dtype, sizeOf(shape), value, out.pointer);
    const offset = strides.reduce((sum, stride, axis) => sum + stride * padding[axis]![0], 0);
    put(device, x, out.pointer + offset * bytesOf(x.dtype), { strides });
    return out;
  },

  concat(inputs, axis) {
    const first = inputs[0]!;
    const length = inputs.reduce((sum, x) => sum + x.shape[axis]!, 0);
    const shape = first.shape.map((n, i) => (i === axis ? length : n));
    const strides = contiguousStrides(shape);
    const out = allocate(device, first.dtype, sizeOf(shape));
    let to = out.pointer;
    for (const x of inputs) {
      put(device, x, to, { strides });
      to += x.shape[axis]! * strides[axis]! * bytesOf(x.dtype);
    }
    return out;
  },

  gather(x, indices, axis) {
    const list = placesOf(device, "gather", indices, x.shape[axis]!);
    // With the indices flattened, the result has the input's axes; `axis` is as long as there are indices.
    const shape = x.shape.map((length, i) => (i === axis ? list.length : length));
    const strides = contiguousStrides(shape);
    const out = allocate(device, x.dtype, sizeOf(shape));
    const bytes = bytesOf(x.dtype);
    const start = addressOf(x);
    // As minibatches are drawn: whole rows.
    if (axis === 0 && bytes === 4 && isContiguous(x.shape, x.strides) && isContiguous(indices.shape, indices.strides)) {
      const [size, rowBytes] = [sizeOf(shape), bytes * sizeOf(shape.slice(1))];
      device.run(codes.gatherRowsJob, chunksFor(device, size), [
        ...[list.length, addressOf(indices), x.shape[0]!],
        ...[start, rowBytes, out.pointer],
      ]);
      return out;
    }
    const operands = [{ strides: without(x.strides, axis, 1) }, { strides: without(strides, axis, 1) }] as const;
    forEachPlane(without(x.shape, axis, 1), operands, (rows, n, [p, o]) => {
      list.forEach((index, i) => {
        const from = start + (p.start + index * x.strides[axis]!) * bytes;
        const to = out.pointer + (o.start + i * strides[axis]!) * bytes;
        device.kernels.copy(bytes, 1, rows, n, from, 0, p.row, p.step, to, 0, o.row, o.step);
      });
    });
    return out;
  },

  scatterAdd(x, indices, axis, size) {
    const list = placesOf(device, "scatterAdd", indices, size);
    const rank = indices.shape.length;
    const shape = [...x.shape.slice(0, axis), size, ...x.shape.slice(axis + rank)];
    const strides = contiguousStrides(shape);
    const out = allocate(device, x.dtype, sizeOf(shape));
    fill(device, x.dtype, sizeOf(shape), 0, out.pointer);
    const float = x.dtype === "float32" ? 1 : 0;
    const start = addressOf(x);
    const slices = offsetsOf(indices.shape, x.strides.slice(axis, axis + rank));
    const operands = [{ strides: without(x.strides, axis, rank) }, { strides: without(strides, axis, 1) }] as const;
    forEachPlane(without(x.shape, axis, rank), operands, (rows, n, [p, o]) => {
      list.forEach((index, i) => {
        const from = start + (p.start + slices[i]!) * 4;
        const to = out.pointer + (o.start + index * strides[axis]!) * 4;
        device.kernels.add(float, rows, n, from, p.row, p.step, to, o.row, o.step);
      });
    });
    return out;
  },
});
