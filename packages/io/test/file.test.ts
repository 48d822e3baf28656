import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SafetensorsError, serialize } from "@dlcc/io";
import { checkWritable, FileError, load, replaceFile, save } from "@dlcc/io/node";
import { type Backend, cpu, tensor } from "@dlcc/tensor";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readAt } from "../src/disk/read.ts";

/** The last step of saving, which tests can make fail. */
const move = vi.hoisted(() => vi.fn());
/** What the system says about a disk. */
const disk = vi.hoisted(() => vi.fn());
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  move.mockImplementation(real.rename);
  disk.mockImplementation(real.statfs);
  return { ...real, rename: move, statfs: disk };
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

describe("what is at a path and isn't a file is not replaced by one", () => {
  test("a pipe", async () => {
    execFileSync("mkfifo", [path]);
    for (const write of [() => save(path, {}), () => checkWritable(path)]) {
      await expect(write()).rejects.toThrow(
        /model\.safetensors can't be written: it is no file: a device, a pipe or a socket/,
      );
    }
    expect((await lstat(path)).isFIFO()).toBe(true);
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });

  // A socket stands for devices: a mistake here must not cost the machine its own.
  test("a socket, also behind a link", async () => {
    const socket = join(folder, "socket");
    const server = createServer().listen(socket);
    await once(server, "listening");
    await symlink(socket, path);
    await expect(save(path, {})).rejects.toThrow(/it is no file: a device, a pipe or a socket/);
    expect(await readlink(path)).toBe(socket);
    expect((await lstat(socket)).isSocket()).toBe(true);
    server.close();
  });

  test("a link to nothing: the file is made where it leads, in another folder, too", async () => {
    const other = join(folder, "disk");
    await mkdir(other);
    await symlink("disk/new", join(folder, "latest"));
    await symlink("latest", path);
    await replaceFile(path, "text");
    expect(await readlink(path)).toBe("latest");
    expect(await readFile(join(other, "new"), "utf8")).toBe("text");
    expect(await readdir(other)).toEqual(["new"]);
  });

  test("links in a circle", async () => {
    await symlink("b", join(folder, "a"));
    await symlink("a", join(folder, "b"));
    await expect(save(join(folder, "a"), {})).rejects.toThrow(/can't be written: .*(circle|ELOOP)/);
  });
});

describe("temporary files", () => {
  const ours = async (): Promise<string> => {
    const names: string[] = [];
    move.mockImplementationOnce(async (from: string) => {
      names.push(from.slice(folder.length + 1));
      throw new Error("EIO");
    });
    await save(path, {}).catch(() => {});
    return names[0]!;
  };
  /** The id of a process that has ended. */
  const ended = (): string => spawnSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).stdout.trim();

  test("of a process that was killed are removed by the next save, and by the check before it", async () => {
    const left = join(folder, (await ours()).replace(`-${process.pid}-`, `-${ended()}-`));
    for (const next of [() => save(path, {}), () => checkWritable(path)]) {
      await writeFile(left, "half");
      await next();
      expect(await readdir(folder)).toEqual(["model.safetensors"]);
    }
  });

  test("of one that had this one's id, before this one began, are removed, too", async () => {
    const left = join(folder, await ours());
    await writeFile(left, "half");
    await save(path, {});
    expect(await readdir(folder)).toHaveLength(2);
    await utimes(left, 0, 0);
    await save(path, {});
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });

  test("of another machine stay for a day, and those of other programs for ever", async () => {
    const name = (await ours()).replace(/^\.dlcc-\w+-\d+/, `.dlcc-00000000-${ended()}`);
    const [left, strangers] = [join(folder, name), join(folder, ".model.tmp")];
    for (const file of [left, strangers]) await writeFile(file, "half");
    await save(path, {});
    expect(await readdir(folder)).toHaveLength(3);
    for (const file of [left, strangers]) await utimes(file, 0, 0);
    await save(path, {});
    expect((await readdir(folder)).sort()).toEqual([".model.tmp", "model.safetensors"]);
  });
});

describe("load", () => {
  test("reads a file in parts, as many as the system makes of it", async () => {
    const content = Uint8Array.of(1, 2, 3, 4, 5, 6, 7);
    const slow = {
      read: (to: Uint8Array, at: number, length: number, position: number) => {
        const bytesRead = Math.min(2, length, content.length - position);
        to.set(content.subarray(position, position + bytesRead), at);
        return Promise.resolve({ bytesRead });
      },
    } as unknown as FileHandle;
    expect(await readAt(slow, 1, 5)).toEqual(Uint8Array.of(2, 3, 4, 5, 6));
    await expect(readAt(slow, 3, 5)).rejects.toThrow("it became shorter while it was read");
  });

  test("reads a pipe", async () => {
    const bytes = await serialize({ w: tensor([7]) });
    execFileSync("mkfifo", [path]);
    const [loaded] = await Promise.all([load(path), writeFile(path, bytes)]);
    expect(loaded.tensors.w?.dataSync()).toEqual(Float32Array.of(7));
  });

  test("refuses a device, which may never end", async () => {
    await expect(load("/dev/zero")).rejects.toThrow(/\/dev\/zero can't be read: it is a device/);
  });

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

  test("refuses a disk that has not enough room, but not one that doesn't say", async () => {
    disk.mockResolvedValueOnce({ bavail: 10, bsize: 100, blocks: 1000 });
    await expect(checkWritable(path, 1001)).rejects.toThrow(
      /can't be written: the disk must have room for 1001 bytes, got 1000: free some/,
    );
    disk.mockResolvedValueOnce({ bavail: 10, bsize: 100, blocks: 1000 });
    await checkWritable(path, 1000);
    disk.mockResolvedValueOnce({ bavail: 0, bsize: 0, blocks: 0 });
    await checkWritable(path, 1001);
    expect(await readdir(folder)).toEqual([]);
  });
});
