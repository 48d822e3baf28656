import { GzipError, gunzip, IdxError, parseIdx, readIdx } from "@dlcc/data";
import { DlccError } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { errorOf, gzip, idxBytes } from "./idx-bytes.ts";

describe("parseIdx", () => {
  test("reads the dimensions and the bytes", () => {
    const { shape, data } = parseIdx(idxBytes([2, 1, 3], [1, 2, 3, 4, 5, 255]));
    expect(shape).toEqual([2, 1, 3]);
    expect(data).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 255));
  });

  test("reads lengths of four bytes, the highest first", () => {
    expect(parseIdx(idxBytes([0x0102], new Uint8Array(258))).shape).toEqual([258]);
    expect(parseIdx(idxBytes([0, 0xffffffff], [])).shape).toEqual([0, 4294967295]);
  });

  test("reads every type, big-endian", () => {
    const numbers = (code: number, ...contents: number[]) =>
      parseIdx(idxBytes([contents.length / ({ 11: 2, 12: 4, 13: 4, 14: 8 }[code] ?? 1)], contents, code)).data;
    expect(numbers(9, 255, 1)).toEqual(Int8Array.of(-1, 1));
    expect(numbers(11, 0xff, 0xfe, 1, 0)).toEqual(Int16Array.of(-2, 256));
    expect(numbers(12, 0xff, 0xff, 0xff, 0xff, 0, 1, 0, 0)).toEqual(Int32Array.of(-1, 65536));
    expect(numbers(13, 0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0)).toEqual(Float32Array.of(1, -2));
    expect(numbers(14, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0)).toEqual(Float64Array.of(1.5));
  });

  test("reads a part of a larger buffer", () => {
    const padded = Uint8Array.of(9, 9, 9, ...idxBytes([2], [0, 1, 0, 2], 11));
    expect(parseIdx(padded.subarray(3)).data).toEqual(Int16Array.of(1, 2));
  });

  const refused: [string, Uint8Array, RegExp][] = [
    ["nothing", new Uint8Array(0), /0 bytes/],
    [
      "a file cut off in its magic number",
      Uint8Array.of(0, 0),
      /header must have 8 bytes or more, got a file of 2.*truncated/,
    ],
    [
      "a file cut off in its dimensions",
      idxBytes([2, 3], []).subarray(0, 7),
      /header must have 12 bytes or more, got a file of 7.*truncated/,
    ],
    ["a file that lacks a byte", idxBytes([2, 2], [1, 2, 3]), /\[2,2\].*must have 16 bytes, got 15.*truncated/],
    ["a file with a byte too many", idxBytes([2], [1, 2, 3]), /must have 10 bytes, got 11.*too long/],
    ["dimensions beyond all memory", idxBytes([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], [1]), /truncated/],
    ["another format", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), /50 4b 03 04.*another format/],
    ["one byte of another format", Uint8Array.of(0x50), /, got 50: it is in another format/],
    ["an unknown type", idxBytes([1], [1], 0x0a), /00 00 0a 01/],
    ["no dimensions", idxBytes([], [1]), /00 00 08 00/],
    ["gzip", gzip(idxBytes([1], [1])), /gzip.*readIdx/],
  ];
  test.each(refused)("refuses %s", (_, bytes, message) => {
    expect(() => parseIdx(bytes)).toThrow(IdxError);
    expect(() => parseIdx(bytes)).toThrow(message);
  });

  test("throws one of dlcc's own errors", () => {
    expect(() => parseIdx(new Uint8Array(0))).toThrow(DlccError);
  });
});

describe("readIdx", () => {
  const file = idxBytes([3], [7, 8, 9]);

  test("reads a plain file and a compressed one alike", async () => {
    expect(await readIdx(file)).toEqual({ shape: [3], data: Uint8Array.of(7, 8, 9) });
    expect(await readIdx(gzip(file))).toEqual(await readIdx(file));
  });

  test("refuses a damaged file inside the compression", async () => {
    expect(await errorOf(() => readIdx(gzip(file.subarray(0, 9))))).toBeInstanceOf(IdxError);
    expect((await errorOf(() => readIdx(gzip(file.subarray(0, 9))))).message).toMatch(
      /11 bytes, got 9: it is truncated/,
    );
    expect((await errorOf(() => readIdx(gzip(file.subarray(0, 3))))).message).toMatch(/a file of 3: it is truncated/);
  });

  test("reads large numbers and large files from compression, too", async () => {
    const contents = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 3);
    for (const [code, width] of [
      [8, 1],
      [11, 2],
      [13, 4],
    ] as const) {
      const large = idxBytes([contents.length / width], contents, code);
      expect(await readIdx(gzip(large))).toEqual(parseIdx(large));
    }
  });

  // 100 MB of zeros, which pack into 100 kB. With a mistake here, it takes 100 MB, not more.
  test("unpacks no more than the header asks for", async () => {
    const [few, many] = [idxBytes([3], [7, 8, 9]), idxBytes([2 ** 31], [])];
    const error = await errorOf(() => readIdx(gzip(Buffer.concat([few, new Uint8Array(1e8)]))));
    expect(error).toBeInstanceOf(IdxError);
    expect(error.message).toMatch(/\[3\] numbers of 1 bytes must have 11 bytes, got \d{1,6}: it is too long/);
    // A packed byte becomes 1032 at most, so the memory is never asked for.
    const packed = gzip(many);
    expect((await errorOf(() => readIdx(packed))).message).toContain(
      `must have 2147483656 bytes, got ${1032 * packed.length}: it is truncated`,
    );
  });
});

describe("gunzip", () => {
  const packed = gzip(Uint8Array.from({ length: 10_000 }, (_, i) => (i * i) >> 5));

  test("gives back what was packed", async () => {
    expect(await gunzip(gzip(Uint8Array.of(1, 2, 3)))).toEqual(Uint8Array.of(1, 2, 3));
  });

  test("refuses data that is cut off", async () => {
    const error = await errorOf(() => gunzip(packed.subarray(0, packed.length >> 1)));
    expect(error).toBeInstanceOf(GzipError);
    expect(error.message).toMatch(/^gzip: the data must be complete, got \d+ bytes that can't be unpacked/);
  });

  test("stops at the limit", async () => {
    expect(await gunzip(packed, { limit: 10_000 })).toHaveLength(10_000);
    const error = await errorOf(() => gunzip(packed, { limit: 9_999 }));
    expect(error).toBeInstanceOf(GzipError);
    expect(error.message).toBe("gzip: the data must unpack to 9999 bytes at most, got more");
    expect((await errorOf(() => gunzip(packed, { limit: -1 }))).message).toMatch(
      /limit must be a number from 0, got -1/,
    );
  });

  test("refuses data in which a bit has changed", async () => {
    const changed = packed.slice();
    changed[packed.length >> 1]! ^= 1;
    expect(await errorOf(() => gunzip(changed))).toBeInstanceOf(GzipError);
  });
});
