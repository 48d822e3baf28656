/** Pooling whose windows follow from the size that is to come out. */
import { emptyArray } from "../dtype.ts";
import { ShapeError, show } from "../errors.ts";
import { named } from "../named.ts";
import type { Tensor } from "../tensor.ts";
import { assertFloat, assertTensor } from "./checks.ts";
import { gather } from "./movement.ts";
import { avgPool2d, type Pair } from "./pooling.ts";
import { sum } from "./reduction.ts";
import { reshape } from "./views.ts";
import { where } from "./where.ts";
import { assertPair, assertRank, pair } from "./window-options.ts";

/** The mean of each of `count` parts of an axis, which overlap where they don't come out even. */
function averageParts(x: Tensor, axis: number, count: number): Tensor {
  const length = x.shape[axis] as number;
  const starts = Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
  const sizes = starts.map((start, i) => Math.ceil(((i + 1) * length) / count) - start);
  const longest = Math.max(...sizes);
  // Shorter parts are filled up with their first element, which doesn't count.
  const places = Int32Array.from(
    starts.flatMap((start, i) =>
      Array.from({ length: longest }, (_, j) => (j < (sizes[i] as number) ? start + j : start)),
    ),
  );
  const counted = Uint8Array.from(
    sizes.flatMap((size) => Array.from({ length: longest }, (_, j) => (j < size ? 1 : 0))),
  );
  const after = x.shape.slice(axis + 1).map(() => 1);
  const parts = gather(x, x.upload(places, "int32", [count, longest]), axis);
  const sums = sum(where(x.upload(counted, "bool", [count, longest, ...after]), parts, 0), axis + 1);
  return sums.div(
    x.upload(
      emptyArray(x.dtype, count).map((_, i) => sizes[i] as number),
      x.dtype,
      [count, ...after],
    ),
  );
}

/**
 * The mean of each of `rows × columns` parts of an image: pooling whose window follows from the size that is to come out.
 * Part i of an axis reaches from `⌊i · length / parts⌋` to `⌈(i + 1) · length / parts⌉`, as in PyTorch.
 *
 * @param x `[n, channels, height, width]`, floats.
 * @param size How many rows and columns come out. 1 gives the mean of each channel.
 * @returns `[n, channels, rows, columns]`.
 * @throws {ShapeError} if `x` has other axes. @throws {ArgumentError} if a size is not a whole number from 1.
 * @example
 * ```ts
 * import { adaptiveAvgPool2d, tensor } from "@dlcc/tensor";
 * const image = tensor([[1, 2, 3], [5, 6, 7]]).reshape([1, 1, 2, 3]);
 * console.log(await adaptiveAvgPool2d(image, 1).item()); // → 4
 * console.log(await adaptiveAvgPool2d(image, [1, 2]).reshape([-1]).array()); // → [ 3.5, 4.5 ]
 * ```
 */
export const adaptiveAvgPool2d = (x: Tensor, size: Pair): Tensor =>
  named("adaptiveAvgPool2d", () => {
    assertTensor("adaptiveAvgPool2d", x);
    assertFloat("adaptiveAvgPool2d", x);
    assertRank("adaptiveAvgPool2d", x, 4, "[n, channels, height, width]");
    const lengths = pair(size);
    assertPair("adaptiveAvgPool2d", "size", lengths, 1);
    const [rows, columns] = lengths;
    const [n, channels, height, width] = x.shape as [number, number, number, number];
    if (height * width === 0) {
      throw new ShapeError(`adaptiveAvgPool2d: images must have a pixel, got ${show(x.shape)}`);
    }
    if (rows === 1 && columns === 1) return reshape(x.mean([2, 3]), [n, channels, 1, 1]);
    if (height % rows === 0 && width % columns === 0) return avgPool2d(x, [height / rows, width / columns]);
    return averageParts(averageParts(x, 2, rows), 3, columns);
  });
