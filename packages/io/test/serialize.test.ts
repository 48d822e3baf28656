import { deserialize, SafetensorsError, serialize } from "@dlcc/io";
import { ArgumentError, arange, Parameter, type Tensor, tensor, zeros } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

/** The parts of a file, cut at the places that the format gives. */
function parts(bytes: Uint8Array) {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  return { length, text, header: JSON.parse(text), data: bytes.slice(8 + length) };
}

describe("serialize", () => {
  test("writes the bytes that the format prescribes", async () => {
    const bytes = await serialize({ w: tensor([1, -2]) });
    const header = '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'; // 54 characters, and 2 spaces
    const expected = [
      ...[56, 0, 0, 0, 0, 0, 0, 0],
      ...new TextEncoder().encode(`${header}  `),
      ...[0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0],
    ];
    expect([...bytes]).toEqual(expected);
  });

  test("writes the same bytes as the format's own writer (safetensors 0.8.0 for Python, from the same arrays)", async () => {
    const bytes = await serialize(
      {
        b: tensor([
          [1, 2],
          [3, 4],
        ]),
        a: tensor([1, 0, 1], { dtype: "bool" }),
        é: tensor([7], { dtype: "int32" }),
        d: tensor([0.5], { dtype: "float64" }),
        e: zeros([0, 3]),
      },
      { k: "v", a: '"x' },
    );
    const header =
      '{"__metadata__":{"k":"v","a":"\\"x"},"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]},"e":{"dtype":"F32","shape":[0,3],"data_offsets":[24,24]},"é":{"dtype":"I32","shape":[1],"data_offsets":[24,28]},"a":{"dtype":"BOOL","shape":[3],"data_offsets":[28,31]}}      ';
    expect(parts(bytes).length).toBe(0x140);
    expect(parts(bytes).text).toBe(header);
    expect([...parts(bytes).data]).toEqual([
      ...[0, 0, 0, 0, 0, 0, 0xe0, 0x3f],
      ...[0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40],
      ...[7, 0, 0, 0],
      ...[1, 0, 1],
    ]);
  });

  test("puts each tensor at a multiple of its number's width", async () => {
    const { length, header } = parts(
      await serialize({
        a: tensor([true]),
        b: tensor([1, 2, 3]),
        c: tensor([1], { dtype: "float64" }),
        d: tensor([1], { dtype: "int32" }),
      }),
    );
    expect((8 + length) % 8).toBe(0);
    expect(header.c.data_offsets[0] % 8).toBe(0);
    expect(header.b.data_offsets[0] % 4).toBe(0);
    expect(header.d.data_offsets[0] % 4).toBe(0);
  });

  test("writes the elements of a view in row-major order", async () => {
    const transposed = tensor([
      [1, 2],
      [3, 4],
    ]).transpose();
    const { data } = parts(await serialize({ transposed }));
    expect(new Float32Array(data.buffer)).toEqual(Float32Array.of(1, 3, 2, 4));
  });

  test("gives the same bytes whatever the order of the names", async () => {
    const [a, b] = [tensor([1]), tensor([2])];
    expect(await serialize({ a, b })).toEqual(await serialize({ b, a }));
  });

  test("writes a scalar with no dimensions", async () => {
    expect(parts(await serialize({ s: tensor(5) })).header.s).toEqual({
      dtype: "F32",
      shape: [],
      data_offsets: [0, 4],
    });
  });

  test("writes no tensors at all", async () => {
    expect(parts(await serialize({})).text.trim()).toBe("{}");
  });

  test("refuses the reserved name", async () => {
    const refused = serialize({ __metadata__: tensor(1) });
    await expect(refused).rejects.toThrow(SafetensorsError);
    await expect(refused).rejects.toThrow(/__metadata__/);
  });

  test("refuses metadata that is not text", async () => {
    const refused = serialize({}, { epochs: 3 } as unknown as Record<string, string>);
    await expect(refused).rejects.toThrow(SafetensorsError);
    await expect(refused).rejects.toThrow(/"epochs" must be a string, got number.*JSON.stringify/);
  });

  test("refuses what is not a tensor", async () => {
    const refused = serialize({ w: new Parameter("w", tensor(1)) } as unknown as Record<string, Tensor>);
    await expect(refused).rejects.toThrow(ArgumentError);
    await expect(refused).rejects.toThrow(/"w" must be a tensor/);
  });
});

describe("serialize and deserialize", () => {
  test("bring every dtype back", async () => {
    const before = {
      f32: tensor([1.5, Number.NaN, Number.POSITIVE_INFINITY, -0]),
      f64: tensor([0.1, 1e300], { dtype: "float64" }),
      i32: tensor([-(2 ** 31), 2 ** 31 - 1], { dtype: "int32" }),
      bool: tensor([[1], [0]], { dtype: "bool" }),
      scalar: tensor(3),
      empty: zeros([2, 0, 3]),
      matrix: arange(6).reshape([2, 3]),
    };
    const { tensors } = deserialize(await serialize(before));
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(before).sort());
    for (const [name, expected] of Object.entries(before)) {
      const after = tensors[name]!;
      expect([name, after.shape, after.dtype]).toEqual([name, expected.shape, expected.dtype]);
      expect(after.dataSync()).toEqual(expected.dataSync());
    }
  });

  test.each(["layers.0.weight", "", "0", "__proto__", "constructor", 'quo"te', "back\\slash", "naïve 数 😀", "{a:1}"])(
    "bring back the name %j",
    async (name) => {
      const { tensors } = deserialize(await serialize(Object.fromEntries([[name, tensor(1)]])));
      expect(Object.keys(tensors)).toEqual([name]);
      expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
    },
  );

  test("bring metadata back", async () => {
    const metadata = { config: JSON.stringify({ layers: [784, 10] }), long: "x\n".repeat(1_000_000), "": "" };
    expect(deserialize(await serialize({}, metadata)).metadata).toEqual(metadata);
    expect(deserialize(await serialize({})).metadata).toEqual({});
  });
});
