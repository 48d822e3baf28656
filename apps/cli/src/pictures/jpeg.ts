/** JPEGs, as phones and cameras make them: decoded by mozjpeg, compiled to WebAssembly, and turned as EXIF says. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Picture } from "./gray.ts";
import { checkSize, ImageError } from "./image-error.ts";

/** What the decoder gives: four bytes a pixel. */
interface Decoded {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}
type Decode = (bytes: ArrayBuffer) => Promise<Decoded>;

/** The first bytes of a JPEG: start of image, and the beginning of the next marker. */
export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/** The size that a JPEG says that it has: in its frame header. Source: ITU-T T.81, B.2.2. */
function sizeOf(bytes: Buffer): readonly [width: number, height: number] {
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) throw new Error("a marker must begin with FF");
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at++;
      continue;
    }
    // SOF0 to SOF15, without DHT, JPG and DAC, which have numbers among theirs.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  throw new Error("it ends before its size");
}

/** The decoder, with what it complains about. It is loaded with the first JPEG. */
async function loadDecoder(complaints: string[]): Promise<Decode> {
  // The decoder makes its results of this class, which Node doesn't have.
  const host = globalThis as { ImageData?: unknown };
  host.ImageData ??= class {
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;
    constructor(data: Uint8ClampedArray, width: number, height: number) {
      this.data = data;
      this.width = width;
      this.height = height;
    }
  };
  const { default: decode, init } = await import("@jsquash/jpeg/decode.js");
  const wasm = createRequire(import.meta.url).resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");
  const start = init as (module: WebAssembly.Module, options: object) => Promise<void>;
  await start(await WebAssembly.compile(await readFile(wasm)), { printErr: (text: string) => complaints.push(text) });
  return (bytes) => decode(bytes, { preserveOrientation: true }) as Promise<Decoded>;
}

/**
 * The luminance of a JPEG, as it is to be seen: turned as its EXIF data says.
 *
 * @throws {ImageError} if it is damaged or too large.
 */
export async function grayOfJpeg(file: string, bytes: Buffer): Promise<Picture> {
  const complaints: string[] = [];
  const damaged = (why: string, cause?: unknown): ImageError =>
    new ImageError(`${file}: the JPEG is damaged or truncated: ${why}`, { cause });
  let size: readonly [number, number];
  try {
    size = sizeOf(bytes);
  } catch (cause) {
    throw damaged((cause as Error).message, cause);
  }
  checkSize(file, "JPEG", ...size);
  let image: Decoded;
  try {
    const decode = await loadDecoder(complaints);
    image = await decode(Uint8Array.from(bytes).buffer);
  } catch (cause) {
    // What it throws is no Error, and says nothing.
    throw damaged(complaints[0] ?? "it can't be decoded (only gray and colour JPEGs can, not CMYK)", cause);
  }
  // It goes on where the file ends too early, with gray.
  if (complaints.length > 0) throw damaged(complaints[0] as string);
  return reduced(image);
}

/** The longest side, in pixels, as for PNGs. */
const longest = 1024;
/** The weights of red, green and blue in the luminance. Source: ITU-R BT.601. */
const [red, green, blue] = [0.299, 0.587, 0.114];

/** The luminance from 0 to 1; of a large image the means of squares. */
function reduced({ data, width, height }: Decoded): Picture {
  const square = Math.ceil(Math.max(width, height) / longest);
  const [columns, rows] = [Math.ceil(width / square), Math.ceil(height / square)];
  const pixels = new Float32Array(columns * rows);
  for (let y = 0, at = 0; y < height; y++) {
    const to = Math.floor(y / square) * columns;
    const tall = Math.min(square, height - (y - (y % square)));
    for (let x = 0; x < width; x++, at += 4) {
      const covered = tall * Math.min(square, width - (x - (x % square)));
      const light = red * (data[at] as number) + green * (data[at + 1] as number) + blue * (data[at + 2] as number);
      const cell = to + Math.floor(x / square);
      pixels[cell] = (pixels[cell] as number) + light / 255 / covered;
    }
  }
  // Rounding could give a little more than 1, which is not valid.
  return { pixels: pixels.map((light) => Math.min(1, light)), width: columns, height: rows, side: square };
}
