import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { DataFile } from "./mnist-files.ts";

/** Whether a file begins with the bytes of gzip. Source: RFC 1952. */
export async function beginsAsGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** The bytes of a file, unpacked if it is packed. Whoever stops early unpacks no more. */
async function bytesOf(path: string): Promise<AsyncIterable<Buffer>> {
  const file = createReadStream(path);
  // An error of the file ends the stream that is read, and so reaches the reader.
  return (await beginsAsGzip(path)) ? pipeline(file, createGunzip(), () => {}) : file;
}

/** The problem with a file's unpacked content; undefined if the content is right. */
export async function contentFault(path: string, { bytes, sha256 }: DataFile): Promise<string | undefined> {
  const hash = createHash("sha256");
  let length = 0;
  try {
    for await (const chunk of await bytesOf(path)) {
      length += chunk.length;
      // Unpacking stops after one byte too many, because a small file can unpack to a very large one.
      if (length > bytes) return `it has more than ${bytes} bytes`;
      hash.update(chunk);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith("Z_")) return `it can't be unpacked: ${message}`;
    throw error;
  }
  if (length !== bytes) return `it has ${length} of ${bytes} bytes`;
  const found = hash.digest("hex");
  return found === sha256 ? undefined : `its SHA-256 is ${found.slice(0, 8)}…, not ${sha256.slice(0, 8)}…`;
}
