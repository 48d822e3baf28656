/** Several arrays by name: `.npz`. */
import { cpu, quoted, type Tensor } from "@dlcc/tensor";
import { crc32 } from "../crc32.ts";
import { assertBytes, type DeserializeOptions } from "../deserialize.ts";
import { arrayOf, assertArray, writeNpy } from "./array.ts";
import { failure, headerBytesOf, type NpyHeader, prefixBytes, readHeader } from "./header.ts";
import { joined, type Member, readDirectory, through, writeArchive } from "./zip.ts";

/** How to read a `.npz` file. */
export interface ReadNpzOptions extends DeserializeOptions {
  /** How many bytes the arrays may have in all: for files of strangers. Default: any number. */
  readonly limit?: number;
}

/** How to write a `.npz` file. */
export interface WriteNpzOptions {
  /** Whether to deflate the arrays, as NumPy's `savez_compressed` does. Default: no, as `savez`. */
  readonly compress?: boolean;
}

const suffix = ".npy";

/**
 * The arrays in a `.npz` file, which NumPy's `savez` and `savez_compressed` write. What becomes of their numbers, `readNpy`
 * says.
 *
 * A member is unpacked only as far as the archive's directory and its own header allow, and both must agree.
 *
 * @param bytes The whole file.
 * @returns By name, in the order of the archive; of `savez(path, a, b)` the names are `arr_0` and `arr_1`.
 * @throws {NpyError} if the archive or one of its arrays is damaged, is no array of plain numbers, or is larger than `limit`.
 * @throws {ArgumentError} if `bytes` is not a `Uint8Array`.
 * @throws {BackendError} if the backend does not support a dtype.
 * @example
 * ```ts
 * import { readNpz, writeNpz } from "@dlcc/io/npy";
 * import { tensor } from "@dlcc/tensor";
 *
 * const bytes = await writeNpz({ x: tensor([1, 2]), y: tensor([[3]]) }, { compress: true });
 * const { x, y } = await readNpz(bytes);
 * console.log(await x?.array(), await y?.array()); // → [ 1, 2 ] [ [ 3 ] ]
 * ```
 */
export async function readNpz(
  bytes: Uint8Array,
  { backend = cpu, limit = Number.POSITIVE_INFINITY }: ReadNpzOptions = {},
): Promise<Record<string, Tensor>> {
  assertBytes("readNpz", bytes);
  const fail = failure("readNpz");
  const members = readDirectory(bytes, fail);
  const size = members.reduce((sum, member) => sum + member.size, 0);
  if (size > limit) return fail(`the arrays must have ${limit} bytes at most, got ${size}`);
  const names = members.map(({ name }) => name.slice(0, -suffix.length));
  const seen = new Set<string>();
  for (const { name } of members) {
    if (!name.endsWith(suffix)) fail(`each member must be an array, *${suffix}, got ${quoted(name)}`);
    if (seen.has(name)) fail(`names must differ, got ${quoted(name.slice(0, -suffix.length))} twice`);
    seen.add(name);
  }
  const arrays: Tensor[] = [];
  try {
    for (const [i, member] of members.entries()) {
      const where = `readNpz: array ${quoted(names[i])}`;
      const unpacked = await unpack(member, where);
      arrays.push(arrayOf(unpacked.data, unpacked.header, backend, where));
    }
  } catch (error) {
    for (const array of arrays) array.dispose();
    throw error;
  }
  return Object.fromEntries(arrays.map((array, i) => [names[i], array]));
}

/** The header and the numbers of a member. No more is unpacked than both the directory and the header say. */
async function unpack({ packed, deflated, size, checksum }: Member, where: string): Promise<Unpacked> {
  const fail = failure(where);
  const damaged = (cause: unknown): never => fail("it must be deflated, got bytes that can't be unpacked", { cause });
  const parts = deflated ? through(packed, new DecompressionStream("deflate-raw"), damaged) : [packed];
  let head: Uint8Array = new Uint8Array();
  let found: Unpacked | undefined;
  let [filled, sum] = [0, 0];
  for await (const part of parts) {
    sum = crc32(part, sum);
    let rest = part;
    if (!found) {
      head = joined([head, part]);
      if (head.length < prefixBytes || head.length < headerBytesOf(head, where)) continue;
      found = begin(head, size, where);
      rest = head.subarray(found.header.headerBytes);
    }
    if (filled + rest.length > found.data.length) return fail(`it must unpack to ${size} bytes, got more`);
    found.data.set(rest, filled);
    filled += rest.length;
  }
  if (!found) return fail(`it must begin with a header of NumPy's, got ${head.length} bytes`);
  if (filled < found.data.length) return fail(`it must unpack to ${size} bytes, got fewer`);
  if (sum !== checksum) return fail("its checksum must be the one in the directory: the file is damaged");
  return found;
}

interface Unpacked {
  readonly header: NpyHeader;
  readonly data: Uint8Array;
}

/** The header, and room for the numbers, if the directory says the same size. */
function begin(head: Uint8Array, size: number, where: string): Unpacked {
  const header = readHeader(head, where);
  const { headerBytes, dataBytes } = header;
  if (headerBytes + dataBytes === size) return { header, data: new Uint8Array(dataBytes) };
  return failure(where)(
    `the directory must have ${headerBytes + dataBytes} bytes for it, as its header says, got ${size}`,
  );
}

/**
 * Tensors as a `.npz` file, which NumPy's `load` reads.
 *
 * @param arrays By name; on any backends.
 * @returns The whole file. The same arrays give the same bytes.
 * @throws {ArgumentError} if a value is not a tensor.
 * @throws {NpyError} if the file would be larger than 4 GiB.
 * @example
 * ```ts
 * import { writeNpz } from "@dlcc/io/npy";
 * import { zeros } from "@dlcc/tensor";
 *
 * const arrays = { weight: zeros([100, 100]) };
 * console.log((await writeNpz(arrays)).length > 40_000, (await writeNpz(arrays, { compress: true })).length < 1000); // → true true
 * ```
 */
export async function writeNpz(
  arrays: Readonly<Record<string, Tensor>>,
  { compress = false }: WriteNpzOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const contents = [];
  for (const [name, array] of Object.entries(arrays)) {
    assertArray("writeNpz", quoted(name), array);
    contents.push({ name: name + suffix, bytes: await writeNpy(array) });
  }
  return writeArchive(contents, compress, failure("writeNpz"));
}
