/**
 * Writes safetensors, the common format for weights:
 *
 *     8 bytes     n, the length of the header, little-endian
 *     n bytes     the header, JSON: {"__metadata__":{…},"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},…}
 *     the rest    the tensors' numbers, little-endian, row-major, at those offsets, with nothing between them
 *
 * The header is padded with spaces to a multiple of 8 bytes, and wider numbers come first. So every tensor begins at a
 * multiple of its number's width, and a reader can use the file's bytes in place. Source: the README of
 * huggingface/safetensors, "Format"; the order is that of its own writer.
 */
import { ArgumentError, Tensor } from "@dlcc/tensor";
import { SafetensorsError } from "./error.ts";
import { formatOf, formats } from "./formats.ts";

/** Notes in a file, such as a model's architecture: strings by name. */
export type Metadata = Readonly<Record<string, string>>;

/** The key of the notes in the header. */
export const metadataKey = "__metadata__";

/** The bytes of the number that is the header's length. The header is padded to a multiple of it. */
export const prefixBytes = 8;

interface Entry {
  readonly name: string;
  readonly tensor: Tensor;
  readonly dtype: string;
  readonly width: number;
}

/**
 * Tensors as a safetensors file.
 *
 * @param tensors By name; on any backends. `float32`, `float64`, `int32` and `bool` are written as F32, F64, I32, BOOL.
 * @param metadata Text to go with them.
 * @returns The whole file. The same tensors and metadata give the same bytes.
 * @throws {ArgumentError} if a value is not a tensor.
 * @throws {SafetensorsError} if a name is the reserved `__metadata__`, or a note is not a string.
 * @example
 * ```ts
 * import { serialize } from "@dlcc/io";
 * import { tensor } from "@dlcc/tensor";
 *
 * const bytes = await serialize({ w: tensor([1, 2]) });
 * const header = new TextDecoder().decode(bytes.subarray(8, -8)); // before it its length, after it two numbers
 * console.log(header.trim()); // → {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}
 * ```
 */
export async function serialize(
  tensors: Readonly<Record<string, Tensor>>,
  metadata?: Metadata,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts = await partsOf(tensors, metadata);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The file in parts: the header, and each tensor's numbers, which are not copied where the backend doesn't. */
export async function partsOf(
  tensors: Readonly<Record<string, Tensor>>,
  metadata?: Metadata,
): Promise<readonly Uint8Array[]> {
  const entries = entriesOf(tensors);
  const contents = await Promise.all(entries.map(({ tensor }) => tensor.data()));
  const fields = metadata === undefined ? [] : [`"${metadataKey}":${notes(metadata)}`];
  let end = 0;
  entries.forEach(({ name, tensor: { shape }, dtype }, i) => {
    const begin = end;
    end += contents[i]?.byteLength ?? 0;
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
  });
  const json = new TextEncoder().encode(`{${fields.join(",")}}`);
  const headerLength = Math.ceil(json.length / prefixBytes) * prefixBytes;

  const head = new Uint8Array(prefixBytes + headerLength).fill(" ".charCodeAt(0));
  new DataView(head.buffer).setBigUint64(0, BigInt(headerLength), true);
  head.set(json, prefixBytes);
  return [
    head,
    ...contents.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
  ];
}

/** The tensors in the order of the file: wider numbers first, then by name. The caller's order doesn't matter. */
function entriesOf(tensors: Readonly<Record<string, Tensor>>): Entry[] {
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    if (name === metadataKey) {
      throw new SafetensorsError(
        `serialize: the name of a tensor must differ from ${metadataKey}: the format reserves it for metadata`,
      );
    }
    if (!(tensor instanceof Tensor)) {
      throw new ArgumentError(
        `serialize: "${name}" must be a tensor of this copy of @dlcc/tensor, got ${(tensor as object | undefined)?.constructor?.name ?? String(tensor)}: for a Parameter, pass its value; npm ls @dlcc/tensor shows whether there are two copies`,
      );
    }
    const dtype = formatOf[tensor.dtype];
    return { name, tensor, dtype, width: formats.get(dtype)?.size ?? 0 };
  });
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return entries.sort((a, b) => b.width - a.width || compare(a.dtype, b.dtype) || compare(a.name, b.name));
}

function notes(metadata: Metadata): string {
  for (const [key, value] of Object.entries<unknown>(metadata)) {
    if (typeof value !== "string") {
      throw new SafetensorsError(
        `serialize: metadata "${key}" must be a string, got ${value === null ? "null" : typeof value}: JSON.stringify it`,
      );
    }
  }
  return JSON.stringify(metadata);
}
