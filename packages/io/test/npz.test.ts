import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { NpyError, readNpz, writeNpz } from "@dlcc/io/npy";
import { tensor, zeros } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { bytesOf, numbersOf, numpy } from "./numpy-files.ts";

const { archives } = numpy;

/** The bytes with some of them changed. */
function changed(bytes: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy.set(values, at);
  return copy;
}

/** Where the n-th entry of the directory begins. */
const entryAt = (bytes: Uint8Array, n: number): number => {
  let at = -1;
  for (let i = 0; i <= n; i++) at = Buffer.from(bytes).indexOf("PK\u0001\u0002", at + 1);
  return at;
};

describe("readNpz", () => {
  test.each(["stored", "deflated"] as const)("reads what NumPy wrote: %s", async (kind) => {
    const found = await readNpz(bytesOf(archives[kind]));
    expect(Object.keys(found)).toEqual(Object.keys(archives.arrays));
    for (const [name, written] of Object.entries(archives.arrays)) {
      const x = Object.getOwnPropertyDescriptor(found, name)?.value;
      expect(x.shape).toEqual(written.shape);
      expect([...(await x.data())]).toEqual(numbersOf(written));
    }
  });

  test("arrays that NumPy got without names are arr_0 and arr_1", async () => {
    expect(Object.keys(await readNpz(bytesOf(archives.unnamed)))).toEqual(["arr_0", "arr_1"]);
  });

  const good = bytesOf(archives.unnamed);
  const packed = bytesOf(archives.deflated);
  const [first, second] = [entryAt(good, 0), entryAt(good, 1)];
  const end = good.length - 22;
  test.each([
    ["another file", Uint8Array.of(1, 2, 3), /must be a zip archive, got 3 bytes/],
    ["a truncated archive", good.subarray(0, good.length - 9), /must be a zip archive/],
    ["a directory beyond the end", changed(good, end + 12, 255, 255, 255, 127), /must lie before the end/],
    ["more entries than there are", changed(good, end + 10, 3), /entry 2 of the directory/],
    ["zip64", changed(good, end + 16, 255, 255, 255, 255), /zip64/],
    ["a member in zip64", changed(good, first + 24, 255, 255, 255, 255), /zip64/],
    ["an encrypted member", changed(good, first + 8, 1), /"arr_0.npy" must not be encrypted/],
    ["another compression", changed(good, first + 10, 14), /stored \(0\) or deflated \(8\), got compression method 14/],
    ["a member at another's place", changed(good, second + 42, 0, 0, 0, 0), /overlap/],
    ["a member nowhere", changed(good, first + 42, 9), /must begin with its signature/],
    ["a member beyond the end", changed(good, first + 20, 0, 0, 0, 1, 0, 0, 0, 1), /must end within the file/],
    [
      "a stored member of another size",
      changed(good, first + 24, 7),
      /must unpack to what its 136 bytes can hold, got 7/,
    ],
    ["a wrong checksum", changed(good, first + 16, 1, 2, 3, 4), /array "arr_0": its checksum must be/],
    [
      "a member that is no array",
      changed(good, first + 46 + 8, 0x78),
      /each member must be an array, \*\.npy, got "arr_0.np/,
    ],
    ["two of a name", changed(good, second + 46 + 4, 0x30), /names must differ, got "arr_0" twice/],
    [
      "a size that its bytes can't have",
      changed(packed, entryAt(packed, 0) + 24, 0, 0, 0, 64),
      /can hold, got 1073741824/,
    ],
    [
      "a size that the header doesn't say",
      changed(packed, entryAt(packed, 0) + 24, 0, 4),
      /as its header says, got 1024/,
    ],
    [
      "deflated bytes that are damaged",
      changed(packed, 60, 255, 255, 255, 255),
      /^readNpz: array "weight": it must be deflated, got/,
    ],
  ])("refuses %s", async (_, file, message) => {
    await expect(readNpz(file)).rejects.toThrow(NpyError);
    await expect(readNpz(file)).rejects.toThrow(message);
  });

  test("refuses more than the limit, before it unpacks anything", async () => {
    const bomb = await writeNpz({ x: zeros([250_000]) }, { compress: true });
    expect(bomb.length).toBeLessThan(2000);
    await expect(readNpz(bomb, { limit: 1_000_000 })).rejects.toThrow(/1000000 bytes at most, got 1000128/);
    expect(Object.keys(await readNpz(bomb, { limit: 1_000_128 }))).toEqual(["x"]);
  });

  test("an archive without arrays is empty", async () => {
    expect(await readNpz(await writeNpz({}))).toEqual({});
  });
});

describe("writeNpz", () => {
  const arrays = {
    weight: tensor([[1.5, -2]]),
    "Größe €": tensor([3], { dtype: "int32" }),
    "a/b": tensor(0.1, { dtype: "float64" }),
    flags: tensor([true, false]),
  };

  test.each([false, true])("comes back as it was; compress: %s", async (compress) => {
    const found = await readNpz(await writeNpz(arrays, { compress }));
    expect(Object.keys(found)).toEqual(Object.keys(arrays));
    for (const [name, x] of Object.entries(arrays)) {
      expect([found[name]?.dtype, await found[name]?.array()]).toEqual([x.dtype, await x.array()]);
    }
  });

  test("gives the same bytes each time", async () => {
    expect(await writeNpz(arrays, { compress: true })).toEqual(await writeNpz(arrays, { compress: true }));
  });

  test("refuses what is no tensor", async () => {
    await expect(writeNpz({ a: 1 as never })).rejects.toThrow(/^writeNpz: "a" must be a tensor/);
  });

  const python = ["python3", "/usr/bin/python3"].find(
    (name) => spawnSync(name, ["-c", "import numpy"], { stdio: "ignore" }).status === 0,
  );
  if (python === undefined) test.skip("NumPy reads it: there is no python3 with NumPy", () => {});
  else {
    test.each([false, true])("NumPy reads it; compress: %s", async (compress) => {
      const file = path.join(mkdtempSync(path.join(tmpdir(), "dlcc-npz-")), "arrays.npz");
      writeFileSync(file, await writeNpz(arrays, { compress }));
      const program = `import json, sys, numpy
arrays = numpy.load(sys.argv[1])
print(json.dumps({name: [str(arrays[name].dtype), arrays[name].tolist()] for name in arrays.files}))`;
      const { stdout, stderr } = spawnSync(python, ["-c", program, file], { encoding: "utf8" });
      expect(stderr).toBe("");
      expect(JSON.parse(stdout)).toEqual({
        weight: ["float32", [[1.5, -2]]],
        "Größe €": ["int32", [3]],
        "a/b": ["float64", 0.1],
        flags: ["bool", [true, false]],
      });
    });
  }
});
