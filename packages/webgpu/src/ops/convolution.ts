/**
 * Convolution as a product whose factors are read through the window: patches never lie in memory. A group of channels is a
 * layer of the product.
 */
import { type Kernel, sizeOf, type View, type Window, windowPositions } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import { countOf, fill } from "../scratch.ts";
import type { Factor } from "../wgsl/product.ts";
import { windowNames } from "../wgsl/window.ts";
import { multiply } from "./product.ts";
import { withScratch } from "./scratch.ts";
import { windowNumbers } from "./window.ts";

/** What the factors' statements know of the layer, beside the window's numbers: channels and outputs are those of a group. */
const params = [...windowNames, "groups", "channels", "outputs"].map((name) => [name, "i32"] as const);

const taps = "let taps = p.kernelY * p.kernelX;";
const positions = "let positions = p.rows * p.columns;";

/** A factor of indices. */
const factor = (key: string, alongK: boolean, element: string): Factor => ({ key, alongK, fours: false, element });

/** The pixel of an image's channel under a tap of the window at a position. */
const pixel = `
  let y = (position / p.columns) * p.strideY - p.paddingY + (tap / p.kernelX) * p.dilationY;
  let x = (position % p.columns) * p.strideX - p.paddingX + (tap % p.kernelX) * p.dilationX;
  if (y < 0 || y >= p.height || x < 0 || x >= p.width) { return 0.0; }
  return %x[(((image * p.groups + i32(z)) * p.channels + channel) * p.height + y) * p.width + x];`;

/** [z, k = (channel, tap), o = (image, position)] of images. */
const patches = factor(
  "patches",
  false,
  `${taps} ${positions}
   let channel = i32(k) / taps; let tap = i32(k) % taps; let image = i32(o) / positions; let position = i32(o) % positions;
   ${pixel.replace("%x", "x1")}`,
);

/** [z, k = (image, position), o = (channel, tap)] of images. */
const turnedPatches = factor(
  "turned patches",
  true,
  `${taps} ${positions}
   let channel = i32(o) / taps; let tap = i32(o) % taps; let image = i32(k) / positions; let position = i32(k) % positions;
   ${pixel.replace("%x", "x1")}`,
);

/** [z, o = output, k = (image, position)] of outputs. */
const outputRows = factor(
  "outputs",
  true,
  `${positions} let image = i32(k) / positions;
   return x0[((image * p.groups + i32(z)) * p.outputs + i32(o)) * positions + i32(k) % positions];`,
);

/** [z, o = channel, k = (output, tap)] of weights. */
const turnedWeights = factor(
  "turned weights",
  true,
  `${taps} return x0[((i32(z) * p.outputs + i32(k) / taps) * p.channels + i32(o)) * taps + i32(k) % taps];`,
);

/** [z, k = (output, tap), o = (image, pixel)] of outputs: what a tap saw at that pixel. */
const seenOutputs = factor(
  "seen outputs",
  false,
  `${taps} let size = p.height * p.width;
   let output = i32(k) / taps; let tap = i32(k) % taps; let image = i32(o) / size; let at = i32(o) % size;
   let y = at / p.width + p.paddingY - (tap / p.kernelX) * p.dilationY;
   let x = at % p.width + p.paddingX - (tap % p.kernelX) * p.dilationX;
   if (y < 0 || x < 0 || y % p.strideY != 0 || x % p.strideX != 0) { return 0.0; }
   let row = y / p.strideY; let column = x / p.strideX;
   if (row >= p.rows || column >= p.columns) { return 0.0; }
   return x1[(((image * p.groups + i32(z)) * p.outputs + output) * p.rows + row) * p.columns + column];`,
);

/** A layer's lengths: of all images, and of one group's channels and outputs. */
interface Layer {
  readonly n: number;
  readonly channels: number;
  readonly outputs: number;
  readonly size: readonly [height: number, width: number];
  readonly window: Window;
  readonly groups: number;
}

const numbersOfLayer = ({ window, size, groups, channels, outputs }: Layer): number[] => [
  ...windowNumbers(window, size),
  groups,
  channels,
  outputs,
];

/** Of what is read by its indices. */
const unused: readonly number[] = [0, 0, 0, 0];

/** A number for each row; those of a layer follow on those of the layer before. */
const biasWalk = (bias: View | undefined, rows: number): readonly number[] => (bias ? [0, rows, 1, 0] : unused);

/** Images and weights to outputs. */
const conv2d =
  (device: Device): Kernel<"conv2d"> =>
  ({ window, groups, activation }, [x, weight, bias]) =>
    withScratch(device, (scratch) => {
      const [n, all, ...size] = x.shape as [number, number, number, number];
      const outputs = (weight.shape[0] as number) / groups;
      const layer: Layer = { n, channels: all / groups, outputs, size, window, groups };
      const spots = sizeOf(windowPositions("conv2d", window, size));
      const depth = layer.channels * sizeOf(window.kernel);
      const output = device.make("conv2d", n * groups * outputs * spots);
      multiply(device, {
        product: {
          name: "conv2d",
          type: "f32",
          a: { key: "matrix", alongK: true, fours: depth % 4 === 0 },
          b: patches,
          place: `${positions} let image = i32(n) / positions;
            return u32(((image * p.groups + i32(z)) * p.outputs + i32(m)) * positions + i32(n) % positions);`,
          params,
        },
        sizes: { Z: groups, M: outputs, N: n * spots, K: depth },
        a: scratch.inOrder(weight),
        b: scratch.inOrder(x),
        bias: bias && scratch.inOrder(bias),
        activation,
        output,
        walks: { a: [0, outputs * depth, depth, 1], b: unused, bias: biasWalk(bias, outputs), c: unused.slice(1) },
        more: numbersOfLayer(layer),
      });
      return [output];
    });

/** Outputs and weights to images. */
const convTranspose2d =
  (device: Device): Kernel<"convTranspose2d"> =>
  ({ window, groups, size }, [x, weight, bias]) =>
    withScratch(device, (scratch) => {
      const [n, all] = x.shape as [number, number];
      const channels = weight.shape[1] as number;
      const layer: Layer = { n, channels, outputs: all / groups, size, window, groups };
      const pixels = sizeOf(size);
      const output = device.make("convTranspose2d", n * groups * channels * pixels);
      multiply(device, {
        product: {
          name: "convTranspose2d",
          type: "f32",
          a: turnedWeights,
          b: seenOutputs,
          place: `let size = p.height * p.width; let image = i32(n) / size;
            return u32(((image * p.groups + i32(z)) * p.channels + i32(m)) * size + i32(n) % size);`,
          params,
        },
        sizes: { Z: groups, M: channels, N: n * pixels, K: layer.outputs * sizeOf(window.kernel) },
        a: scratch.inOrder(weight),
        b: scratch.inOrder(x),
        bias: bias && scratch.inOrder(bias),
        activation: undefined,
        output,
        walks: { a: unused, b: unused, bias: biasWalk(bias, channels), c: unused.slice(1) },
        more: numbersOfLayer(layer),
      });
      return [output];
    });

/** Images and outputs to weights. */
const conv2dWeightGradient =
  (device: Device): Kernel<"conv2dWeightGradient"> =>
  ({ window, groups }, [x, gradient]) =>
    withScratch(device, (scratch) => {
      const [n, all, ...size] = x.shape as [number, number, number, number];
      const outputs = (gradient.shape[1] as number) / groups;
      const layer: Layer = { n, channels: all / groups, outputs, size, window, groups };
      const depth = layer.channels * sizeOf(window.kernel);
      if (countOf(gradient) === 0) return [fill(device, "conv2dWeightGradient", groups * outputs * depth, 0)];
      const output = device.make("conv2dWeightGradient", groups * outputs * depth);
      multiply(device, {
        product: {
          name: "conv2dWeightGradient",
          type: "f32",
          a: outputRows,
          b: turnedPatches,
          params,
        },
        sizes: { Z: groups, M: outputs, N: depth, K: n * sizeOf(windowPositions("conv2d", window, size)) },
        a: scratch.inOrder(gradient),
        b: scratch.inOrder(x),
        bias: undefined,
        activation: undefined,
        output,
        walks: { a: unused, b: unused, bias: unused, c: [outputs * depth, depth, 1] },
        more: numbersOfLayer(layer),
      });
      return [output];
    });

/** Convolution on a device. */
export const convolutions = (
  device: Device,
): { readonly [O in "conv2d" | "convTranspose2d" | "conv2dWeightGradient"]: Kernel<O> } => ({
  conv2d: conv2d(device),
  convTranspose2d: convTranspose2d(device),
  conv2dWeightGradient: conv2dWeightGradient(device),
});
