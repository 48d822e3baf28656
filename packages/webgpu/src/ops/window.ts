import { type Kernel, type Methods, sizeOf, type View, type Window, windowPositions } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import type { Numbers } from "../numbers.ts";
import * as kernels from "../wgsl/index.ts";
import { elementOf } from "./elementwise.ts";
import { withScratch } from "./scratch.ts";

/** The numbers of a window over planes, in the order of `windowParams`. */
export function windowNumbers(window: Window, size: readonly [height: number, width: number]): number[] {
  const { kernel, stride, padding, dilation } = window;
  return [...size, ...windowPositions("unfold", window, size), ...kernel, ...stride, ...padding, ...dilation];
}

const imageSize = ({ shape }: View): [number, number] => [shape[2] as number, shape[3] as number];
const planesOf = ({ shape }: View): number => (shape[0] as number) * (shape[1] as number);

/** Runs a kernel that gives `planes` images of `size`, through which windows slide. */
const forPixels = (
  device: Device,
  shader: kernels.Kernel,
  views: readonly View[],
  planes: number,
  window: Window,
  size: readonly [number, number],
): Numbers =>
  withScratch(device, (scratch) => {
    const count = planes * sizeOf(size);
    return scratch.run(shader, views, count, [count, ...windowNumbers(window, size)]);
  });

/** Runs a kernel that gives `each` numbers for each window of an image. */
const forWindows = (device: Device, shader: kernels.Kernel, x: View, window: Window, each = 1): Numbers =>
  withScratch(device, (scratch) => {
    const size = imageSize(x);
    const count = planesOf(x) * each * sizeOf(windowPositions("unfold", window, size));
    return scratch.run(shader, [x], count, [count, ...windowNumbers(window, size)]);
  });

/** What moves windows over images, on a device. */
export const windows = (device: Device): Pick<Methods, "unfold" | "fold"> => ({
  unfold: (x, window) => forWindows(device, kernels.unfold(), x, window, sizeOf(window.kernel)),
  fold: (x, window, size) =>
    forPixels(device, kernels.fold(elementOf(x.dtype)), [x], planesOf(x) / sizeOf(window.kernel), window, size),
});

type Pooling = {
  readonly [O in "maxPool2d" | "maxPool2dGradient" | "avgPool2d" | "avgPool2dGradient"]: Kernel<O>;
};

/** Pooling on a device. */
export const pooling = (device: Device): Pooling => ({
  maxPool2d: ({ window }, [x]) => [forWindows(device, kernels.maxPool(), x, window)],
  maxPool2dGradient: ({ window }, [gradient, x]) => [
    forPixels(device, kernels.maxPoolGradient(), [x, gradient], planesOf(x), window, imageSize(x)),
  ],
  avgPool2d: ({ window }, [x]) => [forWindows(device, kernels.averagePool(), x, window)],
  avgPool2dGradient: ({ window, size }, [gradient]) => [
    forPixels(device, kernels.averagePoolGradient(), [gradient], planesOf(gradient), window, size),
  ],
});
