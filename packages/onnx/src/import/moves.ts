/** How a window of ONNX moves over images, and the zeros around them: of its own, by itself, and of a `Pad` before it. */
import type { Pair } from "@dlcc/tensor";
import type { Axes } from "../axes.ts";
import { OnnxError } from "../error.ts";
import { room, type Slide, samePadding } from "../window.ts";
import type { Graph } from "./graph.ts";
import type { Node } from "./node.ts";

/** One number where both are alike. */
export const short = (pair: readonly number[]): Pair => {
  const [first = 0, second = first] = pair;
  return first === second ? first : [first, second];
};

/** A list of an attribute, one number for each direction. */
export function along(node: Node, name: string, count: number, initial: number, least: number): readonly number[] {
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
export function padOf(graph: Graph, node: Node): { readonly widths: readonly number[]; readonly value: number } {
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
export function padded(graph: Graph, name: string): Padded {
  const node = graph.producer(name, "Pad");
  if (!node) return { from: name, pads: undefined, node: undefined };
  try {
    return { from: node.inputs[0] ?? "", pads: padsOf(graph, node), node };
  } catch (error) {
    if (error instanceof OnnxError) return { from: name, pads: undefined, node: undefined }; // It speaks for itself.
    throw error;
  }
}

/** Rows above and below images, columns before and behind them. */
export type Sides = readonly [readonly [number, number], readonly [number, number]];

export interface Moves {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: Pair | "same";
  /** What a layer of its own must put around images first, as a window's padding is alike on both sides. */
  readonly around?: Sides;
}

/** The zeros of `auto_pad`: as many outputs as there are steps in the length. An odd one goes behind, or before. */
function automaticPads(auto: string, axes: Axes | undefined, slides: readonly Slide[]): readonly number[] {
  const [before, after] = [[] as number[], [] as number[]];
  slides.forEach((slide, i) => {
    const length = axes?.[i + 2];
    if (typeof length !== "number") {
      throw new OnnxError(`its auto_pad must be NOTSET where the input's size is open, got ${auto}`);
    }
    const outputs = Math.ceil(length / slide.stride);
    const all = Math.max(0, (outputs - 1) * slide.stride - room(length, slide));
    const less = all >> 1;
    before.push(auto === "SAME_UPPER" ? less : all - less);
    after.push(auto === "SAME_UPPER" ? all - less : less);
  });
  return [...before, ...after];
}

/** How a window moves. @param extra What a `Pad` before it has added. @param axes Those of its input. */
export function movesOf(
  node: Node,
  kernel: readonly number[],
  extra: readonly number[] | undefined,
  axes: Axes | undefined,
): Moves {
  const count = kernel.length;
  const stride = along(node, "strides", count, 1, 1);
  const dilation = along(node, "dilations", count, 1, 1);
  const auto = node.text("auto_pad", "NOTSET");
  let own = along(node, "pads", 2 * count, 0, 0);
  const inOnes = stride.every((step) => step === 1);
  if (auto === "SAME_UPPER" && inOnes && !extra) return { stride, dilation, padding: "same" };
  if ((auto === "SAME_UPPER" || auto === "SAME_LOWER") && !extra) {
    const slides = kernel.map((length, i) => ({
      ...{ kernel: length, stride: stride[i] ?? 1, dilation: dilation[i] ?? 1 },
      padding: [0, 0] as const,
    }));
    own = automaticPads(auto, axes, slides);
  } else if (auto !== "NOTSET" && auto !== "VALID") throw new OnnxError(`its auto_pad must be NOTSET, got ${auto}`);
  if (extra && extra.length !== own.length) throw new OnnxError(`the Pad before it must be of ${count + 2} axes`);
  const pads = own.map((zeros, i) => zeros + (extra?.[i] ?? 0));
  const [before, after] = [pads.slice(0, count), pads.slice(count)];
  if (before.every((zeros, i) => zeros === after[i] && zeros >= 0)) return { stride, dilation, padding: short(before) };
  const same = kernel.map((length, i) => samePadding(length, dilation[i] ?? 1));
  const isSame = same.every(([start, end], i) => start === before[i] && end === after[i]);
  if (isSame && inOnes) return { stride, dilation, padding: "same" };
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  const around: Sides = [
    [top, bottom],
    [left, right],
  ];
  if (count === 2) return { stride, dilation, padding: 0, around };
  throw new OnnxError(`its padding must be alike on both sides, got ${before} before and ${after} after`);
}
