/**
 * Convolution as a product whose factors are read through the window: patches never lie in memory. A group of channels is a
 * layer of the product.
 */
import { type FusedActivation, type Kernel, sizeOf, type View, type Window, windowPositions } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import type { Numbers } from "../numbers.ts";
import type { Scratch } from "../scratch.ts";
import { type Factor, type Product, windowParams } from "../wgsl/index.ts";
import { multiply, noBias, type Walk } from "./product.ts";
import { withScratch } from "./scratch.ts";
import { windowNumbers } from "./window.ts";

/** What the factors' statements know of the layer, beside the window's numbers: channels and outputs are those of a group. */
const params = [windowParams, "i32 groups channels outputs"] as const;

/** Statements that split an index: of what it counts, and of the things that each of these has. */
const split = (index: "k" | "o", one: string, other: "tap" | "position" | "pixel"): string =>
  `let ${one} = i32(${index}) / ${other}s; let ${other} = i32(${index}) % ${other}s;`;

const taps = "let taps = p.kernelY * p.kernelX;";
const positions = "let positions = p.rows * p.columns;";
const pixels = "let pixels = p.height * p.width;";

/** A factor of indices. */
const factor = (key: string, alongK: boolean, element: string): Factor => ({ key, alongK, fours: false, element });

/** The pixel of an image's channel under a tap of the window at a position; outside of the image there are zeros. */
const patch = `
  let y = (position / p.columns) * p.strideY - p.paddingY + (tap / p.kernelX) * p.dilationY;
  let x = (position % p.columns) * p.strideX - p.paddingX + (tap % p.kernelX) * p.dilationX;
  if (y < 0 || y >= p.height || x < 0 || x >= p.width) { return 0.0; }
  return x1[(((image * p.groups + i32(z)) * p.channels + channel) * p.height + y) * p.width + x];`;

/** [z, k = (channel, tap), o = (image, position)] of images. */
const patches = factor(
  "patches",
  false,
  `${taps} ${positions} ${split("k", "channel", "tap")} ${split("o", "image", "position")} ${patch}`,
);

/** [z, k = (image, position), o = (channel, tap)] of images. */
const turnedPatches = factor(
  "turned patches",
  true,
  `${taps} ${positions} ${split("o", "channel", "tap")} ${split("k", "image", "position")} ${patch}`,
);

/** [z, o = output, k = (image, position)] of outputs. */
const outputRows = factor(
  "outputs",
  true,
  `${positions} ${split("k", "image", "position")}
   return x0[((image * p.groups + i32(z)) * p.outputs + i32(o)) * positions + position];`,
);

/** [z, o = channel, k = (output, tap)] of weights. */
const turnedWeights = factor(
  "turned weights",
  true,
  `${taps} ${split("k", "output", "tap")}
   return x0[((i32(z) * p.outputs + output) * p.channels + i32(o)) * taps + tap];`,
);

/** [z, k = (output, tap), o = (image, pixel)] of outputs: what a tap saw at that pixel. */
const seenOutputs = factor(
  "seen outputs",
  false,
  `${taps} ${pixels} ${split("k", "output", "tap")} ${split("o", "image", "pixel")}
   let y = pixel / p.width + p.paddingY - (tap / p.kernelX) * p.dilationY;
   let x = pixel % p.width + p.paddingX - (tap % p.kernelX) * p.dilationX;
   if (y < 0 || x < 0 || y % p.strideY != 0 || x % p.strideX != 0) { return 0.0; }
   let row = y / p.strideY; let column = x / p.strideX;
   if (row >= p.rows || column >= p.columns) { return 0.0; }
   return x1[(((image * p.groups + i32(z)) * p.outputs + output) * p.rows + row) * p.columns + column];`,
);

/** What is not walked through. */
const still: Walk = [0, 0, 0, 0];

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
  const output = multiply(scratch.device, {
    product: { name, type: "f32", params, ...product },
    sizes: { Z: groups, M, N, K },
    a: scratch.inOrder(a),
    b: scratch.inOrder(b),
    bias: bias ? scratch.inOrder(bias) : noBias,
    // What is read by its indices has no strides; those of a matrix, and a number for each row, lie in order.
    walks: [[0, M * K, K, 1], still, bias ? [0, M, 1, 0] : still],
    activation,
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
        place: `${positions} return u32(((i32(n) / positions * p.groups + i32(z)) * p.outputs + i32(m)) * positions + i32(n) % positions);`,
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
        place: `${pixels} return u32(((i32(n) / pixels * p.groups + i32(z)) * p.channels + i32(m)) * pixels + i32(n) % pixels);`,
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
