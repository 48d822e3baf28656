/**
 * Safetensors files on disk. Writing is atomic: the bytes go to a new file in the same folder, which replaces the old one
 * when all of them have reached the disk. At every moment the path has a complete file, the old or the new.
 */
import { randomUUID } from "node:crypto";
import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DlccError, type Tensor } from "@dlcc/tensor";
import { type Deserialized, type DeserializeOptions, deserialize } from "./deserialize.ts";
import { SafetensorsError } from "./error.ts";
import { type Metadata, serialize } from "./serialize.ts";

/** A file that can't be read or written; the message names it, and `cause` is the system's error. */
export class FileError extends DlccError {
  override readonly name = "FileError";
}

/**
 * Writes tensors to a safetensors file. If that fails, an old file at the path is unchanged, and no other file is left.
 *
 * @param path The file, which is replaced if it exists. Its folder must exist.
 * @param tensors As for {@link serialize}.
 * @param metadata Text to go with them.
 * @throws {FileError} if the file can't be written.
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
  await write(path, await serialize(tensors, metadata));
}

/**
 * Reads a safetensors file.
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
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new FileError(`${path} can't be read: ${cause.message}`, { cause });
  });
  try {
    return deserialize(bytes, options);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new SafetensorsError(`${path}: ${error.message}`, { cause: error });
  }
}

/**
 * Checks that {@link save} will be able to write to a path, before hours of training. It makes a file in the folder and
 * removes it; a file at the path is not touched.
 *
 * @throws {FileError} if the folder does not exist or can't be written to, or the path is a folder.
 * @example
 * ```ts
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { checkWritable } from "@dlcc/io/node";
 *
 * await checkWritable(join(tmpdir(), "model.safetensors"));
 * const refused = await checkWritable("/no/such/folder/model.safetensors").catch((error: Error) => error.name);
 * console.log(refused); // → FileError
 * ```
 */
export async function checkWritable(path: string): Promise<void> {
  await write(path);
}

/** The permission bits of a file's mode: the new file gets the old one's. */
const permissions = 0o777;

/** The system's message. In the commonest case that would name a temporary file, so it is replaced. */
const reason = ({ code, message }: NodeJS.ErrnoException, path: string): string =>
  code === "ENOENT" ? `the folder ${dirname(path)} does not exist: make it first` : message;

/** Writes to a file beside `path` and, if there are bytes, moves it to the path. */
export async function write(path: string, bytes?: Uint8Array): Promise<void> {
  let temporary: string | undefined;
  try {
    // If the path is a link, its target is replaced, not the link.
    const target = await realpath(path).catch(() => path);
    const old = await stat(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (old?.isDirectory()) throw new Error("it is a folder");
    const name = join(dirname(target), `.${randomUUID()}.tmp`);
    const file = await open(name, "wx", old && old.mode & permissions);
    temporary = name;
    try {
      if (bytes) await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!bytes) return;
    await rename(name, target);
    temporary = undefined;
  } catch (cause) {
    throw new FileError(`${path} can't be written: ${reason(cause as NodeJS.ErrnoException, path)}`, { cause });
  } finally {
    if (temporary !== undefined) await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Makes the new name survive a power cut, where the system can (Windows can't open folders). */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
