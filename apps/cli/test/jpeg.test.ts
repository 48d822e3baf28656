import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, test } from "vitest";
import { readPicture } from "../src/pictures/read.ts";
import { newPath } from "./dlcc.ts";

/** Encodes gray pixels: the encoder of the same project, mozjpeg. */
let encode: (pixels: ArrayLike<number>, width: number) => Promise<Buffer>;
beforeAll(async () => {
  const { default: encoder, init } = await import("@jsquash/jpeg/encode.js");
  const wasm = createRequire(import.meta.url).resolve("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm");
  await (init as (module: WebAssembly.Module) => Promise<void>)(await WebAssembly.compile(await readFile(wasm)));
  encode = async (pixels, width) => {
    const data = Uint8ClampedArray.from({ length: 4 * pixels.length }, (_, i) => (i % 4 === 3 ? 255 : pixels[i >> 2]!));
    const image = { data, width, height: pixels.length / width };
    return Buffer.from(await encoder(image as Parameters<typeof encoder>[0], { quality: 100 }));
  };
});

/** Puts EXIF data with an orientation after the start of a JPEG. Source: CIPA DC-008, 4.5 and 4.6.4. */
function withOrientation(jpeg: Buffer, orientation: number): Buffer {
  const exif = Buffer.concat([
    Buffer.from("Exif\0\0MM\0*\0\0\0\x08", "latin1"),
    Buffer.from([0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]),
  ]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(exif.length + 2);
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, exif, jpeg.subarray(2)]);
}

const written = (bytes: Uint8Array): string => {
  const file = newPath("photo.jpg");
  writeFileSync(file, bytes);
  return file;
};

/** 32 wide and 16 high: the left half is white, the right half black. */
const halves = Array.from({ length: 32 * 16 }, (_, i) => (i % 32 < 16 ? 255 : 0));

describe("JPEG", () => {
  test("is read as shades from 0 to 1", async () => {
    const { pixels, width, height } = await readPicture(written(await encode(halves, 32)));
    expect([width, height]).toEqual([32, 16]);
    expect(pixels[0]).toBeCloseTo(1, 2);
    expect(pixels[31]).toBeCloseTo(0, 2);
  });

  // 3 is upside down; 6 is to be turned to the right, and 8 to the left.
  test.each([
    [1, 32, "left"],
    [3, 32, "right"],
    [6, 16, "top"],
    [8, 16, "bottom"],
  ] as const)("of orientation %d is turned", async (orientation, wide, white) => {
    const file = written(withOrientation(await encode(halves, 32), orientation));
    const { pixels, width, height } = await readPicture(file);
    expect([width, height]).toEqual([wide, 48 - wide]);
    const middles = {
      left: (height >> 1) * width,
      right: (height >> 1) * width + width - 1,
      top: width >> 1,
      bottom: (height - 1) * width + (width >> 1),
    };
    const opposite = { left: "right", right: "left", top: "bottom", bottom: "top" } as const;
    expect(pixels[middles[white]]).toBeCloseTo(1, 1);
    expect(pixels[middles[opposite[white]]]).toBeCloseTo(0, 1);
  });

  test("that is cut off, or isn't one, is refused by name", async () => {
    const good = await encode(halves, 32);
    for (const bytes of [
      good.subarray(0, good.length >> 1),
      good.subarray(0, 12),
      Uint8Array.of(0xff, 0xd8, 0xff, 0xe0),
    ]) {
      await expect(readPicture(written(bytes))).rejects.toThrow(/photo\.jpg: the JPEG is damaged or truncated/);
    }
  });

  test("of too many pixels is refused before they are unpacked", async () => {
    const huge = Buffer.from(await encode(halves, 32));
    const frame = huge.indexOf(Buffer.from([0xff, 0xc2]));
    const at = frame < 0 ? huge.indexOf(Buffer.from([0xff, 0xc0])) : frame;
    huge.writeUInt16BE(60_000, at + 5);
    huge.writeUInt16BE(60_000, at + 7);
    await expect(readPicture(written(huge))).rejects.toThrow(/32 million pixels at most, got 60000×60000/);
  });
});

test("HEIC is refused with what to do", async () => {
  const file = written(Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic\0\0\0\0mif1heic", "latin1")]));
  await expect(readPicture(file)).rejects.toThrow(/got a HEIC, as iPhones make them: export it as JPEG/);
});
