/** The number formats of safetensors, which are those of NumPy, too, by other names: the bytes of a number, and the dtype that it becomes. */
import type { DType, TypedArray } from "@dlcc/tensor";

/** Throws a reader's own error for a number: what must hold, the number, and its index. */
export type Refuse = (must: string, value: number | bigint, index: number) => never;

/** How numbers of one format are read. */
export interface Format {
  /** How many bytes a number takes. */
  readonly size: number;
  readonly dtype: DType;
  /** The numbers in a buffer of their own. Little-endian, as all machines that Node and browsers run on. */
  decode(buffer: ArrayBuffer, refuse: Refuse): TypedArray;
}

const [int32Least, int32Most] = [-(2 ** 31), 2 ** 31 - 1];

/** Whole numbers of any width as `int32`; a number that does not fit is refused, not wrapped around. */
function toInt32(values: ArrayLike<number | bigint>, refuse: Refuse): Int32Array {
  const out = new Int32Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const value = values[i] ?? 0;
    if (!(value >= int32Least && value <= int32Most)) {
      refuse(`whole numbers must be from ${int32Least} to ${int32Most} to fit into int32`, value, i);
    }
    out[i] = Number(value);
  }
  return out;
}

/** Half precision: 1 bit of sign, 5 of exponent, 10 of fraction. Source: IEEE 754-2008, binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

function toBool(bytes: Uint8Array, refuse: Refuse): Uint8Array {
  const bad = bytes.findIndex((byte) => byte > 1);
  return bad < 0 ? bytes : refuse("a BOOL must be 0 or 1", bytes[bad] ?? 0, bad);
}

/** The formats that can be read. Floats with fewer than 16 bits and complex numbers have no dtype here. */
export const formats: ReadonlyMap<string, Format> = /* @__PURE__ */ new Map<string, Format>([
  ["F64", { size: 8, dtype: "float64", decode: (buffer) => new Float64Array(buffer) }],
  ["F32", { size: 4, dtype: "float32", decode: (buffer) => new Float32Array(buffer) }],
  [
    "F16",
    { size: 2, dtype: "float32", decode: (buffer) => new Float32Array(new Uint16Array(buffer)).map(halfToNumber) },
  ],
  // bfloat16 is the upper half of a float32.
  [
    "BF16",
    {
      size: 2,
      dtype: "float32",
      decode: (buffer) => new Float32Array(new Uint32Array(new Uint16Array(buffer)).map((bits) => bits << 16).buffer),
    },
  ],
  ["I64", { size: 8, dtype: "int32", decode: (buffer, refuse) => toInt32(new BigInt64Array(buffer), refuse) }],
  ["U64", { size: 8, dtype: "int32", decode: (buffer, refuse) => toInt32(new BigUint64Array(buffer), refuse) }],
  ["I32", { size: 4, dtype: "int32", decode: (buffer) => new Int32Array(buffer) }],
  ["U32", { size: 4, dtype: "int32", decode: (buffer, refuse) => toInt32(new Uint32Array(buffer), refuse) }],
  ["I16", { size: 2, dtype: "int32", decode: (buffer) => Int32Array.from(new Int16Array(buffer)) }],
  ["U16", { size: 2, dtype: "int32", decode: (buffer) => Int32Array.from(new Uint16Array(buffer)) }],
  ["I8", { size: 1, dtype: "int32", decode: (buffer) => Int32Array.from(new Int8Array(buffer)) }],
  ["U8", { size: 1, dtype: "int32", decode: (buffer) => Int32Array.from(new Uint8Array(buffer)) }],
  ["BOOL", { size: 1, dtype: "bool", decode: (buffer, refuse) => toBool(new Uint8Array(buffer), refuse) }],
]);

/** The format in which each dtype is written. */
export const formatOf: { readonly [D in DType]: string } = {
  float64: "F64",
  float32: "F32",
  int32: "I32",
  bool: "BOOL",
};
