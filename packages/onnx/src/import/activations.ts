/** Activations, as one op or as those that PyTorch makes of one. */
import {
  type Activation,
  elu,
  gelu,
  geluTanh,
  hardSwish,
  labelled,
  leakyRelu,
  PReLU,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  step,
  tanh,
} from "@dlcc/layers";
import { clip, logSoftmax } from "@dlcc/tensor";
import type { Axes } from "../axes.ts";
import { OnnxError } from "../error.ts";
import { elementTypes } from "../proto/schema.ts";
import type { Graph } from "./graph.ts";
import type { Match, Matcher, Matchers } from "./match.ts";
import type { Node } from "./node.ts";
import { decimal } from "./numbers.ts";

const plain =
  (activation: Activation): Matcher =>
  (_graph, node) => ({ from: node.inputs[0] ?? "", make: () => activation });

/** An activation of some ops. */
const found = (from: string, activation: Activation, nodes: readonly Node[] = []): Match => ({
  from,
  nodes,
  make: () => activation,
});

/** Whether a number of single precision is that one. */
const isNear = (value: number | undefined, wanted: number): boolean =>
  value !== undefined && Math.abs(value - wanted) <= 1e-6 * Math.abs(wanted);

/** Functions of the last axis. */
const overLast =
  (activation: Activation): Matcher =>
  (graph, node) => ({
    from: node.inputs[0] ?? "",
    make: (axes) => {
      const axis = node.int("axis", graph.opset < 13 ? 1 : -1);
      assertLast(axis, axes);
      return activation;
    },
  });

function assertLast(axis: number, axes: Axes | undefined): void {
  if (axis === -1 || (axes && axis === axes.length - 1)) return;
  throw new OnnxError(`its axis must be the last one, got ${axis}`);
}

const logSoftmaxLayer: Activation = /* @__PURE__ */ labelled("logSoftmax", (x) => logSoftmax(x));
const relu6: Activation = /* @__PURE__ */ labelled("relu6", (x) => clip(x, 0, 6));

const clipOp: Matcher = (graph, node) => ({
  from: node.inputs[0] ?? "",
  make: () => {
    const low = node.has("min") ? node.float("min", 0) : graph.scalar(node.input(1));
    const high = node.has("max") ? node.float("max", 0) : graph.scalar(node.input(2));
    if (low === 0 && high === 6) return relu6;
    if (low === 0 && node.input(2) === undefined && high === undefined) return relu;
    throw new OnnxError(`its limits must be 0 and 6, got ${low ?? "none"} and ${high ?? "none"}`);
  },
});

/** Another slope than `leakyRelu`'s is one of `PReLU`, kept as it is. */
const leaky: Matcher = (_graph, node) => ({
  from: node.inputs[0] ?? "",
  make: () => {
    const slope = decimal(node.float("alpha", 0.01));
    if (slope === 0.01) return leakyRelu;
    const layer = new PReLU(1, { initial: slope });
    layer.weight.frozen = true;
    return layer;
  },
});

const eluOp: Matcher = (_graph, node) => ({
  from: node.inputs[0] ?? "",
  make: () => {
    const alpha = node.float("alpha", 1);
    if (alpha === 1) return elu;
    throw new OnnxError(`its alpha must be 1, got ${alpha}`);
  },
});

const prelu: Matcher = (graph, node) => ({
  from: node.inputs[0] ?? "",
  make: (axes) => {
    const slope = graph.floats(node.input(1), "slope");
    const slopes = slope.data.length;
    // A slope for each channel is followed by as many axes of length 1 as come after the channels.
    const after = Math.max(0, (axes?.length ?? 4) - 2);
    const isPerChannel = slope.dims.slice(slope.dims.length - after).every((length) => length === 1);
    if (slopes !== 1 && (!isPerChannel || slope.dims[slope.dims.length - after - 1] !== slopes)) {
      throw new OnnxError(`its slope must be one, or one for each channel, got [${slope.dims}]`);
    }
    return graph.once(["PReLU", slope.name], () => {
      const layer = new PReLU(slopes, { dtype: slope.dtype === "float64" ? "float64" : "float32" });
      layer.weight.value = graph.tensor(slope, [slopes]);
      return layer;
    });
  },
});

const geluOp: Matcher = (_graph, node) => ({
  from: node.inputs[0] ?? "",
  make: () => {
    const how = node.text("approximate", "none");
    if (how === "none") return gelu;
    if (how === "tanh") return geluTanh;
    throw new OnnxError(`its approximate must be none or tanh, got ${how}`);
  },
});

/** A product of a value and a constant near a number: that value. */
function times(graph: Graph, name: string | undefined, factor: number): string | undefined {
  const node = graph.producer(name, "Mul");
  const pair = node && graph.pairOf(node);
  return pair && isNear(graph.scalar(pair.constant), factor) ? pair.value : undefined;
}

/** A sum of a value and a constant near a number: that value. */
function plus(graph: Graph, name: string | undefined, term: number): string | undefined {
  const node = graph.producer(name, "Add");
  const pair = node && graph.pairOf(node);
  return pair && isNear(graph.scalar(pair.constant), term) ? pair.value : undefined;
}

/** The other of two inputs, if one is that. */
const other = (node: Node | undefined, name: string | undefined): string | undefined => {
  if (!node || name === undefined || node.inputs.length !== 2) return undefined;
  const [a, b] = node.inputs;
  return a === name ? b : b === name ? a : undefined;
};

/** `½ x (1 + y)` in the orders in which it is written: `x`, and `y`. */
function halves(graph: Graph, node: Node): readonly (readonly [x: string, y: string])[] {
  const all: [string, string][] = [];
  const tryPair = (x: string | undefined, sum: string | undefined): void => {
    const y = plus(graph, sum, 1);
    if (x !== undefined && y !== undefined) all.push([x, y]);
  };
  const [a, b] = node.inputs;
  // ½ · (x · (1 + y)), as PyTorch writes the exact one.
  const pair = graph.pairOf(node);
  if (pair && isNear(graph.scalar(pair.constant), 0.5)) {
    const [x, sum] = graph.producer(pair.value, "Mul")?.inputs ?? [];
    tryPair(x, sum);
    tryPair(sum, x);
  }
  // (½ · x) · (1 + y), as it writes the one with tanh.
  tryPair(times(graph, a, 0.5), b);
  tryPair(times(graph, b, 0.5), a);
  return all;
}

/** `x · Φ(x)`: `½ x (1 + erf(x / √2))`. */
function isErf(graph: Graph, x: string, y: string): boolean {
  const inner = graph.producer(y, "Erf")?.inputs[0];
  const division = graph.producer(inner, "Div");
  if (division?.inputs[0] === x && isNear(graph.scalar(division.inputs[1]), Math.SQRT2)) return true;
  return times(graph, inner, Math.SQRT1_2) === x;
}

/** `½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))`. */
function isTanh(graph: Graph, x: string, y: string): boolean {
  const sum = graph.producer(times(graph, graph.producer(y, "Tanh")?.inputs[0], Math.sqrt(2 / Math.PI)), "Add");
  const cube = times(graph, other(sum, x), 0.044715);
  const power = graph.producer(cube, "Pow");
  if (power) return power.inputs[0] === x && graph.scalar(power.inputs[1]) === 3;
  const square = graph.producer(other(graph.producer(cube, "Mul"), x), "Mul");
  return square?.inputs[0] === x && square.inputs[1] === x;
}

const composedGelu: Matcher = (graph, node) => {
  for (const [x, y] of halves(graph, node)) {
    if (isErf(graph, x, y)) return found(x, gelu);
    if (isTanh(graph, x, y)) return found(x, geluTanh);
  }
  return undefined;
};

/** `x · σ(x)`. */
const composedSilu: Matcher = (graph, node) => {
  for (const name of node.inputs) {
    const x = graph.producer(name, "Sigmoid")?.inputs[0];
    if (x !== undefined && other(node, name) === x) return found(x, silu);
  }
  return undefined;
};

/** `x · min(max(x/6 + ½, 0), 1)`. */
const productSwish: Matcher = (graph, node) => {
  for (const name of node.inputs) {
    const hard = graph.producer(name, "HardSigmoid");
    const x = hard?.inputs[0];
    if (!hard || x === undefined || other(node, name) !== x) continue;
    if (isNear(hard.float("alpha", 0.2), 1 / 6) && isNear(hard.float("beta", 0.5), 0.5)) return found(x, hardSwish);
  }
  return undefined;
};

/** `x · min(max(x + 3, 0), 6) / 6`. */
const quotientSwish: Matcher = (graph, node) => {
  const product = isNear(graph.scalar(node.inputs[1]), 6) ? graph.producer(node.inputs[0], "Mul") : undefined;
  for (const name of product?.inputs ?? []) {
    const clipped = graph.producer(name, "Clip");
    const x = plus(graph, clipped?.inputs[0], 3);
    if (!clipped || x === undefined || other(product, name) !== x) continue;
    const low = clipped.has("min") ? clipped.float("min", 0) : graph.scalar(clipped.input(1));
    const high = clipped.has("max") ? clipped.float("max", 0) : graph.scalar(clipped.input(2));
    if (low === 0 && high === 6) return found(x, hardSwish);
  }
  return undefined;
};

/** Floats of a comparison with 0; floats of floats are the same. */
const castOp: Matcher = (graph, node) => {
  const greater = graph.producer(node.inputs[0], "Greater");
  const isStep = greater !== undefined && graph.scalar(greater.inputs[1]) === 0;
  return {
    from: (isStep ? greater.inputs[0] : node.inputs[0]) ?? "",
    make: () => {
      const to = node.int("to", 0);
      if (to !== elementTypes.float32 && to !== elementTypes.float64) {
        throw new OnnxError(`it must cast to float32 or float64, got type ${to}`);
      }
      return isStep ? step : [];
    },
  };
};

export const activationMatchers: Matchers = [
  ["Relu", plain(relu)],
  ["Sigmoid", plain(sigmoid)],
  ["Tanh", plain(tanh)],
  ["Softplus", plain(softplus)],
  ["HardSwish", plain(hardSwish)],
  ["Softmax", overLast(softmax)],
  ["LogSoftmax", overLast(logSoftmaxLayer)],
  ["LeakyRelu", leaky],
  ["Elu", eluOp],
  ["PRelu", prelu],
  ["Clip", clipOp],
  ["Gelu", geluOp],
  ["Mul", composedGelu],
  ["Mul", composedSilu],
  ["Mul", productSwish],
  ["Div", quotientSwish],
  ["Cast", castOp],
];
