/** Words of images and of normalization, as loops over pixels and over groups of elements. */
import {
  adaptiveAvgPool2d,
  avgPool2dGradient,
  batchNorm,
  channelMoments,
  channelNorm,
  channelNormGradient,
  channelNormSums,
  type DType,
  groupNorm,
  layerNorm,
  maxPool2d,
  maxPool2dGradient,
  type Tensor,
  unrecorded,
  type Window,
} from "@dlcc/tensor";
import { at, build, entry, indicesOf, map, type NdArray } from "../../reference.ts";
import type { Draws, Numbers } from "../draws.ts";
import type { Placed } from "../placed.ts";
import { type Word, type Words, want } from "../word.ts";

/** Without infinities: sums of them depend on how they are taken. */
const finite: Numbers = { from: -5, to: 5, special: [0] };

/** A pooling window, of which no place lies in the border alone; and images that it fits into. */
function drawPooling(d: Draws, dilates: boolean): { window: Window; images: readonly number[] } {
  const pair = (from: number, to: number): readonly [number, number] => [d.int(from, to), d.int(from, to)];
  const kernel = d.chance(0.3) ? ([2, 2] as const) : pair(1, 3);
  const stride = d.chance(0.3) ? kernel : pair(1, 3);
  const padding = kernel.map((length) => d.int(0, length >> 1)) as [number, number];
  const dilation = dilates && d.chance(0.4) ? pair(1, 2) : ([1, 1] as const);
  const side = (i: 0 | 1): number => dilation[i] * (kernel[i] - 1) + d.int(1, d.kind === "smooth" ? 2 : 6);
  return { window: { kernel, stride, padding, dilation }, images: [d.int(0, 2), d.int(1, 2), side(0), side(1)] };
}

/** How many places a window has along an axis. */
const places = (window: Window, axis: 0 | 1, length: number): number =>
  Math.floor(
    (length + 2 * window.padding[axis] - window.dilation[axis] * (window.kernel[axis] - 1) - 1) / window.stride[axis],
  ) + 1;

const pooledShape = (window: Window, [n = 0, c = 0, height = 0, width = 0]: readonly number[]): number[] => [
  n,
  c,
  places(window, 0, height),
  places(window, 1, width),
];

/** The pixels under a window at a place, as indices of the image, in order. */
function pixelsUnder(
  { kernel, stride, padding, dilation }: Window,
  images: readonly number[],
  [n = 0, c = 0, row = 0, column = 0]: readonly number[],
): readonly (readonly number[])[] {
  const along = (axis: 0 | 1, place: number, length: number): number[] =>
    Array.from(
      { length: kernel[axis] },
      (_, tap) => place * stride[axis] - padding[axis] + tap * dilation[axis],
    ).filter((i) => i >= 0 && i < length);
  return along(0, row, entry(images, 2)).flatMap((y) => along(1, column, entry(images, 3)).map((x) => [n, c, y, x]));
}

/** The first of the largest; NaN is the largest. */
function winnerOf(x: NdArray, pixels: readonly (readonly number[])[]): readonly number[] {
  return pixels.reduce((best, pixel) => {
    const [most, value] = [at(x, best), at(x, pixel)];
    return value > most || (Number.isNaN(value) && !Number.isNaN(most)) ? pixel : best;
  });
}

/** What each place gives to pixels, added up. */
function scattered(
  images: readonly number[],
  window: Window,
  give: (
    place: readonly number[],
    pixels: readonly (readonly number[])[],
  ) => readonly (readonly [readonly number[], number])[],
): NdArray {
  const sums = new Map<string, number>();
  for (const place of indicesOf(pooledShape(window, images))) {
    for (const [pixel, value] of give(place, pixelsUnder(window, images, place))) {
      sums.set(pixel.join(), (sums.get(pixel.join()) ?? 0) + value);
    }
  }
  return build(images, (pixel) => sums.get(pixel.join()) ?? 0);
}

const { max, min, floor, ceil } = Math;

const maxPool: Word = {
  draw(d) {
    const { window, images } = drawPooling(d, true);
    const x = d.tensor(images, d.dtype("floats"));
    const { kernel, ...options } = window;
    const result = build(pooledShape(window, images), (place) =>
      at(x, winnerOf(x, pixelsUnder(window, images, place))),
    );
    return { args: [x, kernel, options], wanted: want(x.dtype, result) };
  },
};

const maxPoolGradient: Word = {
  call: (gradient, x, window) => {
    const { kernel, ...options } = window as Window;
    const output = unrecorded(() => maxPool2d(x as Tensor, kernel, options));
    return maxPool2dGradient(gradient as Tensor, x as Tensor, output, window as Window);
  },
  draw(d) {
    const { window, images } = drawPooling(d, true);
    const dtype = d.dtype("floats");
    const [gradient, x] = [d.tensor(pooledShape(window, images), dtype, finite), d.tensor(images, dtype)];
    const of = (g: NdArray): NdArray =>
      scattered(images, window, (place, pixels) => [[winnerOf(x, pixels), at(g, place)]]);
    return {
      args: [gradient, x, window],
      wanted: want(dtype, of(gradient), { magnitude: of(map(gradient, Math.abs)) }),
    };
  },
};

const avgPool: Word = {
  draw(d) {
    const { window, images } = drawPooling(d, false);
    const x = d.tensor(images, d.dtype("floats"), finite);
    const { kernel, stride, padding } = window;
    const countIncludePad = d.pick([undefined, true, false]);
    const of = (values: NdArray): NdArray =>
      build(pooledShape(window, images), (place) => {
        const pixels = pixelsUnder(window, images, place);
        const count = countIncludePad === false ? pixels.length : kernel[0] * kernel[1];
        return pixels.reduce((sum, pixel) => sum + at(values, pixel), 0) / count;
      });
    const options = countIncludePad === undefined ? { stride, padding } : { stride, padding, countIncludePad };
    return { args: [x, kernel, options], wanted: want(x.dtype, of(x), { magnitude: of(map(x, Math.abs)) }) };
  },
};

const avgPoolGradient: Word = {
  call: (gradient, window, size) =>
    avgPool2dGradient(gradient as Tensor, window as Window, size as readonly [number, number]),
  draw(d) {
    const { window, images } = drawPooling(d, false);
    const gradient = d.tensor(pooledShape(window, images), d.dtype("floats"), finite);
    const of = (g: NdArray): NdArray =>
      scattered(images, window, (place, pixels) =>
        pixels.map((pixel) => [pixel, at(g, place) / (window.kernel[0] * window.kernel[1])] as const),
      );
    const wanted = want(gradient.dtype, of(gradient), { magnitude: of(map(gradient, Math.abs)) });
    return { args: [gradient, window, images.slice(2)], wanted };
  },
};

const adaptive: Word = {
  call: (x, size) => adaptiveAvgPool2d(x as Tensor, size as number),
  draw(d) {
    const [height, width] = [d.int(1, 5), d.int(1, 5)];
    const x = d.tensor([d.int(0, 2), d.int(1, 2), height, width], d.dtype("floats"), finite);
    const size = d.chance(0.3) ? 1 : ([d.int(1, 4), d.int(1, 4)] as const);
    const [rows, columns] = typeof size === "number" ? [size, size] : size;
    const part = (i: number, length: number, parts: number): number[] => {
      const [from, to] = [floor((i * length) / parts), ceil(((i + 1) * length) / parts)];
      return Array.from({ length: to - from }, (_, j) => from + j);
    };
    const of = (values: NdArray): NdArray =>
      build([entry(x.shape, 0), entry(x.shape, 1), rows, columns], ([n = 0, c = 0, i = 0, j = 0]) => {
        const pixels = part(i, height, rows).flatMap((y) => part(j, width, columns).map((z) => [n, c, y, z]));
        return pixels.reduce((sum, pixel) => sum + at(values, pixel), 0) / pixels.length;
      });
    return { args: [x, size], wanted: want(x.dtype, of(x), { magnitude: of(map(x, Math.abs)) }) };
  },
};

/** Where between the pixels of an axis each new one lies: the pixels beside it, and how much of the second it takes. */
function sourceOf(
  i: number,
  length: number,
  step: number,
  mode: string,
  aligned: number | undefined,
): readonly number[] {
  if (mode === "nearest") return [min(length - 1, floor(i * step)), 0, 0];
  const place = aligned === undefined ? max(0, (i + 0.5) * step - 0.5) : i * aligned;
  const first = min(length - 1, floor(place));
  return [first, min(length - 1, first + 1), place - first];
}

const upsampleWord: Word = {
  draw(d) {
    const shape = [d.int(0, 2), d.int(1, 2), d.int(1, 4), d.int(1, 4)];
    const x = d.tensor(shape, d.dtype("floats"), finite);
    const mode = d.pick(["nearest", "bilinear"] as const);
    const alignCorners = mode === "bilinear" && d.chance(0.4);
    const scale = d.chance(0.5) ? ([d.pick([1, 2, 3, 1.5]), d.pick([1, 2, 2.5])] as const) : undefined;
    const size = [d.int(1, 6), d.int(1, 6)] as const;
    const axes = ([0, 1] as const).map((axis) => {
      const length = entry(shape, axis + 2);
      const after = scale ? floor(length * scale[axis]) : size[axis];
      const step = scale ? 1 / scale[axis] : length / after;
      const aligned = after > 1 ? (length - 1) / (after - 1) : 0;
      const of = (i: number): readonly number[] => sourceOf(i, length, step, mode, alignCorners ? aligned : undefined);
      return { after, of };
    }) as [{ after: number; of(i: number): readonly number[] }, { after: number; of(i: number): readonly number[] }];
    const values = (f: (value: number) => number): NdArray =>
      build([...shape.slice(0, 2), axes[0].after, axes[1].after], ([n = 0, c = 0, i = 0, j = 0]) => {
        const [[top = 0, bottom = 0, down = 0], [left = 0, right = 0, across = 0]] = [axes[0].of(i), axes[1].of(j)];
        const pixel = (y: number, z: number): number => f(at(x, [n, c, y, z]));
        const row = (y: number): number => pixel(y, left) * (1 - across) + pixel(y, right) * across;
        return row(top) * (1 - down) + row(bottom) * down;
      });
    const options = { ...(scale ? { scale } : { size }), mode, ...(alignCorners && { alignCorners }) };
    return {
      args: [x, options],
      wanted: want(
        x.dtype,
        values((v) => v),
        { magnitude: values(Math.abs) },
      ),
    };
  },
};

/** ε in the cases: so large that equal elements don't make small rounding errors large. */
const epsilon = 0.1;
/** What errors of normalized numbers of this size are measured by. */
const magnitude = 100;

/** The elements of each group, normalized, and 1 / √(σ² + ε) of each. */
function normalized(
  x: NdArray,
  groupOf: (index: readonly number[]) => number,
): { hat: NdArray; of(group: number): { mean: number; variance: number; inverse: number; count: number } } {
  const groups = new Map<number, number[]>();
  for (const index of indicesOf(x.shape)) {
    groups.set(groupOf(index), [...(groups.get(groupOf(index)) ?? []), at(x, index)]);
  }
  const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const statistics = new Map(
    [...groups].map(([group, values]) => {
      const mean = average(values);
      const variance = average(values.map((value) => (value - mean) ** 2));
      return [group, { mean, variance, inverse: 1 / Math.sqrt(variance + epsilon), count: values.length }] as const;
    }),
  );
  const of = (group: number): { mean: number; variance: number; inverse: number; count: number } =>
    statistics.get(group) ?? { mean: Number.NaN, variance: Number.NaN, inverse: Number.NaN, count: 0 };
  const hat = build(x.shape, (index) => (at(x, index) - of(groupOf(index)).mean) * of(groupOf(index)).inverse);
  return { hat, of };
}

const channelOf = (index: readonly number[]): number => entry(index, 1);

/** `[n, channels, length]`, with an element for each channel. */
const drawChannels = (d: Draws, dtype: DType, shape?: readonly number[]): Placed =>
  d.tensor(shape ?? [d.int(1, 3), d.int(1, 3), d.int(1, d.kind === "smooth" ? 3 : 9)], dtype, finite);

const momentsWord: Word = {
  draw(d) {
    const x = drawChannels(d, d.dtype("floats"));
    const { of } = normalized(x, channelOf);
    const result = build([2, entry(x.shape, 1)], ([row, c = 0]) => (row === 0 ? of(c).mean : of(c).variance));
    return { args: [x], wanted: want(x.dtype, result, { magnitude }) };
  },
};

/** The moments as a layer has them: no tape sees them. */
const momentsOf = (x: unknown): Tensor => unrecorded(() => channelMoments(x as Tensor));

const normWord: Word = {
  call: (x, weight, bias) =>
    channelNorm(
      x as Tensor,
      momentsOf(x),
      epsilon,
      weight ? { weight: weight as Tensor, bias: bias as Tensor } : undefined,
    ),
  draw(d) {
    const x = drawChannels(d, d.dtype("floats"));
    const { hat } = normalized(x, channelOf);
    if (d.chance(0.3)) return { args: [x], wanted: want(x.dtype, hat, { magnitude }) };
    const [weight, bias] = [0, 1].map(() => d.tensor(x.shape.slice(1, 2), x.dtype, finite)) as [Placed, Placed];
    const result = build(x.shape, (i) => at(hat, i) * at(weight, [channelOf(i)]) + at(bias, [channelOf(i)]));
    return { args: [x, weight, bias], wanted: want(x.dtype, result, { magnitude }) };
  },
};

/** Sums over the elements of each channel. */
const sumsBy = (x: NdArray, term: (index: readonly number[]) => number): number[] => {
  const sums = new Array<number>(entry(x.shape, 1)).fill(0);
  for (const index of indicesOf(x.shape)) sums[channelOf(index)] = entry(sums, channelOf(index)) + term(index);
  return sums;
};

const sumsWord: Word = {
  call: (gradient, x) => channelNormSums(gradient as Tensor, x as Tensor, momentsOf(x), epsilon),
  draw(d) {
    const x = drawChannels(d, d.dtype("floats"));
    const gradient = drawChannels(d, x.dtype, x.shape);
    const { hat } = normalized(x, channelOf);
    const [plain, products] = [sumsBy(x, (i) => at(gradient, i)), sumsBy(x, (i) => at(gradient, i) * at(hat, i))];
    const result = build([2, plain.length], ([row, c = 0]) => entry(row === 0 ? plain : products, c));
    return { args: [gradient, x], wanted: want(x.dtype, result, { magnitude: magnitude * 10 }) };
  },
};

const normGradientWord: Word = {
  call: (gradient, x, weight) => {
    const moments = momentsOf(x);
    const sums = unrecorded(() => channelNormSums(gradient as Tensor, x as Tensor, moments, epsilon));
    return channelNormGradient(gradient as Tensor, x as Tensor, moments, sums, epsilon, weight as Tensor | undefined);
  },
  draw(d) {
    const x = drawChannels(d, d.dtype("floats"));
    const gradient = drawChannels(d, x.dtype, x.shape);
    const weight = d.chance(0.6) ? d.tensor(x.shape.slice(1, 2), x.dtype, finite) : undefined;
    const { hat, of } = normalized(x, channelOf);
    const [plain, products] = [sumsBy(x, (i) => at(gradient, i)), sumsBy(x, (i) => at(gradient, i) * at(hat, i))];
    const result = build(x.shape, (i) => {
      const c = channelOf(i);
      const { inverse, count } = of(c);
      const passed = at(gradient, i) - entry(plain, c) / count - (at(hat, i) * entry(products, c)) / count;
      return passed * inverse * (weight ? at(weight, [c]) : 1);
    });
    const args = weight ? [gradient, x, weight] : [gradient, x];
    return { args, wanted: want(x.dtype, result, { magnitude: magnitude * 10 }) };
  },
};

/** The tensors of an affine map, as options. */
const affine = (weight: unknown, bias: unknown): { weight?: Tensor; bias?: Tensor } =>
  weight ? { weight: weight as Tensor, bias: bias as Tensor } : {};

const batchNormWord: Word = {
  call: (x, mean, variance, weight, bias) =>
    batchNorm(x as Tensor, {
      ...affine(weight, bias),
      ...(mean ? { mean: mean as Tensor, variance: variance as Tensor } : {}),
      epsilon,
    }),
  draw(d) {
    const rest = d.shape({ to: 2, least: 1, most: 6 });
    const x = drawChannels(d, d.dtype("floats"), [d.int(1, 3), d.int(1, 3), ...rest]);
    const list = (numbers: Numbers = finite): Placed => d.tensor(x.shape.slice(1, 2), x.dtype, numbers);
    const given = d.chance(0.4) ? ([list(), list({ from: 0.5, to: 2, special: [1] })] as const) : undefined;
    const [weight, bias] = d.chance(0.6) ? [list(), list()] : [undefined, undefined];
    const { hat } = normalized(x, channelOf);
    const result = build(x.shape, (i) => {
      const c = [channelOf(i)];
      const normal = given ? (at(x, i) - at(given[0], c)) / Math.sqrt(at(given[1], c) + epsilon) : at(hat, i);
      return weight && bias ? normal * at(weight, c) + at(bias, c) : normal;
    });
    const args = [x, given?.[0], given?.[1], weight, bias];
    return { args, wanted: want(x.dtype, result, { magnitude }) };
  },
};

/** The number of an index among those of its shape. */
const numberOf = (index: readonly number[], shape: readonly number[]): number =>
  index.reduce((number, i, axis) => number * entry(shape, axis) + i, 0);

const layerNormWord: Word = {
  call: (x, shape, weight, bias) =>
    layerNorm(x as Tensor, shape as readonly number[], { ...affine(weight, bias), epsilon }),
  draw(d) {
    const own = d.shape({ from: 1, to: 2, least: 1, most: 6 });
    const before = d.shape({ to: 2, least: 1, most: 4 });
    const x = drawChannels(d, d.dtype("floats"), [...before, ...own]);
    const [weight, bias] = d.chance(0.6) ? [0, 1].map(() => d.tensor(own, x.dtype, finite)) : [undefined, undefined];
    const { hat } = normalized(x, (i) => numberOf(i.slice(0, before.length), before));
    const result = build(x.shape, (i) => {
      const inner = i.slice(before.length);
      return weight && bias ? at(hat, i) * at(weight, inner) + at(bias, inner) : at(hat, i);
    });
    return { args: [x, own, weight, bias], wanted: want(x.dtype, result, { magnitude }) };
  },
};

const groupNormWord: Word = {
  call: (x, groups, weight, bias) => groupNorm(x as Tensor, groups as number, { ...affine(weight, bias), epsilon }),
  draw(d) {
    const [groups, members] = [d.int(1, 3), d.int(1, 2)];
    const rest = d.shape({ to: 2, least: 1, most: 4 });
    const x = drawChannels(d, d.dtype("floats"), [d.int(1, 2), groups * members, ...rest]);
    const list = (): Placed => d.tensor([groups * members], x.dtype, finite);
    const [weight, bias] = d.chance(0.6) ? [list(), list()] : [undefined, undefined];
    const { hat } = normalized(x, (i) => entry(i, 0) * groups + floor(channelOf(i) / members));
    const result = build(x.shape, (i) => {
      const c = [channelOf(i)];
      return weight && bias ? at(hat, i) * at(weight, c) + at(bias, c) : at(hat, i);
    });
    return { args: [x, groups, weight, bias], wanted: want(x.dtype, result, { magnitude }) };
  },
};

const hardSwishWord: Word = {
  draw(d) {
    const x = d.tensor(d.shape(), d.dtype("floats"));
    const result = map(x, (value) => (value * min(max(value + 3, 0), 6)) / 6);
    return {
      args: [x],
      wanted: want(x.dtype, result, {
        magnitude: map(x, (value) => (Number.isFinite(value) ? 2 * Math.abs(value) : 0)),
      }),
    };
  },
};

const preluWord: Word = {
  draw(d) {
    const x = d.tensor(d.shape({ from: 2, to: 4, most: 60 }), d.dtype("floats"));
    const weight = d.tensor([d.chance(0.5) ? 1 : entry(x.shape, 1)], x.dtype);
    const result = build(x.shape, (i) => {
      const value = at(x, i);
      return value > 0 ? value : value * at(weight, [weight.shape[0] === 1 ? 0 : channelOf(i)]);
    });
    return { args: [x, weight], wanted: want(x.dtype, result) };
  },
};

/** All of them. */
export const images: Words = {
  maxPool2d: maxPool,
  maxPool2dGradient: maxPoolGradient,
  avgPool2d: avgPool,
  avgPool2dGradient: avgPoolGradient,
  adaptiveAvgPool2d: adaptive,
  upsample: upsampleWord,
  channelMoments: momentsWord,
  channelNorm: normWord,
  channelNormSums: sumsWord,
  channelNormGradient: normGradientWord,
  batchNorm: batchNormWord,
  layerNorm: layerNormWord,
  groupNorm: groupNormWord,
  hardSwish: hardSwishWord,
  prelu: preluWord,
};
