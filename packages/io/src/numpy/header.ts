/**
 * The header of NumPy's `.npy` files:
 *
 *     6 bytes         \x93NUMPY
 *     2 bytes         the version: 1.0, 2.0 or 3.0
 *     2 or 4 bytes    n, the length of the text, little-endian; 4 from version 2 on
 *     n bytes         a Python dict, {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }, padded with spaces
 *     the rest        the numbers, with nothing between them
 *
 * Source: NumPy, "numpy.lib.format".
 */
import type { DType } from "@dlcc/tensor";
import { quoted } from "@dlcc/tensor";
import { type Format, formats } from "../formats.ts";
import { NpyError } from "./error.ts";

/** What a header says, checked. */
export interface NpyHeader {
  readonly format: Format;
  readonly bigEndian: boolean;
  /** Whether the first axis is the one that runs fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** How many bytes the header takes, and the numbers behind it. */
  readonly headerBytes: number;
  readonly dataBytes: number;
}

const magic = Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"));
/** The magic bytes, the version, and the longer of the two lengths. */
export const prefixBytes = 12;
/** The longest text that is read: all that version 1 can have. */
const longestText = 2 ** 16 - 1;
/** The most axes of an array. Source: NumPy 2, `NPY_MAXDIMS`. */
const mostAxes = 64;

/** The formats by what stands behind the byte order in `descr`. */
const formatNames: Readonly<Record<string, string>> = {
  b1: "BOOL",
  i1: "I8",
  i2: "I16",
  i4: "I32",
  i8: "I64",
  u1: "U8",
  u2: "U16",
  u4: "U32",
  u8: "U64",
  f2: "F16",
  f4: "F32",
  f8: "F64",
};

/** How each dtype is written. */
const descrOf: { readonly [D in DType]: string } = { float64: "<f8", float32: "<f4", int32: "<i4", bool: "|b1" };

/** How many bytes the header has, as its first {@link prefixBytes} say. */
export function headerBytesOf(head: Uint8Array, where: string): number {
  const fail = failure(where);
  if (magic.some((byte, i) => head[i] !== byte)) {
    return fail(`the file must begin with \\x93NUMPY, got ${quoted(new TextDecoder().decode(head.subarray(0, 6)))}`);
  }
  if (head.length < prefixBytes) return fail(`the file must have ${prefixBytes} bytes or more, got ${head.length}`);
  const [major = 0, minor = 0] = head.subarray(6, 8);
  if (major < 1 || major > 3 || minor !== 0) return fail(`the version must be 1.0, 2.0 or 3.0, got ${major}.${minor}`);
  const view = new DataView(head.buffer, head.byteOffset + 8, 4);
  const [start, length] = major === 1 ? [10, view.getUint16(0, true)] : [12, view.getUint32(0, true)];
  if (length > longestText) return fail(`the header must have ${longestText} bytes at most, got ${length}`);
  return start + length;
}

/** Reads the header. `head` has it in whole, or more. */
export function readHeader(head: Uint8Array, where: string): NpyHeader {
  const fail = failure(where);
  const headerBytes = headerBytesOf(head, where);
  if (head.length < headerBytes) {
    return fail(`the header must have ${headerBytes} bytes, got ${head.length}: the file is truncated`);
  }
  const start = head[6] === 1 ? 10 : 12;
  const text = new TextDecoder(head[6] === 3 ? "utf-8" : "latin1").decode(head.subarray(start, headerBytes));
  const { descr, fortranOrder, shape } = readDict(text, fail);
  const [, order = "", kind = ""] = /^([<>|=])([a-zA-Z?]\d*)$/.exec(descr) ?? [];
  const format = formats.get(formatNames[kind] ?? "");
  if (!format || (order === "|" && format.size > 1) || order === "=") {
    if (kind.startsWith("O")) {
      return fail(
        "the array must be one of numbers, got pickled Python objects, which can run code and are never read",
      );
    }
    return fail(`the dtype must be bool, or int, uint or float of up to 64 bits, got ${quoted(descr)}`);
  }
  const dataBytes = shape.reduce((product, length) => product * length, format.size);
  return { format, bigEndian: order === ">", fortranOrder, shape, headerBytes, dataBytes };
}

interface Dict {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/** One entry of the dict. Nothing that Python would have to evaluate is taken. */
const entry = /\s*(['"])(\w+)\1\s*:\s*(?:(['"])([^'"\\]*)\3|(True|False)|\(([\d\s,L]*)\))\s*(,|(?=\}))/y;

function readDict(text: string, fail: (message: string) => never): Dict {
  const malformed = (): never =>
    fail(`the header must be a dict with descr, fortran_order and shape of a plain array, got ${quoted(text.trim())}`);
  const trimmed = text.trim();
  if (!trimmed.startsWith("{")) return malformed();
  const found = new Map<string, string | boolean | readonly number[]>();
  entry.lastIndex = 1;
  for (let at = 1; ; at = entry.lastIndex) {
    const [, , key = "", , string, boolean, tuple] = entry.exec(trimmed) ?? [];
    if (key === "") {
      if (/^\s*\}$/.test(trimmed.slice(at))) break;
      return malformed();
    }
    if (found.has(key)) return fail(`the keys of the header must differ, got ${quoted(key)} twice`);
    found.set(key, tuple === undefined ? (string ?? boolean === "True") : lengthsOf(tuple, fail));
  }
  const [descr, fortranOrder, shape] = ["descr", "fortran_order", "shape"].map((key) => found.get(key));
  const good = typeof descr === "string" && typeof fortranOrder === "boolean" && typeof shape === "object";
  return good && found.size === 3 ? { descr, fortranOrder, shape } : malformed();
}

/** The numbers of a tuple, `2, 3` or `4,`; Python 2 wrote `2L`. */
function lengthsOf(tuple: string, fail: (message: string) => never): readonly number[] {
  const words = tuple.split(",").map((word) => word.trim());
  if (words.at(-1) === "") words.pop();
  const lengths = words.map((word) => (/^\d+L?$/.test(word) ? Number.parseInt(word, 10) : Number.NaN));
  if (lengths.length > mostAxes || !lengths.every(Number.isSafeInteger)) {
    return fail(`the shape must be up to ${mostAxes} whole numbers from 0, got ${quoted(`(${tuple})`)}`);
  }
  return lengths;
}

/** The digits for which NumPy leaves room behind the text, so that a file can grow. Source: "numpy.lib.format". */
const growthDigits = 21;
/** The numbers begin at a multiple of so many bytes. Source: the same. */
const alignment = 64;

/** The header that NumPy's own `save` writes for such an array, byte for byte. */
export function headerOf(dtype: DType, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '${descrOf[dtype]}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const room = shape.length === 0 ? 0 : growthDigits - String(shape[0]).length;
  const length = 10 + dict.length + room + 1;
  const text = `${dict.padEnd(dict.length + room + ((alignment - (length % alignment)) % alignment))}\n`;
  const head = new Uint8Array(10 + text.length);
  head.set(magic);
  head[6] = 1;
  new DataView(head.buffer).setUint16(8, text.length, true);
  head.set(new TextEncoder().encode(text), 10);
  return head;
}

/** What throws an error that begins with where it was found. */
export const failure =
  (where: string) =>
  (message: string, options?: ErrorOptions): never => {
    throw new NpyError(`${where}: ${message}`, options);
  };
