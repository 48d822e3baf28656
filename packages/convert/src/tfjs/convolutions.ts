/** Convolutions: kernels are `[height, width, in, out]` there, and `[out, in, height, width]` here. */
import { ConstantPad2d, Conv1d, Conv2d, ConvTranspose2d, type Layer, type Sides } from "@dlcc/layers";
import { type Pair, tensor } from "@dlcc/tensor";
import { entry, given, list, turned, type Values } from "../values.ts";
import {
  activationOf,
  type Before,
  biasOf,
  imageOf,
  is,
  isActivation,
  isLast,
  isValid,
  type Lengths,
  Missing,
  number,
  pairOf,
  type Row,
} from "./row.ts";
import { even, slidingOf } from "./sliding.ts";

/** A convolution, with what must be put around its input before. */
function convolved(
  before: Before,
  kernel: Values,
  weight: (kernel: Values) => ReturnType<typeof turned>,
  { out, groups = 1, bias }: { readonly out: number; readonly groups?: number; readonly bias?: Values | undefined },
): { layers: Layer[]; shape: Lengths } {
  const { config } = before;
  const [channels, height, width] = imageOf(before);
  const [kh = 1, kw = 1] = kernel.shape;
  const sliding = slidingOf(config, [kh, kw], [height, width]);
  const { stride, dilation, sides, same } = sliding;
  const plain = stride.every((s) => s === 1);
  const padding: Pair | "same" = plain && same ? "same" : (even(sides) ?? 0);
  const layers: Layer[] = even(sides) || padding === "same" ? [] : [new ConstantPad2d(sides)];
  const options = { groups, bias: bias ? given(() => tensor(bias.data)) : (false as const) };
  const moves = { stride, padding, dilation, weight: given(() => weight(kernel)) };
  layers.push(new Conv2d(channels, out, [kh, kw], { ...moves, ...options }));
  return { layers, shape: [out, ...sliding.out] };
}

const convolution = { data_format: isLast, padding: isValid, activation: isActivation, groups: is(undefined, 1) };

export const conv2d: Row = {
  allows: convolution,
  make(before) {
    const [channels] = imageOf(before);
    const filters = number(entry(before.config, "filters"), Number.NaN);
    const kernel = before.take("kernel", [...pairOf(before.config, "kernel_size", 1), channels, filters]);
    const weight = (values: Values) => turned(values, [3, 2, 0, 1]);
    const { layers, shape } = convolved(before, kernel, weight, { out: filters, bias: biasOf(before, filters) });
    return { layers: [...layers, ...activationOf(before.config, 3)], shape };
  },
};

/** `[kh, kw, in, multiplier]` as one group for each channel. */
const depthwise = (values: Values) => turned(values, [2, 3, 0, 1]);

export const depthwiseConv2d: Row = {
  allows: convolution,
  make(before) {
    const [channels] = imageOf(before);
    const times = number(entry(before.config, "depth_multiplier"), 1);
    const kernel = before.take("depthwise_kernel", [...pairOf(before.config, "kernel_size", 1), channels, times]);
    const out = channels * times;
    const { layers, shape } = convolved(before, kernel, depthwise, {
      out,
      groups: channels,
      bias: biasOf(before, out),
    });
    return { layers: [...layers, ...activationOf(before.config, 3)], shape };
  },
};

export const separableConv2d: Row = {
  allows: convolution,
  make(before) {
    const [channels] = imageOf(before);
    const filters = number(entry(before.config, "filters"), Number.NaN);
    // The multiplier is not in every file: the kernel has it.
    const kernel = before.take("depthwise_kernel", [...pairOf(before.config, "kernel_size", 1), channels, null]);
    const between = channels * (kernel.shape[3] ?? 1);
    const point = before.take("pointwise_kernel", [1, 1, between, filters]);
    const bias = biasOf(before, filters);
    const { layers, shape } = convolved(before, kernel, depthwise, { out: between, groups: channels });
    const second = new Conv2d(between, filters, 1, {
      weight: given(() => turned(point, [3, 2, 0, 1])),
      bias: bias ? given(() => tensor(bias.data)) : false,
    });
    const [, ...size] = shape;
    return { layers: [...layers, second, ...activationOf(before.config, 3)], shape: [filters, ...size] };
  },
};

export const conv2dTranspose: Row = {
  allows: {
    ...convolution,
    dilation_rate: (value) => list(value).every((n) => n === 1),
    output_padding: is(undefined, null),
  },
  make(before) {
    const { config } = before;
    const [channels, ...lengths] = imageOf(before);
    const filters = number(entry(config, "filters"), Number.NaN);
    const kernel = before.take("kernel", [...pairOf(config, "kernel_size", 1), filters, channels]);
    const bias = biasOf(before, filters);
    const stride = pairOf(config, "strides", 1);
    const size = kernel.shape.slice(0, 2) as [number, number];
    const same = entry(config, "padding") === "same";
    // "same" gives length · stride: of the whole result, (length − 1) · stride + kernel, the rest is cut off on both sides,
    // an odd one at the end; where the kernel is shorter than the stride, zeros are put at the end, as without "same".
    const rest = size.map((k, axis) => k - (stride[axis] ?? 1));
    const padding = rest.map((n) => (same ? Math.max(0, n) >> 1 : 0)) as [number, number];
    const outputPadding = rest.map((n) => Math.max(0, -n)) as [number, number];
    const cut = rest.map((n) => (same ? Math.max(0, n) % 2 : 0));
    const layers: Layer[] = [
      new ConvTranspose2d(channels, filters, size, {
        stride,
        padding,
        outputPadding,
        weight: given(() => turned(kernel, [3, 2, 0, 1])),
        bias: bias ? given(() => tensor(bias.data)) : false,
      }),
    ];
    if (cut.some((n) => n > 0)) layers.push(new ConstantPad2d(cut.map((n) => [0, -n]) as unknown as Sides));
    const out = lengths.map((length, axis) =>
      length === null ? null : length * (stride[axis] ?? 1) + (same ? 0 : Math.max(0, rest[axis] ?? 0)),
    );
    return { layers: [...layers, ...activationOf(config, 3)], shape: [filters, ...out] };
  },
};

export const conv1d: Row = {
  allows: convolution,
  make(before) {
    const { config, shape, take } = before;
    const [channels, length = null] = shape;
    if (shape.length !== 2 || typeof channels !== "number") throw new Missing(`an input of ${shape.length} axes`);
    const filters = number(entry(config, "filters"), Number.NaN);
    const kernel = take("kernel", [pairOf(config, "kernel_size", 1)[0], channels, filters]);
    const bias = biasOf(before, filters);
    const [[k = 1], stride, dilation] = [
      kernel.shape,
      pairOf(config, "strides", 1)[0],
      pairOf(config, "dilation_rate", 1)[0],
    ];
    const flat = { strides: [1, stride], dilation_rate: [1, dilation], padding: entry(config, "padding") };
    const { sides, same, out } = slidingOf(flat, [1, k], [1, length]);
    const [, [first, last]] = sides;
    if (same && stride > 1 && first !== last)
      throw new Missing(`padding "same" with stride ${stride}, which puts ${first} zeros before and ${last} behind`);
    const layer = new Conv1d(channels, filters, k, {
      stride,
      dilation,
      padding: same && stride === 1 ? "same" : first,
      weight: given(() => turned(kernel, [2, 1, 0])),
      bias: bias ? given(() => tensor(bias.data)) : false,
    });
    return { layers: [layer, ...activationOf(config, 2)], shape: [filters, out[1] ?? null] };
  },
};
