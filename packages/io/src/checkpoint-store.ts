/**
 * Checkpoints in a place that has names and bytes: a folder, a database, or one of your own. Each is a safetensors file with
 * a checksum in its metadata. They are numbered, and the last few are kept: where the newest is damaged, the one before it
 * is used.
 */
import { ArgumentError } from "@dlcc/tensor";
import { crc32 } from "./crc32.ts";
import { type Deserialized, deserialize } from "./deserialize.ts";
import { SafetensorsError } from "./error.ts";
import { metadataKey, prefixBytes, serialize } from "./serialize.ts";

/** Where bytes are kept by name. */
export interface Place {
  /** What messages call it. */
  readonly name: string;
  /** All names. */
  list(): Promise<readonly string[]>;
  /** The bytes of a name. */
  read(name: string): Promise<Uint8Array>;
  /** Keeps bytes: all of them, or, if it fails, none. When it resolves, they survive a power cut. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Removes a name. */
  remove(name: string): Promise<void>;
}

/** How to keep checkpoints. */
export interface CheckpointStoreOptions {
  /** How many are kept: the last ones. Default: 3. */
  readonly keep?: number;
  /** Called for each checkpoint that can't be used, before the one before it is tried. Default: a warning on the console. */
  readonly onDamaged?: (error: Error) => void;
}

/** Keeps checkpoints. What `createCheckpointer` of `@dlcc/train` takes. */
export interface CheckpointStore {
  /** Keeps a checkpoint; then those before the last few are removed. */
  write(checkpoint: Deserialized): Promise<void>;
  /**
   * The newest that is not damaged, on cpu; undefined if there are none. Its tensors become the caller's.
   *
   * @throws {SafetensorsError} if there are some, and all are damaged.
   */
  read(): Promise<Deserialized | undefined>;
  /** Removes all. */
  clear(): Promise<void>;
}

const pattern = /^checkpoint-(\d+)\.safetensors$/;
const nameOf = (number: number): string => `checkpoint-${String(number).padStart(6, "0")}.safetensors`;

/**
 * Keeps checkpoints in a place of your own. {@link checkpointDatabase} keeps them in a browser, `checkpointFolder` of
 * `@dlcc/io/node` in a folder.
 *
 * @throws {ArgumentError} if `keep` is not a whole number from 1.
 * @example
 * ```ts
 * import { checkpointStore } from "@dlcc/io";
 * import { tensor } from "@dlcc/tensor";
 *
 * const kept = new Map<string, Uint8Array>();
 * const store = checkpointStore({
 *   name: "memory",
 *   list: async () => [...kept.keys()],
 *   read: async (name) => kept.get(name) ?? new Uint8Array(),
 *   write: async (name, bytes) => void kept.set(name, bytes),
 *   remove: async (name) => void kept.delete(name),
 * }, { keep: 2 });
 * for (const epoch of ["1", "2", "3"]) await store.write({ tensors: { w: tensor([1]) }, metadata: { epoch } });
 * console.log([...kept.keys()]); // → [ 'checkpoint-000002.safetensors', 'checkpoint-000003.safetensors' ]
 * console.log((await store.read())?.metadata); // → { epoch: '3' }
 * ```
 */
export function checkpointStore(
  place: Place,
  { keep = 3, onDamaged = ({ message }) => console.warn(message) }: CheckpointStoreOptions = {},
): CheckpointStore {
  if (!Number.isInteger(keep) || keep < 1) {
    throw new ArgumentError(`checkpointStore: keep must be a whole number from 1, got ${keep}`);
  }
  /** Those that were found damaged: they are no use, and go when there is a new one. */
  const damaged = new Set<string>();
  const names = async (): Promise<string[]> =>
    (await place.list()).filter((name) => pattern.test(name)).sort((a, b) => numberOf(a) - numberOf(b));
  return {
    async write({ tensors, metadata }) {
      const before = await names();
      const bytes = sealed(await serialize(tensors, { [checksumKey]: unsealed, ...metadata }));
      await place.write(nameOf(before.length === 0 ? 1 : numberOf(before.at(-1) as string) + 1), bytes);
      const good = before.filter((name) => !damaged.has(name));
      // The new one is safe. To keep an old one too many loses nothing: it is tried again after the next.
      const old = [...damaged, ...good.slice(0, Math.max(0, good.length + 1 - keep))];
      for (const name of old) await place.remove(name).then(() => damaged.delete(name), ignore);
    },
    async read() {
      const errors: Error[] = [];
      for (const name of (await names()).reverse()) {
        try {
          const { tensors, metadata } = deserialize(checked(await place.read(name)));
          const { [checksumKey]: _, ...notes } = metadata;
          return { tensors, metadata: notes };
        } catch (cause) {
          const error = new SafetensorsError(`${place.name}: ${name} is damaged: ${(cause as Error).message}`, {
            cause,
          });
          errors.push(error);
          damaged.add(name);
          onDamaged(error);
        }
      }
      const [newest] = errors;
      if (newest) throw newest;
      return undefined;
    },
    async clear() {
      for (const name of await names()) await place.remove(name);
    },
  };
}

const numberOf = (name: string): number => Number(pattern.exec(name)?.[1]);

const ignore = (): void => {};

/** The key of the checksum, which is the first entry of the metadata; and the entry while the checksum is computed. */
const checksumKey = "checksum";
const label = "crc32 ";
const digits = 8;
const unsealed = label + "0".repeat(digits);

/** What the header begins with, up to the digits of the checksum. */
const beginning = new TextEncoder().encode(`{"${metadataKey}":{"${checksumKey}":"${label}`);
const [from, to] = [prefixBytes + beginning.length, prefixBytes + beginning.length + digits];

/** The checksum of a file, over all of its bytes; the digits of the checksum itself count as zeros. */
function checksumOf(bytes: Uint8Array): string {
  const zeros = new Uint8Array(digits).fill("0".charCodeAt(0));
  const sum = crc32(bytes.subarray(to), crc32(zeros, crc32(bytes.subarray(0, from))));
  return sum.toString(16).padStart(digits, "0");
}

/** Writes the checksum into a file. */
function sealed(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  bytes.set(new TextEncoder().encode(checksumOf(bytes)), from);
  return bytes;
}

/** The same bytes, if they have their checksum. */
function checked(bytes: Uint8Array): Uint8Array {
  const found = new TextDecoder().decode(bytes.subarray(from, to));
  if (beginning.some((byte, i) => bytes[prefixBytes + i] !== byte)) {
    throw new SafetensorsError(`a checkpoint must begin with its checksum, got another file of ${bytes.length} bytes`);
  }
  const sum = checksumOf(bytes);
  if (found === sum) return bytes;
  throw new SafetensorsError(`its checksum must be ${sum}, got ${JSON.stringify(found)}`);
}
