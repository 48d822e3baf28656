/** A node of a graph, whose attributes are asked for by name and type. */
import { printable, quoted } from "@dlcc/tensor";
import { OnnxError } from "../error.ts";
import { attributeTypes, type Message } from "../proto/schema.ts";

/** The most characters that a message has of an op's name. */
const longest = 60;

/** A node, and which of its attributes have been read. */
export class Node {
  /** Its place in the file: nodes stand in the order in which they run. */
  readonly index: number;
  /** What it computes. */
  readonly op: string;
  /** The names of what it takes; an empty one stands for an option that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #name: string;
  readonly #attributes: ReadonlyMap<string, Message<"Attribute">>;
  readonly #read = new Set<string>();

  constructor(message: Message<"Node">, index: number) {
    const { op = "", name, inputs = [], outputs = [], attributes = [], domain = "" } = message;
    this.index = index;
    this.op = domain === "" || domain === "ai.onnx" ? op : `${domain}.${op}`;
    this.inputs = inputs;
    this.outputs = outputs;
    this.#name = name || outputs[0] || "";
    this.#attributes = new Map(attributes.map((attribute) => [attribute.name ?? "", attribute]));
  }

  /** The node as messages name it. */
  get title(): string {
    return `${printable(this.op, longest)} ${quoted(this.#name)}`;
  }

  /** An input, if it is there. */
  input(index: number): string | undefined {
    return this.inputs[index] || undefined;
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  int(name: string, initial: number): number {
    return this.#value(name, "int", "a whole number") ?? initial;
  }

  float(name: string, initial: number): number {
    return this.#value(name, "float", "a number") ?? initial;
  }

  text(name: string, initial: string): string {
    return this.#value(name, "string", "a text") ?? initial;
  }

  ints(name: string): readonly number[] | undefined {
    // A list without elements isn't written at all.
    const attribute = this.#attributes.get(name);
    if (attribute?.type === attributeTypes.ints && attribute.ints === undefined) {
      this.#read.add(name);
      return [];
    }
    return this.#value(name, "ints", "a list of whole numbers");
  }

  tensor(name: string): Message<"Tensor"> | undefined {
    return this.#value(name, "tensor", "a tensor");
  }

  #value<K extends "int" | "float" | "string" | "ints" | "tensor">(
    name: string,
    kind: K,
    what: string,
  ): Message<"Attribute">[K] {
    this.#read.add(name);
    const attribute = this.#attributes.get(name);
    if (attribute && attribute[kind] === undefined) throw new OnnxError(`its ${name} must be ${what}`);
    return attribute?.[kind];
  }

  /** @throws {OnnxError} if it has attributes that nobody has asked for: they mean something else than what was made. */
  assertAllRead(): void {
    const unread = [...this.#attributes.keys()].filter((name) => !this.#read.has(name));
    if (unread.length === 0) return;
    throw new OnnxError(
      `its attributes must be those that dlcc knows, got ${unread.map((name) => quoted(name)).join(", ")}`,
    );
  }
}
