/**
 * Convolution as a product whose factors are read through the window: patches never lie in memory. A group of channels is a
 * layer of the product.
 */
import { type FusedActivation, type Kernel, sizeOf, type View, type Window, windowPositions } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import type { Numbers } from "../numbers.ts";
import { countOf, fill, type Scratch } from "../scratch.ts";
import { numbers } from "../wgsl/kernel.ts";
import type { Factor, Product } from "../wgsl/product.ts";
import { windowNames } from "../wgsl/window.ts";
import { multiply } from "./product.ts";
import { withScratch } from "./scratch.ts";
import { windowNumbers } from "./window.ts";

/** What the factors' statements know of the layer, beside the window's numbers: channels and outputs are those of a group. */
const params = numbers("i32", ...windowNames, "groups", "channels", "outputs");

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

/** A layer's lengths: of an image, and of one group's channels and outputs. */
interface Layer {
  readonly channels: number;
  readonly outputs: number;
  readonly size: readonly [height: number, width: number];
  readonly window: Window;
  readonly groups: number;
}

/** A product over a layer: where its factors lie is what their statements say, and where results go what `place` says. */
function layerProduct(
  scratch: Scratch,
  name: string,
  { window, size, groups, channels, outputs }: Layer,
  product: Pick<Product, "a" | "b" | "place">,
  [M, N, K]: readonly [number, number, number],
  [a, b, bias]: readonly [a: View, b: View, bias?: View | undefined],
  activation?: FusedActivation,
): readonly Numbers[] {
  const output = scratch.device.make(name, groups * M * N);
  multiply(scratch.device, {
    product: { name, type: "f32", params, ...product },
    sizes: { Z: groups, M, N, K },
    a: scratch.inOrder(a),
    b: scratch.inOrder(b),
    bias: bias && scratch.inOrder(bias),
    activation,
    output,
    // What is read by its indices has no strides; those of a matrix, and a number for each row, lie in order.
    walks: { a: [0, M * K, K, 1], b: [0, 0, 0, 0], bias: bias ? [0, M, 1, 0] : [0, 0, 0, 0], c: [M * N, N, 1] },
    more: [...windowNumbers(window, size), groups, channels, outputs],
  });
  return [output];
}

/** Images and weights to outputs. */
const conv2d =
  (device: Device): Kernel<"conv2d"> =>
  ({ window, groups, activation }, [x, weight, bias]) =>
    withScratch(device, (scratch) => {
      const [n, all, ...size] = x.shape as [number, number, number, number];
      const outputs = (weight.shape[0] as number) / groups;
      const layer: Layer = { channels: all / groups, outputs, size, window, groups };
      const spots = sizeOf(windowPositions("conv2d", window, size));
      const depth = layer.channels * sizeOf(window.kernel);
      const product = {
        a: { key: "matrix", alongK: true, fours: depth % 4 === 0 },
        b: patches,
        place: `${positions} let image = i32(n) / positions;
          return u32(((image * p.groups + i32(z)) * p.outputs + i32(m)) * positions + i32(n) % positions);`,
      };
      return layerProduct(
        scratch,
        "conv2d",
        layer,
        product,
        [outputs, n * spots, depth],
        [weight, x, bias],
        activation,
      );
    });

/** Outputs and weights to images. */
const convTranspose2d =
  (device: Device): Kernel<"convTranspose2d"> =>
  ({ window, groups, size }, [x, weight, bias]) =>
    withScratch(device, (scratch) => {
      const [n, all] = x.shape as [number, number];
      const channels = weight.shape[1] as number;
      const layer: Layer = { channels, outputs: all / groups, size, window, groups };
      const product = {
        a: turnedWeights,
        b: seenOutputs,
        place: `let size = p.height * p.width; let image = i32(n) / size;
          return u32(((image * p.groups + i32(z)) * p.channels + i32(m)) * size + i32(n) % size);`,
      };
      const sizes = [channels, n * sizeOf(size), layer.outputs * sizeOf(window.kernel)] as const;
      return layerProduct(scratch, "convTranspose2d", layer, product, sizes, [weight, x, bias]);
    });

/** Images and outputs to weights. */
const conv2dWeightGradient =
  (device: Device): Kernel<"conv2dWeightGradient"> =>
  ({ window, groups }, [x, gradient]) =>
    withScratch(device, (scratch) => {
      const [n, all, ...size] = x.shape as [number, number, number, number];
      const outputs = (gradient.shape[1] as number) / groups;
      const layer: Layer = { channels: all / groups, outputs, size, window, groups };
      const depth = layer.channels * sizeOf(window.kernel);
      if (countOf(gradient) === 0) return [fill(device, "conv2dWeightGradient", groups * outputs * depth, 0)];
      const sizes = [outputs, depth, n * sizeOf(windowPositions("conv2d", window, size))] as const;
      const product = { a: outputRows, b: turnedPatches };
      return layerProduct(scratch, "conv2dWeightGradient", layer, product, sizes, [gradient, x]);
    });

/** Convolution on a device. */
export const convolutions = (
  device: Device,
): { readonly [O in "conv2d" | "convTranspose2d" | "conv2dWeightGradient"]: Kernel<O> } => ({
  conv2d: conv2d(device),
  convTranspose2d: convTranspose2d(device),
  conv2dWeightGradient: conv2dWeightGradient(device),
});
