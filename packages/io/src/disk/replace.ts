/**
 * Writing is atomic: the bytes go to a new file in the same folder, which replaces the old one when all of them have reached
 * the disk. At every moment the path has a complete file, the old or the new.
 */
import { lstat, open, readlink, realpath, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { FileError } from "../error.ts";
import { sweep, temporaryIn } from "./temporary.ts";

/**
 * Writes a file. If that fails, an old file at the path is unchanged, and no other file is left. Where the path is a link,
 * the file that it leads to is written. A program that is killed meanwhile leaves a temporary file, which the next call for
 * a file in the folder removes.
 *
 * @param path The file, which is replaced if it exists. Its folder must exist.
 * @param content Text, bytes, or parts that follow one another.
 * @throws {FileError} if the file can't be written, or the path is something else than a file: a folder, a device, a pipe.
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { replaceFile } from "@dlcc/io/node";
 *
 * const path = join(tmpdir(), "dlcc-replace-file.txt");
 * await replaceFile(path, "an old text");
 * await replaceFile(path, "a new one");
 * console.log(await readFile(path, "utf8")); // → a new one
 * ```
 */
export async function replaceFile(path: string, content: string | Uint8Array | readonly Uint8Array[]): Promise<void> {
  const parts = typeof content === "string" ? [new TextEncoder().encode(content)] : content;
  await write(path, parts instanceof Uint8Array ? [parts] : parts);
}

/**
 * Checks that {@link save} will be able to write to a path, before hours of training. It makes a file in the folder and
 * removes it; a file at the path is not touched.
 *
 * @param bytes How many will be written: the disk must have room for them beside the old file. Default: 0.
 * @throws {FileError} if the folder does not exist or can't be written to, the disk has less room, or the path is something
 * else than a file: a folder, a device, a pipe.
 * @example
 * ```ts
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { checkWritable } from "@dlcc/io/node";
 *
 * await checkWritable(join(tmpdir(), "model.safetensors"), 1000);
 * const refused = await checkWritable("/no/such/folder/model.safetensors").catch((error: Error) => error.name);
 * console.log(refused); // → FileError
 * ```
 */
export async function checkWritable(path: string, bytes = 0): Promise<void> {
  await write(path, undefined, bytes);
}

/** The permission bits of a file's mode: the new file gets the old one's. */
const permissions = 0o777;

/** The most links that lead to one another: the limit of Linux. */
const mostLinks = 40;

/** Where a path leads. A link to nothing leads to where the file will be. */
async function targetOf(path: string): Promise<string> {
  let target = path;
  for (let i = 0; i < mostLinks; i++) {
    const found = await realpath(target).catch(() => undefined);
    if (found !== undefined) return found;
    const isLink = await lstat(target).then(
      (status) => status.isSymbolicLink(),
      () => false,
    );
    if (!isLink) return target;
    target = resolve(dirname(target), await readlink(target));
  }
  throw new Error("its links lead in a circle");
}

/** The mode of the file at a path, if there is one. What is there and isn't a file must not be replaced by one. */
async function modeAt(target: string): Promise<number | undefined> {
  const old = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (old?.isDirectory()) throw new Error("it is a folder");
  if (old && !old.isFile()) throw new Error("it is no file: a device, a pipe or a socket");
  return old && old.mode & permissions;
}

/** Refuses a disk that has no room. Some network disks don't say how large they are: they have 0 blocks. */
async function checkRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(folder);
  const room = bavail * bsize;
  if (blocks === 0 || room >= bytes) return;
  throw new Error(`the disk must have room for ${bytes} bytes, got ${room}: free some, or choose another folder`);
}

/** The system's message. In the commonest cases it would name a temporary file, or say little. */
function reason({ code, message }: NodeJS.ErrnoException, folder: string): string {
  if (code === "ENOENT") return `the folder ${folder} does not exist: make it first`;
  return code === "ENOSPC" || code === "EDQUOT" ? `the disk is full: free some of it, or choose another` : message;
}

/** Writes to a file beside `path` and, if there are parts, moves it to the path. */
async function write(path: string, parts: readonly Uint8Array[] | undefined, room = 0): Promise<void> {
  let temporary: string | undefined;
  let folder = dirname(path);
  try {
    const target = await targetOf(path);
    folder = dirname(target);
    const mode = await modeAt(target);
    await sweep(folder);
    const name = await temporaryIn(folder);
    const file = await open(name, "wx", mode);
    temporary = name;
    try {
      await checkRoom(folder, room);
      for (const part of parts ?? []) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!parts) return;
    await rename(name, target);
    temporary = undefined;
  } catch (cause) {
    throw new FileError(`${path} can't be written: ${reason(cause as NodeJS.ErrnoException, folder)}`, { cause });
  } finally {
    if (temporary !== undefined) await rm(temporary, { force: true });
  }
  await syncFolder(folder);
}

/** Makes the new name survive a power cut, where the system can (Windows can't open folders). */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
