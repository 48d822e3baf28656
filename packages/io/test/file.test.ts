import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SafetensorsError, serialize } from "@dlcc/io";
import { checkWritable, FileError, load, save } from "@dlcc/io/node";
import { type Backend, cpu, tensor } from "@dlcc/tensor";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

/** The last step of saving, which tests can make fail. */
const move = vi.hoisted(() => vi.fn());
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  move.mockImplementation(real.rename);
  return { ...real, rename: move };
});

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dlcc-io-"));
  path = join(folder, "model.safetensors");
});
afterEach(() => rm(folder, { recursive: true }));

/** A backend whose tensors can't be read: saving them fails halfway. */
const broken: Backend = { ...cpu, name: "broken", read: () => Promise.reject(new Error("device lost")) };

describe("save", () => {
  test("writes what serialize gives, and nothing else", async () => {
    const tensors = { w: tensor([1, 2]) };
    await save(path, tensors, { a: "b" });
    expect(new Uint8Array(await readFile(path))).toEqual(await serialize(tensors, { a: "b" }));
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });

  test("replaces an old file", async () => {
    await save(path, { w: tensor([1, 2, 3, 4]) });
    await save(path, { w: tensor([5]) });
    expect((await load(path)).tensors.w?.dataSync()).toEqual(Float32Array.of(5));
  });

  test("leaves the old file when the tensors can't be read", async () => {
    await writeFile(path, "old");
    await expect(save(path, { w: tensor([1], { backend: broken }) })).rejects.toThrow("device lost");
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });

  test("leaves the old file, and nothing else, when the new one can't take its place", async () => {
    await writeFile(path, "old");
    move.mockRejectedValueOnce(new Error("EIO: i/o error"));
    const saved = save(path, { w: tensor([1]) });
    await expect(saved).rejects.toThrow(FileError);
    await expect(saved).rejects.toThrow(/model\.safetensors can't be written: EIO/);
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });

  test("says that the folder does not exist", async () => {
    const saved = save(join(folder, "nowhere", "model.safetensors"), {});
    await expect(saved).rejects.toThrow(FileError);
    await expect(saved).rejects.toThrow(/nowhere\/model\.safetensors can't be written: the folder .*nowhere does not/);
  });

  test("does not write over a folder, and leaves nothing behind", async () => {
    await mkdir(path);
    const saved = save(path, {});
    await expect(saved).rejects.toThrow(FileError);
    await expect(saved).rejects.toThrow(/model\.safetensors can't be written: it is a folder/);
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });

  test("replaces the file that a link leads to, not the link", async () => {
    const link = join(folder, "latest");
    await writeFile(path, "old");
    await symlink(path, link);
    await save(link, { w: tensor([1]) });
    expect(await readlink(link)).toBe(path);
    expect(Object.keys((await load(path)).tensors)).toEqual(["w"]);
  });

  test("keeps the permissions of the file", async () => {
    await writeFile(path, "old");
    await chmod(path, 0o600);
    await save(path, {});
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test("leaves one complete file after two simultaneous saves", async () => {
    await Promise.all([1, 2, 3].map((value) => save(path, { w: tensor([value]) })));
    expect([1, 2, 3]).toContain((await load(path)).tensors.w?.dataSync()[0]);
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });
});

describe("load", () => {
  test("puts tensors on the backend of the options", async () => {
    await save(path, { w: tensor([1]) });
    const backend: Backend = { ...cpu, name: "other" };
    expect((await load(path, { backend })).tensors.w?.backend).toBe(backend);
  });

  test("names a file that does not exist", async () => {
    const loaded = load(path);
    await expect(loaded).rejects.toThrow(FileError);
    await expect(loaded).rejects.toThrow(/model\.safetensors can't be read: ENOENT/);
  });

  test("names a file that is damaged", async () => {
    await writeFile(path, new Uint8Array(5));
    const loaded = load(path);
    await expect(loaded).rejects.toThrow(SafetensorsError);
    await expect(loaded).rejects.toThrow(/model\.safetensors: .* got 5/);
  });
});

describe("checkWritable", () => {
  test("makes no file, and leaves an old one unchanged", async () => {
    await checkWritable(path);
    expect(await readdir(folder)).toEqual([]);
    await writeFile(path, "old");
    await checkWritable(path);
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });

  test("refuses a folder that does not exist, a path that is a folder, and a name that is too long", async () => {
    await expect(checkWritable(join(folder, "nowhere", "x"))).rejects.toThrow(FileError);
    await expect(checkWritable(folder)).rejects.toThrow(/it is a folder/);
    await expect(checkWritable(join(folder, "x".repeat(300)))).rejects.toThrow(/ENAMETOOLONG/);
  });
});
