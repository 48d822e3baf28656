import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { DlccError } from "@dlcc/tensor";
import { all } from "./all.ts";
import { chunkBytes, chunksOf } from "./chunks.ts";
import { type Examples, examplesFromIdx } from "./examples.ts";
import { FileError, located } from "./file-error.ts";
import { isGzip, mostFromOne, unpacked } from "./gzip.ts";
import { type Idx, IdxError, idxFromChunks } from "./idx.ts";
import { highestLabel, type IdxExamples, openIdx } from "./idx-source.ts";

/** The MNIST database of handwritten digits, or a data set in its format. */
export interface Mnist {
  /** 60,000 examples. */
  readonly train: Examples;
  /** 10,000 examples. */
  readonly test: Examples;
  /** The rows and columns of an image. */
  readonly size: readonly [rows: number, columns: number];
  /** How many classes there are: one more than the highest label of all. */
  readonly classes: number;
}

/** The four files, by their names on the database's page. */
const filesOf = (part: "train" | "t10k") => [`${part}-images-idx3-ubyte`, `${part}-labels-idx1-ubyte`] as const;

/** The names that a file may have: some unpackers write a dot before `idx`, and both forms may be gzip-compressed. */
const namesOf = (name: string): string[] => {
  const dotted = name.replace("-idx", ".idx");
  return [name, dotted, `${name}.gz`, `${dotted}.gz`];
};

/**
 * Reads MNIST, or a data set in its format such as Fashion-MNIST, from a folder with its four files, plain or
 * gzip-compressed. Pixels are divided by 255.
 *
 * @returns Images `float32 [n, rows · columns]` in 0..1 and labels `int32 [n]`, on cpu; the size of an image, and the number of
 * classes. MNIST has 60,000 and 10,000 images of 784 pixels, and ten classes.
 * @throws {FileError} if the folder or a file can't be read, or files are missing; the message names them.
 * @throws {IdxError} with the path in front, if a file is incomplete or not of the expected kind, or the images of the two parts
 * differ in size.
 * @throws {GzipError} with the path in front, if gzip data is damaged.
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { loadMnist } from "@dlcc/data/node";
 *
 * // A very small MNIST: one image of 1×2 pixels, which shows a 7.
 * const folder = await mkdtemp(join(tmpdir(), "mnist-"));
 * for (const part of ["train", "t10k"]) {
 *   const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255);
 *   await writeFile(join(folder, `${part}-images-idx3-ubyte`), images);
 *   await writeFile(join(folder, `${part}-labels-idx1-ubyte`), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7));
 * }
 * const { train, test, size, classes } = await loadMnist(folder);
 * console.log(train.images.shape, size); // → [ 1, 2 ] [ 1, 2 ]
 * console.log(await test.labels.array(), classes); // → [ 7 ] 8
 * ```
 */
export async function loadMnist(folder: string): Promise<Mnist> {
  const paths = await locate(folder);
  const [train, test] = await all([readFiles(paths.train), readFiles(paths.test)]);
  const classes = 1 + Math.max(highestOf(train.labels), highestOf(test.labels));
  const examples = { train: examplesOf(train, classes), test: examplesOf(test, classes) };
  return { ...examples, size: sizeOf([train, test]), classes };
}

/** The highest label; 0 if there is none, or these are no labels: what makes examples of them will say so. */
const highestOf = ({ data }: Idx): number =>
  data instanceof Uint8Array ? data.reduce((highest, label) => Math.max(highest, label), 0) : 0;

/** The size that the images of both parts have. */
function sizeOf(parts: readonly { readonly paths: Paths; readonly images: Pick<Idx, "shape"> }[]): Mnist["size"] {
  const [train = [], test = []] = parts.map(({ images }) => images.shape.slice(1));
  if (train.join() === test.join()) return train as unknown as Mnist["size"];
  throw new IdxError(
    `${parts.map(({ paths }) => paths[0]).join(" and ")} must have images of one size, got ${train.join("×")} and ${test.join("×")}: are they of the same data set?`,
  );
}

/** The examples of a data set in MNIST's format, on disk: see {@link openMnist}. */
export interface MnistOnDisk {
  /** For training. */
  readonly train: IdxExamples;
  /** For the test. */
  readonly test: IdxExamples;
  /** The rows and columns of an image. */
  readonly size: readonly [rows: number, columns: number];
  /** How many classes there are: one more than the highest label of all. */
  readonly classes: number;
}

/**
 * Opens a data set in MNIST's format that need not fit into memory: its files are read as {@link streamMinibatches} asks.
 *
 * @throws {FileError} as {@link loadMnist} does, and if a file is compressed: gzip can't be read from the middle.
 * @throws {IdxError} with the path in front, if a file is incomplete or not of the expected kind.
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { streamMinibatches } from "@dlcc/data";
 * import { openMnist } from "@dlcc/data/node";
 *
 * const folder = await mkdtemp(join(tmpdir(), "mnist-")); // with two images of 1×2 pixels
 * for (const part of ["train", "t10k"]) {
 *   const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 255, 0);
 *   await writeFile(join(folder, `${part}-images-idx3-ubyte`), images);
 *   await writeFile(join(folder, `${part}-labels-idx1-ubyte`), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 3));
 * }
 * const { train, test } = await openMnist(folder);
 * for await (const { x, y } of streamMinibatches(train, { size: 2, shuffle: false })) {
 *   console.log(await x.array(), await y.array()); // → [ [ 0, 1 ], [ 1, 0 ] ] [ 7, 3 ]
 * }
 * await train.close();
 * await test.close();
 * ```
 */
export async function openMnist(folder: string): Promise<MnistOnDisk> {
  const paths = await locate(folder);
  const [train, test] = [paths.train, paths.test];
  const classes = 1 + Math.max(await highestLabel(train[1]), await highestLabel(test[1]));
  const opened: IdxExamples[] = [];
  try {
    for (const part of [train, test]) opened.push(await openIdx(...part, { classes }));
    const [learned, judged] = opened as [IdxExamples, IdxExamples];
    const size = sizeOf(
      opened.map((part, i) => ({ paths: [train, test][i] as Paths, images: { shape: [0, ...part.size] } })),
    );
    return { train: learned, test: judged, size, classes };
  } catch (error) {
    for (const part of opened) await part.close();
    throw error;
  }
}

/** The paths of the images and the labels. */
type Paths = readonly [images: string, labels: string];

/** Where the four files are. */
async function locate(folder: string): Promise<{ train: Paths; test: Paths }> {
  const present = await list(folder);
  const missing: string[] = [];
  const pathOf = (name: string): string => {
    const found = namesOf(name).find((candidate) => present.includes(candidate));
    if (found === undefined) missing.push(name);
    return join(folder, found ?? name);
  };
  const pathsOf = (part: "train" | "t10k"): Paths => filesOf(part).map(pathOf) as unknown as Paths;
  const paths = { train: pathsOf("train"), test: pathsOf("t10k") };
  if (missing.length === 0) return paths;
  throw new FileError(
    `${folder} must have MNIST's 4 files, plain or .gz; ${missing.length === 1 ? "1 is" : `${missing.length} are`} missing: ${missing.join(", ")}`,
  );
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new FileError(`the folder ${folder} can't be read: ${(cause as Error).message}`, { cause });
  }
}

/** What two files have. */
interface Files {
  readonly paths: Paths;
  readonly images: Idx;
  readonly labels: Idx;
}

/** Reads one after the other, so that the error always names the first of two bad files. */
const readFiles = async (paths: Paths): Promise<Files> => ({
  paths,
  images: await read(paths[0]),
  labels: await read(paths[1]),
});

function examplesOf({ paths, images, labels }: Files, classes: number): Examples {
  try {
    return examplesFromIdx(images, labels, classes);
  } catch (error) {
    throw located(error, paths.join(" and "));
  }
}

async function read(path: string): Promise<Idx> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { size } = await file.stat();
    const { buffer: start } = await file.read(new Uint8Array(2), 0, 2, 0);
    return isGzip(start)
      ? await idxFromChunks(unpacked(streamOfFile(file), size), size * mostFromOne)
      : await idxFromChunks(chunksOf(streamOfFile(file)), size);
  } catch (error) {
    if (error instanceof DlccError) throw located(error, path);
    throw new FileError(`${path} can't be read: ${(error as Error).message}`, { cause: error });
  } finally {
    await file?.close();
  }
}

/** A file in chunks, so that its size doesn't matter. */
function streamOfFile(file: FileHandle): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(chunkBytes), 0, chunkBytes, at);
      if (bytesRead === 0) return controller.close();
      controller.enqueue(buffer.subarray(0, bytesRead));
      at += bytesRead;
    },
  });
}
