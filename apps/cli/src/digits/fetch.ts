import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { DlccError } from "@dlcc/tensor";
import { beginsAsGzip, contentFault } from "./content.ts";
import { type DownloadOptions, download } from "./download.ts";
import type { DataFile } from "./mnist-files.ts";

/** The options of a fetch: the files, and callbacks. */
export interface FetchOptions extends Omit<DownloadOptions, "onBytes"> {
  readonly files: readonly DataFile[];
  readonly folder: string;
  /** Called if there was a good file already. */
  readonly onKept: (name: string) => void;
  /** Called if there was a file of that name with other content, which got a new name. */
  readonly onSetAside: (name: string, as: string) => void;
  readonly onBytes: (file: DataFile, received: number, total: number | undefined) => void;
  /** Called when a file has been downloaded and checked. */
  readonly onFetched: (file: DataFile) => void;
}

/** The folder can't be written to. */
class FolderError extends DlccError {
  override readonly name = "FolderError";
}

/** The name, before six random letters, of the folder for partial downloads, which is always removed. */
const temporaryPrefix = ".fetch-";

/** The suffix for an old file with other content; a number follows where there is such a file already. */
const asideSuffix = ".old";

/** A name for an old file that no other file has. */
function asideName(folder: string, name: string): string {
  for (let count = 1; ; count++) {
    const aside = `${name}${asideSuffix}${count === 1 ? "" : `-${count}`}`;
    if (!existsSync(path.join(folder, aside))) return aside;
  }
}

/** The names under which `loadMnist` finds a file. */
const namesOf = ({ name }: DataFile): string[] => {
  const dotted = name.replace("-idx", ".idx");
  return [name, dotted, `${name}.gz`, `${dotted}.gz`];
};

/**
 * Brings the files of a data set into a folder: good files stay, the others are downloaded. They are moved to their places
 * only when all of them have been downloaded and checked.
 *
 * @throws {DownloadError} if no mirror has a file. @throws {FolderError} if the folder can't be written to.
 * @throws the signal's reason, once it is aborted. In all these cases the folder is unchanged.
 */
export async function fetchFiles(options: FetchOptions): Promise<void> {
  const { files, folder, signal } = options;
  const missing: DataFile[] = [];
  const inTheWay: string[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    const found = namesOf(file).find((name) => existsSync(path.join(folder, name)));
    const fault = found === undefined ? "missing" : await contentFault(path.join(folder, found), file);
    if (found !== undefined && fault === undefined) options.onKept(found);
    else missing.push(file);
    if (found !== undefined && fault !== undefined) inTheWay.push(found);
  }
  if (missing.length === 0) return;

  const made = await prepared(folder, () => mkdir(folder, { recursive: true }));
  const temporary = await prepared(folder, () => mkdtemp(path.join(folder, temporaryPrefix)));
  try {
    const fetched: string[] = [];
    for (const file of missing) {
      const place = path.join(temporary, file.name);
      await download(file, place, { ...options, onBytes: (received, total) => options.onBytes(file, received, total) });
      // A mirror may declare the compression as the transport's; then the file arrives unpacked.
      fetched.push((await beginsAsGzip(place)) ? `${file.name}.gz` : file.name);
      options.onFetched(file);
    }
    for (const name of inTheWay) {
      const aside = asideName(folder, name);
      await rename(path.join(folder, name), path.join(folder, aside));
      options.onSetAside(name, aside);
    }
    for (const [i, name] of fetched.entries()) {
      await rename(path.join(temporary, missing[i]?.name ?? ""), path.join(folder, name));
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
    if (made !== undefined) await removeEmpty(folder, made);
  }
}

async function prepared<T>(folder: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (cause) {
    throw new FolderError(`the folder ${folder} can't be written to: ${(cause as Error).message}`, { cause });
  }
}

/** Removes the folders that were made, from the innermost to the first new one. */
async function removeEmpty(folder: string, first: string): Promise<void> {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    const removed = await rmdir(current).then(
      () => true,
      () => false,
    );
    if (!removed || current === path.resolve(first)) return;
  }
}
