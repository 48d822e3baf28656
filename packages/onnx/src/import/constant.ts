/** The numbers in a file: checked against their dims before they are copied. */
import { printable, quoted } from "@dlcc/tensor";
import { OnnxError } from "../error.ts";
import { elementTypes, type Message } from "../proto/schema.ts";

/** Numbers that stand in the file. */
export interface Constant {
  readonly name: string;
  readonly dims: readonly number[];
  /** `int` for all kinds of whole numbers. */
  readonly dtype: "float32" | "float64" | "int";
  readonly data: Float32Array | Float64Array;
}

/** How numbers of a type are read. */
interface Format {
  readonly dtype: Constant["dtype"];
  /** How many bytes one takes in `raw`. */
  readonly width: number;
  readonly decode: (buffer: ArrayBuffer) => Constant["data"];
  /** Where they stand, if not there. */
  readonly list: (tensor: Message<"Tensor">) => readonly number[] | undefined;
}

const formats: ReadonlyMap<number, Format> = /* @__PURE__ */ new Map<number, Format>([
  [
    elementTypes.float32,
    { dtype: "float32", width: 4, decode: (buffer) => new Float32Array(buffer), list: ({ floats }) => floats },
  ],
  [
    elementTypes.float64,
    { dtype: "float64", width: 8, decode: (buffer) => new Float64Array(buffer), list: ({ doubles }) => doubles },
  ],
  [
    elementTypes.int64,
    {
      dtype: "int",
      width: 8,
      decode: (buffer) => Float64Array.from(new BigInt64Array(buffer), Number),
      list: ({ int64s }) => int64s,
    },
  ],
  [
    elementTypes.int32,
    {
      dtype: "int",
      width: 4,
      decode: (buffer) => Float64Array.from(new Int32Array(buffer)),
      list: ({ int32s }) => int32s,
    },
  ],
  [
    elementTypes.bool,
    {
      dtype: "int",
      width: 1,
      decode: (buffer) => Float64Array.from(new Uint8Array(buffer)),
      list: ({ int32s }) => int32s,
    },
  ],
]);

/** The names of all types, by their codes. */
const typeNames =
  "undefined float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 complex128 bfloat16".split(
    " ",
  );

/**
 * The numbers of a tensor in the file.
 *
 * @param name By which messages know it.
 * @throws {OnnxError} if they are in another file, of another type, or as many as the dims don't say.
 */
export function constantOf(name: string, tensor: Message<"Tensor">): Constant {
  const { dims = [], type = 0, raw, external, location = 0 } = tensor;
  const what = `tensor ${quoted(name)}`;
  if (location !== 0 || external !== undefined) {
    const file = external?.find(({ key }) => key === "location")?.value ?? "another file";
    throw new OnnxError(`${what} must be in the file, got external data in ${printable(file, longest)}`);
  }
  const format = formats.get(type);
  if (!format) {
    throw new OnnxError(
      `${what} must be of float32, float64, int64, int32 or bool, got ${typeNames[type] ?? `type ${type}`}`,
    );
  }
  const size = dims.reduce((product, length) => product * length, 1);
  if (!dims.every((length) => Number.isSafeInteger(length) && length >= 0) || !Number.isSafeInteger(size)) {
    throw new OnnxError(`${what} must have dims of whole numbers from 0, got ${quoted(dims)}`);
  }
  if (raw !== undefined) {
    if (raw.length !== size * format.width) {
      throw new OnnxError(`${what} must have ${size * format.width} bytes for ${quoted(dims)}, got ${raw.length}`);
    }
    // A copy begins where numbers may begin; in the file they stand anywhere.
    return { name, dims, dtype: format.dtype, data: format.decode(new Uint8Array(raw).buffer) };
  }
  const list = format.list(tensor) ?? [];
  if (list.length !== size) {
    throw new OnnxError(`${what} must have ${size} numbers for ${quoted(dims)}, got ${list.length}`);
  }
  const data = format.dtype === "float32" ? Float32Array.from(list) : Float64Array.from(list);
  return { name, dims, dtype: format.dtype, data };
}

/** The most characters that a message has of another file's name. */
const longest = 60;
