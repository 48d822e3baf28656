/** The same bytes on any number of threads: of what threads share out by planes, channels, rows or blocks of images. */
import {
  apply,
  avgPool2d,
  avgPool2dGradient,
  batchNorm,
  channelMoments,
  channelNorm,
  channelNormGradient,
  channelNormSums,
  groupNorm,
  layerNorm,
  max,
  maxPool2d,
  maxPool2dGradient,
  ops,
  type Pair,
  randn,
  type Tensor,
  tidy,
  upsample,
  type Window,
} from "@dlcc/tensor";
import { afterAll, expect, test } from "vitest";
import { createWasm } from "../src/index.ts";

const backends = await Promise.all([1, 2, 3].map((threads) => createWasm({ threads })));
afterAll(() => {
  for (const backend of backends) backend.dispose();
});

/** Random numbers of a shape, on the backend at hand: each call has others. */
type Random = (...shape: number[]) => Tensor;

const window = (kernel: number, stride: number, padding: number): Window => ({
  kernel: [kernel, kernel],
  stride: [stride, stride],
  padding: [padding, padding],
  dilation: [1, 1],
});

/** Max and mean of windows, and what goes back. */
const pooling = (x: Tensor, random: Random, kernel: number, stride: number, padding: number): Tensor[] => {
  const options = { stride, padding };
  const largest = maxPool2d(x, kernel, options);
  const mean = avgPool2d(x, kernel, options);
  const gradient = random(...largest.shape);
  const moves = window(kernel, stride, padding);
  const size = x.shape.slice(2) as [number, number];
  return [...[largest, mean, maxPool2dGradient(gradient, x, largest, moves)], avgPool2dGradient(gradient, moves, size)];
};

/** The three products of a convolution's training step. */
const convolution = (
  random: Random,
  n: number,
  shape: readonly number[],
  size: Pair,
  moves: Window,
  groups: number,
): Tensor[] => {
  const [outputs = 0, inputs = 0] = shape;
  const [height, width] = size as readonly [number, number];
  const x = random(n, inputs * groups, height, width);
  const weight = random(outputs, inputs, ...moves.kernel);
  const y = apply(ops.conv2d, { window: moves, groups, activation: "tanh" }, x, weight, random(outputs));
  return [
    y,
    apply(ops.convTranspose2d, { window: moves, groups, size: [height, width] }, y, weight),
    apply(ops.conv2dWeightGradient, { window: moves, groups }, x, y),
  ];
};

const cases: Readonly<Record<string, (random: Random) => Tensor[]>> = {
  "pooling in pairs": (random) => pooling(random(9, 7, 31, 30), random, 2, 2, 0),
  "pooling of windows that overlap": (random) => pooling(random(7, 5, 40, 37), random, 3, 2, 1),
  "batch normalization": (random) => {
    const x = random(9, 5, 31, 29);
    const flat = x.reshape([9, 5, -1]);
    const [moments, gradient, weight] = [channelMoments(flat), random(...flat.shape), random(5)];
    const sums = channelNormSums(gradient, flat, moments, 1e-5);
    return [
      batchNorm(x, { weight, bias: random(5) }),
      ...[moments, channelNorm(flat, moments, 1e-5), sums],
      channelNormGradient(gradient, flat, moments, sums, 1e-5, weight),
    ];
  },
  "normalization of layers and groups": (random) => {
    const x = random(9, 6, 31, 29);
    return [layerNorm(x, [6, 31, 29]), groupNorm(x, 3), layerNorm(random(500, 77), [77])];
  },
  upsampling: (random) => {
    const x = random(8, 5, 19, 21);
    return [upsample(x, { scale: 2 }), upsample(x, { scale: 3, mode: "bilinear" })];
  },
  convolution: (random) => convolution(random, 13, [10, 6], [17, 19], window(5, 1, 2), 1),
  "convolution in steps": (random) => convolution(random, 13, [9, 5], [21, 22], window(3, 2, 1), 1),
  "convolution of single pixels": (random) => convolution(random, 13, [33, 18], [13, 14], window(1, 1, 0), 1),
  "convolution of each channel by itself": (random) => convolution(random, 13, [18, 1], [17, 23], window(3, 1, 1), 18),
  "convolution of each channel by itself, in steps": (random) =>
    convolution(random, 13, [18, 1], [37, 43], window(3, 2, 1), 18),
  "sums along each axis": (random) => {
    const x = random(31, 37, 41);
    return [
      ...[0, 1, 2].map((axis) => x.sum(axis)),
      x.sum([0, 2]),
      x.sum(),
      max(x, [0, 2]),
      x.reshape([-1, 41]).sum(0),
    ];
  },
  activations: (random) => {
    const x = random(50_001);
    return [x.tanh(), x.sigmoid(), x.exp()];
  },
};

test.each(Object.entries(cases))("%s", (_, run) => {
  const [first, ...others] = backends.map((backend) =>
    tidy(() => {
      let seed = 0;
      return run((...shape) => randn(shape, { seed: seed++, backend })).map(
        (t) => new Uint32Array(t.dataSync().buffer),
      );
    }),
  );
  // Vitest's own comparison is slow for so many numbers.
  for (const other of others) {
    expect(other.map((words, i) => words.findIndex((word, j) => word !== first![i]![j]))).toEqual(other.map(() => -1));
  }
});
