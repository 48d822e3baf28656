/** Normalization, as one op or as the ops that PyTorch makes of it. */
import { BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm } from "@dlcc/layers";
import type { Parameter } from "@dlcc/tensor";
import type { Axes } from "../axes.ts";
import { OnnxError } from "../error.ts";
import type { Constant } from "./constant.ts";
import type { Graph } from "./graph.ts";
import type { Match, Matcher, Matchers } from "./match.ts";
import type { Node } from "./node.ts";
import { decimal } from "./numbers.ts";
import { sizesOf } from "./sizes.ts";

/** Puts numbers of the file into a layer. @param shape Their shape in the layer. */
function fill(graph: Graph, cell: Parameter | undefined, constant: Constant, shape: readonly number[]): void {
  if (cell) cell.value = graph.tensor(constant, shape);
}

/** Checks that numbers are so many, of one dtype. */
function assertAlike(size: number, ...constants: readonly Constant[]): void {
  const [first] = constants;
  for (const { data, dtype } of constants) {
    if (data.length !== size || dtype !== first?.dtype) {
      throw new OnnxError(`its numbers must be ${size} of ${first?.dtype}, got ${data.length} of ${dtype}`);
    }
  }
}

const isAll = ({ data }: Constant, value: number): boolean => data.every((found) => found === value);

const batchNorm: Matcher = (graph, node) => ({
  from: node.inputs[0] ?? "",
  make: (axes) => {
    node.int("training_mode", 0);
    if (node.int("spatial", 1) !== 1) throw new OnnxError("its spatial must be 1");
    const names = ["scale", "shift", "mean", "variance"];
    const [scale, shift, mean, variance] = names.map((name, i) => graph.floats(node.input(i + 1), name)) as [
      Constant,
      Constant,
      Constant,
      Constant,
    ];
    const channels = scale.data.length;
    assertAlike(channels, scale, shift, mean, variance);
    const epsilon = decimal(node.float("epsilon", 1e-5));
    const momentum = decimal(1 - decimal(node.float("momentum", 0.9)));
    if (axes === undefined)
      throw new OnnxError("its input must have a known number of axes: the graph's input needs a shape");
    const Class = axes.length === 4 ? BatchNorm2d : BatchNorm1d;
    const dtype = scale.dtype === "float64" ? "float64" : "float32";
    return graph.once([Class.name, scale.name, shift.name, mean.name, variance.name, epsilon, momentum], () => {
      const layer = new Class(channels, { epsilon, momentum, dtype });
      fill(graph, layer.weight, scale, [channels]);
      fill(graph, layer.bias, shift, [channels]);
      fill(graph, layer.runningMean, mean, [channels]);
      fill(graph, layer.runningVariance, variance, [channels]);
      return layer;
    });
  },
});

/** Makes the layer that normalizes the last axes. */
function layerNorm(
  graph: Graph,
  shape: readonly number[],
  epsilon: number,
  scale?: Constant,
  shift?: Constant,
): LayerNorm {
  const size = shape.reduce((product, length) => product * length, 1);
  if (scale) assertAlike(size, scale, ...(shift ? [shift] : []));
  return graph.once(["LayerNorm", shape, epsilon, scale?.name ?? null, shift?.name ?? null], () => {
    const dtype = scale?.dtype === "float64" ? "float64" : "float32";
    const layer = new LayerNorm(shape, { epsilon: decimal(epsilon), affine: scale !== undefined, dtype });
    if (scale) fill(graph, layer.weight, scale, shape);
    if (shift) fill(graph, layer.bias, shift, shape);
    return layer;
  });
}

const layerNormOp: Matcher = (graph, node) => ({
  from: node.inputs[0] ?? "",
  make: (axes) => {
    node.int("stash_type", 1);
    const scale = graph.floats(node.input(1), "scale");
    const shift = node.input(2) === undefined ? undefined : graph.floats(node.input(2), "shift");
    const axis = node.int("axis", -1);
    const count = axis < 0 ? -axis : (axes?.length ?? Number.NaN) - axis;
    if (count !== scale.dims.length)
      throw new OnnxError(`its axis must be that of its scale [${scale.dims}], got ${axis}`);
    return layerNorm(graph, scale.dims, node.float("epsilon", 1e-5), scale, shift);
  },
});

/** `(x − mean(x)) / √(mean((x − mean(x))²) + ε)`, as ten ops say it before opset 17. */
interface Normalized {
  readonly from: string;
  readonly nodes: readonly Node[];
  readonly epsilon: number;
  /** The axes of the means. */
  readonly axes: readonly number[];
}

/** The axes of a mean; it must keep them as 1. */
function meanAxes(graph: Graph, mean: Node): readonly number[] | undefined {
  const axes = mean.has("axes") ? mean.ints("axes") : graph.ints(mean.input(1));
  return mean.int("keepdims", 1) === 1 ? axes : undefined;
}

function normalized(graph: Graph, division: Node | undefined): Normalized | undefined {
  if (division?.op !== "Div") return undefined;
  const difference = graph.producer(division.inputs[0], "Sub");
  const mean = graph.producer(difference?.inputs[1], "ReduceMean");
  const root = graph.producer(division.inputs[1], "Sqrt");
  const sum = graph.producer(root?.inputs[0], "Add");
  const variance = graph.producer(sum?.inputs[0], "ReduceMean");
  const square = graph.producer(variance?.inputs[0], "Pow");
  const squared = graph.producer(square?.inputs[0], "Sub");
  const from = difference?.inputs[0] ?? "";
  const epsilon = graph.scalar(sum?.inputs[1]);
  if (!difference || !mean || !variance || !square || !squared || epsilon === undefined) return undefined;
  if (mean.inputs[0] !== from || squared.inputs.join() !== difference.inputs.join()) return undefined;
  if (graph.scalar(square.inputs[1]) !== 2) return undefined;
  const [axes, same] = [meanAxes(graph, mean), meanAxes(graph, variance)];
  if (!axes || axes.join() !== same?.join() || axes.length === 0) return undefined;
  return { from, nodes: [division, difference, mean, variance, square], epsilon, axes };
}

/** Checks that the means are those of the last axes. @returns Their lengths. */
function lastLengths(axes: Axes | undefined, places: readonly number[]): number[] {
  const rank = axes?.length;
  const ok = places.every(
    (place, i) => place === i - places.length || place - (rank ?? Number.NaN) === i - places.length,
  );
  const lengths = axes?.slice(-places.length) ?? [];
  if (ok && lengths.length > 0 && lengths.every((length) => typeof length === "number")) return lengths as number[];
  throw new OnnxError(`its means must be over the last axes, of known lengths, got axes [${places}]`);
}

const plainLayerNorm: Matcher = (graph, node) => {
  const core = normalized(graph, node);
  if (!core) return undefined;
  const { from, nodes, axes: places, epsilon } = core;
  return { from, nodes, make: (axes) => layerNorm(graph, lastLengths(axes, places), epsilon) };
};

/** `normalized · γ + β`: what is normalized, and the names of the two. */
function affineOf(
  graph: Graph,
  node: Node,
): { readonly inner: Node; readonly scale: string; readonly shift: string } | undefined {
  const sum = graph.pairOf(node);
  const product = graph.producer(sum?.value, "Mul");
  const scaled = product && graph.pairOf(product);
  const inner = graph.producer(scaled?.value);
  return sum && scaled && inner ? { inner, scale: scaled.constant, shift: sum.constant } : undefined;
}

const affineLayerNorm: Matcher = (graph, node) => {
  const affine = affineOf(graph, node);
  const core = normalized(graph, affine?.inner);
  if (!affine || !core) return undefined;
  return {
    from: core.from,
    nodes: [node, ...core.nodes],
    make: (axes) => {
      const [scale, shift] = [graph.floats(affine.scale, "scale"), graph.floats(affine.shift, "shift")];
      const shape = axes ? lastLengths(axes, core.axes) : scale.dims;
      if (scale.dims.join() !== shape.join()) throw new OnnxError(`its scale must be [${shape}], got [${scale.dims}]`);
      return layerNorm(graph, shape, core.epsilon, scale, shift);
    },
  };
};

/** Groups as channels, each normalized by itself, and back. */
function grouped(graph: Graph, back: Node | undefined): (Omit<Match, "make"> & { readonly norm: Node }) | undefined {
  if (back?.op !== "Reshape") return undefined;
  const norm = graph.producer(back.inputs[0], "InstanceNormalization");
  const there = graph.producer(norm?.inputs[0], "Reshape");
  return norm && there ? { from: there.inputs[0] ?? "", nodes: [back, norm, there], norm } : undefined;
}

/** Makes it: with a scale and a shift for each channel, or without. */
function groupNorm(
  graph: Graph,
  { nodes = [], from, norm }: NonNullable<ReturnType<typeof grouped>>,
  axes: Axes | undefined,
  affine?: readonly [scale: Constant, shift: Constant],
): GroupNorm {
  const [back, , there] = nodes;
  const [examples, groups, ...rest] = sizesOf(graph, there?.input(1)) ?? [];
  const isAllExamples = typeof examples === "object" ? "axis" in examples && examples.axis === 0 : examples === 0;
  for (const node of nodes) node.int("allowzero", 0);
  if (!isAllExamples || typeof groups !== "number" || rest.join() !== "-1" || !(groups >= 1)) {
    throw new OnnxError("its first shape must be [0, groups, -1]");
  }
  const [scale, shift] = [graph.floats(norm.input(1), "scale"), graph.floats(norm.input(2), "shift")];
  assertAlike(groups, scale, shift);
  if (!isAll(scale, 1) || !isAll(shift, 0))
    throw new OnnxError("its groups must be normalized without a scale or a shift");
  const channels = affine?.[0].data.length ?? axes?.[1];
  if (typeof channels !== "number") throw new OnnxError("its number of channels must be known");
  assertBack(sizesOf(graph, back?.input(1)), from, axes);
  const epsilon = decimal(norm.float("epsilon", 1e-5));
  if (affine) assertAlike(channels, ...affine);
  const key = ["GroupNorm", groups, channels, epsilon, affine?.map(({ name }) => name) ?? null];
  return graph.once(key, () => {
    const dtype = scale.dtype === "float64" ? "float64" : "float32";
    const layer = new GroupNorm(groups, channels, { epsilon, affine: affine !== undefined, dtype });
    if (affine) fill(graph, layer.weight, affine[0], [channels]);
    if (affine) fill(graph, layer.bias, affine[1], [channels]);
    return layer;
  });
}

/** Checks that the shape behind is that before the groups. */
function assertBack(sizes: ReturnType<typeof sizesOf>, from: string, axes: Axes | undefined): void {
  const [first, ...rest] = sizes ?? [];
  const isWhole = typeof first === "object" && "all" in first && first.all === from && rest.length === 0;
  const isSame = sizes?.every((size, i) => {
    if (typeof size !== "number") return "axis" in size && size.axis === i;
    return size === 0 || size === -1 || size === axes?.[i] || typeof axes?.[i] !== "number";
  });
  if (isWhole || (isSame && sizes?.length === axes?.length)) return;
  throw new OnnxError("its last shape must be that of its input");
}

const plainGroupNorm: Matcher = (graph, node) => {
  const core = grouped(graph, node);
  return core && { from: core.from, nodes: core.nodes ?? [], make: (axes) => groupNorm(graph, core, axes) };
};

const affineGroupNorm: Matcher = (graph, node) => {
  const affine = affineOf(graph, node);
  const core = grouped(graph, affine?.inner);
  if (!affine || !core) return undefined;
  return {
    from: core.from,
    nodes: [node, ...(core.nodes ?? [])],
    make: (axes) => {
      const [scale, shift] = [graph.floats(affine.scale, "scale"), graph.floats(affine.shift, "shift")];
      // PyTorch multiplies by one 1 and adds one 0 where nothing is learned.
      const isNone = scale.data.length === 1 && isAll(scale, 1) && shift.data.length === 1 && isAll(shift, 0);
      return groupNorm(graph, core, axes, isNone ? undefined : [scale, shift]);
    },
  };
};

/** Each channel by itself: as many groups as channels. */
const instanceNorm: Matcher = (graph, node) => ({
  from: node.inputs[0] ?? "",
  make: () => {
    const [scale, shift] = [graph.floats(node.input(1), "scale"), graph.floats(node.input(2), "shift")];
    const channels = scale.data.length;
    assertAlike(channels, scale, shift);
    const epsilon = decimal(node.float("epsilon", 1e-5));
    return graph.once(["InstanceNorm", scale.name, shift.name, epsilon], () => {
      const dtype = scale.dtype === "float64" ? "float64" : "float32";
      const layer = new GroupNorm(channels, channels, { epsilon, dtype });
      fill(graph, layer.weight, scale, [channels]);
      fill(graph, layer.bias, shift, [channels]);
      return layer;
    });
  },
});

export const normalizationMatchers: Matchers = [
  ["BatchNormalization", batchNorm],
  ["LayerNormalization", layerNormOp],
  ["Div", plainLayerNorm],
  ["Add", affineLayerNorm],
  ["Add", affineGroupNorm],
  ["Reshape", plainGroupNorm],
  ["InstanceNormalization", instanceNorm],
];
