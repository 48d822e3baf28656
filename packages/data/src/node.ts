/**
 * The part that needs Node: reading MNIST from a folder, whole or in parts. Import it from `@dlcc/data/node`.
 *
 * @module node
 */
export { FileError } from "./file-error.ts";
export { type IdxExamples, type IdxSourceOptions, openIdx } from "./idx-source.ts";
export { loadMnist, type Mnist, type MnistOnDisk, openMnist } from "./mnist.ts";
