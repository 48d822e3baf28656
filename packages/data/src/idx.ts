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
import { fill, streamOf } from "./chunks.ts";
import { isGzip, mostFromOne, unpacked } from "./gzip.ts";

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
 *
 * @param own Bytes that nobody else has, from the start of their buffer.
 */
function numbersOf(Type: IdxType, own: Uint8Array): IdxArray {
  if (Type.BYTES_PER_ELEMENT === 1) return new Type(own.buffer, own.byteOffset, own.length);
  return new Type(own.reverse().buffer).reverse();
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
  const { type, shape, start } = header;
  const numbers = bytes.subarray(start);
  return { shape, data: numbersOf(type, type.BYTES_PER_ELEMENT === 1 ? numbers : new Uint8Array(numbers)) };
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

/** @param got How many bytes the file has; or, if it is too long, at least. */
const wrongSize = ({ type, shape, size }: IdxHeader, got: number, tooLong: boolean): IdxError =>
  new IdxError(
    `IDX: a file of [${shape}] numbers of ${type.BYTES_PER_ELEMENT} bytes must have ${size} bytes, got ${got}: it is ${tooLong ? "too long" : "truncated"}`,
  );

/** Checks that a file has as many bytes as its header says. */
export function assertSize(header: IdxHeader, bytes: number): void {
  if (bytes !== header.size) throw wrongSize(header, bytes, bytes > header.size);
}

/**
 * Reads a file as it comes, into the array that its header asks for: it needs memory for no more than that, and unpacks
 * no more, whatever follows.
 *
 * @param chunks The file, unpacked.
 * @param most How many bytes it can have at most: a header that asks for more is refused before the memory is taken.
 */
export async function idxFromChunks(chunks: AsyncGenerator<Uint8Array, void>, most: number): Promise<Idx> {
  let head = new Uint8Array(0);
  while (head.length < longestHeader) {
    const { done, value } = await chunks.next();
    if (done) break;
    const longer = new Uint8Array(head.length + value.length);
    longer.set(head);
    longer.set(value, head.length);
    head = longer;
  }
  try {
    const header = headerOf(head);
    const { type, shape, start, size } = header;
    if (!(size <= most)) throw wrongSize(header, most, false);
    if (head.length > size) throw wrongSize(header, head.length, true);
    const numbers = allocate(size - start);
    const first = head.subarray(start);
    numbers.set(first);
    const { got, more } = await fill(numbers.subarray(first.length), chunks);
    const read = head.length + got;
    if (more || read < size) throw wrongSize(header, more ? read + 1 : read, more);
    return { shape, data: numbersOf(type, numbers) };
  } finally {
    await chunks.return();
  }
}

function allocate(bytes: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new IdxError(`IDX: the numbers must fit into memory, got ${bytes} bytes of them`, { cause });
  }
}

/**
 * The numbers in an IDX file, plain or gzip-compressed. It unpacks no more than the header asks for.
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
  if (!isGzip(bytes)) return parseIdx(bytes);
  return await idxFromChunks(unpacked(streamOf(bytes), bytes.length), bytes.length * mostFromOne);
}
