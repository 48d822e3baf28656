/** A graph that was read: who makes each value, which of them stand in the file, and what layers share. */
import { printable, quoted, type Tensor, tensor } from "@dlcc/tensor";
import type { Axes, Axis } from "../axes.ts";
import { OnnxError } from "../error.ts";
import { elementTypes, type Message } from "../proto/schema.ts";
import { type Constant, constantOf } from "./constant.ts";
import { Node } from "./node.ts";

/** The value that a network takes, or gives. */
export interface Port {
  readonly name: string;
  /** Undefined if the file doesn't say how many there are. */
  readonly axes: Axes | undefined;
}

const axisOf = ({ value, name }: Message<"Dim">): Axis =>
  value !== undefined && Number.isSafeInteger(value) && value >= 1 ? value : name || undefined;

/** What the file says of a value. */
export const portOf = ({ name = "", type }: Message<"ValueInfo">): Port => {
  const shape = type?.tensor?.shape;
  return { name, axes: shape && (shape.dims ?? []).map(axisOf) };
};

/** The inputs of a graph but for those that stand in the file: old files list these, too. */
export function inputsOf({ inputs = [], initializers = [] }: Message<"Graph">): Message<"ValueInfo">[] {
  const inside = new Set(initializers.map(({ name }) => name));
  return inputs.filter(({ name }) => !inside.has(name));
}

/** The version of the ops that the file uses; undefined if it doesn't say. */
export const opsetOf = ({ opsets = [] }: Message<"Model">): number | undefined =>
  opsets.find(({ domain = "" }) => domain === "" || domain === "ai.onnx")?.version;

/** The most characters that a message has of a value's name. */
const longest = 60;

/** A graph with one input and one output. */
export class Graph {
  readonly input: Port;
  readonly output: string;
  readonly opset: number;
  readonly #producers = new Map<string, Node>();
  readonly #stored = new Map<string, Message<"Tensor">>();
  /** Values that don't depend on the input. */
  readonly #fixed = new Set<string>();
  readonly #constants = new Map<string, Constant | undefined>();
  readonly #tensors = new Map<string, Tensor>();
  readonly #made = new Map<string, unknown>();

  /** @throws {OnnxError} if it has several inputs or outputs, or its values don't follow one from the other. */
  constructor(graph: Message<"Graph">, opset: number) {
    this.opset = opset;
    const { initializers = [], nodes = [], outputs = [], sparse = [] } = graph;
    if (sparse.length > 0) throw new OnnxError("importOnnx: initializers must be dense, got sparse ones");
    const [input, ...others] = inputsOf(graph);
    if (!input || others.length > 0) {
      throw new OnnxError(`importOnnx: a network must have one input, got ${listed(inputsOf(graph))}`);
    }
    const [output, ...more] = outputs;
    if (!output || more.length > 0) {
      throw new OnnxError(`importOnnx: a network must have one output, got ${listed(outputs)}`);
    }
    const element = input.type?.tensor?.element;
    if (element !== undefined && element !== elementTypes.float32 && element !== elementTypes.float64) {
      throw new OnnxError(
        `importOnnx: the input ${quoted(input.name)} must be of float32 or float64, got type ${element}`,
      );
    }
    this.input = portOf(input);
    this.output = output.name ?? "";
    for (const stored of initializers) {
      this.#define(stored.name ?? "", (name) => this.#stored.set(name, stored));
      this.#fixed.add(stored.name ?? "");
    }
    for (const [index, message] of nodes.entries()) this.#addNode(new Node(message, index));
    if (!this.#isDefined(this.output) || this.#fixed.has(this.output)) {
      throw new OnnxError(`importOnnx: the output must follow from the input, got ${quoted(this.output)}`);
    }
  }

  #addNode(node: Node): void {
    for (const name of node.inputs) {
      if (name === "" || this.#isDefined(name)) continue;
      throw new OnnxError(
        `importOnnx: nodes must stand in the order in which they run, got ${node.title} before what makes its input ${quoted(name)}`,
      );
    }
    const takes = node.inputs.filter((name) => name !== "");
    const isFixed = takes.length === 0 ? node.op === "Constant" : takes.every((name) => this.#fixed.has(name));
    for (const name of node.outputs) {
      if (name === "") continue;
      this.#define(name, () => this.#producers.set(name, node));
      if (isFixed) this.#fixed.add(name);
    }
  }

  #isDefined(name: string): boolean {
    return name === this.input.name || this.#stored.has(name) || this.#producers.has(name);
  }

  #define(name: string, add: (name: string) => void): void {
    if (this.#isDefined(name)) {
      throw new OnnxError(`importOnnx: names of values must differ, got ${quoted(name)} twice`);
    }
    add(name);
  }

  /** The node that makes a value; of that op, if one is named. */
  producer(name: string | undefined, op?: string): Node | undefined {
    const node = name === undefined ? undefined : this.#producers.get(name);
    return op === undefined || node?.op === op ? node : undefined;
  }

  /** Where a value stands in the order in which all are made: the input first. */
  order(name: string): number {
    return this.#producers.get(name)?.index ?? -1;
  }

  /**
   * The numbers of a value that stands in the file, or follows from one by `Identity`; undefined for others.
   *
   * @throws {OnnxError} if they can't be read.
   */
  constant(name: string | undefined): Constant | undefined {
    if (name === undefined) return undefined;
    if (this.#constants.has(name)) return this.#constants.get(name);
    let at = name;
    for (let node = this.producer(at, "Identity"); node; node = this.producer(at, "Identity"))
      at = node.inputs[0] ?? "";
    const stored = this.#stored.get(at) ?? this.#ofNode(at);
    const constant = stored && constantOf(at, stored);
    this.#constants.set(name, constant);
    return constant;
  }

  /** What a `Constant` node has. */
  #ofNode(name: string): Message<"Tensor"> | undefined {
    const node = this.producer(name, "Constant");
    if (!node) return undefined;
    if (node.has("value_float")) return { type: elementTypes.float32, floats: [node.float("value_float", 0)] };
    if (node.has("value_int")) return { type: elementTypes.int64, int64s: [node.int("value_int", 0)] };
    if (node.has("value_ints")) {
      const int64s = node.ints("value_ints") ?? [];
      return { type: elementTypes.int64, int64s, dims: [int64s.length] };
    }
    const tensor = node.tensor("value");
    if (!tensor) throw new OnnxError(`${node.title} must have a value of numbers`);
    return tensor;
  }

  /** Whether a value is the same whatever the network takes. It may be one that isn't read. */
  isConstant(name: string): boolean {
    return this.#fixed.has(name);
  }

  /** The one number of a constant; undefined for another value. */
  scalar(name: string | undefined): number | undefined {
    const constant = this.constant(name);
    return constant?.data.length === 1 ? constant.data[0] : undefined;
  }

  /** The whole numbers of a constant; undefined for another value. */
  ints(name: string | undefined): readonly number[] | undefined {
    const constant = this.constant(name);
    return constant?.dtype === "int" ? [...constant.data] : undefined;
  }

  /** The floats of a constant. @throws {OnnxError} if it isn't one. */
  floats(name: string | undefined, what: string): Constant {
    const constant = this.constant(name);
    if (constant && constant.dtype !== "int") return constant;
    const got =
      name === undefined ? "none" : constant ? "whole numbers" : `${printable(name, longest)}, which is computed`;
    throw new OnnxError(`its ${what} must be floats in the file, got ${got}`);
  }

  /** Two inputs of which one stands in the file: the other, and that. */
  pairOf({ inputs: [a, b] }: Node): { readonly value: string; readonly constant: string } | undefined {
    if (a === undefined || b === undefined) return undefined;
    if (this.isConstant(b)) return this.isConstant(a) ? undefined : { value: a, constant: b };
    return this.isConstant(a) ? { value: b, constant: a } : undefined;
  }

  /** A constant as a tensor: one for all that have it. @param dims Its shape there, if it has another one. */
  tensor({ name, dims, data, dtype }: Constant, shape: readonly number[] = dims): Tensor {
    const key = JSON.stringify([name, shape]);
    let found = this.#tensors.get(key);
    if (!found) {
      found = tensor(data, { shape: [...shape], dtype: dtype === "int" ? "int32" : dtype });
      this.#tensors.set(key, found);
    }
    return found;
  }

  /** A matrix turned: `[in, out]` in the file, `[out, in]` here. */
  turned({ name, dims, data, dtype }: Constant): Tensor {
    const [rows = 0, columns = 0] = dims;
    return this.once(["turned", name], () => {
      const turned = data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number);
      return this.tensor({ name: `${name} turned`, dims: [columns, rows], data: turned, dtype });
    });
  }

  /** What is made once: nodes that share their numbers are one layer, and ways that meet are looked at once. */
  once<T>(key: readonly unknown[], make: () => T): T {
    const text = JSON.stringify(key);
    if (!this.#made.has(text)) this.#made.set(text, make());
    return this.#made.get(text) as T;
  }
}

const listed = (values: readonly Message<"ValueInfo">[]): string =>
  values.length === 0
    ? "none"
    : values
        .slice(0, most)
        .map(({ name }) => quoted(name))
        .join(", ") + (values.length > most ? `, and ${values.length - most} more` : "");

/** The most names that a message lists. */
const most = 10;
