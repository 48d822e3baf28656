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
import { assertLastParts, room, type Slide, samePadding, slidesOf } from "../window.ts";
import type { Graph } from "./graph.ts";
import { assertBias, given } from "./linear.ts";
import type { Matcher, Matchers } from "./match.ts";
import type { Node } from "./node.ts";

/** One number where both are alike. */
const short = (pair: readonly number[]): Pair => {
  const [first = 0, second = first] = pair;
  return first === second ? first : [first, second];
};

/** A list of an attribute, one number for each direction. */
function along(node: Node, name: string, count: number, initial: number, least: number): readonly number[] {
  const found = node.ints(name) ?? new Array<number>(count).fill(initial);
  if (found.length === count && found.every((n) => Number.isSafeInteger(n) && n >= least)) return found;
  throw new OnnxError(`its ${name} must be ${count} whole numbers from ${least}, got [${found.slice(0, 8)}]`);
}

/** Zeros around images that a `Pad` node adds before a window slides over them. */
interface Padded {
  readonly from: string;
  /** Before, then after; none if there is no `Pad`. */
  readonly pads: readonly number[] | undefined;
  readonly node: Node | undefined;
}

/** What PyTorch computes its pads by, from the last node back: it turns its own order around. */
const turning = ["Cast", "Reshape", "Transpose", "Slice", "Reshape", "Concat"];

/** PyTorch's own list of pads, from which a graph computes ONNX's: before and after the last axis, then the one before it. */
function turnedPads(graph: Graph, name: string | undefined): readonly number[] | undefined {
  let [at, steps] = [name, [] as readonly number[] | undefined];
  for (const op of turning) {
    const node = graph.producer(at, op);
    if (!node) return undefined;
    if (op === "Slice") steps = graph.ints(node.input(4));
    at = node.inputs[0];
  }
  const own = graph.ints(at);
  if (!own || own.length % 2 !== 0 || own.length > 4 || steps?.join() !== "-1") return undefined;
  const pairs = Array.from({ length: own.length / 2 }, (_, i) => own.slice(2 * i, 2 * i + 2)).reverse();
  const side = (i: 0 | 1): number[] => [0, 0, ...pairs.map((pair) => pair[i] ?? 0)];
  return [...side(0), ...side(1)];
}

/** What a `Pad` puts around the axes behind the first two: how much before each, and behind each. */
function padOf(graph: Graph, node: Node): { readonly widths: readonly number[]; readonly value: number } {
  const pads = node.has("pads") ? node.ints("pads") : (graph.ints(node.input(1)) ?? turnedPads(graph, node.input(1)));
  const mode = node.text("mode", "constant");
  const value = node.input(2) === undefined ? node.float("value", 0) : graph.scalar(node.input(2));
  if (!pads) throw new OnnxError("its pads must be whole numbers in the file");
  if (mode !== "constant" || value === undefined) throw new OnnxError(`it must pad with one number, got mode ${mode}`);
  const rank = pads.length / 2;
  const at = (side: number): readonly number[] => pads.slice(side * rank + 2, (side + 1) * rank);
  if (!Number.isInteger(rank) || [0, 1, rank, rank + 1].some((i) => pads[i] !== 0)) {
    throw new OnnxError(`its pads must be 0 for examples and channels, got [${pads.slice(0, 16)}]`);
  }
  return { widths: [...at(0), ...at(1)], value };
}

/** The zeros that a `Pad` adds. @throws {OnnxError} if it adds something else. */
function padsOf(graph: Graph, node: Node): readonly number[] {
  const { widths, value } = padOf(graph, node);
  if (value !== 0) throw new OnnxError(`its zeros must be zeros, got ${value}`);
  return widths;
}

/** Looks through a `Pad` before a window. */
function padded(graph: Graph, name: string): Padded {
  const node = graph.producer(name, "Pad");
  if (!node) return { from: name, pads: undefined, node: undefined };
  try {
    return { from: node.inputs[0] ?? "", pads: padsOf(graph, node), node };
  } catch (error) {
    if (error instanceof OnnxError) return { from: name, pads: undefined, node: undefined }; // It speaks for itself.
    throw error;
  }
}

interface Moves {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: Pair | "same";
}

/** How a window moves. @param extra What a `Pad` before it has added. */
function movesOf(node: Node, kernel: readonly number[], extra: readonly number[] | undefined): Moves {
  const count = kernel.length;
  const stride = along(node, "strides", count, 1, 1);
  const dilation = along(node, "dilations", count, 1, 1);
  const auto = node.text("auto_pad", "NOTSET");
  const own = along(node, "pads", 2 * count, 0, 0);
  if (auto === "SAME_UPPER" && stride.every((step) => step === 1) && !extra)
    return { stride, dilation, padding: "same" };
  if (auto !== "NOTSET" && auto !== "VALID") throw new OnnxError(`its auto_pad must be NOTSET, got ${auto}`);
  if (extra && extra.length !== own.length) throw new OnnxError(`the Pad before it must be of ${count + 2} axes`);
  const pads = own.map((zeros, i) => zeros + (extra?.[i] ?? 0));
  const [before, after] = [pads.slice(0, count), pads.slice(count)];
  if (before.every((zeros, i) => zeros === after[i] && zeros >= 0)) return { stride, dilation, padding: short(before) };
  const same = kernel.map((length, i) => samePadding(length, dilation[i] ?? 1));
  const isSame = same.every(([start, end], i) => start === before[i] && end === after[i]);
  if (isSame && stride.every((step) => step === 1)) return { stride, dilation, padding: "same" };
  throw new OnnxError(`its padding must be alike on both sides, got ${before} before and ${after} after`);
}

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
    make: () => {
      const weight = graph.floats(node.input(1), "weights");
      const [outChannels = 0, perGroup = 0, ...kernel] = weight.dims;
      if (kernel.length !== 1 && kernel.length !== 2) {
        throw new OnnxError(`its weights must have 3 or 4 axes, got [${weight.dims}]`);
      }
      const bias = node.input(2) === undefined ? undefined : graph.floats(node.input(2), "biases");
      assertBias(bias, outChannels, weight);
      assertKernel(node, kernel);
      const groups = groupsOf(node);
      const moves = { ...options(movesOf(node, kernel, pads), ones.slice(0, kernel.length)), ...groups };
      const inChannels = perGroup * (groups.groups ?? 1);
      return graph.once(["Conv", weight.name, bias?.name, moves], () => {
        const value = graph.tensor(weight);
        const all = { ...moves, ...given(value, bias && graph.tensor(bias)), dtype: value.dtype };
        const [height = 0, width] = kernel;
        return width === undefined
          ? new Conv1d(inChannels, outChannels, height, all as ConstructorParameters<typeof Conv1d>[3])
          : new Conv2d(inChannels, outChannels, [height, width], all);
      });
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
    const { padding, ...moves } = movesOf(node, kernel, undefined);
    if (padding === "same") throw new OnnxError("its padding must be alike on both sides");
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
function pooling(node: Node, pads: readonly number[] | undefined) {
  const kernel = node.ints("kernel_shape") ?? [];
  if (kernel.length !== 2) throw new OnnxError(`its kernel_shape must have two numbers, got [${kernel.slice(0, 8)}]`);
  const found = along(node, "kernel_shape", 2, 1, 1);
  const moves = movesOf(node, found, pads);
  if (moves.padding === "same") throw new OnnxError("its padding must be alike on both sides");
  const { stride, dilation, padding } = moves as {
    stride: [number, number];
    dilation: [number, number];
    padding: Pair;
  };
  return {
    kernel: short(found),
    moves: options(moves, found) as { stride?: Pair; padding?: Pair; dilation?: Pair },
    slides: slidesOf(found, { stride, dilation, padding }),
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
    const { kernel, moves, slides } = pooling(node, undefined);
    const ceilMode = node.int("ceil_mode", 0) !== 0;
    if (ceilMode && axes) assertLastParts(slides, axes.slice(2));
    return new MaxPool2d(kernel, { ...moves, ...(ceilMode && { ceilMode }) });
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
      const { kernel, moves, slides } = pooling(node, pads);
      assertFloor(node, slides, axes);
      if (moves.dilation !== undefined) throw new OnnxError("its dilations must be 1");
      const isPadded = moves.padding !== undefined;
      const own = node.ints("pads")?.some((zeros) => zeros !== 0) ?? false;
      const both = own && (pads?.some((zeros) => zeros !== 0) ?? false);
      if (both && !counts) throw new OnnxError("its padding must count, or not, as a whole");
      const { dilation: _, ...rest } = moves;
      return new AvgPool2d(kernel, { ...rest, ...(isPadded && own && !counts && { countIncludePad: false }) });
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
