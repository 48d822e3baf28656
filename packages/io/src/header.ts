/** Reading a safetensors header: nothing in it is believed until it has been checked against the file. */
import { SafetensorsError } from "./error.ts";
import { type Format, formats } from "./formats.ts";
import { duplicateKey } from "./json.ts";
import { type Metadata, metadataKey, prefixBytes } from "./serialize.ts";

/** A tensor as the header describes it; all of it has been checked. */
export interface TensorInfo {
  readonly name: string;
  readonly format: Format;
  readonly shape: readonly number[];
  /** Where its bytes begin and end, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

/** What a header says. */
export interface Header {
  readonly tensors: readonly TensorInfo[];
  readonly metadata: Metadata;
  /** Where in the file the tensors' bytes begin. */
  readonly dataStart: number;
}

/** The longest header that is read, in bytes: as the format's own reader has it. */
const longestHeader = 100_000_000;

const fail = (message: string, options?: ErrorOptions): never => {
  throw new SafetensorsError(`safetensors: ${message}`, options);
};

/** Reads the header and checks that the tensors fill the rest of the file, each byte once. */
export function readHeader(bytes: Uint8Array): Header {
  const dataStart = prefixBytes + headerLength(bytes);
  const text = decodeText(bytes.subarray(prefixBytes, dataStart));
  const { [metadataKey]: metadata = {}, ...entries } = parseObject(text);
  const tensors = Object.entries(entries).map(([name, info]) => readInfo(name, info));
  checkCoverage(tensors, bytes.length - dataStart);
  return { tensors, metadata: readMetadata(metadata), dataStart };
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < prefixBytes) {
    return fail(`the file has ${bytes.length} bytes, and its first ${prefixBytes} are the length of the header`);
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  // Text, or the magic number of another format, makes a length that nobody would write.
  if (length > longestHeader) {
    const start = JSON.stringify(new TextDecoder().decode(bytes.subarray(0, prefixBytes)));
    throw new SafetensorsError(`not a safetensors file: it begins with ${start}, not with the length of a header`);
  }
  if (length > bytes.length - prefixBytes) {
    return fail(
      `the header is said to have ${length} bytes, but the file has ${bytes.length - prefixBytes} after its first ${prefixBytes}: it is truncated, or another format`,
    );
  }
  return length;
}

function decodeText(bytes: Uint8Array): string {
  if (bytes[0] !== "{".charCodeAt(0)) {
    return fail(`the header does not begin with {, but with ${bytes.length === 0 ? "nothing" : `byte ${bytes[0]}`}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    return fail("the header is not valid UTF-8", { cause });
  }
}

function parseObject(text: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return fail(`the header is not valid JSON: ${(cause as Error).message}`, { cause });
  }
  const duplicate = duplicateKey(text);
  if (duplicate !== undefined) return fail(`the header has the name ${duplicate} twice in one object`);
  return json as Record<string, unknown>; // It begins with {, so it is an object.
}

function readMetadata(metadata: unknown): Metadata {
  if (!isObject(metadata)) return fail(`${metadataKey} is ${JSON.stringify(metadata)}, not an object`);
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") return fail(`the metadata "${key}" is ${JSON.stringify(value)}, not a string`);
  }
  return metadata as Metadata;
}

function readInfo(name: string, info: unknown): TensorInfo {
  const { dtype, shape, data_offsets: offsets } = isObject(info) ? info : {};
  const what = `tensor "${name}"`;
  if (typeof dtype !== "string" || !isCounts(shape) || !isCounts(offsets)) {
    return fail(
      `${what} is described as ${JSON.stringify(info)}, not as {"dtype":…,"shape":[…],"data_offsets":[begin,end]} with whole numbers from 0`,
    );
  }
  const format = formats.get(dtype);
  if (!format) return fail(`${what} has dtype ${dtype}, which can't be read: only ${[...formats.keys()].join(", ")}`);
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length !== 2 || begin > end) {
    return fail(`${what} has data_offsets [${offsets}], not [begin, end]`);
  }
  const expected = shape.reduce((product, length) => product * length, format.size);
  if (end - begin !== expected) {
    return fail(
      `${what} is ${dtype} [${shape}], ${expected} bytes, but its data_offsets [${offsets}] hold ${end - begin}`,
    );
  }
  return { name, format, shape, begin, end };
}

/** The tensors must lie one after the other, from the first byte after the header to the last of the file. */
function checkCoverage(tensors: readonly TensorInfo[], size: number): void {
  const ordered = tensors.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of ordered) {
    const place = `tensor "${name}" with data_offsets [${begin},${end}]`;
    if (end > size) fail(`${place} reaches beyond the file, which has ${size} bytes of data: it is truncated`);
    if (begin < covered) fail(`${place} overlaps with what lies before it, up to ${covered}`);
    if (begin > covered) fail(`${place} leaves a gap after what lies before it, up to ${covered}`);
    covered = end;
  }
  if (covered < size)
    fail(`the tensors end at byte ${covered} of the data, the file at ${size}: it has bytes too many`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
