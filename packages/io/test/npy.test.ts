import { NpyError, readNpy, writeNpy } from "@dlcc/io/npy";
import { ArgumentError, type Backend, BackendError, cpu, DlccError, type DType, tensor, tidy } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { bytesOf, numbersOf, numpy } from "./numpy-files.ts";

/** A file with any header. */
function fileOf(dict: string, data: readonly number[] = [], version = 1): Uint8Array {
  const text = Buffer.from(dict, "latin1");
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.of(0x93, ...Buffer.from("NUMPY"), version, 0, ...length, ...text, ...data);
}

describe("readNpy", () => {
  test.each(numpy.cases)("reads what NumPy wrote: $name", async (written) => {
    const x = readNpy(bytesOf(written.file));
    expect(x.shape).toEqual(written.shape);
    expect([...(await x.data())]).toEqual(numbersOf(written));
  });

  test.each([
    ["f2", "float32"],
    ["f4", "float32"],
    ["f8", "float64"],
    ["i8", "int32"],
    ["u2", "int32"],
  ])("%s becomes %s", (kind, dtype) => {
    const found = numpy.cases.find(({ name }) => name === `>${kind}`)!;
    expect(readNpy(bytesOf(found.file)).dtype).toBe(dtype);
  });

  test("bool becomes bool", () => {
    expect(readNpy(bytesOf(numpy.cases.find(({ name }) => name === "bool")!.file)).dtype).toBe("bool");
  });

  test.each(Object.entries(numpy.refused))("refuses %s", (_, file) => {
    expect(() => readNpy(bytesOf(file))).toThrow(NpyError);
    expect(() => readNpy(bytesOf(file))).toThrow(/^readNpy: .* must .*, got /);
  });

  test("says why it refuses pickled objects", () => {
    expect(() => readNpy(bytesOf(numpy.refused["pickled objects"]!))).toThrow(/can run code/);
  });

  test("takes keys in any order, other quotes, no last comma, and Python 2's long numbers", () => {
    const dict = `{ "shape": (2L, 1L),'fortran_order':False , 'descr': "|u1"}`;
    expect(readNpy(fileOf(dict, [3, 4])).shape).toEqual([2, 1]);
  });

  test.each([
    ["another file", Uint8Array.of(...Buffer.from("PK\u0003\u0004 and more of it")), /must begin with \\x93NUMPY/],
    ["an empty file", new Uint8Array(), /must begin with/],
    ["a version to come", fileOf("{}", [], 4), /version must be 1.0, 2.0 or 3.0, got 4.0/],
    [
      "a header longer than the file",
      fileOf("{}").subarray(0, 12).with(8, 200),
      /the header must have 210 bytes, got 12/,
    ],
    ["a header of gigabytes", fileOf("{}", [], 2).with(10, 255).with(11, 127), /must have 65535 bytes at most, got 21/],
    ["no dict", fileOf("descr"), /must be a dict with descr/],
    ["a key that is missing", fileOf("{'descr': '<f4', 'shape': (1,)}"), /must be a dict with descr/],
    [
      "a key that is surplus",
      fileOf("{'descr': '<f4', 'shape': (), 'fortran_order': False, 'x': ()}"),
      /must be a dict/,
    ],
    ["a key twice", fileOf("{'shape': (), 'shape': ()}"), /must differ, got "shape" twice/],
    ["code", fileOf("{'descr': open('x'), 'shape': ()}"), /must be a dict with descr/],
    [
      "text behind the dict",
      fileOf("{'descr': '|u1', 'shape': (), 'fortran_order': False} + 1", [1]),
      /must be a dict/,
    ],
    ["a negative length", fileOf("{'descr': '|u1', 'shape': (-1,), 'fortran_order': False}"), /must be a dict/],
    [
      "a length beyond 2^53",
      fileOf(`{'descr': '|u1', 'shape': (${2 ** 60},), 'fortran_order': False}`),
      /whole numbers/,
    ],
    ["65 axes", fileOf(`{'descr': '|u1', 'shape': (${"1,".repeat(65)}), 'fortran_order': False}`, [1]), /up to 64/],
    [
      "an exabyte",
      fileOf("{'descr': '<f8', 'shape': (99999, 99999, 99999), 'fortran_order': False}"),
      /must have .* behind/,
    ],
    [
      "missing bytes",
      fileOf("{'descr': '<f4', 'shape': (1,), 'fortran_order': False}", [0, 0]),
      /4 bytes behind .*, got 2/,
    ],
    [
      "surplus bytes",
      fileOf("{'descr': '|u1', 'shape': (), 'fortran_order': False}", [0, 0]),
      /1 bytes behind .*, got 2/,
    ],
    [
      "a bool that is none",
      fileOf("{'descr': '|b1', 'shape': (2,), 'fortran_order': False}", [1, 2]),
      /got 2 at index 1/,
    ],
    ["no byte order", fileOf("{'descr': 'f4', 'shape': (), 'fortran_order': False}", [0, 0, 0, 0]), /dtype must be/],
  ] as const)("refuses %s", (_, file, message) => {
    expect(() => readNpy(file)).toThrow(NpyError);
    expect(() => readNpy(file)).toThrow(message);
  });

  test("reads a part of a larger buffer, and hands its tensor out of a tidy", async () => {
    const file = bytesOf(numpy.cases.find(({ name }) => name === "Fortran's order")!.file);
    const x = tidy(() => readNpy(Uint8Array.of(1, 2, 3, ...file).subarray(3)));
    expect((await x.item) ? x.disposed : true).toBe(false);
  });

  test("refuses what is no bytes", () => {
    expect(() => readNpy(new ArrayBuffer(8) as unknown as Uint8Array)).toThrow(ArgumentError);
  });

  test("refuses a dtype that the backend lacks", () => {
    const backend: Backend = { ...cpu, name: "small", dtypes: ["float32"] };
    const file = bytesOf(numpy.written.float64!.file);
    expect(() => readNpy(file, { backend })).toThrow(BackendError);
    expect(() => readNpy(file, { backend })).toThrow(/^readNpy: the backend must support float64, got small/);
  });
});

describe("writeNpy", () => {
  test.each(Object.entries(numpy.written))("writes the bytes that NumPy writes: %s", async (_, written) => {
    const x = tensor(numbersOf(written), { shape: written.shape, dtype: written.dtype as DType });
    expect(Buffer.from(await writeNpy(x)).toString("base64")).toBe(written.file);
  });

  test("writes a view in C's order", async () => {
    const turned = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]).transpose();
    expect(await readNpy(await writeNpy(turned)).array()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
  });

  test("refuses what is no tensor", async () => {
    await expect(writeNpy([1] as never)).rejects.toThrow(DlccError);
    await expect(writeNpy([1] as never)).rejects.toThrow(/^writeNpy: x must be a tensor .*, got Array/);
  });
});
