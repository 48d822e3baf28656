import { deserialize, SafetensorsError } from "@dlcc/io";
import { type Backend, BackendError, cpu, DlccError, tidy } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { entry, fileBytes } from "./file-bytes.ts";

/** The elements of a file's one tensor. */
function numbers(dtype: string, shape: readonly number[], data: readonly number[]) {
  const { t } = deserialize(fileBytes({ t: entry(dtype, shape, 0, data.length) }, data)).tensors;
  return { dtype: t?.dtype, data: [...(t?.dataSync() ?? [])] };
}

describe("deserialize", () => {
  test("reads shapes, numbers and metadata", () => {
    const header = { __metadata__: { by: "hand" }, w: entry("F32", [2, 1], 0, 8) };
    const { tensors, metadata } = deserialize(fileBytes(header, [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]));
    expect(tensors.w?.shape).toEqual([2, 1]);
    expect(tensors.w?.dataSync()).toEqual(Float32Array.of(1, -2));
    expect(metadata).toEqual({ by: "hand" });
  });

  test("reads tensors that lie in another order than the header's, and at odd addresses", () => {
    const header = { late: entry("I32", [1], 1, 5), early: entry("BOOL", [1], 0, 1) };
    const { tensors } = deserialize(fileBytes(header, [1, 2, 1, 0, 0]));
    expect(tensors.late?.dataSync()).toEqual(Int32Array.of(258));
    expect(tensors.early?.dataSync()).toEqual(Uint8Array.of(1));
  });

  test("reads a part of a larger buffer", () => {
    const padded = Uint8Array.of(9, 9, 9, ...fileBytes({ t: entry("I32", [1], 0, 4) }, [7, 0, 0, 0]));
    expect(deserialize(padded.subarray(3)).tensors.t?.dataSync()).toEqual(Int32Array.of(7));
  });

  test("reads a header that is padded with spaces, and one without tensors", () => {
    expect(deserialize(fileBytes("{}      ")).tensors).toEqual({});
  });

  test("puts tensors on the backend of the options", () => {
    const backend: Backend = { ...cpu, name: "other" };
    const bytes = fileBytes({ t: entry("I32", [1], 0, 4) }, [7, 0, 0, 0]);
    expect(deserialize(bytes, { backend }).tensors.t?.backend).toBe(backend);
  });

  test("hands its tensors out of a tidy", () => {
    const bytes = fileBytes({ t: entry("I32", [1], 0, 4) }, [7, 0, 0, 0]);
    expect(tidy(() => deserialize(bytes)).tensors.t?.disposed).toBe(false);
  });

  test("refuses a dtype that the backend lacks, and names the tensor", () => {
    const backend: Backend = { ...cpu, name: "small", dtypes: ["float32", "int32", "bool"] };
    const bytes = fileBytes({ t: entry("F64", [1], 0, 8) }, new Uint8Array(8));
    expect(() => deserialize(bytes, { backend })).toThrow(BackendError);
    expect(() => deserialize(bytes, { backend })).toThrow(/must support float64, the dtype of tensor "t", got small/);
  });
});

describe("the number formats", () => {
  test("F64", () => {
    expect(numbers("F64", [1], [0, 0, 0, 0, 0, 0, 0xf8, 0x3f])).toEqual({ dtype: "float64", data: [1.5] });
  });

  test("F16: normal, subnormal, infinite, not a number, signed zero", () => {
    const halves = [0x3c00, 0xc000, 0x3555, 0x7bff, 0x0001, 0x0400, 0x7c00, 0xfc00, 0x8000, 0x7e00];
    const bytes = halves.flatMap((bits) => [bits & 255, bits >> 8]);
    const third = 1365 / 4096; // the half nearest to 1/3
    const infinity = Number.POSITIVE_INFINITY;
    expect(numbers("F16", [10], bytes)).toEqual({
      dtype: "float32",
      data: [1, -2, third, 65504, 2 ** -24, 2 ** -14, infinity, -infinity, -0, Number.NaN],
    });
  });

  test("BF16: the upper half of a float32", () => {
    // 1, -2, and 0x4049 for pi, which is 3.140625.
    expect(numbers("BF16", [3], [0x80, 0x3f, 0, 0xc0, 0x49, 0x40])).toEqual({
      dtype: "float32",
      data: [1, -2, 3.140625],
    });
  });

  test.each([
    ["U8", [255, 1], [255, 1]],
    ["I8", [255, 1], [-1, 1]],
    ["U16", [255, 255], [65535]],
    ["I16", [254, 255], [-2]],
    ["U32", [255, 255, 255, 127], [2 ** 31 - 1]],
    ["I64", [255, 255, 255, 255, 255, 255, 255, 255], [-1]],
    ["U64", [5, 0, 0, 0, 0, 0, 0, 0], [5]],
  ])("%s becomes int32", (dtype, bytes, expected) => {
    expect(numbers(dtype, [expected.length], bytes)).toEqual({ dtype: "int32", data: expected });
  });

  test.each([
    ["U32", [0, 0, 0, 128], "2147483648"],
    ["I64", [0, 0, 0, 0, 1, 0, 0, 0], "4294967296"],
    ["I64", [255, 255, 255, 127, 255, 255, 255, 255], "-2147483649"],
    ["U64", [255, 255, 255, 255, 255, 255, 255, 255], "18446744073709551615"],
  ])("%s that does not fit into int32 is refused", (dtype, bytes, number) => {
    expect(() => numbers(dtype, [1], bytes)).toThrow(SafetensorsError);
    expect(() => numbers(dtype, [1], bytes)).toThrow(`got ${number} at index 0 of tensor "t"`);
  });

  test("a BOOL that is neither 0 nor 1 is refused", () => {
    expect(() => numbers("BOOL", [2], [1, 2])).toThrow(/a BOOL must be 0 or 1, got 2 at index 1 of tensor "t"/);
  });
});

test("a name with millions of escapes is read as any other", () => {
  const name = '"'.repeat(4_000_000);
  expect(Object.keys(deserialize(fileBytes({ [name]: entry("U8", [0], 0, 0) })).tensors)).toEqual([name]);
});

test("a name from JavaScript's own is a name as others are, and changes no prototype", () => {
  const names = ["__proto__", "constructor", "toString"];
  const header = `{${names.map((name) => `"${name}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`)}}`;
  const { tensors } = deserialize(fileBytes(header));
  expect(Object.keys(tensors)).toEqual(names);
  expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

describe("a file is refused", () => {
  const bytes = new Uint8Array(16);
  const invalidUtf8 = fileBytes('{"a":1}');
  invalidUtf8[10] = 0xff;
  const described = (description: unknown) => fileBytes({ t: description }, bytes);

  const cases: [string, Uint8Array, RegExp][] = [
    ["that is empty", new Uint8Array(0), /must have 8 bytes or more, .* got 0/],
    ["of less than eight bytes", new Uint8Array(7), /must have 8 bytes or more, .* got 7/],
    [
      "with a header longer than the file",
      fileBytes("{}").fill(3, 0, 1),
      /must have 3 bytes for its header.*got 2.*truncated/,
    ],
    [
      "with a header longer than any file",
      new Uint8Array(16).fill(255),
      /^not a safetensors file: it must begin with the length of a header, got/,
    ],
    ["that is JSON", new TextEncoder().encode('{"type":"Linear"}'), /^not a safetensors file.* got "\{\\"type\\":"/],
    ["without a header", new Uint8Array(8), /begin with \{, got an empty one/],
    ["whose header is not an object", fileBytes("[1]"), /begin with \{, got byte 91/],
    ["whose header begins with a space", fileBytes(" {}"), /begin with \{/],
    ["whose header is not UTF-8", invalidUtf8, /UTF-8/],
    ["whose header is not JSON", fileBytes('{"a":}'), /must be valid JSON/],
    ["whose header is cut off", fileBytes('{"a":{"dtype"'), /must be valid JSON/],
    [
      "with two tensors of one name",
      fileBytes(
        `{"t":${JSON.stringify(entry("U8", [1], 0, 1))},"t":${JSON.stringify(entry("U8", [1], 1, 2))}}`,
        [1, 2],
      ),
      /"t" twice/,
    ],
    [
      "with two tensors of one name, one of them in escapes",
      fileBytes(
        `{"t":${JSON.stringify(entry("U8", [1], 0, 1))},"\\u0074":${JSON.stringify(entry("U8", [1], 1, 2))}}`,
        [1, 2],
      ),
      /twice/,
    ],
    [
      "with a tensor that has two dtypes",
      fileBytes('{"t":{"dtype":"I8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}', [1]),
      /"dtype" twice/,
    ],
    ["with two lots of metadata", fileBytes('{"__metadata__":{},"__metadata__":{}}'), /"__metadata__" twice/],
    ["with two notes of one name", fileBytes('{"__metadata__":{"a":"1","a":"2"}}'), /"a" twice/],
    ["with metadata that is a string", fileBytes({ __metadata__: "x" }), /__metadata__ must be an object, got "x"/],
    ["with metadata that is not text", fileBytes({ __metadata__: { n: 3 } }), /"n" must be a string, got 3/],
    ["with a tensor that is described by a number", described(3), /tensor "t" must be described as .*, got 3/],
    ["with a tensor without dtype", described({ shape: [1], data_offsets: [0, 16] }), /"t" must be described as/],
    ["with a tensor without shape", described({ dtype: "U8", data_offsets: [0, 16] }), /"t" must be described as/],
    ["with a negative length", described(entry("U8", [-16], 0, 16)), /whole numbers from 0/],
    ["with a length that is not whole", described(entry("U8", [1.5], 0, 16)), /whole numbers from 0/],
    ["with an offset that is text", described({ ...entry("U8", [16], 0, 16), data_offsets: ["0", 16] }), /whole/],
    [
      "with one offset",
      described({ ...entry("U8", [16], 0, 16), data_offsets: [16] }),
      /must be \[begin, end\], got \[16\]/,
    ],
    ["with offsets the wrong way round", described(entry("U8", [16], 16, 0)), /\[16,0\]/],
    [
      "with an unknown dtype",
      described(entry("F128", [1], 0, 16)),
      /dtype of tensor "t" must be one of .*F32.*, got "F128"/,
    ],
    ["with a dtype in lower case", described(entry("f32", [4], 0, 16)), /got "f32"/],
    [
      "with fewer bytes than the shape takes",
      described(entry("F32", [5], 0, 16)),
      /span 20 bytes for F32 \[5\], got \[0,16\], 16 bytes/,
    ],
    ["with more bytes than the shape takes", described(entry("F32", [3], 0, 16)), /12 bytes.*16 bytes/],
    [
      "with a shape beyond all numbers",
      described(entry("U8", [2 ** 53 - 1, 2 ** 53 - 1], 0, 16)),
      /got \[0,16\], 16 bytes/,
    ],
    [
      "with a tensor beyond its end",
      described(entry("U8", [17], 0, 17)),
      /\[0,17\] must end within the 16 bytes.*truncated/,
    ],
    [
      "with tensors that overlap",
      fileBytes({ a: entry("U8", [10], 0, 10), b: entry("U8", [8], 8, 16) }, bytes),
      /"b".*\[8,16\] must begin at 10.*overlap/,
    ],
    [
      "with two tensors in one place",
      fileBytes({ a: entry("U8", [16], 0, 16), b: entry("U8", [16], 0, 16) }, bytes),
      /overlap/,
    ],
    [
      "with a gap between tensors",
      fileBytes({ a: entry("U8", [4], 0, 4), b: entry("U8", [8], 8, 16) }, bytes),
      /"b".*\[8,16\] must begin at 4.*gap/,
    ],
    ["with a gap before the first tensor", described(entry("U8", [15], 1, 16)), /gap/],
    [
      "with bytes after the last tensor",
      described(entry("U8", [15], 0, 15)),
      /must fill all 16 bytes of data, got 15.*too long/,
    ],
    ["with bytes and no tensors", fileBytes({}, [1]), /too long/],
    [
      "with a description deeper than the stack",
      fileBytes(`{"t":${"[".repeat(1e5)}${"]".repeat(1e5)}}`),
      /tensor "t" must be described as .*, got Array/,
    ],
    [
      "with names for the terminal",
      described(entry("\x1b]0;mine\x07\x9b2J", [1], 0, 1)),
      /got "\\u001b\]0;mine\\u0007\\u009b2J"$/,
    ],
    ["with a long name", fileBytes({ ["x".repeat(1e6)]: 1 }), /^.{0,300}$/],
  ];

  test.each(cases)("%s", (_, file, message) => {
    expect(() => deserialize(file)).toThrow(SafetensorsError);
    expect(() => deserialize(file)).toThrow(DlccError);
    expect(() => deserialize(file)).toThrow(message);
  });
});
