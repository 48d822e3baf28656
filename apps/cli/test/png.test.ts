import { writeFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { decode, encode, type ImageData } from "fast-png";
import { describe, expect, test } from "vitest";
import { readPicture } from "../src/pictures/read.ts";
import { newFolder, newPath } from "./dlcc.ts";

function written(bytes: Uint8Array): string {
  const file = newPath("image.png");
  writeFileSync(file, bytes);
  return file;
}

/** The shades of an image that is written and read back, to two decimals. */
const shades = async (image: ImageData): Promise<number[]> =>
  rounded((await readPicture(written(encode(image)))).pixels);
const rounded = (pixels: ArrayLike<number>): number[] => Array.from(pixels, (v) => Math.round(v * 100) / 100);

/** A chunk without its checksum's check: the writer of the library has no tRNS for gray and colours. */
function withChunk(png: Uint8Array, type: string, content: number[]): Uint8Array {
  const table = Int32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  const body = [...Buffer.from(type), ...content];
  const crc = ~body.reduce((c, byte) => table[(c ^ byte) & 255]! ^ (c >>> 8), -1);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(content.length, 0);
  chunk.set(body, 4);
  chunk.writeInt32BE(crc, body.length + 4);
  const afterHeader = 33;
  return Buffer.concat([png.subarray(0, afterHeader), chunk, png.subarray(afterHeader)]);
}

describe("the shades of a PNG", () => {
  test("gray, 8 bits: v / 255", async () => {
    expect(await shades({ width: 3, height: 1, data: Uint8Array.of(0, 51, 255), channels: 1 })).toEqual([0, 0.2, 1]);
  });

  test("gray, 16 bits: v / 65535", async () => {
    const data = Uint16Array.of(0, 13107, 65535);
    expect(await shades({ width: 3, height: 1, data, channels: 1, depth: 16 })).toEqual([0, 0.2, 1]);
  });

  test("gray, 1 bit: rows begin at whole bytes", async () => {
    const data = Uint8Array.of(0b1010_0000, 0b0100_0000);
    const image: ImageData = { width: 3, height: 2, data, channels: 1, depth: 1 };
    expect(await shades(image)).toEqual([1, 0, 1, 0, 1, 0]);
  });

  test("gray, 2 bits: thirds", async () => {
    const data = Uint8Array.of(0b0001_1011, 0b1100_0000);
    expect(await shades({ width: 5, height: 1, data, channels: 1, depth: 2 })).toEqual([0, 0.33, 0.67, 1, 1]);
  });

  // The weights of red, green and blue in ITU-R BT.601.
  test("colours: their luminance", async () => {
    const data = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255);
    expect(await shades({ width: 4, height: 1, data, channels: 3 })).toEqual([0.3, 0.59, 0.11, 1]);
  });

  test("a palette, of 4 bits", async () => {
    const palette = [
      [255, 255, 255],
      [0, 0, 0],
    ];
    const data = Uint8Array.of(0x01, 0x10);
    expect(await shades({ width: 3, height: 1, data, channels: 1, depth: 4, palette })).toEqual([1, 0, 0]);
  });

  test("interlaced or not, the same", async () => {
    const image: ImageData = {
      width: 5,
      height: 3,
      data: Uint8Array.from({ length: 15 }, (_, i) => i * 17),
      channels: 1,
    };
    const interlaced = await readPicture(written(encode(image, { interlace: "Adam7" })));
    expect(rounded(interlaced.pixels)).toEqual(await shades(image));
  });

  test("the gray that is marked as transparent is background", async () => {
    const png = encode({ width: 4, height: 1, data: Uint8Array.of(7, 7, 0, 0), channels: 1 });
    expect(rounded((await readPicture(written(withChunk(png, "tRNS", [0, 7])))).pixels)).toEqual([1, 1, 0, 0]);
  });

  test("the colour that is marked as transparent is background, and no other colour", async () => {
    const data = Uint8Array.of(9, 8, 7, 9, 8, 8, 255, 255, 255, 255, 255, 255, 255, 255, 255);
    const png = encode({ width: 5, height: 1, data, channels: 3 });
    const { pixels } = await readPicture(written(withChunk(png, "tRNS", [0, 9, 0, 8, 0, 7])));
    expect(rounded(pixels)).toEqual([1, 0.03, 1, 1, 1]);
  });
});

describe("what isn't needed to read a digit", () => {
  const image: ImageData = { width: 3, height: 1, data: Uint8Array.of(0, 51, 255), channels: 1 };

  // What is packed in them may unpack to gigabytes. This can't be unpacked at all, and nobody tries.
  test.each(["iCCP", "zTXt", "iTXt", "tEXt", "eXIf"])("is left packed: %s", async (type) => {
    const file = written(withChunk(encode(image), type, [...Buffer.from("name\0\0"), 1, 2, 3]));
    expect(rounded((await readPicture(file)).pixels)).toEqual([0, 0.2, 1]);
  });

  test("is averaged: of an image of 2050×3 pixels squares of 3×3 remain", async () => {
    const data = Uint8Array.from({ length: 2050 * 3 }, (_, i) => (i % 2050 < 3 ? [0, 51, 102][i % 2050]! : 255));
    const { pixels, width, height } = await readPicture(written(encode({ width: 2050, height: 3, data, channels: 1 })));
    expect([width, height]).toEqual([684, 1]);
    expect([...pixels.slice(0, 2)]).toEqual([expect.closeTo(0.2, 6), 1]);
    expect(pixels.at(-1)).toBe(1);
  });
});

describe("transparent pixels are background", () => {
  const onTransparent = (ink: number, paper: number): ImageData => ({
    width: 4,
    height: 1,
    channels: 2,
    data: Uint8Array.of(paper, 0, ink, 255, ink, 255, ink, 128),
  });

  test("light, behind dark ink, whatever colour they hide", async () => {
    expect(await shades(onTransparent(0, 0))).toEqual([1, 0, 0, 0.5]);
    expect(await shades(onTransparent(0, 255))).toEqual([1, 0, 0, 0.5]);
  });

  test("dark, behind light ink", async () => {
    expect(await shades(onTransparent(255, 255))).toEqual([0, 1, 1, 0.5]);
  });

  test("like the paper, if there is paper: a sheet with transparent edges", async () => {
    const sheet = [255, 255, 255, 255, 0, 255, 255, 255, 255, 255];
    const data = Uint8Array.from([0, 0, ...sheet, 0, 0]);
    expect(await shades({ width: 7, height: 1, channels: 2, data })).toEqual([1, 1, 1, 0, 1, 1, 1]);
  });

  test("all of them, in an image that shows nothing", async () => {
    expect(await shades({ width: 2, height: 1, channels: 2, data: Uint8Array.of(9, 0, 200, 0) })).toEqual([0, 0]);
  });
});

describe("files that are refused, by name", () => {
  const good = encode({ width: 20, height: 20, data: new Uint8Array(400).map((_, i) => i), channels: 1 });
  const refused = async (bytes: Uint8Array): Promise<string> => {
    const file = written(bytes);
    const error = await readPicture(file).catch((e: Error) => e);
    expect(error).toMatchObject({ name: "ImageError" });
    expect((error as Error).message).toContain(file);
    return (error as Error).message;
  };

  test("a file that does not exist", async () => {
    await expect(readPicture("/no/such/image.png")).rejects.toThrow("/no/such/image.png: it does not exist");
  });
  test("a folder", async () => {
    await expect(readPicture(newFolder())).rejects.toThrow(/EISDIR/);
  });
  test("another format", async () => {
    expect(await refused(Uint8Array.from([..."GIF89a"], (c) => c.charCodeAt(0)))).toMatch(
      /must be a PNG or a JPEG, got another format: save it as PNG or JPEG/,
    );
  });
  test("an empty file", async () => expect(await refused(new Uint8Array())).toMatch(/must be a PNG/));
  test("a header that is cut off", async () =>
    expect(await refused(good.subarray(0, 20))).toMatch(/truncated: it ends within its header/));
  test.each([40, 80, 150])("a file that is cut off after %d bytes", async (length) => {
    expect(good.length).toBeGreaterThan(length);
    expect(await refused(good.subarray(0, length))).toMatch(/damaged or truncated/);
  });
  test("a changed byte", async () => {
    const changed = good.slice();
    changed[good.length - 20]! ^= 1;
    expect(await refused(changed)).toMatch(/damaged/);
  });
  test("more pixels than memory has room for", async () => {
    const huge = Buffer.from(good);
    huge.writeUInt32BE(100_000, 16);
    huge.writeUInt32BE(100_000, 20);
    expect(await refused(huge)).toMatch(/32 million pixels at most, got 100000×100000/);
  });
  test("too few pixels for its size", async () => {
    const rows = deflateSync(Buffer.alloc(21));
    const header = good.subarray(0, 33);
    const short = withChunk(Buffer.concat([header, good.subarray(-12)]), "IDAT", [...rows]);
    expect(await refused(short)).toMatch(/damaged or truncated/);
  });
  // Some kilobytes that unpack to 10 MB.
  test.each([
    ["pixels that unpack to more than the header says", "IDAT", []],
    ["a header within the file", "IHDR", [...good.subarray(16, 29)]],
    ["no pixels at all", "", []],
  ])("%s", async (_, type, content) => {
    const data = type === "IDAT" ? [...deflateSync(Buffer.alloc(1e7))] : content;
    const [header, end] = [good.subarray(0, 33), good.subarray(-12)];
    const file = type === "" ? Buffer.concat([header, end]) : withChunk(Buffer.concat([header, end]), type, data);
    expect(await refused(file)).toMatch(
      /damaged or truncated: (its pixels must unpack to 420 bytes, got more|it must have one header, got two|unexpected end of file)/,
    );
  });
  test.each([
    ["no width", 19, 0],
    ["3 bits", 24, 3],
    ["16 bits in a palette", 25, 3, 24, 16],
    ["an unknown interlacing", 28, 7],
  ])("a header that describes %s", async (_, ...changes) => {
    const changed = Buffer.from(good);
    for (let i = 0; i < changes.length; i += 2) changed[changes[i] as number] = changes[i + 1] as number;
    expect(await refused(changed)).toMatch(/its header must describe a picture, got \d+×20/);
  });
  test("an interlaced image of less than 8 bits, which the decoder gets wrong", async () => {
    const image = Buffer.from(encode({ width: 8, height: 1, data: Uint8Array.of(0), channels: 1, depth: 1 }));
    image[28] = 1;
    expect(await refused(image)).toMatch(/must have 8 bits a sample or more, got 1/);
  });
  test("(the good one is good)", () => expect(decode(good).width).toBe(20));
});
