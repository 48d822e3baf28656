import { type Layer, Module, Residual, Sequential } from "@dlcc/layers";
import { ArgumentError, isFloat, type Parameter, quoted } from "@dlcc/tensor";
import { type Axes, type Axis, axesAfter } from "../axes.ts";
import { OnnxError } from "../error.ts";
import { elementTypes, type Message } from "../proto/schema.ts";
import { writeModel } from "../proto/write.ts";
import { functions } from "./functions.ts";
import { type Float, GraphWriter } from "./graph.ts";
import { writerOf } from "./layers.ts";

/** The version of the file's format, and of the ops in it: as new as LayerNormalization, and old enough for most readers. */
const [irVersion, opset] = [8, 17];

/** The options of {@link exportOnnx}. */
export interface ExportOptions {
  /** The name of the network's input. Default: `input`. */
  readonly inputName?: string;
  /** The name of its output. Default: `output`. */
  readonly outputName?: string;
  /** Notes that the file carries, by name. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A value on its way through the network: its name, and its axes where they are known. */
interface Value {
  readonly name: string;
  readonly axes: Axes | undefined;
}

/** Writes a network, and lists what ONNX can't say. */
class Exporter {
  readonly graph: GraphWriter;
  readonly problems: string[] = [];

  constructor(graph: GraphWriter) {
    this.graph = graph;
  }

  layer(layer: Layer, x: Value, path: string): Value {
    if (layer instanceof Sequential) {
      return layer.layers.reduce((value: Value, part, i) => this.layer(part, value, `${path}layers.${i}.`), x);
    }
    if (layer instanceof Residual) return this.#residual(layer, x, path);
    const where = path.slice(0, -1) || "the network";
    if (layer instanceof Module) return this.#module(layer, x, where);
    const label = "label" in layer && typeof layer.label === "string" ? layer.label : undefined;
    const write = label === undefined ? undefined : functions.get(label);
    if (write) return { name: write(this.graph, x.name), axes: x.axes };
    return this.#missing(
      `${where}, ${label === undefined ? "a function without a label" : `the function ${quoted(label)}`}`,
    );
  }

  #residual({ inner, shortcut }: Residual, x: Value, path: string): Value {
    const y = this.layer(inner, x, `${path}inner.`);
    const past = shortcut ? this.layer(shortcut, x, `${path}shortcut.`) : x;
    return { name: this.graph.node("Add", [y.name, past.name]), axes: y.axes };
  }

  #module(layer: Module, x: Value, where: string): Value {
    const write = writerOf(layer);
    if (!write) return this.#missing(`${where}, a ${layer.constructor.name}`);
    if (x.axes === undefined) return x; // Behind something that is missing: nothing is known, and nothing will be written.
    try {
      return { axes: axesAfter(layer, x.axes), name: write(this.graph, x.name, layer, x.axes) };
    } catch (error) {
      if (!(error instanceof OnnxError)) throw error;
      return this.#missing(`${where}, a ${layer.constructor.name}: ${error.message}`);
    }
  }

  #missing(problem: string): Value {
    this.problems.push(problem);
    return { name: "", axes: undefined };
  }
}

/** The one dtype of all parameters and statistics; numbers that the host counts by have their own. */
function dtypeOf(cells: Iterable<Parameter>): Float {
  const found = new Set([...cells].map((cell) => cell.peek().dtype).filter(isFloat));
  if (found.size > 1) {
    throw new OnnxError(
      `exportOnnx: all parameters must have one dtype, got ${[...found].join(" and ")}: await model.to({ dtype: "float32" }) changes them`,
    );
  }
  return [...found][0] === "float64" ? "float64" : "float32";
}

function assertShape(shape: unknown): asserts shape is readonly (number | string)[] {
  const ok = (axis: unknown): boolean =>
    typeof axis === "string" ? axis !== "" : Number.isSafeInteger(axis) && (axis as number) >= 1;
  if (Array.isArray(shape) && shape.every(ok)) return;
  throw new ArgumentError(
    `exportOnnx: inputShape must be the lengths of all axes from 1, and names of free ones, as ["n", 784], got ${quoted(shape)}`,
  );
}

const dimOf = (axis: Axis): Message<"Dim"> =>
  typeof axis === "number" ? { value: axis } : axis === undefined ? {} : { name: axis };

const infoOf = (name: string, dtype: Float, axes: Axes): Message<"ValueInfo"> => ({
  name,
  type: { tensor: { element: elementTypes[dtype], shape: { dims: axes.map(dimOf) } } },
});

/**
 * A network as an ONNX file, as it computes in evaluation mode: for ONNX Runtime, and all else that reads ONNX. It has one
 * input and one output, and each parameter by its path, such as `layers.0.weight`. The format is of version 8, the ops are
 * those of opset 17.
 *
 * All layers of `@dlcc/layers` can be written. Of functions, those of its activations, and those labelled `logSoftmax` and
 * `relu6`. A dropout is written, though it does nothing there, so that `importOnnx` has it again.
 *
 * @param module Its layers; those that hold others are `Sequential` and `Residual`. It may be on any backend.
 * @param inputShape All axes of the input, that of the examples among them: a length, or the name of an axis of any length.
 * @returns The bytes of the file.
 * @throws {OnnxError} if layers can't be written or don't take such an input: all of them are named; or if parameters
 * differ in dtype. @throws {ArgumentError} if the shape, or a name, can't be one.
 * @example
 * ```ts
 * import { Linear, relu, Sequential } from "@dlcc/layers";
 * import { exportOnnx, readOnnxInfo } from "@dlcc/onnx";
 *
 * const model = new Sequential([new Linear(784, 30), relu, new Linear(30, 10)]);
 * const bytes = await exportOnnx(model, ["n", 784]);
 * console.log(readOnnxInfo(bytes).ops); // → { Gemm: 2, Relu: 1 }
 * ```
 */
export async function exportOnnx(
  module: Module,
  inputShape: readonly (number | string)[],
  { inputName = "input", outputName = "output", metadata = {} }: ExportOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!(module instanceof Module)) {
    throw new ArgumentError(`exportOnnx: module must be a Module of this copy of @dlcc/layers, got ${typeof module}`);
  }
  assertShape(inputShape);
  const cells = new Map<string, Parameter>([...module.namedParameters(), ...module.namedBuffers()]);
  const dtype = dtypeOf(cells.values());
  const graph = new GraphWriter(dtype, new Map([...cells].map(([path, cell]) => [cell, path])));
  try {
    const exporter = new Exporter(graph);
    const last = exporter.layer(module, { name: inputName, axes: inputShape }, "");
    if (exporter.problems.length > 0) {
      throw new OnnxError(`exportOnnx: each layer must have ops of ONNX, got none for ${exporter.problems.join("; ")}`);
    }
    if (inputName === outputName || [inputName, outputName].some((name) => name === "" || graph.has(name))) {
      throw new ArgumentError(
        `exportOnnx: inputName and outputName must differ from each other and from all values, got ${quoted(inputName)} and ${quoted(outputName)}`,
      );
    }
    graph.finish(last.name, outputName);
    return writeModel({
      irVersion,
      producer: "dlcc",
      opsets: [{ domain: "", version: opset }],
      metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: "network",
        nodes: graph.nodes,
        initializers: await graph.initializers(),
        inputs: [infoOf(inputName, dtype, inputShape)],
        outputs: [infoOf(outputName, dtype, last.axes ?? [])],
      },
    });
  } finally {
    graph.dispose();
  }
}
