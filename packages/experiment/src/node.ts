/**
 * The part that needs Node: the embedded digits, and model files on disk. Import it from `@dlcc/experiment/node`.
 *
 * @module node
 */
export { embeddedDigits } from "./digits/embedded.ts";
export { loadModel, saveModel } from "./model/file.ts";
