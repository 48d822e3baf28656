/** Writes messages. */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { fieldsOf, type Message, type MessageName } from "./schema.ts";

function write(writer: BinaryWriter, name: MessageName, message: object): void {
  for (const { name: field, number, type, isList } of fieldsOf(name)) {
    const found = (message as Readonly<Record<string, unknown>>)[field];
    if (found === undefined) continue;
    for (const value of isList ? (found as readonly unknown[]) : [found]) {
      if (type === "int") writer.tag(number, WireType.Varint).int64(value as number);
      else if (type === "float") writer.tag(number, WireType.Bit32).float(value as number);
      else if (type === "double") writer.tag(number, WireType.Bit64).double(value as number);
      else if (type === "string") writer.tag(number, WireType.LengthDelimited).string(value as string);
      else if (type === "bytes") writer.tag(number, WireType.LengthDelimited).bytes(value as Uint8Array);
      else {
        writer.tag(number, WireType.LengthDelimited).fork();
        write(writer, type, value as object);
        writer.join();
      }
    }
  }
}

/** The bytes of a model. */
export function writeModel(model: Message<"Model">): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  write(writer, "Model", model);
  return writer.finish();
}
