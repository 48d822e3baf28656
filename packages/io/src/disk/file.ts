/** Safetensors files on disk. */
import { type FileHandle, open } from "node:fs/promises";
import type { Tensor } from "@dlcc/tensor";
import {
  assertDTypes,
  type Deserialized,
  type DeserializeOptions,
  deserialize,
  refuseIn,
  uploaded,
} from "../deserialize.ts";
import { FileError, SafetensorsError } from "../error.ts";
import { headerLength, readHeader } from "../header.ts";
import { type Metadata, partsOf, prefixBytes } from "../serialize.ts";
import { readAt, readToEnd } from "./read.ts";
import { replaceFile } from "./replace.ts";

/**
 * Writes tensors to a safetensors file. If that fails, an old file at the path is unchanged, and no other file is left.
 *
 * @param path The file, which is replaced if it exists. Its folder must exist.
 * @param tensors As for {@link serialize}.
 * @param metadata Text to go with them.
 * @throws {FileError} if the file can't be written, or the path is something else than a file: a folder, a device, a pipe.
 * @throws {SafetensorsError} as {@link serialize} does.
 * @example
 * ```ts
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { load, save } from "@dlcc/io/node";
 * import { tensor } from "@dlcc/tensor";
 *
 * const path = join(tmpdir(), "dlcc-save.safetensors");
 * await save(path, { w: tensor([1, 2]) }, { epoch: "3" });
 * console.log((await load(path)).metadata); // → { epoch: '3' }
 * ```
 */
export async function save(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata?: Metadata,
): Promise<void> {
  await replaceFile(path, await partsOf(tensors, metadata));
}

/**
 * Reads a safetensors file of any size. Beside the tensors it takes memory for one of them and the header.
 *
 * @param options As for {@link deserialize}.
 * @throws {FileError} if the file can't be read.
 * @throws {SafetensorsError} with the path in front, as {@link deserialize} does.
 * @example
 * ```ts
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { load, save } from "@dlcc/io/node";
 * import { eye } from "@dlcc/tensor";
 *
 * const path = join(tmpdir(), "dlcc-load.safetensors");
 * await save(path, { identity: eye(2) });
 * const { tensors } = await load(path);
 * console.log(await tensors.identity?.array()); // → [ [ 1, 0 ], [ 0, 1 ] ]
 * ```
 */
export async function load(path: string, options: DeserializeOptions = {}): Promise<Deserialized> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const status = await file.stat();
    if (status.isFile()) return await readFrom(file, status.size, options);
    if (status.isFIFO()) return deserialize(await readToEnd(file), options);
    throw new Error(status.isDirectory() ? "EISDIR: illegal operation on a directory, read" : "it is a device");
  } catch (cause) {
    if (cause instanceof SafetensorsError) throw new SafetensorsError(`${path}: ${cause.message}`, { cause });
    if (!isSystems(cause)) throw cause;
    throw new FileError(`${path} can't be read: ${cause.message}`, { cause });
  } finally {
    await file?.close();
  }
}

/** Whether an error is the system's, or that of `load` itself; those of backends have classes of their own. */
const isSystems = (error: unknown): error is Error => Object.getPrototypeOf(error) === Error.prototype;

/** Reads one tensor after the other: the whole file never lies in memory beside them. */
async function readFrom(file: FileHandle, size: number, { backend }: DeserializeOptions): Promise<Deserialized> {
  const prefix = await readAt(file, 0, Math.min(size, prefixBytes));
  const head = await readAt(file, 0, prefixBytes + headerLength(prefix, size));
  const header = readHeader(head, size);
  assertDTypes(header, backend);
  const decoded = [];
  for (const info of header.tensors) {
    const { name, format, begin, end } = info;
    const { buffer } = await readAt(file, header.dataStart + begin, end - begin);
    decoded.push({ info, data: format.decode(buffer, refuseIn(name)) });
  }
  return { tensors: uploaded(decoded, backend), metadata: header.metadata };
}
