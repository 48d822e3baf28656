/** Layers as ONNX nodes: a row for each class. */
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  type BatchNorm,
  BatchNorm1d,
  BatchNorm2d,
  ConstantPad2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  Flatten,
  GroupNorm,
  LayerNorm,
  Linear,
  MaxPool2d,
  type Module,
  Perceptron,
  PReLU,
  Upsample,
} from "@dlcc/layers";
import type { Pair, Parameter } from "@dlcc/tensor";
import { partsMatrix } from "../adaptive.ts";
import { type Axes, axesAfter } from "../axes.ts";
import { OnnxError } from "../error.ts";
import { assertLastParts, type Moves, pair, slidesOf } from "../window.ts";
import { writeStep } from "./functions.ts";
import type { Attributes, GraphWriter } from "./graph.ts";

/** Writes a layer whose input has that name and those axes. @returns The name of its output. */
type WriteLayer<L extends Module> = (graph: GraphWriter, x: string, layer: L, axes: Axes) => string;

interface Row {
  readonly layer: abstract new (...args: never[]) => Module;
  readonly write: WriteLayer<never>;
}

const row = <L extends Module>(layer: abstract new (...args: never[]) => L, write: WriteLayer<L>): Row => ({
  layer,
  write,
});

/** A window as attributes. ONNX has the padding of all beginnings, then that of all ends. */
function window(kernel: readonly number[], moves: Moves): Attributes {
  const slides = slidesOf(kernel, moves);
  return {
    kernel_shape: kernel,
    strides: slides.map(({ stride }) => stride),
    pads: [...slides.map(({ padding }) => padding[0]), ...slides.map(({ padding }) => padding[1])],
    dilations: slides.map(({ dilation }) => dilation),
  };
}

const isDefined = (name: string | undefined): name is string => name !== undefined;

/** The names of a layer's parameters, as far as it has them. */
const parametersOf = (graph: GraphWriter, ...cells: readonly (Parameter | undefined)[]): string[] =>
  cells.map((cell) => cell && graph.parameter(cell)).filter(isDefined);

/** A matrix takes rows of one axis by Gemm, and those of more axes by a product and a sum. */
const writeLinear: WriteLayer<Linear> = (graph, x, { weight, bias }, axes) => {
  if (axes.length === 2) return graph.node("Gemm", [x, ...parametersOf(graph, weight, bias)], { transB: 1 });
  const product = graph.node("MatMul", [x, graph.transposed(weight)]);
  return bias ? graph.node("Add", [product, graph.parameter(bias)]) : product;
};

const writePerceptron: WriteLayer<Perceptron> = (graph, x, { weight, threshold }) => {
  const sum = graph.node("MatMul", [x, graph.parameter(weight)]);
  return writeStep(graph, graph.node("Sub", [sum, graph.parameter(threshold)]));
};

const writeConvolution: WriteLayer<Conv1d | Conv2d> = (graph, x, layer) => {
  const kernel = typeof layer.kernel === "number" ? [layer.kernel] : layer.kernel;
  const attributes = { ...window(kernel, layer.options), group: layer.options.groups ?? 1 };
  return graph.node("Conv", [x, ...parametersOf(graph, layer.weight, layer.bias)], attributes);
};

const writeTransposed: WriteLayer<ConvTranspose2d> = (graph, x, { weight, bias, kernel, options }) =>
  graph.node("ConvTranspose", [x, ...parametersOf(graph, weight, bias)], {
    ...window(kernel, options),
    group: options.groups ?? 1,
    output_padding: pair(options.outputPadding ?? 0),
  });

const pooling = (kernel: Pair, { stride = kernel, ...moves }: Moves): Attributes =>
  window(pair(kernel), { stride, ...moves });

const writeMaxPool: WriteLayer<MaxPool2d> = (graph, x, { kernel, options }, axes) => {
  const { ceilMode = false, stride = kernel, ...moves } = options;
  if (ceilMode) assertLastParts(slidesOf(pair(kernel), { stride, ...moves }), axes.slice(2));
  return graph.node("MaxPool", [x], { ...pooling(kernel, { stride, ...moves }), ...(ceilMode && { ceil_mode: 1 }) });
};

/** A last part of a window has the mean of what it holds; ONNX's versions differ in what they divide by. */
const writeAverage: WriteLayer<AvgPool2d> = (graph, x, layer, axes) => {
  const { countIncludePad = true, ceilMode = false, ...moves } = layer.options;
  const isEven = [ceilMode, false].map((mode) => {
    const same = new AvgPool2d(layer.kernel, { ...moves, ceilMode: mode });
    return String(axesAfter(same, axes));
  });
  if (isEven[0] !== isEven[1]) throw new OnnxError("its ceilMode must be false, or the windows come out even");
  const { dilations: _, ...attributes } = pooling(layer.kernel, moves);
  return graph.node("AveragePool", [x], { ...attributes, count_include_pad: countIncludePad ? 1 : 0 });
};

/** ONNX has the widths of all beginnings, then those of all ends. */
const writePad: WriteLayer<ConstantPad2d> = (graph, x, { padding: [rows, columns], value }) => {
  const widths = graph.ints([0, 0, rows[0], columns[0], 0, 0, rows[1], columns[1]]);
  return graph.node("Pad", value === 0 ? [x, widths] : [x, widths, graph.float(value)]);
};

/** The mean of each part: a mean of all, a window where the parts come out even, and a product with a matrix else. */
const writeAdaptive: WriteLayer<AdaptiveAvgPool2d> = (graph, x, { size }, axes) => {
  const [rows, columns] = pair(size);
  if (rows === 1 && columns === 1) return graph.node("GlobalAveragePool", [x]);
  const [, , height, width] = axes;
  if (typeof height !== "number" || typeof width !== "number") {
    throw new OnnxError("height and width of what it takes must be numbers in inputShape, as its parts depend on them");
  }
  if (height % rows === 0 && width % columns === 0) {
    const kernel = [height / rows, width / columns];
    return graph.node("AveragePool", [x], { kernel_shape: kernel, strides: kernel });
  }
  const down = graph.floats(partsMatrix(height, rows), [rows, height]);
  const across = graph.floats(transposed(partsMatrix(width, columns), columns), [width, columns]);
  return graph.node("MatMul", [graph.node("MatMul", [down, x]), across]);
};

/** The transpose of a matrix of so many rows. */
const transposed = (matrix: readonly number[], rows: number): number[] => {
  const columns = matrix.length / rows;
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] as number);
};

/** A size is put behind the number of examples and channels, which only the input knows. */
const writeUpsample: WriteLayer<Upsample> = (graph, x, { options }) => {
  const { scale, size, mode = "nearest", alignCorners = false } = options;
  const places = mode === "nearest" ? "asymmetric" : alignCorners ? "align_corners" : "half_pixel";
  const attributes = {
    mode: mode === "nearest" ? "nearest" : "linear",
    coordinate_transformation_mode: places,
    ...(mode === "nearest" && { nearest_mode: "floor" }),
  };
  if (scale !== undefined) return graph.node("Resize", [x, "", graph.singles([1, 1, ...pair(scale)])], attributes);
  const kept = graph.node("Shape", [x], { start: 0, end: 2 });
  const sizes = graph.node("Concat", [kept, graph.ints(pair(size ?? 1))], { axis: 0 });
  return graph.node("Resize", [x, "", "", sizes], attributes);
};

/** γ and β, or what leaves a value as it is. */
const affine = (graph: GraphWriter, { weight, bias }: BatchNorm, channels: number): string[] => [
  weight ? graph.parameter(weight) : graph.floats(new Array<number>(channels).fill(1), [channels]),
  bias ? graph.parameter(bias) : graph.floats(new Array<number>(channels).fill(0), [channels]),
];

/** ONNX's momentum is the part that stays: all of it, where the mean of all batches is kept, which ONNX has no word for. */
const writeBatchNorm: WriteLayer<BatchNorm> = (graph, x, layer) => {
  const running = parametersOf(graph, layer.runningMean, layer.runningVariance);
  return graph.node("BatchNormalization", [x, ...affine(graph, layer, layer.channels), ...running], {
    epsilon: { float: layer.epsilon },
    momentum: { float: 1 - (layer.momentum ?? 0) },
  });
};

const writeLayerNorm: WriteLayer<LayerNorm> = (graph, x, { shape, epsilon, weight, bias }) => {
  const size = shape.reduce((product, length) => product * length, 1);
  const scale = weight ? graph.parameter(weight) : graph.floats(new Array<number>(size).fill(1), shape);
  return graph.node("LayerNormalization", [x, scale, ...parametersOf(graph, bias)], {
    axis: -shape.length,
    epsilon: { float: epsilon },
  });
};

/** Each group becomes one channel, which is normalized by itself; then the channels are scaled and shifted. */
const writeGroupNorm: WriteLayer<GroupNorm> = (graph, x, { groups, channels, epsilon, weight, bias }, axes) => {
  const grouped = graph.node("Reshape", [x, graph.ints([0, groups, -1])]);
  const [ones, zeros] = [1, 0].map((value) => graph.floats(new Array<number>(groups).fill(value), [groups]));
  const normalized = graph.node("InstanceNormalization", [grouped, ones as string, zeros as string], {
    epsilon: { float: epsilon },
  });
  const back = graph.node("Reshape", [normalized, graph.node("Shape", [x])]);
  if (!(weight && bias)) return back;
  const dims = [channels, ...axes.slice(2).map(() => 1)];
  return graph.node("Add", [graph.node("Mul", [back, graph.parameter(weight, dims)]), graph.parameter(bias, dims)]);
};

const writePRelu: WriteLayer<PReLU> = (graph, x, { weight }, axes) => {
  const { size } = weight.peek();
  return graph.node("PRelu", [x, graph.parameter(weight, size === 1 ? [1] : [size, ...axes.slice(2).map(() => 1)])]);
};

/** All layers, but for those that hold others. */
const rows: readonly Row[] = /* @__PURE__ */ (() => [
  row(Linear, writeLinear),
  row(Perceptron, writePerceptron),
  row(Conv1d, writeConvolution),
  row(Conv2d, writeConvolution),
  row(ConvTranspose2d, writeTransposed),
  row(MaxPool2d, writeMaxPool),
  row(AvgPool2d, writeAverage),
  row(AdaptiveAvgPool2d, writeAdaptive),
  row(Upsample, writeUpsample),
  row(ConstantPad2d, writePad),
  row(BatchNorm1d, writeBatchNorm),
  row(BatchNorm2d, writeBatchNorm),
  row(LayerNorm, writeLayerNorm),
  row(GroupNorm, writeGroupNorm),
  row(PReLU, writePRelu),
  // It does nothing when the network runs; who reads the file to train on has it again.
  row(Dropout, (graph, x, { p }) => graph.node("Dropout", [x, graph.float(p)])),
  row(Flatten, (graph, x) => graph.node("Flatten", [x], { axis: 1 })),
])();

/** What writes a layer, by its class; undefined for a class that isn't here. A class of one's own computes something else. */
export function writerOf(layer: Module): WriteLayer<Module> | undefined {
  return rows.find((row) => row.layer === layer.constructor)?.write as WriteLayer<Module> | undefined;
}
