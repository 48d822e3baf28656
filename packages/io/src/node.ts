/**
 * The part that needs Node: safetensors files on disk. Import it from `@dlcc/io/node`.
 *
 * @module node
 */
export { checkWritable, FileError, load, save } from "./file.ts";
