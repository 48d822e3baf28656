import { contiguousStrides, type Methods, sizeOf, type Window, windowPositions } from "@dlcc/tensor";
import { addressOf, type Device } from "./device.ts";
import { zeros } from "./movement.ts";

type Image = readonly [images: number, channels: number, height: number, width: number];

/** Runs the kernel between an image and its patches, both given by address and strides. */
function slide(
  { kernels }: Device,
  backwards: 0 | 1,
  window: Window,
  shape: Image,
  image: readonly [address: number, strides: readonly number[]],
  patches: readonly [address: number, strides: readonly number[]],
): void {
  const { kernel, stride, padding, dilation } = window;
  const [, , height, width] = shape;
  kernels.slide(
    ...[backwards, ...shape, ...windowPositions("unfold", window, [height, width])],
    ...[...kernel, ...stride, ...padding, ...dilation],
    ...[image[0], ...image[1]],
    ...[patches[0], ...patches[1]],
  );
}

/** What moves windows over images, on a device. */
export const windows = (device: Device): Pick<Methods, "unfold" | "fold"> => ({
  unfold(x, window) {
    const [n, channels, height, width] = x.shape as Image;
    const [rows, columns] = windowPositions("unfold", window, [height, width]);
    const shape = [n, channels * window.kernel[0] * window.kernel[1], rows * columns];
    const out = zeros(device, sizeOf(shape));
    const patches = [out.pointer, contiguousStrides(shape)] as const;
    slide(device, 0, window, [n, channels, height, width], [addressOf(x), x.strides], patches);
    return out;
  },

  fold(x, window, [height, width]) {
    const [n, patch] = x.shape as [number, number];
    const shape = [n, patch / (window.kernel[0] * window.kernel[1]), height, width] as const;
    const out = zeros(device, sizeOf(shape));
    slide(device, 1, window, shape, [out.pointer, contiguousStrides(shape)], [addressOf(x), x.strides]);
    return out;
  },
});
