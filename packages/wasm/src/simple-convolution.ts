/**
 * The convolutions that are simpler than others: by kernels of a single pixel, which are matrix products, and of each channel
 * by itself. Which way is taken depends on everything but the number of images, as bits do.
 */
import { sizeOf, type View, type Window } from "@dlcc/tensor";
import * as codes from "./codes.ts";
import type { Task } from "./convolution.ts";
import { allocate, type Device, withBlock } from "./device.ts";
import type { Block } from "./heap.ts";
import { partsFor } from "./matmul.ts";

/** So many pixels at least are worth a matrix product. */
const leastPixels = 32;
/** Pixels are read where they lie if there are few of them, as in `multiply`. */
const fewElements = 2 ** 17;
/** Of few images, the outputs are divided, in parts of so many: whole tiles of the product. */
const fewImages = 8;
const partOutputs = 20;

/** Whether each result is of the pixel at its own place alone. */
const isPointwise = ({ axes, groups, from, to }: Task): boolean =>
  groups === 1 &&
  to[2] * to[3] >= leastPixels &&
  axes.every(
    ({ kinds, inStep }, i) =>
      kinds.length === 1 &&
      kinds[0]?.taps.length === 1 &&
      kinds[0].first === 0 &&
      inStep === 1 &&
      from[i + 2] === to[i + 2],
  );

function pointwise(device: Device, { weight, from, to, x, bias, activation }: Task): Block {
  const [n, channels] = from;
  const [, outputs, height, width] = to;
  const pixels = height * width;
  const out = allocate(device, "float32", sizeOf(to));
  const each = n < fewImages ? partOutputs : outputs;
  const parts = Math.ceil(outputs / each);
  device.run(codes.pointwiseJob, Math.min(n * parts, partsFor(device, n * outputs * channels * pixels)), [
    ...[n * parts, parts, each, outputs, channels, pixels],
    ...[weight.address, weight.output, weight.input, x, out.pointer, bias, activation],
    channels * pixels > fewElements ? 1 : 0,
  ]);
  return out;
}

/** The taps of the kernels that depthwise.ts knows, its largest step, and the least width of a result. */
const side = 3;
const largestStep = 2;
const leastWidth = 4;

/** Bytes of a frame of zeros around an image, in whole vectors. */
const frameBytes = (rows: number, columns: number, [down, right]: readonly [number, number]): number =>
  16 * Math.ceil((((rows - 1) * down + side) * right * (columns + side - 1)) / 4);

const isDepthwise = ({ axes, groups, from, to }: Task): boolean =>
  from[1] === groups &&
  to[1] === groups &&
  to[3] >= leastWidth &&
  axes.every(({ kinds, inStep, tapStep }) => {
    const [kind] = kinds;
    return (
      kinds.length === 1 && kind?.taps.length === side && kind.first <= 0 && inStep <= largestStep && tapStep === 1
    );
  });

function depthwise(device: Device, { axes, weight, from, to, x, bias, activation }: Task): Block {
  const [n, channels, height, width] = from;
  const [, , outHeight, outWidth] = to;
  const out = allocate(device, "float32", sizeOf(to));
  const [down, right] = axes.map(
    ({ kinds }) => kinds[0] as { readonly first: number; readonly taps: readonly number[] },
  );
  // Forwards or backwards through the kernel.
  const turn = (taps: readonly number[] = []): number => (taps[1] ?? 0) - (taps[0] ?? 0);
  const first = (down?.taps[0] ?? 0) * weight.row + (right?.taps[0] ?? 0) * weight.column;
  const steps: readonly [number, number] = [axes[0].inStep, axes[1].inStep];
  const bytes = frameBytes(outHeight, outWidth, steps);
  const chunks = Math.min(n * channels, partsFor(device, side ** 2 * sizeOf(to)));
  withBlock(device, chunks * bytes, ({ pointer }) =>
    device.run(codes.depthwiseJob, chunks, [
      ...[n * channels, n, channels, height, width, outHeight, outWidth, -(down?.first ?? 0), -(right?.first ?? 0)],
      ...steps,
      ...[x, out.pointer, weight.address + 4 * first, weight.group],
      ...[turn(down?.taps) * weight.row, turn(right?.taps) * weight.column, bias, activation, 0, pointer, bytes],
    ]),
  );
  return out;
}

/** The result of a convolution that is simpler than others. */
export function simpleConvolution(device: Device, task: Task): Block | undefined {
  if (isPointwise(task)) return pointwise(device, task);
  return isDepthwise(task) ? depthwise(device, task) : undefined;
}

/** The totals of a channel's weights, as doubles, in whole vectors. */
const totalBytes = 80;

/** The gradient of the weights of a convolution that `depthwise` computes; x and gradient are addresses. */
export function depthwiseWeights(
  device: Device,
  { kernel, stride, padding, dilation }: Window,
  { shape: images }: View,
  { shape: outputs }: View,
  groups: number,
  x: number,
  gradient: number,
): Block | undefined {
  const [n, channels, height, width] = images as [number, number, number, number];
  const [, , outHeight, outWidth] = outputs as [number, number, number, number];
  const simple =
    kernel.every((taps) => taps === side) &&
    stride.every((step) => step <= largestStep) &&
    dilation.every((step) => step === 1);
  if (!simple || channels !== groups || outputs[1] !== groups || outWidth < leastWidth) return undefined;
  const out = allocate(device, "float32", channels * side ** 2);
  const bytes = totalBytes + frameBytes(outHeight, outWidth, stride);
  const chunks = Math.min(channels, partsFor(device, side ** 2 * n * channels * outHeight * outWidth));
  withBlock(device, chunks * bytes, ({ pointer }) =>
    device.run(codes.depthwiseWeightsJob, chunks, [
      ...[channels, n, channels, height, width, outHeight, outWidth, ...padding, ...stride],
      ...[x, out.pointer, 0, 0, 0, 0, 0, 0, gradient, pointer, bytes],
    ]),
  );
  return out;
}
