/**
 * IDX, the format that MNIST comes in: arrays of numbers of one type, in row-major order, big-endian.
 *
 *     00 00            always
 *     08 .. 0e         the type of the numbers
 *     d                the number of dimensions
 *     d × 4 bytes      their lengths, whole numbers
 *     the numbers      the product of the lengths is their count; then the file ends
 *
 * Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database", section "File formats".
 */
import { ArgumentError, DlccError } from "@dlcc/tensor";
import { gunzip, isGzip } from "./gzip.ts";

/** Bytes that are not a complete IDX file, or not the expected kind. */
export class IdxError extends DlccError {
  override readonly name = "IdxError";
}

/** For callers without types: `fetch` gives an `ArrayBuffer`. */
function assertBytes(op: string, bytes: unknown): void {
  // Not by its class: another realm has another, and a Buffer is one, too. A view of larger numbers has fewer than bytes.
  if (Object.prototype.toString.call(bytes) === "[object Uint8Array]") return;
  throw new ArgumentError(
    `${op}: bytes must be a Uint8Array, got ${(bytes as object | undefined)?.constructor?.name ?? String(bytes)}: new Uint8Array(buffer) makes one`,
  );
}

/** The numbers of an IDX file, in the array of their own type. */
export type IdxArray = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** What an IDX file holds. */
export interface Idx {
  /** The lengths of the dimensions: `[60000, 28, 28]` for MNIST's training images. */
  readonly shape: readonly number[];
  /** All numbers in row-major order. */
  readonly data: IdxArray;
}

/** A type of numbers: the class of its array. */
export interface IdxType {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset?: number, length?: number): IdxArray;
}

/** The types by the code in the third byte. */
const types: { readonly [code: number]: IdxType } = {
  8: Uint8Array,
  9: Int8Array,
  11: Int16Array,
  12: Int32Array,
  13: Float32Array,
  14: Float64Array,
};

/**
 * The numbers of a type. Numbers of several bytes are big-endian: reversing all bytes makes them little-endian, as the
 * machines that run JavaScript are, and in reverse order. Single bytes are not copied.
 */
function numbersOf(Type: IdxType, bytes: Uint8Array): IdxArray {
  if (Type.BYTES_PER_ELEMENT === 1) return new Type(bytes.buffer, bytes.byteOffset, bytes.length);
  return new Type(new Uint8Array(bytes).reverse().buffer).reverse();
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

/**
 * The numbers in an IDX file, checked to the last byte.
 *
 * @param bytes The whole file, unpacked; {@link readIdx} takes gzip, too. Single-byte numbers are not copied: the
 * result's data lies in these bytes.
 * @throws {ArgumentError} if `bytes` is not a `Uint8Array`, but an `ArrayBuffer`, say.
 * @throws {IdxError} if the file is empty, does not start as IDX does, or is shorter or longer than its header says.
 * @example
 * ```ts
 * import { parseIdx } from "@dlcc/data";
 *
 * const { shape, data } = parseIdx(Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 7, 8, 9));
 * console.log(shape); // → [ 1, 3 ]
 * console.log(data); // → Uint8Array(3) [ 7, 8, 9 ]
 * ```
 */
export function parseIdx(bytes: Uint8Array): Idx {
  assertBytes("parseIdx", bytes);
  if (isGzip(bytes)) throw new IdxError("IDX: the bytes must be unpacked, got gzip: use await readIdx(bytes)");
  const header = headerOf(bytes);
  assertSize(header, bytes.length);
  return { shape: header.shape, data: numbersOf(header.type, bytes.subarray(header.start)) };
}

/** What the header of a file says. */
export interface IdxHeader {
  /** The type of its numbers. */
  readonly type: IdxType;
  /** The lengths of the dimensions. */
  readonly shape: readonly number[];
  /** Where the numbers start. */
  readonly start: number;
  /** How many bytes the whole file has. */
  readonly size: number;
}

/** The longest header: 255 dimensions. */
export const longestHeader: number = 4 + 4 * 255;

/** Reads the header. @param head The first bytes of the file, {@link longestHeader} of them or all. */
export function headerOf(head: Uint8Array): IdxHeader {
  if (head.length === 0) throw new IdxError("IDX: the file must have a header, got 0 bytes: download it again");
  const rank = head[3] ?? 0;
  const type = types[head[2] ?? 0];
  if (head[0] !== 0 || (head[1] ?? 0) !== 0 || (head.length >= 4 && (!type || rank === 0))) {
    throw new IdxError(
      `IDX: the file must start with 00 00, a type (08, 09, 0b to 0e) and the number of dimensions, got ${hex(head.subarray(0, 4))}: it is in another format`,
    );
  }
  const start = 4 + 4 * rank;
  if (!type || head.length < start) {
    throw new IdxError(
      `IDX: the header must have ${Math.max(start, 8)} bytes or more, got a file of ${head.length}: it is truncated`,
    );
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, length) => product * length, 1);
  return { type, shape, start, size: start + count * type.BYTES_PER_ELEMENT };
}

/** Checks that a file has as many bytes as its header says. */
export function assertSize({ type, shape, size }: IdxHeader, bytes: number): void {
  if (bytes === size) return;
  throw new IdxError(
    `IDX: a file of [${shape}] numbers of ${type.BYTES_PER_ELEMENT} bytes must have ${size} bytes, got ${bytes}: it is ${bytes < size ? "truncated" : "too long"}`,
  );
}

/**
 * The numbers in an IDX file, plain or gzip-compressed.
 *
 * @param bytes The whole file.
 * @throws {ArgumentError} and `IdxError` as {@link parseIdx} does.
 * @throws {GzipError} if the gzip data is truncated or damaged.
 * @example
 * ```ts
 * import { readIdx } from "@dlcc/data";
 *
 * const { data } = await readIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 4)); // or the bytes of a download
 * console.log(data); // → Uint8Array(2) [ 5, 4 ]
 * ```
 */
export async function readIdx(bytes: Uint8Array): Promise<Idx> {
  assertBytes("readIdx", bytes);
  return parseIdx(isGzip(bytes) ? await gunzip(bytes) : bytes);
}
