import { decode } from "fast-png";
import { headerOf, type PngHeader, pictureOf } from "./chunks.ts";
import type { Picture } from "./gray.ts";
import { grayOf } from "./gray.ts";
import { checkSize, ImageError } from "./image-error.ts";

/**
 * A PNG of any kind (gray, colours, a palette, transparent, 1 to 16 bits) as shades of gray, reduced to what is
 * needed to read a digit.
 *
 * @throws {ImageError} if it is damaged or too large.
 */
export function grayOfPng(file: string, bytes: Buffer): Picture {
  try {
    const header = headerOf(bytes);
    checkHeader(file, header);
    return grayOf(decode(pictureOf(bytes, header), { checkCrc: true }));
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    throw new ImageError(`${file}: the PNG is damaged or truncated: ${(cause as Error).message}`, { cause });
  }
}

/** Refuses what takes too much memory, or what the decoder gets wrong. */
function checkHeader(file: string, { width, height, depth, interlaced }: PngHeader): void {
  checkSize(file, "PNG", width, height);
  // fast-png 8 reads these wrongly, as if each pixel had a whole byte.
  if (interlaced && depth < 8) {
    throw new ImageError(
      `${file}: an interlaced PNG must have 8 bits a sample or more, got ${depth}: save it without interlacing`,
    );
  }
}
