/**
 * The part that needs Node: files on disk. Import it from `@dlcc/io/node`.
 *
 * @module node
 */

export { load, save } from "./disk/file.ts";
export { checkWritable, replaceFile } from "./disk/replace.ts";
export { FileError } from "./error.ts";
