import { ArgumentError, DlccError } from "@dlcc/tensor";
import { chunksOf, streamOf } from "./chunks.ts";

/** Gzip data that can't be unpacked: truncated, damaged, or larger than it may be. */
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

/** The most bytes that one packed byte can become. Source: the zlib manual, "Maximum compression factor". */
export const mostFromOne: number = 1032;

/** How to unpack. */
export interface GunzipOptions {
  /** The most bytes that may come out: a small file from a stranger can unpack to a very large one. Default: no limit. */
  readonly limit?: number;
}

/**
 * Unpacks gzip with the web's `DecompressionStream`, which Node has, too.
 *
 * @param options The limit, beyond which it unpacks nothing.
 * @throws {GzipError} if the data is truncated or damaged, as gzip has a checksum; or if it unpacks to more than the limit.
 * @throws {ArgumentError} if the limit is not a number from 0.
 * @example
 * ```ts
 * import { gunzip } from "@dlcc/data";
 *
 * const packed = new Blob([Uint8Array.of(1, 2, 3)]).stream().pipeThrough(new CompressionStream("gzip"));
 * const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
 * console.log(await gunzip(bytes, { limit: 1000 })); // → Uint8Array(3) [ 1, 2, 3 ]
 * ```
 */
export async function gunzip(bytes: Uint8Array, options: GunzipOptions = {}): Promise<Uint8Array> {
  const { limit = Number.POSITIVE_INFINITY } = options;
  if (!(limit >= 0)) throw new ArgumentError(`gunzip: limit must be a number from 0, got ${limit}`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of unpacked(streamOf(bytes), bytes.length)) {
    length += chunk.length;
    if (length > limit) throw new GzipError(`gzip: the data must unpack to ${limit} bytes at most, got more`);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** What gzip data unpack to, in chunks: what isn't asked for is not unpacked. @param size The packed bytes, for the message. */
export async function* unpacked(
  packed: ReadableStream<Uint8Array<ArrayBuffer>>,
  size: number,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* chunksOf(packed.pipeThrough(new DecompressionStream("gzip")));
  } catch (cause) {
    throw new GzipError(
      `gzip: the data must be complete, got ${size} bytes that can't be unpacked (${(cause as Error).message}): download the file again`,
      { cause },
    );
  }
}
