/** What slides over images: convolutions and pooling. */
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  ConstantPad2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Flatten,
  type Layer,
  MaxPool2d,
} from "@dlcc/layers";
import type { Pair } from "@dlcc/tensor";
import type { Axes } from "../axes.ts";
import { OnnxError } from "../error.ts";
import { assertLastParts, room, type Slide, slidesOf } from "../window.ts";
import { assertBias, given } from "./linear.ts";
import type { Matcher, Matchers } from "./match.ts";
import { along, type Moves, movesOf, padded, padOf, type Sides, short } from "./moves.ts";
import type { Node } from "./node.ts";

/** A layer, after one that puts a number around images. */
const behind = (around: Sides | undefined, value: number, layer: Layer): Layer | readonly Layer[] =>
  around ? [new ConstantPad2d(around, { value }), layer] : layer;

/** Options without what a layer does by itself. */
const options = ({ stride, padding, dilation }: Moves, initial: readonly number[]) => ({
  ...(stride.join() !== initial.join() && { stride: short(stride) }),
  ...(padding !== 0 && { padding }),
  ...(dilation.some((n) => n !== 1) && { dilation: short(dilation) }),
});

/** Checks that a kernel's shape, where it stands twice, is one. */
function assertKernel(node: Node, kernel: readonly number[]): void {
  const said = node.ints("kernel_shape");
  if (said && said.join() !== kernel.join()) {
    throw new OnnxError(`its kernel_shape must be [${kernel}], as its weights, got [${said.slice(0, 8)}]`);
  }
}

function groupsOf(node: Node): { readonly groups?: number } {
  const groups = node.int("group", 1);
  if (!Number.isSafeInteger(groups) || groups < 1)
    throw new OnnxError(`its group must be a whole number from 1, got ${groups}`);
  return groups === 1 ? {} : { groups };
}

const ones = [1, 1];

const convolution: Matcher = (graph, node) => {
  const { from, pads, node: pad } = padded(graph, node.inputs[0] ?? "");
  return {
    from,
    nodes: pad ? [node, pad] : [node],
    make: (axes) => {
      const weight = graph.floats(node.input(1), "weights");
      const [outChannels = 0, perGroup = 0, ...kernel] = weight.dims;
      if (kernel.length !== 1 && kernel.length !== 2) {
        throw new OnnxError(`its weights must have 3 or 4 axes, got [${weight.dims}]`);
      }
      const bias = node.input(2) === undefined ? undefined : graph.floats(node.input(2), "biases");
      assertBias(bias, outChannels, weight);
      assertKernel(node, kernel);
      const groups = groupsOf(node);
      const { around, ...own } = movesOf(node, kernel, pads, axes);
      const moves = { ...options(own, ones.slice(0, kernel.length)), ...groups };
      const inChannels = perGroup * (groups.groups ?? 1);
      const layer = graph.once(["Conv", weight.name, bias?.name, moves], () => {
        const value = graph.tensor(weight);
        const all = { ...moves, ...given(value, bias && graph.tensor(bias)), dtype: value.dtype };
        const [height = 0, width] = kernel;
        return width === undefined
          ? new Conv1d(inChannels, outChannels, height, all as ConstructorParameters<typeof Conv1d>[3])
          : new Conv2d(inChannels, outChannels, [height, width], all);
      });
      return behind(around, 0, layer);
    },
  };
};

const transposed: Matcher = (graph, node) => ({
  from: node.inputs[0] ?? "",
  make: () => {
    const weight = graph.floats(node.input(1), "weights");
    const [inChannels = 0, perGroup = 0, ...kernel] = weight.dims;
    const [height = 0, width = 0] = kernel;
    if (kernel.length !== 2) throw new OnnxError(`its weights must have 4 axes, got [${weight.dims}]`);
    if (node.has("output_shape")) throw new OnnxError("its size must follow from its padding, got output_shape");
    assertKernel(node, kernel);
    const groups = groupsOf(node);
    const { padding, around, ...moves } = movesOf(node, kernel, undefined, undefined);
    if (padding === "same" || around) throw new OnnxError("its padding must be alike on both sides");
    const more = short(along(node, "output_padding", 2, 0, 0));
    const all = { ...options({ ...moves, padding }, ones), ...(more !== 0 && { outputPadding: more }), ...groups };
    const outChannels = perGroup * (groups.groups ?? 1);
    const bias = node.input(2) === undefined ? undefined : graph.floats(node.input(2), "biases");
    assertBias(bias, outChannels, weight);
    return graph.once(["ConvTranspose", weight.name, bias?.name, all], () => {
      const value = graph.tensor(weight);
      const numbers = given(value, bias && graph.tensor(bias));
      const transposedOptions = all as ConstructorParameters<typeof ConvTranspose2d>[3];
      return new ConvTranspose2d(inChannels, outChannels, [height, width], {
        ...transposedOptions,
        ...numbers,
        dtype: value.dtype,
      });
    });
  },
});

/** The window of a pooling node, in two directions. */
function pooling(node: Node, pads: readonly number[] | undefined, axes: Axes | undefined) {
  const kernel = node.ints("kernel_shape") ?? [];
  if (kernel.length !== 2) throw new OnnxError(`its kernel_shape must have two numbers, got [${kernel.slice(0, 8)}]`);
  const found = along(node, "kernel_shape", 2, 1, 1);
  const moves = movesOf(node, found, pads, axes);
  if (moves.padding === "same") throw new OnnxError("its padding must be alike on both sides");
  if (moves.around && node.int("ceil_mode", 0) !== 0) {
    throw new OnnxError("its padding must be alike on both sides where its ceil_mode is 1");
  }
  const { stride, dilation, padding } = moves as {
    stride: [number, number];
    dilation: [number, number];
    padding: Pair;
  };
  return {
    kernel: short(found),
    moves: options(moves, found) as { stride?: Pair; padding?: Pair; dilation?: Pair },
    slides: slidesOf(found, { stride, dilation, padding }),
    around: moves.around,
  };
}

/** A mean of a part of a window is divided by what ONNX's versions don't agree on: `ceil_mode` must make no difference. */
function assertFloor(node: Node, slides: readonly Slide[], axes: Axes | undefined): void {
  if (node.int("ceil_mode", 0) === 0) return;
  const comesOutEven = slides.every((slide, i) => {
    const length = axes?.[i + 2];
    return typeof length === "number" && room(length, slide) % slide.stride === 0;
  });
  if (!comesOutEven) throw new OnnxError("its ceil_mode must be 0, or the windows come out even");
}

const maxPool: Matcher = (_graph, node) => ({
  from: node.inputs[0] ?? "",
  make: (axes) => {
    node.int("storage_order", 0);
    const { kernel, moves, slides, around } = pooling(node, undefined, axes);
    const ceilMode = node.int("ceil_mode", 0) !== 0;
    if (ceilMode && axes) assertLastParts(slides, axes.slice(2));
    return behind(around, Number.NEGATIVE_INFINITY, new MaxPool2d(kernel, { ...moves, ...(ceilMode && { ceilMode }) }));
  },
});

/** PyTorch writes its padding, which counts, as a `Pad` of its own. */
const averagePool: Matcher = (graph, node) => {
  const { from, pads, node: pad } = padded(graph, node.inputs[0] ?? "");
  return {
    from,
    nodes: pad ? [node, pad] : [node],
    make: (axes) => {
      const counts = node.int("count_include_pad", 0) !== 0;
      const { kernel, moves, slides, around } = pooling(node, pads, axes);
      assertFloor(node, slides, axes);
      if (moves.dilation !== undefined) throw new OnnxError("its dilations must be 1");
      const isPadded = moves.padding !== undefined;
      const own =
        node.text("auto_pad", "NOTSET") !== "NOTSET" || (node.ints("pads") ?? []).some((zeros) => zeros !== 0);
      const both = own && (pads?.some((zeros) => zeros !== 0) ?? false);
      if (both && !counts) throw new OnnxError("its padding must count, or not, as a whole");
      if (around && own && !counts) {
        throw new OnnxError("its padding must be alike on both sides where it doesn't count");
      }
      const { dilation: _, ...rest } = moves;
      const excludes = isPadded && own && !counts;
      return behind(around, 0, new AvgPool2d(kernel, { ...rest, ...(excludes && { countIncludePad: false }) }));
    },
  };
};

const globalAverage: Matcher = (_graph, node) => ({
  from: node.inputs[0] ?? "",
  make: (axes) => {
    assertImages(axes);
    return new AdaptiveAvgPool2d(1);
  },
});

function assertImages(axes: Axes | undefined): void {
  if (axes && axes.length !== 4) throw new OnnxError(`its input must have 4 axes, got ${axes.length}`);
}

/** The mean over height and width. */
const reduceMean: Matcher = (graph, node) => {
  const given = node.has("axes") ? node.ints("axes") : graph.ints(node.input(1));
  if (given === undefined || given.length !== 2) return undefined;
  return {
    from: node.inputs[0] ?? "",
    make: (axes): Layer[] => {
      const keeps = node.int("keepdims", 1) !== 0;
      const places = given.map((axis) => (axis < 0 ? axis + (axes?.length ?? 4) : axis)).toSorted((a, b) => a - b);
      assertImages(axes);
      if (places.join() !== "2,3") throw new OnnxError(`its axes must be those of images, 2 and 3, got [${given}]`);
      return [new AdaptiveAvgPool2d(1), ...(keeps ? [] : [new Flatten()])];
    },
  };
};

/** A `Pad` by itself. PyTorch writes some of nothing. */
const pad: Matcher = (graph, node) => ({
  from: node.inputs[0] ?? "",
  make: () => {
    const { widths, value } = padOf(graph, node);
    if (widths.every((width) => width === 0)) return [];
    const [top, left, bottom, right] = widths;
    if (top === undefined || left === undefined || bottom === undefined || right === undefined || widths.length > 4) {
      throw new OnnxError(`it must pad images, got widths for ${widths.length / 2 + 2} axes`);
    }
    return new ConstantPad2d(
      [
        [top, bottom],
        [left, right],
      ],
      { value },
    );
  },
});

export const windowMatchers: Matchers = [
  ["Conv", convolution],
  ["ConvTranspose", transposed],
  ["MaxPool", maxPool],
  ["AveragePool", averagePool],
  ["GlobalAveragePool", globalAverage],
  ["ReduceMean", reduceMean],
  ["Pad", pad],
];
