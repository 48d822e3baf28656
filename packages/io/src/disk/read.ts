/** Reads files in parts: the system gives at most 2 GiB at a time, and Node's `readFile` stops there. */
import type { FileHandle } from "node:fs/promises";

/** The most bytes that are asked for at once: 64 MiB. */
const part = 2 ** 26;

/**
 * The bytes of a file from a place on, in an array of their own.
 *
 * @throws {Error} if the file has fewer.
 */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(bytes, at, Math.min(part, length - at), position + at);
    if (bytesRead === 0) throw new Error("it became shorter while it was read");
    at += bytesRead;
  }
  return bytes;
}

/** All bytes of a pipe, which says only at its end how many there are. */
export async function readToEnd(file: FileHandle): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.createReadStream({ autoClose: false })) chunks.push(chunk as Uint8Array);
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}
