/**
 * The part that needs Node: files on disk, and checkpoints in a folder. Import it from `@dlcc/io/node`.
 *
 * @module node
 */

export { load, save } from "./disk/file.ts";
export { checkpointFolder } from "./disk/folder.ts";
export { checkWritable, replaceFile } from "./disk/replace.ts";
export { FileError } from "./error.ts";
