import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
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

/** The problem with a file's unpacked content; undefined if the content is right. */
export async function contentFault(path: string, { bytes, sha256 }: DataFile): Promise<string | undefined> {
  const hash = createHash("sha256");
  let length = 0;
  const digest = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      length += chunk.length;
      // Unpacking stops after one byte too many, because a small file can unpack to a very large one.
      if (length > bytes) break;
      hash.update(chunk);
    }
  };
  try {
    if (await beginsAsGzip(path)) await pipeline(createReadStream(path), createGunzip(), digest);
    else await pipeline(createReadStream(path), digest);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith("Z_")) return `it can't be unpacked: ${message}`;
    if (code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
  if (length !== bytes) return `it has ${length > bytes ? "more than" : `${length} of`} ${bytes} bytes`;
  const found = hash.digest("hex");
  return found === sha256 ? undefined : `its SHA-256 is ${found.slice(0, 8)}…, not ${sha256.slice(0, 8)}…`;
}
