/**
 * @packageDocumentation
 * @mergeModuleWith <project>
 */
export { type Examples, examplesFromIdx, imagesFromIdx, labelsFromIdx } from "./examples.ts";
export { type GunzipOptions, GzipError, gunzip, isGzip } from "./gzip.ts";
export { type Idx, type IdxArray, IdxError, parseIdx, readIdx } from "./idx.ts";
export {
  type Minibatch,
  type Minibatches,
  type MinibatchesState,
  type MinibatchOptions,
  minibatches,
} from "./minibatches.ts";
export { type GrayImage, prepareDigit } from "./prepare-digit.ts";
export { type Split, type SplitOptions, split } from "./split.ts";
export { type Distribution, meanAndStandardDeviation, standardize } from "./standardize.ts";
