import type { View, Window } from "../backend.ts";
import type { TypedArray } from "../dtype.ts";
import { contiguousStrides, sizeOf } from "../shape.ts";
import { windowPositions } from "../window.ts";
import { addRow, copyRow } from "./loops.ts";
import { newStorage } from "./spare.ts";
import { arrayOf, type Strided } from "./walk.ts";

/**
 * Moves numbers between images `[n, c, h, w]` and patches `[n, c, taps, rows, columns]`: for each tap of the window, the
 * row of positions at which it falls inside the image. `row` gets the image's walk and the patches'.
 */
export function forEachTapRow(
  window: Window,
  [images, channels, height, width]: readonly [number, number, number, number],
  image: Strided,
  patches: Strided,
  row: (n: number, imageAt: number, imageStep: number, patchAt: number, patchStep: number) => void,
): void {
  const { kernel, stride, padding, dilation } = window;
  const [rows, columns] = windowPositions("unfold", window, [height, width]);
  const taps = kernel[0] * kernel[1];
  const [imageN, imageC, imageY, imageX] = image.strides as [number, number, number, number];
  const [patchN, patchTap, patchStep] = patches.strides as [number, number, number];
  for (let tap = 0; tap < taps; tap++) {
    const top = Math.floor(tap / kernel[1]) * dilation[0] - padding[0];
    const left = (tap % kernel[1]) * dilation[1] - padding[1];
    // Columns at which 0 ≤ column · stride + left < width.
    const first = Math.max(0, Math.ceil(-left / stride[1]));
    const end = Math.min(columns, Math.ceil((width - left) / stride[1]));
    if (first >= end) continue;
    for (let r = 0; r < rows; r++) {
      const y = r * stride[0] + top;
      if (y < 0 || y >= height) continue;
      for (let n = 0; n < images; n++) {
        for (let c = 0; c < channels; c++) {
          const imageAt = image.offset + n * imageN + c * imageC + y * imageY + (first * stride[1] + left) * imageX;
          const patchAt = patches.offset + n * patchN + (c * taps + tap) * patchTap + (r * columns + first) * patchStep;
          row(end - first, imageAt, stride[1] * imageX, patchAt, patchStep);
        }
      }
    }
  }
}

export function unfold(x: View, window: Window): [TypedArray] {
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  const [rows, columns] = windowPositions("unfold", window, [height, width]);
  const shape = [n, channels * window.kernel[0] * window.kernel[1], rows * columns];
  const out = newStorage(x.dtype, sizeOf(shape));
  const data = arrayOf(x);
  const patches = { strides: contiguousStrides(shape), offset: 0 };
  forEachTapRow(window, [n, channels, height, width], x, patches, (length, imageAt, imageStep, patchAt, patchStep) =>
    copyRow(length, data, imageAt, imageStep, out, patchAt, patchStep),
  );
  return [out];
}

export function fold(x: View, window: Window, [height, width]: readonly [number, number]): [TypedArray] {
  const [n, patch] = x.shape as [number, number];
  const shape = [n, patch / (window.kernel[0] * window.kernel[1]), height, width] as const;
  const out = newStorage(x.dtype, sizeOf(shape));
  const data = arrayOf(x);
  const image = { strides: contiguousStrides(shape), offset: 0 };
  forEachTapRow(window, shape, image, x, (length, imageAt, imageStep, patchAt, patchStep) =>
    addRow(length, data, patchAt, patchStep, out, imageAt, imageStep),
  );
  return [out];
}
