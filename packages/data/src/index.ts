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
export { prefetch } from "./prefetch.ts";
export { type GrayImage, prepareDigit } from "./prepare-digit.ts";
export { countOf, type ExampleBlock, type ExampleSource, type RowType } from "./source.ts";
export { type Split, type SplitOptions, split } from "./split.ts";
export { type BlockPart, partsOfSource, type SourceSplit, splitSource } from "./split-source.ts";
export { type Distribution, meanAndStandardDeviation, standardize } from "./standardize.ts";
export {
  type StreamedMinibatches,
  type StreamOptions,
  type StreamState,
  streamMinibatches,
} from "./stream-minibatches.ts";
