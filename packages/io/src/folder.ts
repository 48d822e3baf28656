/** Checkpoints in a folder on disk. */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CheckpointStore, type CheckpointStoreOptions, checkpointStore } from "./checkpoint-store.ts";
import { FileError, write } from "./file.ts";

/** What a write that was killed leaves. */
const temporary = /^\..+\.tmp$/;

/**
 * Keeps checkpoints in a folder, as `checkpoint-000001.safetensors` and so on. A new one is written to a temporary file,
 * synced, and renamed, and the folder is synced: a process that is killed at any moment, or a power cut, damages none. What
 * a killed write left behind is swept away by the next.
 *
 * @param path The folder, which is made if it does not exist. It should be the run's alone.
 * @returns A store that throws a {@link FileError} where the folder can't be read or written.
 * @throws {ArgumentError} if `keep` is not a whole number from 1.
 * @example
 * ```ts
 * import { mkdtempSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { checkpointFolder } from "@dlcc/io/node";
 * import { tensor } from "@dlcc/tensor";
 *
 * const store = checkpointFolder(mkdtempSync(join(tmpdir(), "dlcc-run-")), { keep: 2 });
 * console.log(await store.read()); // → undefined
 * await store.write({ tensors: { w: tensor([1, 2]) }, metadata: { epoch: "3" } });
 * console.log((await store.read())?.metadata); // → { epoch: '3' }
 * ```
 */
export function checkpointFolder(path: string, options: CheckpointStoreOptions = {}): CheckpointStore {
  let swept = false;
  const list = async (): Promise<string[]> => {
    try {
      return await readdir(path);
    } catch (cause) {
      const error = cause as NodeJS.ErrnoException;
      if (error.code === "ENOENT") return [];
      throw new FileError(`${path} can't be read: ${error.message}`, { cause });
    }
  };
  return checkpointStore(
    {
      name: path,
      list,
      read: (name) => readFile(join(path, name)),
      async write(name, bytes) {
        await mkdir(path, { recursive: true }).catch((cause: Error) => {
          throw new FileError(`${path} can't be made: ${cause.message}`, { cause });
        });
        if (!swept) for (const old of await list()) if (temporary.test(old)) await rm(join(path, old), { force: true });
        swept = true;
        await write(join(path, name), bytes);
      },
      remove: (name) => rm(join(path, name), { force: true }),
    },
    options,
  );
}
