/** The numbers of a table, row by row, in blocks: in memory, or in a file of their own, which is gone when the process is. */
import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { TableError } from "./csv.ts";

/** In the XDG cache folder: the folder of temporary files may be in memory. */
const folder = (environment: NodeJS.ProcessEnv = process.env): string =>
  path.join(environment.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "dlcc", "tables");

/** Blocks of numbers, which can be added and read. */
export interface Cells {
  /** Adds a block. @throws {TableError} if there is no room. */
  add(numbers: Float64Array): void;
  /** Reads a block. */
  read(block: number): Promise<Float64Array>;
  close(): Promise<void>;
}

/** Blocks in memory. */
export class CellsInMemory implements Cells {
  readonly #blocks: Float64Array[] = [];

  add(numbers: Float64Array): void {
    this.#blocks.push(numbers.slice());
  }
  async read(block: number): Promise<Float64Array> {
    return this.#blocks[block] ?? new Float64Array(0);
  }
  async close(): Promise<void> {}
}

/** Blocks on disk. */
export class CellsOnDisk implements Cells {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #reading: Promise<FileHandle>;
  /** Where each block is, in bytes; and the end of the last. */
  readonly #starts: number[] = [0];

  constructor() {
    mkdirSync(folder(), { recursive: true });
    this.#path = path.join(folder(), `${randomUUID()}.tmp`);
    this.#descriptor = openSync(this.#path, "wx", 0o600);
    this.#reading = open(this.#path).then((file) => {
      this.#forget();
      return file;
    });
    // It is thrown where a block is read.
    this.#reading.catch(() => {});
  }

  /** An open file needs no name: without one it goes with the process, however that ends. Where it does, as on Windows, later. */
  #forget(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // `close` tries once more.
    }
  }

  add(numbers: Float64Array): void {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
    } catch (cause) {
      throw new TableError(
        `a table that is read in parts needs room for its numbers in ${folder()}, 8 bytes a field: ${(cause as Error).message}`,
        { cause },
      );
    }
    this.#starts.push((this.#starts.at(-1) ?? 0) + bytes.length);
  }

  async read(block: number): Promise<Float64Array> {
    const [start = 0, end = 0] = this.#starts.slice(block, block + 2);
    const bytes = new Uint8Array(end - start);
    const file = await this.#reading;
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0) throw new TableError("the numbers of the table can't be read any more: the file has shrunk");
      done += bytesRead;
    }
    return new Float64Array(bytes.buffer);
  }

  /** Closes and removes the file. */
  async close(): Promise<void> {
    closeSync(this.#descriptor);
    await (await this.#reading).close();
    this.#forget();
  }
}
