import { checkpointStore, deserialize, type Place, serialize } from "@dlcc/io";
import { ArgumentError, tensor } from "@dlcc/tensor";
import { beforeEach, describe, expect, test } from "vitest";

const files = new Map<string, Uint8Array>();
const memory: Place = {
  name: "memory",
  list: async () => [...files.keys()],
  read: async (name) => files.get(name) as Uint8Array,
  write: async (name, bytes) => void files.set(name, bytes),
  remove: async (name) => void files.delete(name),
};
const errors: string[] = [];
const open = (keep?: number) =>
  checkpointStore(memory, { ...(keep && { keep }), onDamaged: ({ message }) => void errors.push(message) });
const at = (epoch: number) => ({ tensors: { w: tensor([epoch, 0.5]) }, metadata: { epoch: String(epoch) } });
const nameOf = (number: number): string => `checkpoint-00000${number}.safetensors`;

beforeEach(() => {
  files.clear();
  errors.length = 0;
});

describe("a store of checkpoints", () => {
  test("is empty at first", async () => {
    expect(await open().read()).toBeUndefined();
  });

  test("gives back the newest: tensors and metadata, to the bit", async () => {
    const store = open();
    await store.write(at(1));
    await store.write(at(2));
    const found = await store.read();
    expect(found?.tensors.w?.dataSync()).toEqual(Float32Array.of(2, 0.5));
    expect(found?.metadata).toEqual({ epoch: "2" });
  });

  test.each([[1], [2], [3]])("keeps the last %d", async (keep) => {
    for (let epoch = 1; epoch <= 5; epoch++) await open(keep).write(at(epoch));
    expect([...files.keys()]).toEqual([1, 2, 3, 4, 5].slice(-keep).map(nameOf));
  });

  test("goes by the number, not by the order of the names: 1000000 comes after 999999", async () => {
    files.set("checkpoint-1000000.safetensors", new Uint8Array());
    files.set("checkpoint-999999.safetensors", new Uint8Array());
    await open().write(at(1));
    expect(files.has("checkpoint-1000001.safetensors")).toBe(true);
  });

  test("leaves what it does not know", async () => {
    files.set("notes.txt", new Uint8Array());
    files.set("model.safetensors", new Uint8Array());
    const store = open(1);
    for (let epoch = 1; epoch <= 3; epoch++) await store.write(at(epoch));
    await store.clear();
    expect([...files.keys()]).toEqual(["notes.txt", "model.safetensors"]);
  });

  test("writes safetensors that any reader takes", async () => {
    await open().write(at(1));
    const { tensors, metadata } = deserialize(files.get(nameOf(1))!);
    expect(tensors.w?.dataSync()).toEqual(Float32Array.of(1, 0.5));
    expect(metadata).toEqual({ checksum: expect.stringMatching(/^crc32 [0-9a-f]{8}$/), epoch: "1" });
  });

  test.each([[0], [1.5], [Number.NaN]])("can't keep %d", (keep) => {
    expect(() => checkpointStore(memory, { keep })).toThrow(ArgumentError);
  });
});

describe("where the newest is damaged, the one before it is used, and that is reported:", () => {
  const damages: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
    empty: () => new Uint8Array(),
    "cut off": (bytes) => bytes.slice(0, -1),
    "cut off in the header": (bytes) => bytes.slice(0, 40),
    "too long": (bytes) => Uint8Array.of(...bytes, 0),
    "zeros, as after a power cut": (bytes) => new Uint8Array(bytes.length),
  };
  test.each(Object.entries(damages))("%s", async (_, damage) => {
    const store = open();
    for (let epoch = 1; epoch <= 3; epoch++) await store.write(at(epoch));
    files.set(nameOf(3), damage(files.get(nameOf(3))!));
    expect((await store.read())?.metadata.epoch).toBe("2");
    expect(errors).toEqual([expect.stringMatching(/^memory: checkpoint-000003\.safetensors is damaged: /)]);
  });

  test("any single bit, wherever it is", async () => {
    await open().write(at(1));
    await open().write(at(2));
    const good = files.get(nameOf(2))!;
    for (let bit = 0; bit < 8 * good.length; bit++) {
      const bad = good.slice();
      bad[bit >> 3]! ^= 1 << (bit & 7);
      files.set(nameOf(2), bad);
      expect((await open().read())?.metadata.epoch, `bit ${bit}`).toBe("1");
    }
    expect(errors).toHaveLength(8 * good.length);
  });

  test("one that can't be read", async () => {
    await open().write(at(1));
    await open().write(at(2));
    const read = async (name: string): Promise<Uint8Array> => {
      if (name === nameOf(2)) throw new Error("EIO: i/o error");
      return memory.read(name);
    };
    const found = await checkpointStore(
      { ...memory, read },
      { onDamaged: ({ message }) => errors.push(message) },
    ).read();
    expect(found?.metadata.epoch).toBe("1");
    expect(errors[0]).toContain("EIO: i/o error");
  });

  test("a model's file under its name, which has no checksum", async () => {
    await open().write(at(1));
    files.set(nameOf(2), await serialize({ w: tensor([1]) }));
    expect((await open().read())?.metadata.epoch).toBe("1");
    expect(errors[0]).toMatch(/must begin with its checksum, got another file of \d+ bytes/);
  });

  test("the damaged one goes with the next, and takes no place among those that are kept", async () => {
    const store = open(2);
    await store.write(at(1));
    await store.write(at(2));
    files.set(nameOf(2), new Uint8Array());
    await store.read();
    await store.write(at(3));
    expect([...files.keys()]).toEqual([nameOf(1), nameOf(3)]);
  });

  test("if all are damaged, it throws what is wrong with the newest", async () => {
    await open().write(at(1));
    await open().write(at(2));
    for (const name of files.keys()) files.set(name, new Uint8Array());
    await expect(open().read()).rejects.toThrow(/^memory: checkpoint-000002\.safetensors is damaged/);
  });
});

describe("a place that fails", () => {
  test("while writing: the error is the caller's, and the old ones stay", async () => {
    await open(1).write(at(1));
    const full = { ...memory, write: () => Promise.reject(new Error("ENOSPC: no space left on device")) };
    await expect(checkpointStore(full, { keep: 1 }).write(at(2))).rejects.toThrow("ENOSPC");
    expect((await open().read())?.metadata.epoch).toBe("1");
  });

  test("while removing: the new one is kept, and the old one goes with the next", async () => {
    const stuck = { ...memory, remove: () => Promise.reject(new Error("EACCES: permission denied")) };
    for (let epoch = 1; epoch <= 3; epoch++) await checkpointStore(stuck, { keep: 1 }).write(at(epoch));
    expect(files.size).toBe(3);
    await open(1).write(at(4));
    expect([...files.keys()]).toEqual([nameOf(4)]);
  });
});
