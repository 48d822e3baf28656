import { gzipSync } from "node:zlib";
import { Generator } from "@dlcc/tensor";
import { expect, test } from "vitest";
import { crc32 } from "../src/crc32.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("the check value of the standard", () => {
  expect(crc32(bytes("123456789"))).toBe(0xcbf43926); // ISO/IEC 13239
});

test("of nothing it is 0, and it goes on from the bytes before", () => {
  expect(crc32(new Uint8Array())).toBe(0);
  for (let cut = 0; cut <= 9; cut++) {
    expect(crc32(bytes("123456789".slice(cut)), crc32(bytes("123456789".slice(0, cut))))).toBe(0xcbf43926);
  }
});

test("that of zlib, which a gzip file has in its last 8 bytes, for any length", () => {
  const random = new Generator(1);
  for (let length = 0; length < 40; length++) {
    const data = Uint8Array.from({ length }, () => random.bits() & 0xff);
    const file = gzipSync(data);
    expect(crc32(data), `${length} bytes`).toBe(file.readUInt32LE(file.length - 8));
  }
});
