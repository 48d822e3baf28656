/** Pooling: the planes of all images and channels are shared among the threads. */
import { type Kernel, sizeOf, type View, type Window, windowPositions } from "@dlcc/tensor";
import * as codes from "./codes.ts";
import { addressOf, allocate, chunksFor, type Device } from "./device.ts";
import type { Block } from "./heap.ts";
import { inOrder } from "./movement.ts";

/** The fused ops that are pooling. */
type Pooling = { readonly [O in "maxPool2d" | "maxPool2dGradient" | "avgPool2d" | "avgPool2dGradient"]: Kernel<O> };

/** Where a job's operands are; 0 for those that it has not. */
interface Operands {
  readonly x?: View | undefined;
  readonly y?: View | undefined;
  readonly gradient?: View | undefined;
}

/** Runs a job over all planes of images of a size. */
function run(
  device: Device,
  job: number,
  planes: number,
  [height, width]: readonly [number, number],
  window: Window,
  { x, y, gradient }: Operands,
  outputs: "images" | "pooled",
): Block {
  const { kernel, stride, padding, dilation } = window;
  const [rows, columns] = windowPositions("unfold", window, [height, width]);
  const size = outputs === "images" ? height * width : rows * columns;
  const out = allocate(device, "float32", planes * size);
  const pointers = [x, y, gradient].map((view) => (view ? addressOf(view) : 0));
  device.run(job, Math.max(1, Math.min(planes, chunksFor(device, planes * height * width))), [
    ...[planes, height, width, rows, columns],
    ...[...kernel, ...stride, ...padding, ...dilation],
    ...[...pointers, out.pointer],
  ]);
  return out;
}

const planesOf = ({ shape }: View): number => sizeOf(shape.slice(0, 2));
const imageOf = ({ shape }: View): readonly [number, number] => [shape[2]!, shape[3]!];

/** Pooling on a device. */
export const pooling = (device: Device): Pooling => ({
  maxPool2d: ({ window }, [x]) =>
    inOrder(device, [x], ([images]) => [
      run(device, codes.maxPoolJob, planesOf(x), imageOf(x), window, { x: images }, "pooled"),
    ]),

  maxPool2dGradient: ({ window }, [gradient, x, output]) =>
    inOrder(device, [gradient, x, output], ([g, images, y]) => [
      run(device, codes.maxPoolGradientJob, planesOf(x), imageOf(x), window, { x: images, y, gradient: g }, "images"),
    ]),

  avgPool2d: ({ window }, [x]) =>
    inOrder(device, [x], ([images]) => [
      run(device, codes.avgPoolJob, planesOf(x), imageOf(x), window, { x: images }, "pooled"),
    ]),

  avgPool2dGradient: ({ window, size }, [gradient]) =>
    inOrder(device, [gradient], ([g]) => [
      run(device, codes.avgPoolGradientJob, planesOf(gradient), size, window, { gradient: g }, "images"),
    ]),
});
