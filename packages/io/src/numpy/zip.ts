/**
 * The part of the zip format that `.npz` files need: members that are stored or deflated. The directory at the end says where
 * each lies; from a member's own header only its length is taken, as NumPy leaves other fields there to the directory.
 *
 * Source: PKWARE, "APPNOTE.TXT", 4.3.7, 4.3.12 and 4.3.16.
 */
import { quoted } from "@dlcc/tensor";
import { crc32 } from "../crc32.ts";

/** A file in the archive, as the directory describes it. */
export interface Member {
  readonly name: string;
  /** Its bytes as they lie there. */
  readonly packed: Uint8Array;
  readonly deflated: boolean;
  /** How many bytes it has unpacked, and their checksum. */
  readonly size: number;
  readonly checksum: number;
}

/** The sizes of the three headers, without names, and the signatures that they begin with. */
const [localBytes, entryBytes, endBytes] = [30, 46, 22];
const [localSignature, entrySignature, endSignature] = [0x04_03_4b_50, 0x02_01_4b_50, 0x06_05_4b_50];
/** The longest comment behind the directory. */
const longestComment = 2 ** 16 - 1;
/** What stands for a number in archives that are larger than zip's first version allows: "zip64". */
const [manyEntries, manyBytes] = [2 ** 16 - 1, 2 ** 32 - 1];
const [stored, deflate] = [0, 8];
const encrypted = 1;
/** How many times its size deflated data can grow at most. Source: zlib, "Technical Details". */
const mostGrowth = 1032;

type Fail = (message: string) => never;

/** The members of an archive, which lie in it without overlap. */
export function readDirectory(bytes: Uint8Array, fail: Fail): Member[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = endOf(view, fail);
  const [count, size, start] = [
    view.getUint16(end + 10, true),
    view.getUint32(end + 12, true),
    view.getUint32(end + 16, true),
  ];
  if (count === manyEntries || size === manyBytes || start === manyBytes) {
    return fail("the archive must be smaller than 4 GiB, with fewer than 65,535 arrays, got one in zip64's format");
  }
  if (start + size > end) return fail("the directory must lie before the end of the archive: the file is damaged");
  const taken: [from: number, to: number][] = [[start, end + endBytes]];
  const members: Member[] = [];
  for (let i = 0, at = start; i < count; i++) {
    if (at + entryBytes > start + size || view.getUint32(at, true) !== entrySignature) {
      return fail(`entry ${i} of the directory must begin with its signature: the file is damaged`);
    }
    const lengths = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const [nameLength = 0] = lengths;
    const name = new TextDecoder().decode(bytes.subarray(at + entryBytes, at + entryBytes + nameLength));
    const { member, from, to } = readEntry(view, at, name, fail);
    members.push(member);
    taken.push([from, to]);
    at += entryBytes + lengths.reduce((sum, length) => sum + length);
  }
  taken.sort(([a], [b]) => a - b);
  // Members that share their bytes would unpack to the square of the file's size.
  if (taken.some(([from], i) => from < (taken[i - 1]?.[1] ?? 0)))
    return fail("members must lie one after the other, got some that overlap");
  return members;
}

/** Where the record at the end begins. */
function endOf(view: DataView, fail: Fail): number {
  const first = Math.max(0, view.byteLength - endBytes - longestComment);
  for (let at = view.byteLength - endBytes; at >= first; at--) {
    if (view.getUint32(at, true) !== endSignature) continue;
    if (at + endBytes + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  return fail(`the file must be a zip archive, got ${view.byteLength} bytes without the record at its end`);
}

function readEntry(view: DataView, at: number, name: string, fail: Fail): { member: Member; from: number; to: number } {
  const what = `member ${quoted(name)}`;
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const [checksum, packedSize, size, from] = [16, 20, 24, 42].map((offset) => view.getUint32(at + offset, true)) as [
    number,
    number,
    number,
    number,
  ];
  if (flags & encrypted) return fail(`${what} must not be encrypted`);
  if (method !== stored && method !== deflate) {
    return fail(`${what} must be stored (0) or deflated (8), got compression method ${method}`);
  }
  if ([packedSize, size, from].includes(manyBytes))
    return fail(`${what} must be smaller than 4 GiB, got one in zip64's format`);
  if (from + localBytes > view.byteLength || view.getUint32(from, true) !== localSignature) {
    return fail(`${what} must begin with its signature: the file is damaged`);
  }
  const begin = from + localBytes + view.getUint16(from + 26, true) + view.getUint16(from + 28, true);
  const to = begin + packedSize;
  if (to > view.byteLength) return fail(`${what} must end within the file: it is truncated`);
  if (method === stored ? size !== packedSize : size > packedSize * mostGrowth) {
    return fail(`${what} must unpack to what its ${packedSize} bytes can hold, got ${size} bytes in the directory`);
  }
  const packed = new Uint8Array(view.buffer, view.byteOffset + begin, packedSize);
  return { member: { name, packed, deflated: method === deflate, size, checksum }, from, to };
}

/**
 * Runs bytes through a stream. It yields the parts that come out.
 *
 * @param failed Throws the reader's own error: each host has its own for bytes that aren't deflated.
 */
export async function* through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
  failed: (cause: unknown) => never,
): AsyncGenerator<Uint8Array> {
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(stream).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(failed);
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** A file to be put into an archive. */
export interface Content {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Parts, one after the other. */
export const joined = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** The first day that zip can name, 1 January 1980: the same content gives the same bytes. */
const date = 0x21;
/** Names are in UTF-8. */
const utf8 = 0x08_00;
/** What a reader must know: version 2.0, which has deflate. */
const version = 20;

/** An archive. */
export async function writeArchive(
  contents: readonly Content[],
  compress: boolean,
  fail: Fail,
): Promise<Uint8Array<ArrayBuffer>> {
  const [files, directory]: [Uint8Array[], Uint8Array[]] = [[], []];
  let at = 0;
  for (const { name, bytes } of contents) {
    const packed = compress ? await deflated(bytes) : bytes;
    const text = new TextEncoder().encode(name);
    if (
      at + packed.length + localBytes + text.length >= manyBytes ||
      contents.length >= manyEntries ||
      text.length > 0xffff
    ) {
      fail(
        "an archive must be smaller than 4 GiB, with fewer than 65,535 arrays of names below 65,536 bytes: write several",
      );
    }
    /** What both headers have: from the version that a reader needs to the length of the name. */
    const common = new DataView(new ArrayBuffer(26));
    for (const [i, value] of [version, utf8, compress ? deflate : stored, 0, date].entries()) {
      common.setUint16(2 * i, value, true);
    }
    for (const [i, value] of [crc32(bytes), packed.length, bytes.length].entries()) {
      common.setUint32(10 + 4 * i, value, true);
    }
    common.setUint16(22, text.length, true);
    const fields = new Uint8Array(common.buffer);
    const local = new Uint8Array(localBytes);
    new DataView(local.buffer).setUint32(0, localSignature, true);
    local.set(fields, 4);
    const entry = new Uint8Array(entryBytes);
    const view = new DataView(entry.buffer);
    view.setUint32(0, entrySignature, true);
    view.setUint16(4, version, true);
    entry.set(fields, 6);
    view.setUint32(42, at, true);
    files.push(local, text, packed);
    directory.push(entry, text);
    at += localBytes + text.length + packed.length;
  }
  const end = new DataView(new ArrayBuffer(endBytes));
  end.setUint32(0, endSignature, true);
  end.setUint16(8, contents.length, true);
  end.setUint16(10, contents.length, true);
  end.setUint32(
    12,
    directory.reduce((sum, part) => sum + part.length, 0),
    true,
  );
  end.setUint32(16, at, true);
  return joined([...files, ...directory, new Uint8Array(end.buffer)]);
}

async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const failed = (cause: unknown): never => {
    throw cause;
  };
  for await (const part of through(bytes, new CompressionStream("deflate-raw"), failed)) parts.push(part);
  return joined(parts);
}
