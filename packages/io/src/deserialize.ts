import {
  ArgumentError,
  type Backend,
  BackendError,
  cpu,
  quoted,
  type Tensor,
  type TypedArray,
  tensor,
} from "@dlcc/tensor";
import { SafetensorsError } from "./error.ts";
import type { Refuse } from "./formats.ts";
import { type Header, readHeader, type TensorInfo } from "./header.ts";
import type { Metadata } from "./serialize.ts";

/** The contents of a safetensors file. */
export interface Deserialized {
  /** By name, in the order of the header. */
  readonly tensors: Record<string, Tensor>;
  /** `{}` if the file has none. */
  readonly metadata: Metadata;
}

/** How to read tensors. */
export interface DeserializeOptions {
  /** Where the tensors live. Default: `cpu`. */
  readonly backend?: Backend;
}

/**
 * The tensors in a safetensors file, which is checked to the last byte.
 *
 * F16 and BF16 become `float32`, and whole numbers of any width `int32`; numbers that do not fit into `int32` are an error.
 *
 * @param bytes The whole file; they are copied.
 * @throws {SafetensorsError} if the header is longer than the file, not valid JSON, or names something twice; if a tensor
 * has an unknown dtype, or offsets that do not fit its shape; if tensors overlap, reach beyond the file or leave bytes out.
 * @throws {ArgumentError} if `bytes` is not a `Uint8Array`, but an `ArrayBuffer` or a view of other numbers, say.
 * @throws {BackendError} if the backend does not support a tensor's dtype.
 * @example
 * ```ts
 * import { deserialize, serialize } from "@dlcc/io";
 * import { tensor } from "@dlcc/tensor";
 *
 * const bytes = await serialize({ w: tensor([[1, 2]]) }, { note: "trained on a Monday" });
 * const { tensors, metadata } = deserialize(bytes);
 * console.log(await tensors.w?.array()); // → [ [ 1, 2 ] ]
 * console.log(metadata); // → { note: 'trained on a Monday' }
 * ```
 */
export function deserialize(bytes: Uint8Array, { backend = cpu }: DeserializeOptions = {}): Deserialized {
  assertBytes("deserialize", bytes);
  const header = readHeader(bytes, bytes.length);
  assertDTypes(header, backend);
  const decoded = header.tensors.map((info) => {
    const { name, format, begin, end } = info;
    const own = new Uint8Array(bytes.subarray(header.dataStart + begin, header.dataStart + end));
    return { info, data: format.decode(own.buffer, refuseIn(name)) };
  });
  return { tensors: uploaded(decoded, backend), metadata: header.metadata };
}

/** Checks that an argument is the bytes of a file. */
export function assertBytes(op: string, bytes: unknown): void {
  // Not by its class: another realm has another, and a Buffer is one, too.
  if (Object.prototype.toString.call(bytes) === "[object Uint8Array]") return;
  throw new ArgumentError(
    `${op}: bytes must be a Uint8Array, got ${(bytes as object | undefined)?.constructor?.name ?? String(bytes)}: new Uint8Array(buffer) makes one`,
  );
}

/** Refuses dtypes that the backend lacks. */
export function assertDTypes({ tensors }: Header, backend: Backend = cpu): void {
  const bad = tensors.find(({ format }) => !backend.dtypes.includes(format.dtype));
  if (!bad) return;
  throw new BackendError(
    `deserialize: the backend must support ${bad.format.dtype}, the dtype of tensor ${quoted(bad.name)}, got ${backend.name}: read it on cpu, and cast("float32") it before await t.to(backend)`,
  );
}

/** Refuses a number of a tensor. */
export const refuseIn =
  (name: string): Refuse =>
  (must, value, index) => {
    throw new SafetensorsError(`safetensors: ${must}, got ${value} at index ${index} of tensor ${quoted(name)}`);
  };

/** A tensor's description, and its numbers. */
export interface Decoded {
  readonly info: TensorInfo;
  readonly data: TypedArray;
}

/** Uploads numbers. All are decoded before, so that a bad file leaves nothing behind on the device. */
export const uploaded = (decoded: readonly Decoded[], backend: Backend = cpu): Record<string, Tensor> =>
  Object.fromEntries(
    decoded.map(({ info: { name, shape, format }, data }) => [
      name,
      tensor(data, { shape, dtype: format.dtype, backend }),
    ]),
  );
