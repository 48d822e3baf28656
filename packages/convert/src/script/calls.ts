/** A network as calls of the functions in `parts.ts`. */
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm,
  ConstantPad2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  Flatten,
  GroupNorm,
  type Layer,
  LayerNorm,
  Linear,
  layerTypes,
  MaxPool2d,
  Module,
  Perceptron,
  PReLU,
  Residual,
  Sequential,
  Upsample,
} from "@dlcc/layers";
import type { Pair, Parameter } from "@dlcc/tensor";
import { parts } from "./parts.ts";

/** The calls, one after the other, the functions that they need, and what dlcc can't write. */
export interface Calls {
  readonly lines: string[];
  readonly functions: Set<string>;
  readonly missing: string[];
}

/** A module's class, and what it becomes: the value of `x` after it; undefined for nothing. */
interface Row<M extends Module> {
  readonly type: abstract new (...args: never) => M;
  write(layer: M, x: string, path: string, size: readonly number[]): string | undefined;
}

const row = <M extends Module>(type: Row<M>["type"], write: Row<M>["write"]): Row<Module> => ({
  type,
  write: (layer, ...rest) => write(layer as M, ...rest),
});

const pair = (n: Pair): readonly [number, number] => (typeof n === "number" ? [n, n] : n);
/** Numbers, lists of them, and options with names of our own, as a person would write them. */
const text = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll(",", ", ")
    .replaceAll(/"(\w+)":/g, "$1: ")
    .replaceAll("{", "{ ")
    .replaceAll("}", " }");

/** A weight, by its path. */
const weight = (path: string, name: string, cell: Parameter | undefined = undefined, optional = false): string =>
  optional && !cell ? "undefined" : `weights[${JSON.stringify(path === "" ? name : `${path}.${name}`)}]`;

/** Zeros on the four sides, of which "same" adds an odd one at the end. */
function sides(padding: Pair | "same" | undefined, kernel: readonly number[], dilation: readonly number[]): number[] {
  if (padding !== "same") return pair(padding ?? 0).flatMap((n) => [n, n]);
  return kernel.flatMap((k, axis) => {
    const total = (dilation[axis] ?? 1) * (k - 1);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
}

/** Where each row, or column, of a larger image comes from: two of the smaller, and the share of the second. */
function sources(length: number, axis: 0 | 1, options: Upsample["options"]): number[][] {
  const scale = options.scale === undefined ? undefined : pair(options.scale)[axis];
  const out = scale === undefined ? pair(options.size ?? 1)[axis] : Math.floor(length * scale);
  const step = scale === undefined ? length / out : 1 / scale;
  return Array.from({ length: out }, (_, i) => {
    if (options.mode !== "bilinear") {
      const place = Math.min(length - 1, Math.floor(i * step));
      return [place, place, 0];
    }
    const aligned = out > 1 ? (length - 1) / (out - 1) : 0;
    const source = options.alignCorners ? i * aligned : Math.max(0, (i + 0.5) * step - 0.5);
    const first = Math.min(length - 1, Math.floor(source));
    return [first, Math.min(length - 1, first + 1), source - first];
  });
}

const affine = (
  layer: { readonly weight: Parameter | undefined; readonly bias: Parameter | undefined },
  path: string,
): string => `${weight(path, "weight", layer.weight, true)}, ${weight(path, "bias", layer.bias, true)}`;

const rows: readonly Row<Module>[] = [
  row(Linear, (layer, x, path) => `linear(${x}, ${affine(layer, path)})`),
  row(Perceptron, (_, x, path) => `perceptron(${x}, ${weight(path, "weight")}, ${weight(path, "threshold")})`),
  row(Conv2d, (layer, x, path) => {
    const { stride = 1, dilation = 1, padding, groups = 1 } = layer.options;
    const moves = {
      stride: pair(stride),
      padding: sides(padding, layer.kernel, pair(dilation)),
      dilation: pair(dilation),
      groups,
    };
    return `conv2d(${x}, ${affine(layer, path)}, ${text(moves)})`;
  }),
  row(Conv1d, (layer, x, path, size) => {
    const { stride = 1, dilation = 1, padding = 0, groups = 1 } = layer.options;
    const around = padding === "same" ? sides("same", [1, layer.kernel], [1, dilation]) : [0, 0, padding, padding];
    const moves = { stride: [1, stride], padding: around, dilation: [1, dilation], groups };
    const [channels = 1, length = 1] = size;
    const image = `reshape(${x}, ${text([channels, 1, length])})`;
    const kernel = `reshape(${weight(path, "weight")}, ${text([layer.outChannels, layer.inChannels / groups, 1, layer.kernel])})`;
    const y = `conv2d(${image}, ${kernel}, ${weight(path, "bias", layer.bias, true)}, ${text(moves)})`;
    const positions =
      Math.floor((length + (around[2] ?? 0) + (around[3] ?? 0) - dilation * (layer.kernel - 1) - 1) / stride) + 1;
    return `reshape(${y}, ${text([layer.outChannels, positions])})`;
  }),
  row(ConvTranspose2d, (layer, x, path) => {
    const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 } = layer.options;
    const moves = {
      stride: pair(stride),
      padding: pair(padding),
      outputPadding: pair(outputPadding),
      dilation: pair(dilation),
      groups,
    };
    return `convTranspose2d(${x}, ${affine(layer, path)}, ${text(moves)})`;
  }),
  row(MaxPool2d, ({ kernel, options: { stride = kernel, padding = 0, dilation = 1 } }, x) => {
    const moves = { stride: pair(stride), padding: pair(padding), dilation: pair(dilation) };
    return `maxPool2d(${x}, ${text(pair(kernel))}, ${text(moves)})`;
  }),
  row(AvgPool2d, ({ kernel, options: { stride = kernel, padding = 0, countIncludePad = true } }, x) => {
    const moves = { stride: pair(stride), padding: pair(padding), dilation: [1, 1], countPadding: countIncludePad };
    return `avgPool2d(${x}, ${text(pair(kernel))}, ${text(moves)})`;
  }),
  row(AdaptiveAvgPool2d, ({ size }, x) => `adaptiveAvgPool2d(${x}, ${text(pair(size))})`),
  row(
    Upsample,
    ({ options }, x, _, [, height = 1, width = 1]) =>
      `upsample(${x}, ${text(sources(height, 0, options))}, ${text(sources(width, 1, options))})`,
  ),
  row(ConstantPad2d, ({ padding, value }, x) => `pad(${x}, ${text(padding)}, ${value})`),
  row(
    BatchNorm,
    (layer, x, path) =>
      `batchNorm(${x}, ${weight(path, "runningMean")}, ${weight(path, "runningVariance")}, ${affine(layer, path)}, ${layer.epsilon})`,
  ),
  row(
    LayerNorm,
    (layer, x, path) =>
      `layerNorm(${x}, ${layer.shape.reduce((a, b) => a * b, 1)}, ${affine(layer, path)}, ${layer.epsilon})`,
  ),
  row(GroupNorm, (layer, x, path) => `groupNorm(${x}, ${layer.groups}, ${affine(layer, path)}, ${layer.epsilon})`),
  row(PReLU, (_, x, path) => `prelu(${x}, ${weight(path, "weight")})`),
  row(Flatten, (_, x) => `flatten(${x})`),
  row(Dropout, () => undefined),
];

/** Runs a layer: the shape of its output for an example of a shape. */
export type ShapeAfter = (layer: Layer, shape: readonly number[]) => readonly number[];

/** The calls that a network makes on `x`. */
export function callsOf(model: Layer, input: readonly number[], shapeAfter: ShapeAfter): Calls {
  const calls: Calls = { lines: [], functions: new Set(), missing: [] };
  let names = 0;
  const say = (line: string): void => {
    calls.lines.push(line);
    for (const [, name = ""] of line.matchAll(/\b(\w+)\(/g)) calls.functions.add(name);
  };
  const visit = (layer: Layer, x: string, path: string, shape: readonly number[]): readonly number[] => {
    const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
    if (layer instanceof Sequential) {
      return layer.layers.reduce((size, part, i) => visit(part, x, at(`layers.${i}`), size), shape);
    }
    if (layer instanceof Residual) {
      const [inner, past] = [`inner${++names}`, `past${names}`];
      say(`let ${inner} = ${x};`);
      const after = visit(layer.inner, inner, at("inner"), shape);
      say(`let ${past} = ${x};`);
      if (layer.shortcut) visit(layer.shortcut, past, at("shortcut"), shape);
      say(`${x} = add(${past}, ${inner});`);
      return after;
    }
    if (!(layer instanceof Module)) {
      const label = "label" in layer && typeof layer.label === "string" ? layer.label : undefined;
      if (label !== undefined && layerTypes[label] === layer && Object.hasOwn(parts, label))
        say(`${x} = ${label}(${x});`);
      else calls.missing.push(`${path}: the function ${label ?? "without a label"}`);
      return calls.missing.length > 0 ? shape : shapeAfter(layer, shape);
    }
    const found = rows.find(({ type }) => layer instanceof type);
    if (!found) {
      calls.missing.push(`${path}: ${layer.constructor.name}`);
      return shape;
    }
    const value = found.write(layer, x, path, shape);
    if (value !== undefined) say(`${x} = ${value};`);
    return calls.missing.length > 0 ? shape : shapeAfter(layer, shape);
  };
  visit(model, "x", "", input);
  return calls;
}
