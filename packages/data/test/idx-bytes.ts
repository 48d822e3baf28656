/** IDX files that are written by hand, from the format's description. */
import { gzipSync } from "node:zlib";

/** A file: two zeros, the type's code, the number of dimensions, their lengths in 4 bytes each, the contents. */
export function idxBytes(shape: readonly number[], contents: ArrayLike<number>, code = 8): Uint8Array {
  const lengths = shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  return Uint8Array.from([0, 0, code, shape.length, ...lengths, ...Array.from(contents)]);
}

export const gzip = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes));

/** The error of a promise or a call. */
export async function errorOf(fn: () => unknown): Promise<Error> {
  try {
    await fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
