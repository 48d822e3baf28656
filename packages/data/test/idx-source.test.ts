import { mkdtempSync, rmSync } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { minibatches, streamMinibatches } from "../src/index.ts";
import { FileError, loadMnist, openIdx, openMnist } from "../src/node.ts";

const folder = mkdtempSync(join(tmpdir(), "dlcc-idx-"));
afterAll(() => rmSync(folder, { recursive: true }));

const header = (type: number, ...shape: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 + 4 * shape.length);
  bytes.set([0, 0, type, shape.length]);
  for (const [axis, length] of shape.entries()) bytes.writeUInt32BE(length, 4 + 4 * axis);
  return bytes;
};
/** 1000 images of 30 × 30: several blocks of 256 KiB. */
const [count, side] = [1000, 30];
const pixels = Uint8Array.from({ length: count * side * side }, (_, i) => i * 7 + (i >> 8));
const digits = Uint8Array.from({ length: count }, (_, i) => (i * 3) % 10);
const bytes = {
  images: Buffer.concat([header(8, count, side, side), pixels]),
  labels: Buffer.concat([header(8, count), digits]),
};
const file = async (name: string, content: Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};
const images = await file("images", bytes.images);
const labels = await file("labels", bytes.labels);
for (const part of ["train", "t10k"]) {
  await file(`${part}-images-idx3-ubyte`, bytes.images);
  await file(`${part}-labels-idx1-ubyte`, bytes.labels);
}

describe("IDX files on disk", () => {
  test("give the minibatches of the same files in memory, to the last bit", async () => {
    const { train } = await loadMnist(folder);
    const onDisk = await openMnist(folder);
    expect(onDisk.train.blocks.length).toBeGreaterThan(2);
    const expected = minibatches(train.images, train.labels, { size: 64, seed: 3, epoch: 1 });
    let examples = 0;
    for await (const { x, y } of streamMinibatches(onDisk.train, { size: 64, seed: 3, epoch: 1 })) {
      const { value } = expected.next();
      expect(await x.data()).toEqual(await value?.x.data());
      expect(await y.data()).toEqual(await value?.y.data());
      examples += y.size;
    }
    expect(examples).toBe(count);
    await onDisk.train.close();
    await onDisk.test.close();
  });

  test("give each image once, with its label, through a window", async () => {
    const source = await openIdx(images, labels);
    const seen: number[] = [];
    for await (const { x, y, indices } of streamMinibatches(source, { size: 64, seed: 3, window: 300 })) {
      const [first = 0] = indices;
      expect((await y.data())[0]).toBe((first * 3) % 10);
      const pixel = first * side * side;
      expect((await x.data())[0]).toBe(Math.fround(((pixel * 7 + (pixel >> 8)) & 255) / 255));
      seen.push(...indices);
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    await source.close();
  });

  test.each([
    [
      "images of another rank",
      { images: Buffer.concat([header(8, 2), Buffer.alloc(2)]) },
      /images must be bytes of shape \[n, rows, columns\], got Uint8Array of shape \[2\]/,
    ],
    [
      "numbers of another type",
      { labels: Buffer.concat([header(12, 2), Buffer.alloc(8)]) },
      /labels must be bytes of shape \[n\], got Int32Array of shape \[2\]/,
    ],
    [
      "files of different counts",
      { labels: Buffer.concat([header(8, 2), Buffer.alloc(2)]) },
      /must have the same count, from 1, got 1000 and 2/,
    ],
    [
      "a file that is cut",
      { images: bytes.images.subarray(0, 5000) },
      /must have 900016 bytes, got 5000: it is truncated/,
    ],
    ["a file that is too long", { labels: Buffer.concat([bytes.labels, Buffer.alloc(1)]) }, /it is too long/],
    ["an empty file", { labels: Buffer.alloc(0) }, /must have a header, got 0 bytes/],
    [
      "a compressed file",
      { images: gzipSync(bytes.images) },
      /must be unpacked to be read in parts, got gzip: gunzip /,
    ],
  ])("refuse %s, with the path", async (_, given, message) => {
    const bad = { ...bytes, ...given };
    const opened = openIdx(await file("bad-images", bad.images), await file("bad-labels", bad.labels));
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toThrow(folder);
  });

  test("refuse a path that is not there", async () => {
    await expect(openIdx(join(folder, "none"), labels)).rejects.toThrow(FileError);
    await expect(openMnist(join(folder, "none"))).rejects.toThrow(FileError);
  });

  test("refuse a label outside the classes when it is read", async () => {
    const source = await openIdx(images, labels, { classes: 9 });
    await expect(streamMinibatches(source, { size: 64, shuffle: false }).next()).rejects.toThrow(
      `${labels}: labels must be from 0 to 8, got 9 at index 3`,
    );
    await source.close();
  });

  test("say so if a file becomes shorter while it is read", async () => {
    const shrinking = await file("shrinking", bytes.images);
    const source = await openIdx(shrinking, labels);
    await truncate(shrinking, 1000);
    await expect(source.read(0)).rejects.toThrow(/it has become shorter/);
    await source.close();
  });
});
