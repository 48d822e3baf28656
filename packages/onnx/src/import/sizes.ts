/** Shapes that a network computes while it runs, such as PyTorch's of `x.view(x.size(0), -1)`. */
import type { Graph } from "./graph.ts";
import type { Node } from "./node.ts";

/** A length: a number, or that of an axis of a value; all axes of a value are one entry. */
export type Size = number | { readonly of: string; readonly axis: number } | { readonly all: string };

/** The most lengths of a shape, and the most nodes that make one of them. */
const [longest, deepest] = [16, 12];

/** The entries of `Shape`. */
function shape(node: Node): readonly Size[] | undefined {
  const [start, end] = [node.int("start", 0), node.int("end", longest)];
  const of = node.inputs[0] ?? "";
  if (!node.has("start") && !node.has("end")) return [{ all: of }];
  return start >= 0 && end <= longest ? range(of, start, end) : undefined;
}

const range = (of: string, start: number, end: number): Size[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, i) => ({ of, axis: start + i }));

/** Some entries of all axes of a value. */
function picked(graph: Graph, node: Node, sizes: readonly Size[]): readonly Size[] | undefined {
  const [whole] = sizes;
  if (sizes.length !== 1 || typeof whole !== "object" || !("all" in whole)) return undefined;
  if (node.op === "Gather") {
    const places = graph.ints(node.input(1));
    if (!places || places.length > longest || places.some((place) => place < 0)) return undefined;
    return places.map((axis) => ({ of: whole.all, axis }));
  }
  const [start] = (node.has("starts") ? node.ints("starts") : graph.ints(node.input(1))) ?? [];
  const [end] = (node.has("ends") ? node.ints("ends") : graph.ints(node.input(2))) ?? [];
  const [step = 1] = graph.ints(node.input(4)) ?? [];
  if (start === undefined || end === undefined || step !== 1 || start < 0 || end < 0 || end > longest) return undefined;
  return range(whole.all, start, end);
}

/** The lengths that a value has when the network runs; undefined if they follow from something else than shapes. */
export function sizesOf(graph: Graph, name: string | undefined, depth = 0): readonly Size[] | undefined {
  if (name === undefined || depth > deepest) return undefined;
  return graph.once(["sizes", name], () => found(graph, name, depth));
}

function found(graph: Graph, name: string, depth: number): readonly Size[] | undefined {
  const constant = graph.constant(name);
  if (constant) return constant.data.length <= longest ? graph.ints(name) : undefined;
  const node = graph.producer(name);
  if (!node) return undefined;
  if (node.op === "Shape") return shape(node);
  if (node.op === "Concat") {
    if (node.inputs.length > longest) return undefined;
    const parts: Size[] = [];
    for (const input of node.inputs) {
      const part = sizesOf(graph, input, depth + 1);
      if (!part || parts.length + part.length > longest) return undefined;
      parts.push(...part);
    }
    return parts;
  }
  const inner = (): readonly Size[] | undefined => sizesOf(graph, node.inputs[0], depth + 1);
  if (["Unsqueeze", "Squeeze", "Cast", "Identity"].includes(node.op)) return inner();
  if (node.op !== "Gather" && node.op !== "Slice") return undefined;
  const sizes = inner();
  return sizes && picked(graph, node, sizes);
}
