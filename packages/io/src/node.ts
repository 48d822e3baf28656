/**
 * The part that needs Node: safetensors files on disk, and checkpoints in a folder. Import it from `@dlcc/io/node`.
 *
 * @module node
 */

export { checkWritable, FileError, load, save } from "./file.ts";
export { checkpointFolder } from "./folder.ts";
