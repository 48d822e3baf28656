/**
 * Convolution on the cpu backend: one image at a time is laid out as the patches under the window, and each group of channels
 * is a matrix product with them. So there is never more in memory than one image's patches.
 */
import type { Kernel, View, Window } from "../backend.ts";
import { contiguousStrides, sizeOf } from "../shape.ts";
import { windowPositions } from "../window.ts";
import { activations, inOrder } from "./fused.ts";
import { addRow, copyRow } from "./loops.ts";
import { type FloatArray, type Matrix, multiply } from "./matmul.ts";
import { freeStorage, newStorage } from "./spare.ts";
import { forEachTapRow } from "./window.ts";

/** A matrix of numbers that lie in order, or its transpose. */
const dense = (data: FloatArray, offset: number, columns: number): Matrix => ({
  data,
  offset,
  rowStride: columns,
  columnStride: 1,
});
const turned = (m: Matrix): Matrix => ({ ...m, rowStride: m.columnStride, columnStride: m.rowStride });

/** The lengths that the three ops work with, of images `[n, channels, …size]` and outputs `[n, outputs, …positions]`. */
function lengthsOf(images: readonly number[], outputs: number, window: Window, groups: number) {
  const [n, channels, height, width] = images as [number, number, number, number];
  const [rows, columns] = windowPositions("conv2d", window, [height, width]);
  return {
    n,
    image: [1, channels, height, width] as const,
    imageSize: channels * height * width,
    positions: rows * columns,
    /** Of a group: rows of the weight, and what each sums up. */
    outputs: outputs / groups,
    depth: (channels / groups) * window.kernel[0] * window.kernel[1],
  };
}
type Lengths = ReturnType<typeof lengthsOf>;

/** Runs `fn` with room for one image's patches, `[channels · taps, positions]`. What lies outside the image stays 0. */
function withPatches(x: View, groups: number, { depth, positions }: Lengths, fn: (patches: FloatArray) => void): void {
  const patches = newStorage(x.dtype, groups * depth * positions) as FloatArray;
  fn(patches);
  freeStorage(patches);
}

/** Copies an image's numbers to its patches, or adds its patches to the image. */
function slide(
  move: typeof copyRow,
  window: Window,
  { image, imageSize, depth, positions }: Lengths,
  groups: number,
  [pixels, i]: readonly [FloatArray, number],
  patches: FloatArray,
): void {
  const walk = { strides: contiguousStrides(image), offset: i * imageSize };
  const columns = { strides: [groups * depth * positions, positions, 1], offset: 0 };
  const back = move === addRow;
  forEachTapRow(window, image, walk, columns, (length, at, step, to, by) =>
    back ? move(length, patches, to, by, pixels, at, step) : move(length, pixels, at, step, patches, to, by),
  );
}

/** Images and weights to outputs. */
export const conv2d: Kernel<"conv2d"> = ({ window, groups, activation }, [x, weight, bias]) => {
  const all = weight.shape[0]!;
  const lengths = lengthsOf(x.shape, all, window, groups);
  const { n, outputs, depth, positions } = lengths;
  const [pixels, w] = [inOrder(x) as FloatArray, inOrder(weight) as FloatArray];
  const out = newStorage(x.dtype, n * all * positions) as FloatArray;
  withPatches(x, groups, lengths, (patches) => {
    for (let i = 0; i < n; i++) {
      slide(copyRow, window, lengths, groups, [pixels, i], patches);
      for (let g = 0; g < groups; g++) {
        const kernels = dense(w, g * outputs * depth, depth);
        const columns = dense(patches, g * depth * positions, positions);
        multiply(outputs, positions, depth, kernels, columns, out, (i * groups + g) * outputs * positions);
      }
    }
  });
  if (bias) addToChannels(bias, positions, out);
  if (activation) activations[activation](out.length, out, 0, 1, out, 0);
  return [out];
};

/** Outputs and weights to images. */
export const convTranspose2d: Kernel<"convTranspose2d"> = ({ window, groups, size }, [x, weight, bias]) => {
  const [n, all] = x.shape as [number, number];
  const channels = groups * weight.shape[1]!;
  const lengths = lengthsOf([n, channels, ...size], all, window, groups);
  const { outputs, depth, positions } = lengths;
  const [given, w] = [inOrder(x) as FloatArray, inOrder(weight) as FloatArray];
  const out = newStorage(x.dtype, sizeOf([n, channels, ...size])) as FloatArray;
  withPatches(x, groups, lengths, (patches) => {
    for (let i = 0; i < n; i++) {
      for (let g = 0; g < groups; g++) {
        const kernels = turned(dense(w, g * outputs * depth, depth));
        const pixels = dense(given, (i * groups + g) * outputs * positions, positions);
        multiply(depth, positions, outputs, kernels, pixels, patches, g * depth * positions);
      }
      slide(addRow, window, lengths, groups, [out, i], patches);
    }
  });
  if (bias) addToChannels(bias, size[0] * size[1], out);
  return [out];
};

/** Images and outputs to weights. */
export const conv2dWeightGradient: Kernel<"conv2dWeightGradient"> = ({ window, groups }, [x, gradient]) => {
  const all = gradient.shape[1]!;
  const lengths = lengthsOf(x.shape, all, window, groups);
  const { n, outputs, depth, positions } = lengths;
  const [pixels, g] = [inOrder(x) as FloatArray, inOrder(gradient) as FloatArray];
  const totals = new Float64Array(all * depth);
  const part = new Float64Array(outputs * depth);
  withPatches(x, groups, lengths, (patches) => {
    for (let i = 0; i < n; i++) {
      slide(copyRow, window, lengths, groups, [pixels, i], patches);
      for (let group = 0; group < groups; group++) {
        const slopes = dense(g, (i * groups + group) * outputs * positions, positions);
        const columns = turned(dense(patches, group * depth * positions, positions));
        multiply(outputs, depth, positions, slopes, columns, part, 0);
        for (let j = 0, at = group * part.length; j < part.length; j++, at++) totals[at]! += part[j]!;
      }
    }
  });
  const out = newStorage(x.dtype, totals.length);
  out.set(totals);
  return [out];
};

/** Adds each channel's number to its pixels. */
function addToChannels(bias: View, pixels: number, out: FloatArray): void {
  const numbers = inOrder(bias);
  for (let at = 0, c = 0; at < out.length; c = (c + 1) % numbers.length) {
    const value = numbers[c]!;
    for (const end = at + pixels; at < end; at++) out[at]! += value;
  }
}
