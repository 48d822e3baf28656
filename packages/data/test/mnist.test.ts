import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GzipError, IdxError, meanAndStandardDeviation } from "@dlcc/data";
import { FileError, loadMnist, openMnist } from "@dlcc/data/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { errorOf, gzip, idxBytes } from "./idx-bytes.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dlcc-mnist-"));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, bytes: Uint8Array) => writeFile(join(folder, name), bytes);

/** Two training images and a test image, of 1×2 pixels, under names that can be changed. */
async function writeMnist(rename = (name: string) => name, pack = (bytes: Uint8Array) => bytes): Promise<void> {
  await write(rename("train-images-idx3-ubyte"), pack(idxBytes([2, 1, 2], [0, 255, 51, 0])));
  await write(rename("train-labels-idx1-ubyte"), pack(idxBytes([2], [5, 0])));
  await write(rename("t10k-images-idx3-ubyte"), pack(idxBytes([1, 1, 2], [255, 255])));
  await write(rename("t10k-labels-idx1-ubyte"), pack(idxBytes([1], [7])));
}

describe("loadMnist", () => {
  test("reads four plain files", async () => {
    await writeMnist();
    const { train, test } = await loadMnist(folder);
    expect(await train.images.array()).toEqual([
      [0, 1],
      [Math.fround(0.2), 0],
    ]);
    expect(await train.labels.array()).toEqual([5, 0]);
    expect(await test.images.array()).toEqual([[1, 1]]);
    expect(await test.labels.array()).toEqual([7]);
  });

  test("says the size of an image, and one more class than the highest label of both parts", async () => {
    await writeMnist();
    expect(await loadMnist(folder)).toMatchObject({ size: [1, 2], classes: 8 });
    await write("train-labels-idx1-ubyte", idxBytes([2], [25, 0]));
    const { train, classes } = await loadMnist(folder);
    expect([[...train.labels.dataSync()], classes]).toEqual([[25, 0], 26]);
    const opened = await openMnist(folder);
    expect(opened).toMatchObject({ size: [1, 2], classes: 26 });
    await opened.train.close();
    await opened.test.close();
  });

  test.each([
    ["loadMnist", loadMnist],
    ["openMnist", openMnist],
  ])("%s refuses parts whose images differ in size", async (_, read) => {
    await writeMnist();
    await write("t10k-images-idx3-ubyte", idxBytes([1, 2, 1], [255, 255]));
    const error = await errorOf(() => read(folder));
    expect(error).toBeInstanceOf(IdxError);
    expect(error.message).toMatch(
      /train-images-idx3-ubyte and .*t10k-images-idx3-ubyte must have images of one size, got 1×2 and 2×1: are they of the same data set\?$/,
    );
  });

  test("reads compressed files", async () => {
    await writeMnist((name) => `${name}.gz`, gzip);
    expect((await loadMnist(folder)).train.labels.dataSync()).toEqual(Int32Array.of(5, 0));
  });

  test("reads files with a dot in their names", async () => {
    await writeMnist((name) => name.replace("-idx", ".idx"));
    expect((await loadMnist(folder)).test.labels.dataSync()).toEqual(Int32Array.of(7));
  });

  test("reads compressed files whose names lack the .gz", async () => {
    await writeMnist((name) => name, gzip);
    expect((await loadMnist(folder)).test.labels.dataSync()).toEqual(Int32Array.of(7));
  });

  test("says that a folder does not exist", async () => {
    const error = await errorOf(() => loadMnist(join(folder, "nowhere")));
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toMatch(/the folder .*nowhere can't be read: ENOENT/);
  });

  test("says that a file is not a folder", async () => {
    await write("file", Uint8Array.of(1));
    expect((await errorOf(() => loadMnist(join(folder, "file")))).message).toMatch(/file can't be read: ENOTDIR/);
  });

  test("names each missing file, and says that it may be compressed", async () => {
    await writeMnist();
    await rm(join(folder, "train-labels-idx1-ubyte"));
    await rm(join(folder, "t10k-images-idx3-ubyte"));
    const error = await errorOf(() => loadMnist(folder));
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toBe(
      `${folder} must have MNIST's 4 files, plain or .gz; 2 are missing: train-labels-idx1-ubyte, t10k-images-idx3-ubyte`,
    );
  });

  test("names the file that is truncated", async () => {
    await writeMnist();
    await write("t10k-labels-idx1-ubyte", idxBytes([2], [7]));
    const error = await errorOf(() => loadMnist(folder));
    expect(error).toBeInstanceOf(IdxError);
    expect(error.message).toMatch(/t10k-labels-idx1-ubyte: .*truncated/);
  });

  test("names the first of two broken files, whichever is read sooner", async () => {
    await writeMnist();
    await write("train-labels-idx1-ubyte", idxBytes([2], [5]));
    await write("t10k-images-idx3-ubyte", idxBytes([1, 1, 2], [255]));
    expect((await errorOf(() => loadMnist(folder))).message).toContain("train-labels-idx1-ubyte");
  });

  test("names the file whose compression is damaged", async () => {
    await writeMnist((name) => `${name}.gz`, gzip);
    await write("train-images-idx3-ubyte.gz", gzip(idxBytes([2, 1, 2], [0, 255, 51, 0])).subarray(0, 20));
    const error = await errorOf(() => loadMnist(folder));
    expect(error).toBeInstanceOf(GzipError);
    expect(error.message).toMatch(/train-images-idx3-ubyte\.gz: /);
  });

  test("names the files that do not belong together", async () => {
    await writeMnist();
    await write("train-labels-idx1-ubyte", idxBytes([1], [5]));
    const error = await errorOf(() => loadMnist(folder));
    expect(error).toBeInstanceOf(IdxError);
    expect(error.message).toMatch(
      /train-images-idx3-ubyte and .*train-labels-idx1-ubyte: .* the same count, got 2 and 1/,
    );
  });
});

const mnist = process.env.DLCC_MNIST_DIR;
describe.skipIf(!mnist)("the real MNIST (where DLCC_MNIST_DIR says that it is)", () => {
  test("has 60,000 and 10,000 examples, and the published statistics", async () => {
    const { train, test } = await loadMnist(mnist as string);
    expect(train.images.shape).toEqual([60_000, 784]);
    expect(test.images.shape).toEqual([10_000, 784]);
    const counts = (labels: ArrayLike<number>) =>
      Array.from({ length: 10 }, (_, digit) => Array.from(labels).filter((label) => label === digit).length);
    expect(counts(train.labels.dataSync())).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(counts(test.labels.dataSync())).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    const { mean, standardDeviation } = await meanAndStandardDeviation(train.images);
    expect(mean).toBeCloseTo(0.1307, 4);
    expect(standardDeviation).toBeCloseTo(0.3081, 4);
  });
});
