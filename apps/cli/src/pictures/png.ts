import { readFile } from "node:fs/promises";
import type { GrayImage } from "@dlcc/data";
import { DlccError } from "@dlcc/tensor";
import { decode, hasPngSignature } from "fast-png";
import { grayOf } from "./gray.ts";
import { expand } from "./pixels.ts";

/** A file that can't be read or is not an image; the message names it. */
class ImageError extends DlccError {
  override readonly name = "ImageError";
}

/** The largest image: 32 million pixels, which take about a gigabyte during preparation. */
const mostPixels = 2 ** 25;

/** The offsets of the figures in the header, which comes first in every file. Source: the PNG specification, 11.2.1. */
const header = { width: 16, height: 20, depth: 24, interlace: 28, end: 33 };

/**
 * Reads a PNG of any kind (gray, colours, a palette, transparent, 1 to 16 bits) as shades of gray.
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
  checkHeader(file, bytes);
  try {
    return grayOf(expand(decode(bytes, { checkCrc: true })));
  } catch (cause) {
    throw new ImageError(`${file}: the PNG is damaged or truncated: ${(cause as Error).message}`, { cause });
  }
}

/** Checks the cases in which the decoder's message is unclear, or its result wrong. */
function checkHeader(file: string, bytes: Buffer): void {
  if (bytes.length < header.end) throw new ImageError(`${file}: the PNG is truncated within its header`);
  const [width, height] = [bytes.readUInt32BE(header.width), bytes.readUInt32BE(header.height)];
  if (width * height > mostPixels) {
    throw new ImageError(
      `${file}: the PNG must have 32 million pixels at most, got ${width}×${height}: scale it down to a few hundred on each side`,
    );
  }
  // fast-png 8 reads these wrongly, as if each pixel had a whole byte.
  if (bytes[header.interlace] !== 0 && (bytes[header.depth] ?? 0) < 8) {
    throw new ImageError(
      `${file}: an interlaced PNG must have 8 bits a sample or more, got ${bytes[header.depth]}: save it without interlacing`,
    );
  }
}
