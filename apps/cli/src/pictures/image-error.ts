import { DlccError } from "@dlcc/tensor";

/** A file that can't be read or is not an image; the message names it. */
export class ImageError extends DlccError {
  override readonly name = "ImageError";
}

/** The largest image: 32 million pixels, as of a good camera. */
const mostPixels = 2 ** 25;

/** Refuses what takes too much memory. @throws {ImageError} */
export function checkSize(file: string, format: string, width: number, height: number): void {
  if (width * height <= mostPixels) return;
  throw new ImageError(
    `${file}: the ${format} must have 32 million pixels at most, got ${width}×${height}: scale it down to a few hundred on each side`,
  );
}
