import { expect, test } from "vitest";
import { crc32 } from "../src/crc32.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("the check value of the standard", () => {
  expect(crc32(bytes("123456789"))).toBe(0xcbf43926); // ISO/IEC 13239, as zlib's crc32 gives it, too
});

test("of nothing it is 0, and it goes on from the bytes before", () => {
  expect(crc32(new Uint8Array())).toBe(0);
  expect(crc32(bytes("6789"), crc32(bytes("12345")))).toBe(0xcbf43926);
});
