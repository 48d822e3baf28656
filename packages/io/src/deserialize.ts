import { ArgumentError, type Backend, BackendError, cpu, type Tensor, tensor } from "@dlcc/tensor";
import { readHeader } from "./header.ts";
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
  // Not by its class: another realm has another, and a Buffer is one, too.
  if (Object.prototype.toString.call(bytes) !== "[object Uint8Array]") {
    throw new ArgumentError(
      `deserialize: bytes must be a Uint8Array, got ${(bytes as object | undefined)?.constructor?.name ?? String(bytes)}: new Uint8Array(buffer) makes one`,
    );
  }
  const { tensors, metadata, dataStart } = readHeader(bytes);
  // All are decoded before the first is uploaded, so that a bad file leaves nothing behind on the device.
  const decoded = tensors.map(({ name, format, shape, begin, end }) => {
    if (!backend.dtypes.includes(format.dtype)) {
      throw new BackendError(
        `deserialize: the backend must support ${format.dtype}, the dtype of tensor "${name}", got ${backend.name}: read it on cpu, and cast("float32") it before await t.to(backend)`,
      );
    }
    const own = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end));
    return { name, shape, dtype: format.dtype, data: format.decode(own.buffer, name) };
  });
  const uploaded = decoded.map(
    ({ name, shape, dtype, data }) => [name, tensor(data, { shape, dtype, backend })] as const,
  );
  return { tensors: Object.fromEntries(uploaded), metadata };
}
