import { contiguousStrides, sizeOf, type View, type Window } from "@dlcc/tensor";
import { addressOf, type Device } from "./device.ts";
import type { Block } from "./heap.ts";
import { zeros } from "./movement.ts";

type Image = readonly [images: number, channels: number, height: number, width: number];

/** How many positions a window has along the rows (0) or the columns (1) of an image. */
const positionsAlong = ({ kernel, stride, padding, dilation }: Window, length: number, direction: 0 | 1): number =>
  Math.floor(
    (length + 2 * padding[direction] - dilation[direction] * (kernel[direction] - 1) - 1) / stride[direction],
  ) + 1;

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
    ...[backwards, ...shape, positionsAlong(window, height, 0), positionsAlong(window, width, 1)],
    ...[...kernel, ...stride, ...padding, ...dilation],
    ...[image[0], ...image[1]],
    ...[patches[0], ...patches[1]],
  );
}

export function unfold(device: Device, x: View, window: Window): Block {
  const [n, channels, height, width] = x.shape as Image;
  const positions = positionsAlong(window, height, 0) * positionsAlong(window, width, 1);
  const shape = [n, channels * window.kernel[0] * window.kernel[1], positions];
  const out = zeros(device, sizeOf(shape));
  const patches = [out.pointer, contiguousStrides(shape)] as const;
  slide(device, 0, window, [n, channels, height, width], [addressOf(x), x.strides], patches);
  return out;
}

export function fold(device: Device, x: View, window: Window, [height, width]: readonly [number, number]): Block {
  const [n, patch] = x.shape as [number, number];
  const shape = [n, patch / (window.kernel[0] * window.kernel[1]), height, width] as const;
  const out = zeros(device, sizeOf(shape));
  slide(device, 1, window, shape, [out.pointer, contiguousStrides(shape)], [addressOf(x), x.strides]);
  return out;
}
