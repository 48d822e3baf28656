import { readFile } from "node:fs/promises";
import type { GrayImage } from "@dlcc/data";
import { DlccError } from "@dlcc/tensor";
import { decode, hasPngSignature } from "fast-png";
import { grayOf } from "./gray.ts";
import { expand } from "./pixels.ts";

/** An image that can't be read, or is none; the message names the file. */
class ImageError extends DlccError {
  override readonly name = "ImageError";
}

/** Larger images are refused: one of these takes 32 million pixels, and about a gigabyte while it is prepared. */
const mostPixels = 2 ** 25;

/** Where the header, which comes first in every file, has the figures. Source: the PNG specification, 11.2.1. */
const header = { width: 16, height: 20, depth: 24, interlace: 28, end: 33 };

/**
 * Reads a PNG of any kind (gray, colours, a palette, transparent, 1 to 16 bits) as shades of gray.
 *
 * @throws {ImageError} if the file can't be read, or is no PNG.
 */
export async function readPng(file: string): Promise<GrayImage> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "ENOENT" ? "there is no such file" : cause.message;
    throw new ImageError(`${file}: ${why}`, { cause });
  });
  if (!hasPngSignature(bytes)) {
    throw new ImageError(`${file}: it is no PNG (it does not begin as one): save it as PNG first`);
  }
  checkHeader(file, bytes);
  try {
    return grayOf(expand(decode(bytes, { checkCrc: true })));
  } catch (cause) {
    throw new ImageError(`${file}: the PNG is damaged or cut off: ${(cause as Error).message}`, { cause });
  }
}

/** What the decoder would not say well, or would get wrong. */
function checkHeader(file: string, bytes: Buffer): void {
  if (bytes.length < header.end) throw new ImageError(`${file}: the PNG is cut off within its header`);
  const [width, height] = [bytes.readUInt32BE(header.width), bytes.readUInt32BE(header.height)];
  if (width * height > mostPixels) {
    throw new ImageError(`${file}: ${width}×${height} pixels are too many: scale it down, to some hundred a side`);
  }
  // fast-png 8 reads these as if each pixel had a whole byte.
  if (bytes[header.interlace] !== 0 && (bytes[header.depth] ?? 0) < 8) {
    throw new ImageError(
      `${file}: it is interlaced with ${bytes[header.depth]} bits a pixel, which can't be read: save it without interlacing`,
    );
  }
}
