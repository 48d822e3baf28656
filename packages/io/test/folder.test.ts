import { type FileHandle, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkpointFolder, FileError } from "@dlcc/io/node";
import { tensor } from "@dlcc/tensor";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

/** What fails next on the disk: a step of writing a file. */
type Fault = "open" | "write" | "sync" | "rename" | undefined;
const disk = vi.hoisted(() => ({ fault: undefined as Fault }));
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const fails = (code: string): Promise<never> =>
    Promise.reject(Object.assign(new Error(`${code}: injected`), { code }));
  const open: typeof real.open = async (...parameters) => {
    if (parameters[1] !== "wx") return real.open(...parameters);
    if (disk.fault === "open") return fails("EROFS");
    const file: FileHandle = await real.open(...parameters);
    const { writeFile, sync } = file;
    file.writeFile = async (data) => {
      const bytes = data as Uint8Array;
      if (disk.fault !== "write") return writeFile.call(file, bytes);
      await writeFile.call(file, bytes.subarray(0, bytes.length / 2));
      return fails("ENOSPC");
    };
    file.sync = async () => (disk.fault === "sync" ? fails("EIO") : sync.call(file));
    return file;
  };
  const rename: typeof real.rename = (...parameters) =>
    disk.fault === "rename" ? fails("EROFS") : real.rename(...parameters);
  return { ...real, open, rename };
});

let folder: string;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), "dlcc-checkpoints-")), "runs", "1");
});
afterEach(() => rm(path.dirname(path.dirname(folder)), { recursive: true }));

const at = (epoch: number) => ({ tensors: { w: tensor([epoch]) }, metadata: { epoch: String(epoch) } });

describe("a folder of checkpoints", () => {
  test("is made with the first", async () => {
    const store = checkpointFolder(folder);
    expect(await store.read()).toBeUndefined();
    await store.write(at(1));
    expect(await readdir(folder)).toEqual(["checkpoint-000001.safetensors"]);
  });

  test("has the last ones, for another process, too", async () => {
    for (let epoch = 1; epoch <= 4; epoch++) await checkpointFolder(folder, { keep: 2 }).write(at(epoch));
    expect(await readdir(folder)).toEqual(["checkpoint-000003.safetensors", "checkpoint-000004.safetensors"]);
    expect((await checkpointFolder(folder).read())?.metadata).toEqual({ epoch: "4" });
  });

  test("loses what a killed write left with the next write, and nothing else", async () => {
    await checkpointFolder(folder).write(at(1));
    await writeFile(path.join(folder, ".5f0c2a3e-0000-4000-8000-000000000000.tmp"), "half");
    await writeFile(path.join(folder, "notes.tmp"), "mine");
    await checkpointFolder(folder).write(at(2));
    expect((await readdir(folder)).sort()).toEqual([
      "checkpoint-000001.safetensors",
      "checkpoint-000002.safetensors",
      "notes.tmp",
    ]);
  });

  test("a checkpoint that is damaged on the disk is not used", async () => {
    const damaged: string[] = [];
    const store = checkpointFolder(folder, { onDamaged: ({ message }) => damaged.push(message) });
    await store.write(at(1));
    await store.write(at(2));
    const file = path.join(folder, "checkpoint-000002.safetensors");
    const bytes = await readFile(file);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(file, bytes);
    expect((await store.read())?.metadata).toEqual({ epoch: "1" });
    expect(damaged).toEqual([expect.stringContaining(`${folder}: checkpoint-000002.safetensors is damaged`)]);
  });

  test("that can't be made, or is a file, is an error that names it", async () => {
    const file = path.join(path.dirname(path.dirname(folder)), "a-file");
    await writeFile(file, "");
    await expect(checkpointFolder(path.join(file, "run")).write(at(1))).rejects.toThrow(FileError);
    await expect(checkpointFolder(file).read()).rejects.toThrow(`${file} can't be read`);
  });
});

describe("a disk that fails: full in the midst of a file, read-only, or broken", () => {
  afterEach(() => {
    disk.fault = undefined;
  });

  test.each(["open", "write", "sync", "rename"] as const)(
    "at the %s: the error names the file; what was kept stays, and nothing else is left",
    async (fault) => {
      const damaged: string[] = [];
      const store = checkpointFolder(folder, { keep: 2, onDamaged: ({ message }) => damaged.push(message) });
      for (let epoch = 1; epoch <= 3; epoch++) await store.write(at(epoch));
      disk.fault = fault;
      for (let again = 0; again < 3; again++) {
        await expect(store.write(at(4))).rejects.toThrow(FileError);
        expect((await readdir(folder)).sort()).toEqual([
          "checkpoint-000002.safetensors",
          "checkpoint-000003.safetensors",
        ]);
        expect((await store.read())?.metadata).toEqual({ epoch: "3" });
      }
      disk.fault = undefined;
      await store.write(at(5));
      expect((await store.read())?.metadata).toEqual({ epoch: "5" });
      expect(damaged).toEqual([]);
    },
  );
});
