/** Reads messages. Lengths are checked against the file before anything is made of them. */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { OnnxError } from "../error.ts";
import { type Field, fieldsOf, type Message, type MessageName, type ScalarType } from "./schema.ts";

/** The most messages in a file, as an empty one takes two bytes there and a hundred here: large networks have some 10,000. */
const mostMessages = 2 ** 19;

/** How each scalar is written. */
const wireTypes: { readonly [T in ScalarType]: WireType } = {
  int: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
};

/** Reads one file. */
class Reading {
  readonly #reader: BinaryReader;
  readonly #fields = new Map<MessageName, ReadonlyMap<number, Field>>();
  #messages = 0;

  constructor(bytes: Uint8Array) {
    this.#reader = new BinaryReader(bytes);
  }

  get place(): number {
    return this.#reader.pos;
  }

  /** The message that ends there. */
  message(name: MessageName, end: number): object {
    if (++this.#messages > mostMessages) throw new Error(`it has more than ${mostMessages} messages`);
    const fields = this.#fieldsOf(name);
    const found: Record<string, unknown> = {};
    while (this.#reader.pos < end) {
      const [number, wire] = this.#reader.tag();
      const field = fields.get(number);
      if (!field) this.#reader.skip(wire, number);
      else if (field.isList) {
        found[field.name] ??= [];
        this.#append(found[field.name] as unknown[], field, wire);
      } else found[field.name] = this.#value(field, wire);
    }
    if (this.#reader.pos !== end) throw new Error(`${name} reaches beyond its end`);
    return found;
  }

  #fieldsOf(name: MessageName): ReadonlyMap<number, Field> {
    let fields = this.#fields.get(name);
    if (!fields) {
      fields = new Map(fieldsOf(name).map((field) => [field.number, field]));
      this.#fields.set(name, fields);
    }
    return fields;
  }

  /** Adds one value to a list, or several numbers: writers may pack those. */
  #append(list: unknown[], field: Field, wire: WireType): void {
    const { type } = field;
    const isNumber = type === "int" || type === "float" || type === "double";
    if (!isNumber || wire !== WireType.LengthDelimited) {
      list.push(this.#value(field, wire));
      return;
    }
    const end = this.#end();
    while (this.#reader.pos < end) list.push(this.#scalar(type));
    if (this.#reader.pos !== end) throw new Error(`${field.name} reaches beyond its end`);
  }

  #value({ name, type }: Field, wire: WireType): unknown {
    const isScalar = type in wireTypes;
    if (wire !== (isScalar ? wireTypes[type as ScalarType] : WireType.LengthDelimited)) {
      throw new Error(`${name} has wire type ${wire}`);
    }
    return isScalar ? this.#scalar(type as ScalarType) : this.message(type as MessageName, this.#end());
  }

  #scalar(type: ScalarType): string | number | Uint8Array {
    return type === "int" ? Number(this.#reader.int64()) : this.#reader[type]();
  }

  /** Where the next bytes end, whose length stands here. */
  #end(): number {
    const length = this.#reader.uint32();
    const end = this.#reader.pos + length;
    if (end > this.#reader.len) throw new Error(`${length} bytes are announced, and the file ends before`);
    return end;
  }
}

/**
 * The model in a file.
 *
 * @param op As messages begin.
 * @throws {OnnxError} if the bytes are no protobuf of the schema.
 */
export function readModel(op: string, bytes: Uint8Array): Message<"Model"> {
  const reading = new Reading(bytes);
  try {
    return reading.message("Model", bytes.length);
  } catch (cause) {
    throw new OnnxError(
      `${op}: bytes must be an ONNX model, got ${bytes.length} bytes that can't be read at ${reading.place}: ${(cause as Error).message}`,
      { cause },
    );
  }
}
