import { type Methods, sizeOf, type Window, windowPositions } from "@dlcc/tensor";
import type { Constants, Device } from "../device.ts";
import * as kernels from "../kernels/window.ts";
import { fill, withScratch } from "../scratch.ts";

/** The window and the image as the kernels' constants. */
function constantsOf(window: Window, height: number, width: number): Constants {
  const { kernel, stride, padding, dilation } = window;
  const [rows, columns] = windowPositions("unfold", window, [height, width]);
  return {
    height,
    width,
    rows,
    columns,
    kernelY: kernel[0],
    kernelX: kernel[1],
    strideY: stride[0],
    strideX: stride[1],
    paddingY: padding[0],
    paddingX: padding[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
  };
}

/** What moves windows over images, on a device. */
export const windows = (device: Device): Pick<Methods, "unfold" | "fold"> => ({
  unfold: (x, window) =>
    withScratch(device, (scratch) => {
      const [images, channels, height, width] = x.shape as [number, number, number, number];
      const constants = constantsOf(window, height, width);
      const patch = channels * window.kernel[0] * window.kernel[1];
      const size = images * patch * (constants.rows as number) * (constants.columns as number);
      return device.launch(kernels.unfold, size, [scratch.inOrder(x)], [], constants);
    }),

  fold: (x, window, size) =>
    withScratch(device, (scratch) => {
      const [images, patch] = x.shape as [number, number];
      const outputs = images * (patch / (window.kernel[0] * window.kernel[1])) * size[0] * size[1];
      if (sizeOf(x.shape) === 0) return fill(device, outputs, 0);
      const constants = constantsOf(window, ...size);
      return device.launch(kernels.fold(x.dtype), outputs, [scratch.inOrder(x)], [Number.NaN], constants);
    }),
});
