/** Layers of images that have no weights. */
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  ConstantPad2d,
  Flatten,
  type Layer,
  MaxPool2d,
  type Sides,
  Upsample,
} from "@dlcc/layers";
import { entry, list } from "../values.ts";
import { type After, type Before, imageOf, is, isLast, isValid, Missing, pairOf, type Row } from "./row.ts";
import { even, type Sliding, slidingOf } from "./sliding.ts";

/** Less than any number that comes: what lies around images whose largest numbers are sought. */
const least = -3e38;

const pooling = { data_format: isLast, padding: isValid };

function pooled(
  before: Before,
  make: (sliding: Sliding, padding: readonly [number, number] | undefined) => Layer[],
): After {
  const [channels, ...lengths] = imageOf(before);
  const kernel = pairOf(before.config, "pool_size", 2);
  const strides = entry(before.config, "strides") ?? kernel;
  const sliding = slidingOf({ strides, padding: entry(before.config, "padding") }, kernel, lengths);
  return { layers: make(sliding, even(sliding.sides)), shape: [channels, ...sliding.out] };
}

export const maxPooling2d: Row = {
  allows: pooling,
  make: (before) =>
    pooled(before, ({ kernel, stride, sides }, padding) =>
      padding
        ? [new MaxPool2d(kernel, { stride, padding })]
        : [new ConstantPad2d(sides, { value: least }), new MaxPool2d(kernel, { stride })],
    ),
};

export const averagePooling2d: Row = {
  allows: pooling,
  make: (before) =>
    pooled(before, ({ kernel, stride, sides }, padding) => {
      if (!padding) throw new Missing(`padding "same" that is uneven, ${JSON.stringify(sides)}`);
      return [new AvgPool2d(kernel, { stride, padding, countIncludePad: false })];
    }),
};

const globalPooling = { data_format: isLast, keepdims: is(undefined, false) };

export const globalAveragePooling2d: Row = {
  allows: globalPooling,
  make: (before) => ({ layers: [new AdaptiveAvgPool2d(1), new Flatten()], shape: [imageOf(before)[0]] }),
};

export const globalMaxPooling2d: Row = {
  allows: globalPooling,
  make(before) {
    const [channels, height, width] = imageOf(before);
    if (height === null || width === null) throw new Missing("for images of any size");
    return { layers: [new MaxPool2d([height, width]), new Flatten()], shape: [channels] };
  },
};

export const flatten: Row = {
  allows: { data_format: isLast },
  make({ shape, channelsFirst }) {
    if (shape.some((length) => length === null)) throw new Missing("of an input with an open length");
    const [channels = 1, ...lengths] = shape.map(Number);
    const places = lengths.reduce((product, n) => product * n, 1);
    return {
      layers: [new Flatten()],
      shape: [channels * places],
      flattened: channelsFirst ? { channels, places } : undefined,
    };
  },
};

const sides = (value: unknown, sign: 1 | -1): Sides => {
  const both = typeof value === "number" ? [value, value] : list(value);
  const pairs = both.map((side) => (typeof side === "number" ? [side, side] : list(side).map(Number)));
  if (pairs.length !== 2 || !pairs.flat().every((n) => Number.isSafeInteger(n) && n >= 0))
    throw new Missing(`sides of ${JSON.stringify(value)}`);
  return pairs.map((pair) => pair.map((n) => sign * n)) as unknown as Sides;
};

export const padded = (key: string, sign: 1 | -1): Row => ({
  allows: { data_format: isLast },
  make(before) {
    const [channels, ...lengths] = imageOf(before);
    const widths = sides(entry(before.config, key) ?? 1, sign);
    const out = lengths.map((length, axis) =>
      length === null ? null : length + (widths[axis]?.[0] ?? 0) + (widths[axis]?.[1] ?? 0),
    );
    return { layers: [new ConstantPad2d(widths)], shape: [channels, ...out] };
  },
});

export const upSampling2d: Row = {
  allows: { data_format: isLast, interpolation: is(undefined, "nearest") },
  make(before) {
    const [channels, ...lengths] = imageOf(before);
    const scale = pairOf(before.config, "size", 2);
    const shape = [channels, ...lengths.map((length, axis) => (length === null ? null : length * (scale[axis] ?? 1)))];
    return { layers: [new Upsample({ scale })], shape };
  },
};
