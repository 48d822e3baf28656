/**
 * The part that needs Node: reading MNIST from a folder. Import it from `@dlcc/data/node`.
 *
 * @module node
 */
export { FileError, loadMnist, type Mnist } from "./mnist.ts";
