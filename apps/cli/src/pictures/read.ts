import { readFile } from "node:fs/promises";
import { hasPngSignature } from "fast-png";
import type { Picture } from "./gray.ts";
import { ImageError } from "./image-error.ts";
import { grayOfJpeg, isJpeg } from "./jpeg.ts";
import { grayOfPng } from "./png.ts";

/** The kinds of files whose content begins with their length and "ftyp": those of HEIC. Source: ISO/IEC 23008-12, 10. */
const heicBrands: ReadonlySet<string> = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]);

const isHeic = (bytes: Buffer): boolean =>
  bytes.toString("latin1", 4, 8) === "ftyp" && heicBrands.has(bytes.toString("latin1", 8, 12));

/**
 * Reads a picture as shades of gray: a PNG of any kind, or a JPEG, turned as its EXIF data says.
 *
 * @throws {ImageError} if the file can't be read, is damaged, or is of another format.
 */
export async function readPicture(file: string): Promise<Picture> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "ENOENT" ? "it does not exist" : cause.message;
    throw new ImageError(`${file}: ${why}`, { cause });
  });
  if (hasPngSignature(bytes)) return grayOfPng(file, bytes);
  if (isJpeg(bytes)) return grayOfJpeg(file, bytes);
  if (isHeic(bytes)) {
    throw new ImageError(
      `${file}: the file must be a PNG or a JPEG, got a HEIC, as iPhones make them: export it as JPEG (in Photos, or with sips -s format jpeg on a Mac), or choose Settings, Camera, Formats, Most Compatible before you take it`,
    );
  }
  throw new ImageError(`${file}: the file must be a PNG or a JPEG, got another format: save it as PNG or JPEG first`);
}
