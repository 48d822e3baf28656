/** Words of convolution. */
import type { DType, FusedActivation, Window } from "@dlcc/tensor";
import { at, build, entry, map, type NdArray, positionsAlong } from "../../reference.ts";
import { addToChannels, type Convolved, convolutionSums } from "../../reference-convolution.ts";
import type { Draws } from "../draws.ts";
import type { Placed } from "../placed.ts";
import { type Argument, reshaped, type Wanted, type Word, type Words, want } from "../word.ts";
import { activations, anyActivation } from "./products.ts";

type Pair = readonly [number, number];

/** Zeros beyond an edge are multiplied or left out: beside an infinity, that is another sum. */
const finite = { from: -3, to: 3, special: [0] };

/** A window and images that it fits on. Sequences have height 1. */
function sliding(d: Draws, isFlat: boolean): { window: Window; size: Pair } {
  const pair = (from: number, to: number, flat: number): Pair => {
    const [vertical, horizontal] = [d.int(from, to), d.int(from, to)];
    return d.chance(0.4) && !isFlat ? [horizontal, horizontal] : [isFlat ? flat : vertical, horizontal];
  };
  const window: Window = {
    kernel: pair(1, 3, 1),
    stride: pair(1, 3, 1),
    padding: pair(0, 2, 0),
    dilation: pair(1, 3, 1),
  };
  const along = (axis: 0 | 1): number => {
    const reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1 - 2 * window.padding[axis];
    return Math.max(1, reach) + (isFlat && axis === 0 ? 0 : d.int(0, 4));
  };
  return { window, size: [along(0), along(1)] };
}

/** A pair as callers write it. */
const written = (d: Draws, [vertical, horizontal]: Pair): number | Pair =>
  vertical === horizontal && d.chance(0.7) ? horizontal : [vertical, horizontal];

/** The options that are not what they are without being said, and some that are. */
function optionsOf(d: Draws, window: Window, groups: number): { [name: string]: Argument } {
  const options: { [name: string]: Argument } = {};
  for (const name of ["stride", "padding", "dilation"] as const) {
    const usual = name === "padding" ? 0 : 1;
    if (window[name].some((n) => n !== usual) || d.chance(0.2)) options[name] = written(d, window[name]);
  }
  if (groups > 1 || d.chance(0.2)) options.groups = groups;
  return options;
}

/** Channels of groups. */
function channels(d: Draws): { groups: number; inputs: number; outputs: number } {
  const groups = d.pick([1, 1, 2, 3]);
  return { groups, inputs: d.int(d.chance(0.05) ? 0 : 1, 3), outputs: d.int(d.chance(0.05) ? 0 : 1, 5) };
}

const zeros = (shape: readonly number[]): NdArray => build(shape, () => 0);

/** Sums and an activation, with what errors are measured by. */
function activated(
  dtype: DType,
  numbers: Convolved,
  groups: number,
  wanted: "x" | "outputs",
  bias: NdArray | undefined,
  activation?: FusedActivation,
): Wanted {
  const { sums, sizes } = convolutionSums(numbers, groups, wanted);
  const z = addToChannels(sums, bias);
  const magnitude = map(addToChannels(sizes, bias && map(bias, Math.abs)), (size) => size + 1);
  return want(dtype, activation ? map(z, activations[activation]) : z, { magnitude });
}

/** Zeros below and on the right. */
function extended(x: NdArray, [down, right]: Pair): NdArray {
  const [n, c, height, width] = x.shape as [number, number, number, number];
  return build([n, c, height + down, width + right], (index) =>
    entry(index, 2) < height && entry(index, 3) < width ? at(x, index) : 0,
  );
}

/** `conv2d`, and `conv1d`, whose arrays lack the third axis. */
const forwards = (isFlat: boolean): Word => ({
  draw(d) {
    const dtype = d.dtype("floats");
    const drawn = sliding(d, isFlat);
    const { groups, inputs, outputs } = channels(d);
    const isSame = d.chance(0.2);
    const all = ([0, 1] as const).map((axis) => drawn.window.dilation[axis] * (drawn.window.kernel[axis] - 1)) as [
      number,
      number,
    ];
    const window: Window = isSame
      ? { ...drawn.window, stride: [1, 1], padding: [all[0] >> 1, all[1] >> 1] }
      : drawn.window;
    const flat = (shape: readonly number[]): readonly number[] => (isFlat ? shape.filter((_, i) => i !== 2) : shape);
    const full = ({ shape, data }: NdArray): NdArray => ({
      shape: isFlat ? [...shape.slice(0, 2), 1, ...shape.slice(2)] : shape,
      data,
    });
    const x = d.tensor(flat([d.int(0, 3), groups * inputs, ...drawn.size]), dtype, finite);
    const weight = d.tensor(flat([groups * outputs, inputs, ...window.kernel]), dtype, finite);
    const bias = d.chance(0.6) ? d.tensor([groups * outputs], dtype, finite) : undefined;
    const activation = d.chance(0.4) ? anyActivation(d) : undefined;
    const images = isSame ? extended(full(x), [all[0] % 2, all[1] % 2]) : full(x);
    const positions = ([0, 1] as const).map((axis) => positionsAlong(window, entry(images.shape, 2 + axis), axis));
    const result = zeros([entry(x.shape, 0), groups * outputs, ...positions]);
    const numbers = { window, x: images, weight: full(weight), outputs: result };
    const wanted = activated(dtype, numbers, groups, "outputs", bias, activation);
    const { magnitude, ...rest } = wanted;
    const options = optionsOf(d, isSame ? { ...window, padding: [0, 0] } : window, groups);
    if (isSame) options.padding = "same";
    if (activation) options.activation = activation;
    const said = isFlat
      ? Object.fromEntries(Object.entries(options).map(([key, value]) => [key, lastOf(value)]))
      : options;
    const args = [x, weight, ...(bias || Object.keys(said).length > 0 ? [bias] : [])];
    return {
      args: Object.keys(said).length > 0 ? [...args, said] : args,
      wanted: isFlat
        ? { ...rest, ...reshaped(rest, flat(rest.shape)), magnitude: reshaped(magnitude as NdArray, flat(rest.shape)) }
        : wanted,
    };
  },
});

/** Of a pair, the one that is along a sequence. */
const lastOf = (value: Argument): Argument => (Array.isArray(value) ? (value[1] as number) : value);

const convTranspose2d: Word = {
  draw(d) {
    const dtype = d.dtype("floats");
    const { window } = sliding(d, false);
    const { groups, inputs, outputs } = channels(d);
    const more = ([0, 1] as const).map((axis) => (d.chance(0.5) ? d.int(0, window.stride[axis] - 1) : 0)) as [
      number,
      number,
    ];
    const least = (axis: 0 | 1): number => {
      const lost = 2 * window.padding[axis] - window.dilation[axis] * (window.kernel[axis] - 1) - more[axis];
      return Math.max(1, 1 + Math.ceil(lost / window.stride[axis]));
    };
    const from = [least(0) + d.int(0, 3), least(1) + d.int(0, 3)] as const;
    const size = ([0, 1] as const).map(
      (axis) =>
        (from[axis] - 1) * window.stride[axis] -
        2 * window.padding[axis] +
        window.dilation[axis] * (window.kernel[axis] - 1) +
        more[axis] +
        1,
    );
    const x = d.tensor([d.int(0, 3), groups * outputs, ...from], dtype, finite);
    const weight = d.tensor([groups * outputs, inputs, ...window.kernel], dtype, finite);
    const bias = d.chance(0.6) ? d.tensor([groups * inputs], dtype, finite) : undefined;
    const options = optionsOf(d, window, groups);
    if (more.some((n) => n > 0) || d.chance(0.2)) options.outputPadding = written(d, more);
    const result = zeros([entry(x.shape, 0), groups * inputs, ...size]);
    const numbers = { window, x: result, weight, outputs: x };
    return { args: [x, weight, bias, options], wanted: activated(dtype, numbers, groups, "x", bias) };
  },
};

const conv2dWeightGradient: Word = {
  draw(d) {
    const dtype = d.dtype("floats");
    const { window, size } = sliding(d, false);
    const { groups, inputs, outputs } = channels(d);
    const n = d.int(0, 5);
    const positions = ([0, 1] as const).map((axis) => positionsAlong(window, size[axis], axis));
    const [x, gradient]: Placed[] = [
      d.tensor([n, groups * inputs, ...size], dtype, finite),
      d.tensor([n, groups * outputs, ...positions], dtype, finite),
    ];
    const weight = zeros([groups * outputs, inputs, ...window.kernel]);
    const numbers = { window, x: x as NdArray, weight, outputs: gradient as NdArray };
    const { sums, sizes } = convolutionSums(numbers, groups, "weight");
    const options = optionsOf(d, window, groups);
    return {
      args: [x, gradient, written(d, window.kernel), options],
      wanted: want(dtype, sums, { magnitude: sizes }),
    };
  },
};

/** All of them. */
export const convolutions: Words = {
  conv1d: forwards(true),
  conv2d: forwards(false),
  convTranspose2d,
  conv2dWeightGradient,
};
