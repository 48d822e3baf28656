/** From ops to layers: finds what follows what, from the output back, and makes the layers in the order in which they run. */
import { identity, type Layer, Module, Residual, Sequential } from "@dlcc/layers";
import { DlccError } from "@dlcc/tensor";
import { type Axes, axesAfter } from "../axes.ts";
import { OnnxError } from "../error.ts";
import { activationMatchers } from "./activations.ts";
import type { Graph } from "./graph.ts";
import { linearMatchers } from "./linear.ts";
import type { Match, Matcher } from "./match.ts";
import type { Node } from "./node.ts";
import { normalizationMatchers } from "./normalization.ts";
import { shapeMatchers } from "./shapes.ts";
import { windowMatchers } from "./windows.ts";

/** How deep residual blocks may lie in one another: networks that people make have a few levels. */
const mostLevels = 50;

/** How many steps are taken to find all blocks: ways that cross each other take one again and again. */
const mostSteps = 2 ** 18;

/** A step from a value to one before it. */
interface Step {
  readonly node: Node;
  readonly from: string;
  /** Makes the layers between the two. */
  readonly make: (axes: Axes | undefined) => Made;
}

/** Layers, and the axes of what they give. */
interface Made {
  readonly layers: readonly Layer[];
  readonly axes: Axes | undefined;
}

/** All matchers by op; what is several ops together is asked before what is one of them. */
function matchersByOp(): ReadonlyMap<string, readonly Matcher[]> {
  const all = [...normalizationMatchers, ...linearMatchers, ...windowMatchers, ...shapeMatchers, ...activationMatchers];
  const byOp = new Map<string, Matcher[]>();
  for (const [op, matcher] of all) byOp.set(op, [...(byOp.get(op) ?? []), matcher]);
  return byOp;
}

/** Layers that follow from a graph, and the list of what is no layer. */
export class Plan {
  /** What can't be a layer, in the order of the file: the place of its node, and why. */
  readonly problems: Map<number, string> = new Map();
  readonly #graph: Graph;
  readonly #matchers = matchersByOp();
  readonly #steps = new Map<string, Step>();
  /** Values that lead to something else than a layer takes: they are looked at for problems alone. */
  readonly #aside: string[] = [];
  #taken = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** The layers from the graph's input to its output. */
  layers(): readonly Layer[] {
    const { input, output } = this.#graph;
    const steps = this.#stepsTo(output, input.name, 0);
    for (let name = this.#aside.pop(); name !== undefined; name = this.#aside.pop()) {
      if (!this.#graph.isConstant(name) && !this.#steps.has(name))
        this.#made(this.#stepsTo(name, input.name, 0), undefined);
    }
    return this.#made(steps, input.axes).layers;
  }

  /** The steps from one value back to another, in the order in which they run. */
  #stepsTo(end: string, start: string, level: number): Step[] {
    const steps: Step[] = [];
    for (let name = end; name !== start && name !== this.#graph.input.name; ) {
      const step = this.#stepTo(name, level);
      if (!step) break;
      steps.push(step);
      name = step.from;
    }
    return steps.reverse();
  }

  #stepTo(name: string, level: number): Step | undefined {
    if (++this.#taken > mostSteps) throw new OnnxError(`importOnnx: ways through the network must cross less often`);
    const known = this.#steps.get(name);
    const node = this.#graph.producer(name);
    if (known || !node) return known;
    const step = this.#matched(node, name) ?? this.#residual(node, level) ?? this.#unknown(node, "");
    this.#steps.set(name, step);
    return step;
  }

  /** The step of the first matcher that knows the node. */
  #matched(node: Node, name: string): Step | undefined {
    // Other outputs than the first, such as a dropout's mask, are no network's.
    if (node.outputs[0] !== name) return this.#unknown(node, "only its first output can be used");
    for (const matcher of this.#matchers.get(node.op) ?? []) {
      try {
        const match = matcher(this.#graph, node);
        if (!match) continue;
        const { from } = match;
        if (from === "" || this.#graph.isConstant(from))
          return this.#unknown(node, "it must take what follows from the input");
        return { node, from, make: (axes) => this.#make(node, match, axes) };
      } catch (error) {
        return this.#unknown(node, messageOf(error));
      }
    }
    return undefined;
  }

  /** Makes the layers of a match, and says what their axes are. */
  #make(node: Node, { make, nodes = [node] }: Match, axes: Axes | undefined): Made {
    try {
      const layers = [make(axes)].flat() as Layer[];
      for (const part of nodes) part.assertAllRead();
      return { layers, axes: layers.reduce((before: Axes | undefined, layer) => axesAfter(layer, before), axes) };
    } catch (error) {
      this.#report(node, messageOf(error));
      return { layers: [], axes: undefined };
    }
  }

  /** A sum of two values that both come from a third: a block with a way past it. */
  #residual(node: Node, level: number): Step | undefined {
    const [a, b] = node.inputs;
    if (node.op !== "Add" || a === undefined || b === undefined) return undefined;
    if (this.#graph.isConstant(a) || this.#graph.isConstant(b)) return undefined;
    if (level >= mostLevels) throw new OnnxError(`importOnnx: blocks must lie ${mostLevels} deep at most`);
    const from = this.#meeting(a, b, level + 1);
    if (from === undefined) return undefined;
    const ways = [a, b].map((end) => this.#stepsTo(end, from, level + 1)) as [Step[], Step[]];
    // The way past is the one that does nothing, or else the second.
    const [inner, past] = ways[0].length === 0 ? [ways[1], ways[0]] : ways;
    let made: Made | undefined;
    const make = (axes: Axes | undefined): Made => {
      made ??= this.#block(inner, past, axes);
      return made;
    };
    return { node, from, make };
  }

  #block(inner: readonly Step[], past: readonly Step[], axes: Axes | undefined): Made {
    const [block, way] = [this.#made(inner, axes), this.#made(past, axes)];
    const shortcut = way.layers.length === 0 ? {} : { shortcut: asLayer(way.layers) };
    return { layers: [new Residual(asLayer(block.layers), shortcut)], axes: block.axes };
  }

  /** The last value that two values both come from: the one that was made later takes a step back, until they are one. */
  #meeting(a: string, b: string, level: number): string | undefined {
    let [one, two] = [a, b];
    while (one !== two) {
      const isFirst = this.#graph.order(one) > this.#graph.order(two);
      const step = this.#stepTo(isFirst ? one : two, level);
      if (!step) return undefined;
      if (isFirst) one = step.from;
      else two = step.from;
    }
    return one;
  }

  /** What is no layer: it is reported, and passed over, so that all of it is found. */
  #unknown(node: Node, why: string): Step {
    const [first, ...others] = node.inputs.filter((name) => name !== "" && !this.#graph.isConstant(name));
    this.#aside.push(...others);
    const make = (): Made => {
      this.#report(node, why);
      return { layers: [], axes: undefined };
    };
    return { node, from: first ?? this.#graph.input.name, make };
  }

  #report(node: Node, why: string): void {
    this.problems.set(node.index, why === "" ? node.title : `${node.title}: ${why}`);
  }

  #made(steps: readonly Step[], axes: Axes | undefined): Made {
    const layers: Layer[] = [];
    let now = axes;
    for (const step of steps) {
      const made = step.make(now);
      for (const layer of made.layers) layers.push(layer);
      now = made.axes;
    }
    return { layers, axes: now };
  }
}

/** What is said of an error; others than dlcc's are mistakes of ours. */
function messageOf(error: unknown): string {
  if (error instanceof DlccError) return error.message;
  throw error;
}

/** Layers as one. */
function asLayer(layers: readonly Layer[]): Layer {
  const [only, ...others] = layers;
  if (only === undefined) return identity;
  return others.length === 0 && only instanceof Module ? only : new Sequential(layers);
}
