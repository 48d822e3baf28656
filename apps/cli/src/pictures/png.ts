import { readFile } from "node:fs/promises";
import type { GrayImage } from "@dlcc/data";
import { DlccError } from "@dlcc/tensor";
import { decode, hasPngSignature } from "fast-png";
import { headerOf, type PngHeader, pictureOf } from "./chunks.ts";
import { grayOf } from "./gray.ts";

/** A file that can't be read or is not an image; the message names it. */
class ImageError extends DlccError {
  override readonly name = "ImageError";
}

/** The largest image: 32 million pixels, as of a good camera. */
const mostPixels = 2 ** 25;

/**
 * Reads a PNG of any kind (gray, colours, a palette, transparent, 1 to 16 bits) as shades of gray, reduced to what is
 * needed to read a digit.
 *
 * @throws {ImageError} if the file can't be read, or is not a PNG.
 */
export async function readPng(file: string): Promise<GrayImage> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "ENOENT" ? "it does not exist" : cause.message;
    throw new ImageError(`${file}: ${why}`, { cause });
  });
  if (!hasPngSignature(bytes)) {
    throw new ImageError(`${file}: the file must be a PNG, got another format: save it as PNG first`);
  }
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
  if (width * height > mostPixels) {
    throw new ImageError(
      `${file}: the PNG must have 32 million pixels at most, got ${width}×${height}: scale it down to a few hundred on each side`,
    );
  }
  // fast-png 8 reads these wrongly, as if each pixel had a whole byte.
  if (interlaced && depth < 8) {
    throw new ImageError(
      `${file}: an interlaced PNG must have 8 bits a sample or more, got ${depth}: save it without interlacing`,
    );
  }
}
