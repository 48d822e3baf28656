export { checkWritable, FileError, load, save } from "./file.ts";
