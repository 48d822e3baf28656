/** What a PNG says about itself, checked before anything is unpacked. Source: the PNG specification, third edition. */
import { inflateSync } from "node:zlib";

/** The header of a PNG. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly depth: number;
  /** Samples a pixel. */
  readonly channels: number;
  readonly interlaced: boolean;
}

/** The place of the first chunk, after the signature; and the bytes of a chunk besides its data: length, type, checksum. */
const [firstChunk, frame] = [8, 12];

/** The samples a pixel has, and the bits that a sample may have, by the type of colour. Source: 11.2.1, table 11. */
const colourTypes: Readonly<Record<number, readonly [channels: number, depths: readonly number[]]>> = {
  0: [1, [1, 2, 4, 8, 16]],
  2: [3, [8, 16]],
  3: [1, [1, 2, 4, 8]],
  4: [2, [8, 16]],
  6: [4, [8, 16]],
};

/** The passes of an interlaced image: where each starts, and its steps. Source: 8.2, Adam7. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Reads the header. @throws {Error} if there is no such kind of PNG. */
export function headerOf(bytes: Buffer): PngHeader {
  if (bytes.length < firstChunk + frame + 13) throw new Error("it ends within its header");
  const at = firstChunk + 8;
  if (bytes.readUInt32BE(firstChunk) !== 13 || bytes.toString("latin1", firstChunk + 4, at) !== "IHDR") {
    throw new Error("it must begin with a header of 13 bytes");
  }
  const [width, height] = [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
  const [depth = 0, colour = 0, compression, filter, interlace = 0] = bytes.subarray(at + 8, at + 13);
  const [channels, depths] = colourTypes[colour] ?? [0, []];
  const known = depths.includes(depth) && compression === 0 && filter === 0 && interlace <= 1;
  if (width === 0 || height === 0 || !known) {
    throw new Error(
      `its header must describe a picture, got ${width}×${height}, ${depth} bits, colours of type ${colour}`,
    );
  }
  return { width, height, depth, channels, interlaced: interlace === 1 };
}

/** How many bytes the pixels unpack to: rows of whole bytes, each after a byte for its filter. */
function unpackedBytes({ width, height, depth, channels, interlaced }: PngHeader): number {
  const bytes = (columns: number, rows: number): number =>
    columns <= 0 || rows <= 0 ? 0 : rows * (1 + Math.ceil((columns * channels * depth) / 8));
  if (!interlaced) return bytes(width, height);
  return passes.reduce(
    (sum, [x, y, right, down]) => sum + bytes(Math.ceil((width - x) / right), Math.ceil((height - y) / down)),
    0,
  );
}

/** The chunks that make the picture. All others are left out: profiles and texts may be packed, and unpack to gigabytes. */
const needed: ReadonlySet<string> = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);

/** More than the pixels need: some programs write a few bytes too many. */
const slack = 2 ** 16;

/**
 * A PNG without all that isn't its picture, whose pixels unpack to as many bytes as its header says.
 *
 * @throws {Error} if it is damaged, or its pixels unpack to another number of bytes.
 */
export function pictureOf(bytes: Buffer, header: PngHeader): Buffer {
  const parts = [bytes.subarray(0, firstChunk)];
  const packed: Buffer[] = [];
  for (let at = firstChunk, type = ""; type !== "IEND"; ) {
    const end = at + frame <= bytes.length ? at + frame + bytes.readUInt32BE(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw new Error("it ends before its last part");
    type = bytes.toString("latin1", at + 4, at + 8);
    if (type === "IHDR" && at > firstChunk) throw new Error("it must have one header, got two");
    if (needed.has(type)) parts.push(bytes.subarray(at, end));
    if (type === "IDAT") packed.push(bytes.subarray(at + 8, end - 4));
    at = end;
  }
  checkUnpacked(Buffer.concat(packed), unpackedBytes(header));
  return Buffer.concat(parts);
}

/** Unpacks pixels once, up to the size that they must have, so that the decoder meets no others. */
function checkUnpacked(packed: Buffer, size: number): void {
  let found: number;
  try {
    found = inflateSync(packed, { maxOutputLength: size + slack }).length;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw cause;
    throw new Error(`its pixels must unpack to ${size} bytes, got more`, { cause });
  }
  if (found < size) throw new Error(`its pixels must unpack to ${size} bytes, got ${found}`);
}
