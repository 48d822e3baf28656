/** Reads a safetensors header, and checks everything in it against the file. */
import { printable, quoted } from "@dlcc/tensor";
import { SafetensorsError } from "./error.ts";
import { type Format, formats } from "./formats.ts";
import { duplicateKey } from "./json.ts";
import { type Metadata, metadataKey, prefixBytes } from "./serialize.ts";

/** A tensor as the header describes it, checked. */
export interface TensorInfo {
  readonly name: string;
  readonly format: Format;
  readonly shape: readonly number[];
  /** Where its bytes begin and end, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

/** The contents of a header. */
export interface Header {
  readonly tensors: readonly TensorInfo[];
  readonly metadata: Metadata;
  /** Where in the file the tensors' bytes begin. */
  readonly dataStart: number;
}

/** The longest header that is read, in bytes: the limit of the format's own reader. */
const longestHeader = 100_000_000;

const fail = (message: string, options?: ErrorOptions): never => {
  throw new SafetensorsError(`safetensors: ${message}`, options);
};

/**
 * Reads the header and checks that the tensors fill the rest of the file, each byte once.
 *
 * @param head The first bytes of the file: its header in whole, or more.
 * @param size How many bytes the whole file has.
 */
export function readHeader(head: Uint8Array, size: number): Header {
  const dataStart = prefixBytes + headerLength(head, size);
  const text = decodeText(head.subarray(prefixBytes, dataStart));
  const { [metadataKey]: metadata = {}, ...entries } = parseObject(text);
  const tensors = Object.entries(entries).map(([name, info]) => readInfo(name, info));
  checkCoverage(tensors, size - dataStart);
  return { tensors, metadata: readMetadata(metadata), dataStart };
}

/** The length of the header, as the first bytes of a file of that size say. */
export function headerLength(head: Uint8Array, size: number): number {
  if (size < prefixBytes) {
    return fail(`the file must have ${prefixBytes} bytes or more, for the length of the header, got ${size}`);
  }
  const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
  // Text, or the magic number of another format, makes an enormous length.
  if (length > longestHeader) {
    const start = quoted(new TextDecoder().decode(head.subarray(0, prefixBytes)));
    throw new SafetensorsError(`not a safetensors file: it must begin with the length of a header, got ${start}`);
  }
  if (length > size - prefixBytes) {
    return fail(
      `the file must have ${length} bytes for its header after the first ${prefixBytes}, got ${size - prefixBytes}: it is truncated, or in another format`,
    );
  }
  return length;
}

function decodeText(bytes: Uint8Array): string {
  if (bytes[0] !== "{".charCodeAt(0)) {
    return fail(`the header must begin with {, got ${bytes.length === 0 ? "an empty one" : `byte ${bytes[0]}`}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    return fail("the header must be valid UTF-8", { cause });
  }
}

function parseObject(text: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return fail(`the header must be valid JSON: ${printable((cause as Error).message)}`, { cause });
  }
  const duplicate = duplicateKey(text);
  if (duplicate !== undefined)
    return fail(`names in an object of the header must differ, got ${quoted(duplicate)} twice`);
  return json as Record<string, unknown>; // It begins with {, so it is an object.
}

function readMetadata(metadata: unknown): Metadata {
  if (!isObject(metadata)) return fail(`${metadataKey} must be an object, got ${quoted(metadata)}`);
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") return fail(`metadata ${quoted(key)} must be a string, got ${quoted(value)}`);
  }
  return metadata as Metadata;
}

function readInfo(name: string, info: unknown): TensorInfo {
  const { dtype, shape, data_offsets: offsets } = isObject(info) ? info : {};
  const what = `tensor ${quoted(name)}`;
  if (typeof dtype !== "string" || !isCounts(shape) || !isCounts(offsets)) {
    return fail(
      `${what} must be described as {"dtype":…,"shape":[…],"data_offsets":[begin,end]} with whole numbers from 0, got ${quoted(info)}`,
    );
  }
  const format = formats.get(dtype);
  if (!format)
    return fail(`the dtype of ${what} must be one of ${[...formats.keys()].join(", ")}, got ${quoted(dtype)}`);
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length !== 2 || begin > end) {
    return fail(`data_offsets of ${what} must be [begin, end], got ${quoted(offsets)}`);
  }
  const expected = shape.reduce((product, length) => product * length, format.size);
  if (end - begin !== expected) {
    return fail(
      `data_offsets of ${what} must span ${expected} bytes for ${dtype} ${quoted(shape)}, got [${offsets}], ${end - begin} bytes`,
    );
  }
  return { name, format, shape, begin, end };
}

/** The tensors must lie one after the other, from the first byte after the header to the last of the file. */
function checkCoverage(tensors: readonly TensorInfo[], size: number): void {
  const ordered = tensors.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of ordered) {
    const place = `tensor ${quoted(name)} with data_offsets [${begin},${end}]`;
    if (end > size) fail(`${place} must end within the ${size} bytes of data: the file is truncated`);
    if (begin < covered) fail(`${place} must begin at ${covered}, where the one before it ends: they overlap`);
    if (begin > covered) fail(`${place} must begin at ${covered}, where the one before it ends: there is a gap`);
    covered = end;
  }
  if (covered < size) fail(`the tensors must fill all ${size} bytes of data, got ${covered}: the file is too long`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
