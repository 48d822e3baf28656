/**
 * @packageDocumentation
 * @mergeModuleWith <project>
 */
export { randomFlip, randomRotation, randomShear, randomShift, randomZoom } from "./augment/affine.ts";
export { type AugmentOptions, augment, type ImageTransform, type TransformOptions } from "./augment/augment.ts";
export type {
  Affine,
  AffineDistortion,
  DisplacementDistortion,
  Distortion,
  ImageSize,
  PixelDistortion,
  Pixels,
  Range,
} from "./augment/distortion.ts";
export { randomElastic } from "./augment/elastic.ts";
export { type ErasingOptions, randomErasing, randomNoise } from "./augment/pixels.ts";
export {
  type TransformBatchesOptions,
  type TransformedBatches,
  type TransformedState,
  type TransformedStream,
  transformBatches,
} from "./augment/transform-batches.ts";
export type { GrayImage } from "./digit/view.ts";
export { type Examples, examplesFromIdx, imagesFromIdx, labelsFromIdx } from "./examples.ts";
export { type FoundDigit, findDigit, findDigits } from "./find-digits.ts";
export { type GunzipOptions, GzipError, gunzip, isGzip } from "./gzip.ts";
export { type Idx, type IdxArray, IdxError, parseIdx, readIdx } from "./idx.ts";
export {
  type ChosenRows,
  type Minibatch,
  type Minibatches,
  type MinibatchesState,
  type MinibatchOptions,
  minibatches,
} from "./minibatches.ts";
export { prefetch } from "./prefetch.ts";
export { prepareDigit } from "./prepare-digit.ts";
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
