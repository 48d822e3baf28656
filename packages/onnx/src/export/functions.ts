/** Activations as ONNX nodes, by their labels. What ONNX has no op for is composed as PyTorch does it. */
import type { Attributes, GraphWriter } from "./graph.ts";

/** Writes a function of one tensor. @returns The name of its output. */
type WriteFunction = (graph: GraphWriter, x: string) => string;

const one =
  (op: string, attributes?: Attributes): WriteFunction =>
  (graph, x) =>
    graph.node(op, [x], attributes);

/** 1 where `x` is above 0, else 0. */
export const writeStep: WriteFunction = (graph, x) =>
  graph.node("Cast", [graph.node("Greater", [x, graph.float(0)])], { to: graph.element });

/** `½ x (1 + y)`. */
const half = (graph: GraphWriter, x: string, y: string): string =>
  graph.node("Mul", [graph.node("Mul", [x, graph.node("Add", [y, graph.float(1)])]), graph.float(0.5)]);

const writeGelu: WriteFunction = (graph, x) =>
  half(graph, x, graph.node("Erf", [graph.node("Div", [x, graph.float(Math.SQRT2)])]));

/** `½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))`. */
const writeGeluTanh: WriteFunction = (graph, x) => {
  const cube = graph.node("Mul", [x, graph.node("Mul", [x, x])]);
  const sum = graph.node("Add", [x, graph.node("Mul", [cube, graph.float(0.044715)])]);
  return half(graph, x, graph.node("Tanh", [graph.node("Mul", [sum, graph.float(Math.sqrt(2 / Math.PI))])]));
};

/** By label. */
export const functions: ReadonlyMap<string, WriteFunction> = /* @__PURE__ */ new Map<string, WriteFunction>([
  ["relu", one("Relu")],
  ["sigmoid", one("Sigmoid")],
  ["tanh", one("Tanh")],
  ["softmax", one("Softmax", { axis: -1 })],
  ["logSoftmax", one("LogSoftmax", { axis: -1 })],
  ["identity", one("Identity")],
  ["step", writeStep],
  ["gelu", writeGelu],
  ["geluTanh", writeGeluTanh],
  ["silu", (graph, x) => graph.node("Mul", [x, graph.node("Sigmoid", [x])])],
  ["leakyRelu", one("LeakyRelu", { alpha: { float: 0.01 } })],
  ["elu", one("Elu", { alpha: { float: 1 } })],
  ["softplus", one("Softplus")],
  ["hardSwish", one("HardSwish")],
  ["relu6", (graph, x) => graph.node("Clip", [x, graph.float(0), graph.float(6)])],
]);
