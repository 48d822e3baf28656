/** Images and labels in IDX files that are read as they are asked for. */
import { type FileHandle, open } from "node:fs/promises";
import type { TypedArray } from "@dlcc/tensor";
import { all } from "./all.ts";
import { FileError, located } from "./file-error.ts";
import { isGzip } from "./gzip.ts";
import { assertSize, headerOf, IdxError, longestHeader } from "./idx.ts";
import type { ExampleBlock, ExampleSource, RowType } from "./source.ts";

/** Examples in two files, which stay open until they are closed. */
export interface IdxExamples extends ExampleSource {
  /** The rows and columns of an image. */
  readonly size: readonly [rows: number, columns: number];
  /** Closes the files. What is being read comes to its end. */
  close(): Promise<void>;
}

/** How to read them. */
export interface IdxSourceOptions {
  /** The number of classes; labels count from 0. Default: 10, the digits. */
  readonly classes?: number;
}

/** How many bytes of images are read at once. */
const blockBytes = 256 * 1024;

/** The largest value of a pixel that is one byte. */
const white = 255;
/** What each byte stands for: divided as `imagesFromIdx` does, to the last bit. */
const brightness = /* @__PURE__ */ Float32Array.from({ length: white + 1 }, (_, byte) => byte / white);

/** The numbers that bytes stand for. Four at a time takes three quarters of the time. */
function brighten(bytes: Uint8Array, from: number, to: Float32Array, at: number, count: number): void {
  let i = 0;
  for (; i + 3 < count; i += 4) {
    to[at + i] = brightness[bytes[from + i] as number] as number;
    to[at + i + 1] = brightness[bytes[from + i + 1] as number] as number;
    to[at + i + 2] = brightness[bytes[from + i + 2] as number] as number;
    to[at + i + 3] = brightness[bytes[from + i + 3] as number] as number;
  }
  for (; i < count; i++) to[at + i] = brightness[bytes[from + i] as number] as number;
}

/** An open file of bytes, with what its header says. */
interface Opened {
  readonly path: string;
  readonly file: FileHandle;
  readonly shape: readonly number[];
  /** Where the numbers start. */
  readonly start: number;
}

/**
 * Opens images and labels that need not fit into memory, such as MNIST's; {@link streamMinibatches} reads them.
 *
 * @param images The path of an IDX file of bytes, `[n, rows, columns]`; not compressed.
 * @param labels That of their labels, bytes `[n]`.
 * @returns Examples as {@link loadMnist} gives them: `float32 [rows · columns]` from 0 to 1, and `int32` labels.
 * @throws {FileError} if a file can't be read, or is compressed: gzip can't be read from the middle.
 * @throws {IdxError} with the path in front, if a file is incomplete or not of the expected kind, or the counts differ. That a
 * label is not below `classes` is seen when it is read.
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { openIdx } from "@dlcc/data/node";
 *
 * const folder = await mkdtemp(join(tmpdir(), "idx-"));
 * const [images, labels] = [join(folder, "images"), join(folder, "labels")];
 * await writeFile(images, Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 255, 0));
 * await writeFile(labels, Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 3));
 * const examples = await openIdx(images, labels);
 * console.log(examples.x.shape, Array.from(examples.blocks)); // → [ 2 ] [ 2 ]
 * await examples.close();
 * ```
 */
export async function openIdx(
  images: string,
  labels: string,
  { classes = 10 }: IdxSourceOptions = {},
): Promise<IdxExamples> {
  const opened = await openBytes(images, 3, "images must be bytes of shape [n, rows, columns]");
  try {
    const labelled = await openBytes(labels, 1, "labels must be bytes of shape [n]");
    const examples = new IdxFiles(opened, labelled, classes);
    if (opened.shape[0] === labelled.shape[0] && opened.shape[0] !== 0) return examples;
    await labelled.file.close();
    throw new IdxError(
      `${images} and ${labels} must have the same count, from 1, got ${opened.shape[0]} and ${labelled.shape[0]}: are they of the same data set?`,
    );
  } catch (error) {
    await opened.file.close();
    throw error;
  }
}

async function openBytes(path: string, rank: number, rule: string): Promise<Opened> {
  const file = await open(path).catch((cause: Error) => {
    throw new FileError(`${path} can't be read: ${cause.message}`, { cause });
  });
  try {
    const head = await readAt(path, file, 0, longestHeader, true);
    if (isGzip(head)) {
      throw new FileError(`${path} must be unpacked to be read in parts, got gzip: gunzip ${path}`);
    }
    const header = headerOf(head);
    if (header.type !== Uint8Array || header.shape.length !== rank) {
      throw new IdxError(`${rule}, got ${header.type.name} of shape [${header.shape}]: is this the right file?`);
    }
    assertSize(header, (await file.stat()).size);
    return { path, file, shape: header.shape, start: header.start };
  } catch (error) {
    await file.close();
    throw error instanceof FileError ? error : located(error, path);
  }
}

/** How many labels are read at once. */
const labelsAtOnce = 2 ** 20;

/** The highest label of a file, which is read a part at a time; 0 if there is none. It throws as {@link openIdx} does. */
export async function highestLabel(path: string): Promise<number> {
  const { file, shape, start } = await openBytes(path, 1, "labels must be bytes of shape [n]");
  try {
    const [count = 0] = shape;
    let highest = 0;
    for (let at = 0; at < count; at += labelsAtOnce) {
      const labels = await readAt(path, file, start + at, Math.min(labelsAtOnce, count - at));
      for (const label of labels) if (label > highest) highest = label;
    }
    return highest;
  } finally {
    await file.close();
  }
}

/** Reads bytes of a file. @param fewer Whether there may be fewer. */
async function readAt(
  path: string,
  file: FileHandle,
  position: number,
  bytes: number,
  fewer = false,
): Promise<Uint8Array<ArrayBuffer>> {
  const into = new Uint8Array(bytes);
  let got = 0;
  while (got < bytes) {
    const { bytesRead } = await file.read(into, got, bytes - got, position + got).catch((cause: Error) => {
      throw new FileError(`${path} can't be read: ${cause.message}`, { cause });
    });
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  if (got < bytes && !fewer) {
    throw new FileError(`${path} must have ${position + bytes} bytes, got ${position + got}: it has become shorter`);
  }
  return into.subarray(0, got);
}

class IdxFiles implements IdxExamples {
  readonly x: RowType;
  readonly y: RowType = { shape: [], dtype: "int32" };
  readonly blocks: Int32Array;
  readonly size: readonly [rows: number, columns: number];
  readonly #images: Opened;
  readonly #labels: Opened;
  readonly #classes: number;
  /** Bytes of an image. */
  readonly #pixels: number;
  /** Images of a block; the last has what is left. */
  readonly #size: number;

  constructor(images: Opened, labels: Opened, classes: number) {
    const [count = 0, rows = 0, columns = 0] = images.shape;
    this.#images = images;
    this.#labels = labels;
    this.#classes = classes;
    this.size = [rows, columns];
    this.#pixels = rows * columns;
    this.x = { shape: [this.#pixels], dtype: "float32" };
    this.#size = Math.max(1, Math.floor(blockBytes / Math.max(1, this.#pixels)));
    this.blocks = Int32Array.from({ length: Math.ceil(count / this.#size) }, (_, block) =>
      Math.min(this.#size, count - block * this.#size),
    );
  }

  async read(block: number): Promise<ExampleBlock> {
    const [first, count, pixels] = [block * this.#size, this.blocks[block] ?? 0, this.#pixels];
    const [images, labels] = await all([
      readAt(this.#images.path, this.#images.file, this.#images.start + first * pixels, count * pixels),
      readAt(this.#labels.path, this.#labels.file, this.#labels.start + first, count),
    ]);
    const bad = labels.findIndex((label) => label >= this.#classes);
    if (bad >= 0) {
      throw new IdxError(
        `${this.#labels.path}: labels must be from 0 to ${this.#classes - 1}, got ${labels[bad]} at index ${first + bad}: is this the right file?`,
      );
    }
    return {
      write(row: number, x: TypedArray, y: TypedArray, at: number): void {
        brighten(images, row * pixels, x as Float32Array, at * pixels, pixels);
        y[at] = labels[row] as number;
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#images.file.close(), this.#labels.file.close()]);
  }
}
