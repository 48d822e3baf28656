/** Collects what goes into a file: nodes, and the numbers that they take. */
import { type Parameter, retain, type Tensor, tidy } from "@dlcc/tensor";
import { attributeTypes, elementTypes, type Message } from "../proto/schema.ts";

/** The dtypes of networks. */
export type Float = "float32" | "float64";

/** The attributes of a node: whole numbers and lists of them, `{ float }`, or text. */
export type Attributes = Readonly<
  Record<string, number | readonly number[] | string | { readonly float: number } | undefined>
>;

function attributeOf(name: string, value: NonNullable<Attributes[string]>): Message<"Attribute"> {
  if (typeof value === "number") return { name, int: value, type: attributeTypes.int };
  if (typeof value === "string") return { name, string: value, type: attributeTypes.string };
  if ("float" in value) return { name, float: value.float, type: attributeTypes.float };
  return { name, ints: value, type: attributeTypes.ints };
}

/** The bytes of numbers, in the order of all machines that JavaScript runs on: little-endian. */
const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A parameter's numbers, read when all nodes are there: a backend may take its time. */
interface Pending {
  readonly name: string;
  readonly dims: readonly number[];
  readonly value: Tensor;
}

/** A graph as it grows. */
export class GraphWriter {
  /** In the order in which they run. */
  readonly nodes: Message<"Node">[] = [];
  /** The dtype of all numbers. */
  readonly dtype: Float;
  readonly #constants = new Map<string, Message<"Tensor">>();
  readonly #pending = new Map<string, Pending>();
  readonly #names: ReadonlyMap<Parameter, string>;
  #count = 0;

  /** @param names The path of each parameter and buffer, by which the file knows it. */
  constructor(dtype: Float, names: ReadonlyMap<Parameter, string>) {
    this.dtype = dtype;
    this.#names = names;
  }

  /** Adds a node. @returns The name of its output. */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = `${op}_${this.#count++}`;
    const given = Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [attributeOf(key, value)],
    );
    this.nodes.push({ op, name, inputs, outputs: [`${name}_output`], attributes: given });
    return `${name}_output`;
  }

  /** The code of the dtype. */
  get element(): number {
    return elementTypes[this.dtype];
  }

  /** Whether a value of the graph has that name. */
  has(name: string): boolean {
    const constants = [...this.#constants.values()].map((constant) => constant.name);
    return [...constants, ...this.#pending.keys(), ...this.nodes.flatMap(({ outputs = [] }) => outputs)].includes(name);
  }

  /** Gives the last value its name in the file. */
  finish(last: string, name: string): void {
    const final = this.nodes.at(-1);
    if (final?.outputs?.[0] === last) this.nodes[this.nodes.length - 1] = { ...final, outputs: [name] };
    else this.nodes.push({ op: "Identity", name: "Identity", inputs: [last], outputs: [name] });
  }

  /**
   * The name of a parameter's numbers.
   *
   * @param dims Its shape in the file, if that has more axes of length 1.
   */
  parameter(cell: Parameter, dims?: readonly number[]): string {
    return this.#add(cell, "", (value) => value, dims);
  }

  /** The name of a matrix's transpose. */
  transposed(cell: Parameter): string {
    return this.#add(cell, ".transposed", (value) => value.transpose());
  }

  #add(cell: Parameter, suffix: string, change: (value: Tensor) => Tensor, dims?: readonly number[]): string {
    const path = `${this.#names.get(cell) ?? cell.name}${suffix}`;
    const name = dims === undefined ? path : `${path}.${dims.join("x")}`;
    if (!this.#pending.has(name)) {
      const value = tidy(() => retain(change(cell.value)));
      this.#pending.set(name, { name, dims: dims ?? value.shape, value });
    }
    return name;
  }

  /** The name of numbers of the network's dtype. */
  floats(values: readonly number[], dims: readonly number[]): string {
    const data = this.dtype === "float64" ? Float64Array.from(values) : Float32Array.from(values);
    return this.#constant(elementTypes[this.dtype], data, values, dims);
  }

  /** The name of one number. */
  float(value: number): string {
    return this.floats([value], []);
  }

  /** The name of factors, which are of single precision whatever the dtype. */
  singles(values: readonly number[]): string {
    return this.#constant(elementTypes.float32, Float32Array.from(values), values, [values.length]);
  }

  /** The name of whole numbers, such as a shape. */
  ints(values: readonly number[]): string {
    return this.#constant(elementTypes.int64, BigInt64Array.from(values.map(BigInt)), values, [values.length]);
  }

  /** The same numbers are there once. */
  #constant(type: number, data: ArrayBufferView, values: readonly number[], dims: readonly number[]): string {
    const key = JSON.stringify([type, dims, values.map(String)]);
    let found = this.#constants.get(key);
    if (!found) {
      found = { name: `constant_${this.#constants.size}`, type, dims, raw: bytesOf(data) };
      this.#constants.set(key, found);
    }
    return found.name as string;
  }

  /** All numbers, once the backends have given them. */
  async initializers(): Promise<Message<"Tensor">[]> {
    const pending = [...this.#pending.values()];
    const type = elementTypes[this.dtype];
    const contents = await Promise.all(pending.map(({ value }) => value.data()));
    const learned = pending.map(({ name, dims }, i) => ({
      name,
      dims,
      type,
      raw: bytesOf(contents[i] as ArrayBufferView),
    }));
    return [...learned, ...this.#constants.values()];
  }

  /** Gives back what was retained to be read. */
  dispose(): void {
    for (const { value } of this.#pending.values()) value.dispose();
  }
}
