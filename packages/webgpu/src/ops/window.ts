import { type Kernel, type Methods, sizeOf, type View, type Window, windowPositions } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import type { Numbers } from "../numbers.ts";
import { countOf } from "../scratch.ts";
import type { Kernel as Shader } from "../wgsl/kernel.ts";
import * as kernels from "../wgsl/window.ts";
import { elementOf } from "./elementwise.ts";
import { withScratch } from "./scratch.ts";

/** The numbers of a window over planes, in the order of `windowParams`. */
export function windowNumbers(window: Window, size: readonly [height: number, width: number]): number[] {
  const { kernel, stride, padding, dilation } = window;
  return [...size, ...windowPositions("unfold", window, size), ...kernel, ...stride, ...padding, ...dilation];
}

/** Runs a kernel of windows on images that are in order. */
function slide(
  device: Device,
  shader: Shader,
  views: readonly View[],
  count: number,
  window: Window,
  size: readonly [number, number],
): Numbers {
  return withScratch(device, (scratch) => scratch.run(shader, views, count, [count, ...windowNumbers(window, size)]));
}

const imageSize = ({ shape }: View): [number, number] => [shape[2] as number, shape[3] as number];
const planesOf = ({ shape }: View): number => (shape[0] as number) * (shape[1] as number);

/** What moves windows over images, on a device. */
export const windows = (device: Device): Pick<Methods, "unfold" | "fold"> => ({
  unfold(x, window) {
    const positions = sizeOf(windowPositions("unfold", window, imageSize(x)));
    const count = planesOf(x) * sizeOf(window.kernel) * positions;
    return slide(device, kernels.unfold(), [x], count, window, imageSize(x));
  },
  fold(x, window, size) {
    const planes = planesOf(x) / sizeOf(window.kernel);
    return slide(device, kernels.fold(elementOf(x.dtype)), [x], planes * sizeOf(size), window, size);
  },
});

type Pooling = {
  readonly [O in "maxPool2d" | "maxPool2dGradient" | "avgPool2d" | "avgPool2dGradient"]: Kernel<O>;
};

/** Pooling on a device. */
export function pooling(device: Device): Pooling {
  const pooled = (x: View, window: Window): number =>
    planesOf(x) * sizeOf(windowPositions("unfold", window, imageSize(x)));
  return {
    maxPool2d: ({ window }, [x]) => [slide(device, kernels.maxPool(), [x], pooled(x, window), window, imageSize(x))],
    maxPool2dGradient: ({ window }, [gradient, x]) => [
      slide(device, kernels.maxPoolGradient(), [x, gradient], countOf(x), window, imageSize(x)),
    ],
    avgPool2d: ({ window }, [x]) => [
      slide(device, kernels.averagePool(), [x], pooled(x, window), window, imageSize(x)),
    ],
    avgPool2dGradient: ({ window, size }, [gradient]) => [
      slide(device, kernels.averagePoolGradient(), [gradient], planesOf(gradient) * sizeOf(size), window, size),
    ],
  };
}
