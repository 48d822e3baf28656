import { ArgumentError, cpu, fromStorage, type Tensor } from "@dlcc/tensor";
import { type Idx, IdxError } from "./idx.ts";

/** Images and their labels: row i of one belongs to row i of the other. */
export interface Examples {
  /** `float32 [n, pixels]`. */
  readonly images: Tensor;
  /** `int32 [n]`. */
  readonly labels: Tensor;
}

/** The largest value of a pixel that is one byte. */
const white = 255;

/**
 * Images as a network takes them: a row for each, pixels in 0..1.
 *
 * @param idx Bytes, `[n, rows, columns]`, as `parseIdx` and `readIdx` give them.
 * @returns `float32 [n, rows · columns]`, on cpu: each byte divided by 255.
 * @throws {IdxError} if these are not bytes in three dimensions.
 * @example
 * ```ts
 * import { imagesFromIdx, parseIdx } from "@dlcc/data";
 *
 * const file = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 51, 255, 0); // one image of 2×2
 * console.log(imagesFromIdx(parseIdx(file)).shape); // → [ 1, 4 ]
 * ```
 */
export function imagesFromIdx({ shape, data }: Idx): Tensor {
  if (!(data instanceof Uint8Array) || shape.length !== 3) {
    throw new IdxError(`imagesFromIdx: images must be bytes of shape [n, rows, columns], ${got(shape, data)}`);
  }
  const [count = 0, rows = 0, columns = 0] = shape;
  const pixels = new Float32Array(data.length);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (data[i] as number) / white;
  // The cpu backend's storages are arrays: this one becomes the tensor's. A copy would cost MNIST another 188 MB.
  return fromStorage(cpu, pixels, "float32", [count, rows * columns]);
}

/**
 * Labels as a loss takes them.
 *
 * @param idx Bytes, `[n]`, as `parseIdx` and `readIdx` give them.
 * @param classes The number of classes; labels count from 0. Default: 10, the digits.
 * @returns `int32 [n]`, on cpu.
 * @throws {IdxError} if these are not bytes in one dimension, or a label is not below `classes`.
 * @example
 * ```ts
 * import { labelsFromIdx, parseIdx } from "@dlcc/data";
 *
 * const labels = labelsFromIdx(parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 4)));
 * console.log(await labels.array()); // → [ 5, 4 ]
 * ```
 */
export function labelsFromIdx({ shape, data }: Idx, classes = 10): Tensor {
  if (!Number.isInteger(classes) || classes < 1) {
    throw new ArgumentError(`labelsFromIdx: classes must be a whole number from 1, got ${classes}`);
  }
  if (!(data instanceof Uint8Array) || shape.length !== 1) {
    throw new IdxError(`labelsFromIdx: labels must be bytes of shape [n], ${got(shape, data)}`);
  }
  const bad = data.findIndex((label) => label >= classes);
  if (bad >= 0) {
    throw new IdxError(
      `labelsFromIdx: labels must be from 0 to ${classes - 1}, got ${data[bad]} at index ${bad}: is this the right file?`,
    );
  }
  return fromStorage(cpu, Int32Array.from(data), "int32", shape);
}

const got = (shape: readonly number[], data: object): string =>
  `got ${data.constructor.name} of shape [${shape}]: is this the right file?`;

/**
 * Images and their labels, checked to belong together.
 *
 * @param images As for {@link imagesFromIdx}.
 * @param labels As for {@link labelsFromIdx}.
 * @param classes The number of classes. Default: 10, the digits.
 * @throws {IdxError} as {@link imagesFromIdx} and {@link labelsFromIdx} do, if the counts differ, or if they are 0.
 * @example
 * ```ts
 * import { examplesFromIdx, parseIdx } from "@dlcc/data";
 *
 * const images = parseIdx(Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 255)); // two of one pixel
 * const labels = parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 4));
 * const examples = examplesFromIdx(images, labels);
 * console.log(await examples.images.array()); // → [ [ 0 ], [ 1 ] ]
 * ```
 */
export function examplesFromIdx(images: Idx, labels: Idx, classes = 10): Examples {
  const [count, labelled] = [images.shape[0], labels.shape[0]];
  if (count !== labelled) {
    throw new IdxError(
      `images and labels must have the same count, got ${count} and ${labelled}: are they of the same data set?`,
    );
  }
  if (count === 0) throw new IdxError("images and labels must have at least one example, got 0");
  return { labels: labelsFromIdx(labels, classes), images: imagesFromIdx(images) };
}
