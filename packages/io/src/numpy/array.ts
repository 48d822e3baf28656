/** One array: `.npy`. */
import { ArgumentError, type Backend, BackendError, cpu, permute, Tensor, tensor, tidy } from "@dlcc/tensor";
import { assertBytes, type DeserializeOptions } from "../deserialize.ts";
import { failure, headerOf, type NpyHeader, readHeader } from "./header.ts";

/**
 * The array in a `.npy` file, which NumPy's `save` writes. The file is checked to the last byte.
 *
 * `float16` becomes `float32`, and whole numbers of any width `int32`; numbers that do not fit into `int32` are an error. An
 * array in Fortran's order becomes a view with its own strides; big-endian numbers are turned around.
 *
 * @param bytes The whole file; they are copied.
 * @throws {NpyError} if the header is not one of NumPy's, the file is shorter or longer than it says, or the array is not of
 * plain numbers. Pickled objects are refused: they can run code.
 * @throws {ArgumentError} if `bytes` is not a `Uint8Array`.
 * @throws {BackendError} if the backend does not support the dtype.
 * @example
 * ```ts
 * import { readNpy, writeNpy } from "@dlcc/io/npy";
 * import { tensor } from "@dlcc/tensor";
 *
 * const bytes = await writeNpy(tensor([[1, 2, 3]]));
 * console.log(readNpy(bytes).shape); // → [ 1, 3 ]
 * ```
 */
export function readNpy(bytes: Uint8Array, { backend = cpu }: DeserializeOptions = {}): Tensor {
  assertBytes("readNpy", bytes);
  const header = readHeader(bytes, "readNpy");
  const { headerBytes, dataBytes } = header;
  if (bytes.length !== headerBytes + dataBytes) {
    return failure("readNpy")(
      `the file must have ${dataBytes} bytes behind its header, for shape (${header.shape.join(", ")}), got ${bytes.length - headerBytes}`,
    );
  }
  return arrayOf(bytes.subarray(headerBytes), header, backend, "readNpy");
}

/** A tensor of the numbers behind a header. */
export function arrayOf(data: Uint8Array, header: NpyHeader, backend: Backend, where: string): Tensor {
  const { format, shape, fortranOrder, bigEndian } = header;
  if (!backend.dtypes.includes(format.dtype)) {
    throw new BackendError(
      `${where}: the backend must support ${format.dtype}, got ${backend.name}: read it on cpu, and cast("float32") it before await t.to(backend)`,
    );
  }
  const own = new Uint8Array(data);
  if (bigEndian) turnAround(own, format.size);
  const numbers = format.decode(own.buffer, (must, value, index) =>
    failure(where)(`${must}, got ${value} at index ${index}`),
  );
  const { dtype } = format;
  if (!fortranOrder || shape.length < 2) return tensor(numbers, { shape, dtype, backend });
  const axes = shape.map((_, axis) => shape.length - 1 - axis);
  return tidy(() => permute(tensor(numbers, { shape: shape.toReversed(), dtype, backend }), axes));
}

/** Turns the bytes of each number around. */
function turnAround(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/**
 * A tensor as a `.npy` file, the very bytes that NumPy's `save` writes for it: `float32`, `float64`, `int32` or `bool`, in C's
 * order.
 *
 * @param x On any backend.
 * @returns The whole file.
 * @throws {ArgumentError} if `x` is not a tensor.
 * @example
 * ```ts
 * import { writeNpy } from "@dlcc/io/npy";
 * import { tensor } from "@dlcc/tensor";
 *
 * const bytes = await writeNpy(tensor([1, 2]));
 * console.log(new TextDecoder().decode(bytes.subarray(10, 67))); // → {'descr': '<f4', 'fortran_order': False, 'shape': (2,), }
 * ```
 */
export async function writeNpy(x: Tensor): Promise<Uint8Array<ArrayBuffer>> {
  assertArray("writeNpy", "x", x);
  const { buffer, byteOffset, byteLength } = await x.data();
  const head = headerOf(x.dtype, x.shape);
  const bytes = new Uint8Array(head.length + byteLength);
  bytes.set(head);
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), head.length);
  return bytes;
}

/** Checks that a value is a tensor. */
export function assertArray(op: string, name: string, value: unknown): void {
  if (value instanceof Tensor) return;
  throw new ArgumentError(
    `${op}: ${name} must be a tensor of this copy of @dlcc/tensor, got ${(value as object | undefined)?.constructor?.name ?? String(value)}`,
  );
}
