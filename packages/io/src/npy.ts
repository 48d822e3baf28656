/**
 * NumPy's files: `.npy` and `.npz`, both ways. Import it from `@dlcc/io/npy`.
 *
 * @module npy
 */

export { type ReadNpzOptions, readNpz, type WriteNpzOptions, writeNpz } from "./numpy/archive.ts";
export { readNpy, writeNpy } from "./numpy/array.ts";
export { NpyError } from "./numpy/error.ts";
