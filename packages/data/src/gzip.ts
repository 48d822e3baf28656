import { DlccError } from "@dlcc/tensor";

/** Gzip data that can't be unpacked: truncated or damaged. */
export class GzipError extends DlccError {
  override readonly name = "GzipError";
}

/**
 * Whether bytes start as gzip's do, with 1f 8b. Source: RFC 1952.
 *
 * @example
 * ```ts
 * import { isGzip } from "@dlcc/data";
 * console.log(isGzip(Uint8Array.of(0x1f, 0x8b, 8)), isGzip(Uint8Array.of(0, 0, 8, 1))); // → true false
 * ```
 */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Unpacks gzip with the web's `DecompressionStream`, which Node has, too.
 *
 * @throws {GzipError} if the data is truncated or damaged: gzip has a checksum.
 * @example
 * ```ts
 * import { gunzip } from "@dlcc/data";
 *
 * const packed = new Blob([Uint8Array.of(1, 2, 3)]).stream().pipeThrough(new CompressionStream("gzip"));
 * const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
 * console.log(await gunzip(bytes)); // → Uint8Array(3) [ 1, 2, 3 ]
 * ```
 */
export async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  const unpacked = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream("gzip"));
  try {
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
  } catch (cause) {
    throw new GzipError(
      `gzip: the data must be complete, got ${bytes.length} bytes that can't be unpacked (${(cause as Error).message}): download the file again`,
      { cause },
    );
  }
}
