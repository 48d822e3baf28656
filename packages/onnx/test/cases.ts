/** Networks of every layer, with numbers that no two of them share: what is exported, imported, and measured. */
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  ConstantPad2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  elu,
  Flatten,
  GroupNorm,
  gelu,
  geluTanh,
  hardSwish,
  identity,
  type Layer,
  LayerNorm,
  Linear,
  labelled,
  leakyRelu,
  MaxPool2d,
  Perceptron,
  PReLU,
  Residual,
  relu,
  Sequential,
  sigmoid,
  silu,
  softmax,
  softplus,
  step,
  tanh,
  Upsample,
} from "@dlcc/layers";
import { clip, isFloat, logSoftmax, randn, type Tensor, uniform } from "@dlcc/tensor";

/** A network, and the shape of what it takes. */
export interface Case {
  /** The layer's name, with what sets it apart. */
  readonly name: string;
  readonly make: () => Layer;
  readonly input: readonly number[];
}

const images = [2, 3, 8, 6];
const vectors = [4, 5];

const activations: readonly [name: string, layer: Layer][] = Object.entries({
  relu,
  sigmoid,
  tanh,
  softmax,
  step,
  identity,
  gelu,
  geluTanh,
  silu,
  leakyRelu,
  elu,
  softplus,
  hardSwish,
  logSoftmax: labelled("logSoftmax", (x) => logSoftmax(x)),
  relu6: labelled("relu6", (x) => clip(x, 0, 6)),
});

/** Each layer, in the forms that differ in the file. */
export const cases: readonly Case[] = [
  { name: "Linear", make: () => new Linear(5, 3), input: vectors },
  { name: "Linear, no bias", make: () => new Linear(5, 3, { bias: false }), input: vectors },
  { name: "Linear, 3 axes", make: () => new Linear(5, 3), input: [2, 4, 5] },
  { name: "Linear, 3 axes, no bias", make: () => new Linear(5, 3, { bias: false }), input: [2, 4, 5] },
  { name: "Perceptron", make: () => new Perceptron([1, -2, 3, 0.5, -1], 0.25), input: vectors },
  { name: "Conv1d", make: () => new Conv1d(3, 4, 3, { stride: 2, padding: 1 }), input: [2, 3, 9] },
  { name: "Conv1d, same", make: () => new Conv1d(3, 4, 4, { padding: "same", dilation: 2 }), input: [2, 3, 9] },
  { name: "Conv2d", make: () => new Conv2d(3, 4, 3), input: images },
  {
    name: "Conv2d, all options",
    make: () => new Conv2d(3, 6, [3, 2], { stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 3 }),
    input: images,
  },
  { name: "Conv2d, same, no bias", make: () => new Conv2d(3, 4, 4, { padding: "same", bias: false }), input: images },
  { name: "ConvTranspose2d", make: () => new ConvTranspose2d(3, 4, 3), input: images },
  {
    name: "ConvTranspose2d, all options",
    make: () =>
      new ConvTranspose2d(4, 6, [3, 2], {
        stride: [2, 3],
        padding: [1, 0],
        outputPadding: [1, 2],
        dilation: [2, 1],
        groups: 2,
        bias: false,
      }),
    input: [2, 4, 5, 3],
  },
  { name: "MaxPool2d", make: () => new MaxPool2d(2), input: images },
  {
    name: "MaxPool2d, all options",
    make: () => new MaxPool2d([3, 2], { stride: [2, 1], padding: 1, dilation: [2, 1] }),
    input: images,
  },
  { name: "MaxPool2d, a last part", make: () => new MaxPool2d(3, { stride: 2, ceilMode: true }), input: images },
  { name: "AvgPool2d", make: () => new AvgPool2d(2), input: images },
  { name: "AvgPool2d, even by all modes", make: () => new AvgPool2d(2, { ceilMode: true }), input: images },
  { name: "AvgPool2d, padding", make: () => new AvgPool2d(3, { stride: 2, padding: 1 }), input: images },
  {
    name: "AvgPool2d, padding apart",
    make: () => new AvgPool2d([3, 2], { stride: [2, 1], padding: 1, countIncludePad: false }),
    input: images,
  },
  { name: "AdaptiveAvgPool2d, 1", make: () => new AdaptiveAvgPool2d(1), input: images },
  { name: "AdaptiveAvgPool2d, even", make: () => new AdaptiveAvgPool2d([4, 2]), input: images },
  { name: "AdaptiveAvgPool2d, uneven", make: () => new AdaptiveAvgPool2d([3, 4]), input: images },
  { name: "Upsample, nearest", make: () => new Upsample({ scale: 2 }), input: images },
  { name: "Upsample, nearest, size", make: () => new Upsample({ size: [11, 5] }), input: images },
  { name: "Upsample, nearest, scale 1.5", make: () => new Upsample({ scale: [1.5, 0.75] }), input: images },
  { name: "Upsample, bilinear", make: () => new Upsample({ scale: 2, mode: "bilinear" }), input: images },
  { name: "Upsample, bilinear, size", make: () => new Upsample({ size: [5, 9], mode: "bilinear" }), input: images },
  {
    name: "Upsample, corners",
    make: () => new Upsample({ size: [15, 9], mode: "bilinear", alignCorners: true }),
    input: images,
  },
  { name: "ConstantPad2d", make: () => new ConstantPad2d(2), input: images },
  {
    name: "ConstantPad2d, cuts",
    make: () =>
      new ConstantPad2d(
        [
          [1, -2],
          [-1, 3],
        ],
        { value: 1.5 },
      ),
    input: images,
  },
  { name: "BatchNorm1d", make: () => new BatchNorm1d(5), input: vectors },
  {
    name: "BatchNorm1d, sequences",
    make: () => new BatchNorm1d(3, { epsilon: 1e-3, momentum: 0.2 }),
    input: [2, 3, 7],
  },
  { name: "BatchNorm2d", make: () => new BatchNorm2d(3), input: images },
  { name: "BatchNorm2d, not affine", make: () => new BatchNorm2d(3, { affine: false }), input: images },
  { name: "LayerNorm", make: () => new LayerNorm(5), input: vectors },
  { name: "LayerNorm, 2 axes", make: () => new LayerNorm([8, 6], { epsilon: 1e-3 }), input: images },
  { name: "LayerNorm, not affine", make: () => new LayerNorm(5, { affine: false }), input: vectors },
  { name: "GroupNorm", make: () => new GroupNorm(2, 6), input: [2, 6, 5, 4] },
  { name: "GroupNorm, vectors", make: () => new GroupNorm(2, 6), input: [4, 6] },
  { name: "GroupNorm, not affine", make: () => new GroupNorm(3, 3, { affine: false }), input: images },
  { name: "PReLU", make: () => new PReLU(), input: vectors },
  { name: "PReLU, channels", make: () => new PReLU(3), input: images },
  { name: "PReLU, channels of vectors", make: () => new PReLU(5), input: vectors },
  { name: "Dropout", make: () => new Dropout(0.3), input: vectors },
  { name: "Flatten", make: () => new Flatten(), input: images },
  { name: "Residual", make: () => new Residual([new Linear(5, 5), relu]), input: vectors },
  {
    name: "Residual, shortcut",
    make: () =>
      new Residual([new Conv2d(3, 4, 3, { padding: 1 }), relu, new Conv2d(4, 4, 3, { padding: 1 })], {
        shortcut: new Conv2d(3, 4, 1),
      }),
    input: images,
  },
  {
    name: "Residual, in another",
    make: () => new Residual([new Linear(5, 5), new Residual([tanh, new Linear(5, 5)]), sigmoid]),
    input: vectors,
  },
  {
    name: "Sequential",
    make: () => new Sequential([new Conv2d(3, 4, 3), relu, new MaxPool2d(2), new Flatten(), new Linear(24, 3)]),
    input: images,
  },
  ...activations.map(([name, layer]) => ({ name, make: () => layer, input: vectors })),
];

/** A case's network, in evaluation mode, with random numbers in all its cells. */
export function networkOf({ make }: Case): Sequential {
  const model = new Sequential([make()]);
  const cells = [...model.parameters(), ...model.buffers()].filter((cell) => isFloat(cell.peek().dtype));
  cells.forEach((cell, i) => {
    const { shape } = cell.peek();
    const isSpread = cell.name.endsWith("runningVariance");
    // A variance is above 0.
    cell.value = isSpread ? uniform(shape, { seed: i }).add(0.5) : randn(shape, { seed: i }).mul(0.4);
  });
  return model.eval();
}

/** Random numbers, also large ones, so that each activation shows both its ends. */
export const inputOf = ({ input }: Case): Tensor => randn(input, { seed: 99 }).mul(input.length > 2 ? 1 : 2);

/** The layer whose row a case belongs to. */
export const layerOf = (name: string): string => name.split(",")[0] ?? name;

/** The greatest difference of two lists of numbers. */
export const differenceOf = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0)
    : Number.NaN;
