/** What importing takes besides PyTorch's files (reference.test.ts), and what it refuses. */
import { readFileSync } from "node:fs";
import { Linear, type PReLU, relu, Sequential } from "@dlcc/layers";
import { tensor } from "@dlcc/tensor";
import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { exportOnnx, importOnnx, OnnxError, readOnnxInfo } from "../src/index.ts";
import { attributeTypes, type Message } from "../src/proto/schema.ts";
import { writeModel } from "../src/proto/write.ts";

type Graph = Message<"Graph">;

const floats = (name: string, dims: readonly number[], values: readonly number[]): Message<"Tensor"> => ({
  name,
  dims,
  type: 1,
  floats: values,
});
const port = (name: string, ...lengths: readonly (number | string)[]): Message<"ValueInfo"> => ({
  name,
  type: {
    tensor: {
      element: 1,
      shape: { dims: lengths.map((axis) => (typeof axis === "number" ? { value: axis } : { name: axis })) },
    },
  },
});

/** A model of some nodes, each `op inputs → output`. */
function modelOf(
  nodes: readonly (readonly [op: string, inputs: string, attributes?: readonly Message<"Attribute">[]])[],
  { opset = 17, ...graph }: Graph & { readonly opset?: number } = {},
): Uint8Array {
  return writeModel({
    irVersion: 8,
    opsets: [{ version: opset }],
    graph: {
      inputs: [port("x", "n", 2)],
      outputs: [port(`v${nodes.length - 1}`)],
      nodes: nodes.map(([op, inputs, attributes], i) => ({
        op,
        name: `node ${i}`,
        inputs: inputs.split(" "),
        outputs: [`v${i}`],
        attributes,
      })),
      ...graph,
    },
  });
}

const gemm = { initializers: [floats("w", [2, 2], [1, 2, 3, 4]), floats("b", [2], [10, 20])] };
const int = (name: string, value: number): Message<"Attribute"> => ({ name, int: value, type: attributeTypes.int });
const float = (name: string, value: number): Message<"Attribute"> => ({
  name,
  float: value,
  type: attributeTypes.float,
});

/** What is said of a model. */
function complaint(bytes: Uint8Array): string {
  try {
    importOnnx(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(OnnxError);
    return (error as Error).message;
  }
  return "none";
}

test("numbers may stand in lists, whole ones in int64s, and weights the other way round", async () => {
  const model = importOnnx(modelOf([["Gemm", "x w b"]], gemm));
  expect(await model.forward(tensor([[1, 1]])).array()).toEqual([[14, 26]]);
  const shape = { name: "s", dims: [2], type: 7, int64s: [0, -1] };
  const flat = importOnnx(modelOf([["Reshape", "x s"]], { inputs: [port("x", "n", 2, 3)], initializers: [shape] }));
  expect(flat.config().layers).toEqual([{ type: "Flatten" }]);
});

test("a graph may list its initializers among its inputs, as old files do", () => {
  const model = importOnnx(
    modelOf([["Gemm", "x w b"]], { ...gemm, inputs: [port("x", "n", 2), port("w", 2, 2), port("b", 2)] }),
  );
  expect(model.config().layers).toEqual([{ type: "Linear", inFeatures: 2, outFeatures: 2, bias: true }]);
});

test("the network is in evaluation mode, and its numbers are parameters that train", () => {
  const model = importOnnx(
    modelOf(
      [
        ["Gemm", "x w b"],
        ["Relu", "v0"],
      ],
      gemm,
    ),
  );
  expect(model.training).toBe(false);
  expect([...model.namedParameters().keys()]).toEqual(["layers.0.weight", "layers.0.bias"]);
});

const text = (name: string, value: string): Message<"Attribute"> => ({
  name,
  string: value,
  type: attributeTypes.string,
});
const ints = (name: string, ...values: readonly number[]): Message<"Attribute"> => ({
  name,
  ints: values,
  type: attributeTypes.ints,
});
const window = [ints("kernel_shape", 3, 2), ints("strides", 2, 2)];
const uneven = ints("pads", 0, 1, 2, 0);

test.each<readonly [what: string, op: string, attributes: readonly Message<"Attribute">[], layers: readonly string[]]>([
  ["of a convolution", "Conv", [...window, uneven], ["ConstantPad2d", "Conv2d"]],
  ["of a convolution, by itself", "Conv", [...window, text("auto_pad", "SAME_UPPER")], ["ConstantPad2d", "Conv2d"]],
  ["the other way round", "Conv", [...window, text("auto_pad", "SAME_LOWER")], ["ConstantPad2d", "Conv2d"]],
  ["of a maximum", "MaxPool", [...window, uneven], ["ConstantPad2d", "MaxPool2d"]],
  ["of a maximum, by itself", "MaxPool", [...window, text("auto_pad", "SAME_UPPER")], ["ConstantPad2d", "MaxPool2d"]],
  [
    "of a mean that counts it",
    "AveragePool",
    [...window, uneven, int("count_include_pad", 1)],
    ["ConstantPad2d", "AvgPool2d"],
  ],
])("padding that differs from side to side, %s, is a layer of its own", async (_, op, attributes, layers) => {
  const weights = { name: "w", dims: [2, 1, 3, 2], type: 1, floats: [1, -2, 3, -4, 5, -6, 7, 8, 9, -10, 11, 12] };
  const isConvolution = op === "Conv";
  const bytes = modelOf([[op, isConvolution ? "x w" : "x", attributes]], {
    inputs: [port("x", "n", 1, 6, 5)],
    outputs: [port("v0", "n", "c", "h", "w")],
    ...(isConvolution && { initializers: [weights] }),
  });
  const model = importOnnx(bytes);
  expect((model.config().layers as { type: string }[]).map(({ type }) => type)).toEqual(layers);
  const x = Float32Array.from({ length: 60 }, (_value, i) => ((i * 7) % 11) - 8);
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  const { v0 } = await session.run({ x: new ort.Tensor("float32", x, [2, 1, 6, 5]) });
  const y = model.forward(tensor(x, { shape: [2, 1, 6, 5] }));
  expect(y.shape).toEqual(v0?.dims);
  expect(await y.data()).toEqual(v0?.data);
});

test("a mean over part of a window, with padding that differs, is refused", () => {
  const bytes = modelOf([["AveragePool", "x", [...window, uneven]]], { inputs: [port("x", "n", 1, 6, 5)] });
  expect(complaint(bytes)).toContain("its padding must be alike on both sides where it doesn't count");
});

test("padding that follows from a size needs the size", () => {
  const bytes = modelOf([["MaxPool", "x", [...window, text("auto_pad", "SAME_UPPER")]]], {
    inputs: [port("x", "n", 1, "h", "w")],
  });
  expect(complaint(bytes)).toContain("its auto_pad must be NOTSET where the input's size is open, got SAME_UPPER");
});

test("another slope than 0.01 is a frozen PReLU", async () => {
  const model = importOnnx(modelOf([["LeakyRelu", "x", [float("alpha", 0.2)]]]));
  expect(model.parameters().map(({ frozen }) => frozen)).toEqual([true]);
  expect(await (model.layers[0] as PReLU).weight.value.array()).toEqual([Math.fround(0.2)]);
});

test("everything that is no layer is named at once, with the reasons", () => {
  const fixture = JSON.parse(readFileSync(new URL("fixtures/pytorch.json", import.meta.url), "utf8")) as {
    unknown: string;
  };
  expect(complaint(new Uint8Array(Buffer.from(fixture.unknown, "base64")))).toBe(
    'importOnnx: each op must be one that dlcc has as a layer, got Elu "/Elu": its alpha must be 1, got 2; Sin "/Sin"; Concat "/Concat"; Exp "/Exp"',
  );
});

test("attributes that dlcc doesn't know are refused, as they mean something", () => {
  expect(complaint(modelOf([["Relu", "x", [int("fancy", 1)]]]))).toContain(
    'Relu "node 0": its attributes must be those that dlcc knows, got "fancy"',
  );
});

test("ops of others are named with their domain", () => {
  const nodes = [{ op: "Relu", name: "r", domain: "com.example", inputs: ["x"], outputs: ["y"] }];
  expect(complaint(modelOf([], { nodes, outputs: [port("y")] }))).toContain('got com.example.Relu "r"');
});

test.each<readonly [what: string, model: Uint8Array, message: string]>([
  ["no protobuf", Uint8Array.of(1, 2, 3), "importOnnx: bytes must be an ONNX model, got 3 bytes that can't be read at"],
  ["no bytes", new Uint8Array(), "importOnnx: a model must have a graph and the version of its ops, got none"],
  ["an old opset", modelOf([["Relu", "x"]], { opset: 8 }), "importOnnx: the opset must be from 9 to 26, got 8"],
  [
    "two inputs",
    modelOf([["Relu", "x"]], { inputs: [port("x"), port("z")] }),
    'importOnnx: a network must have one input, got "x", "z"',
  ],
  ["no output", modelOf([["Relu", "x"]], { outputs: [] }), "importOnnx: a network must have one output, got none"],
  [
    "an output that nobody makes",
    modelOf([["Relu", "x"]], { outputs: [port("z")] }),
    'importOnnx: the output must follow from the input, got "z"',
  ],
  [
    "nodes out of order",
    modelOf([
      ["Relu", "v1"],
      ["Relu", "x"],
    ]),
    'importOnnx: nodes must stand in the order in which they run, got Relu "node 0" before what makes its input "v1"',
  ],
  [
    "a name twice",
    modelOf([["Relu", "x"]], { initializers: [floats("v0", [1], [1])] }),
    'importOnnx: names of values must differ, got "v0" twice',
  ],
  [
    "external data",
    modelOf([["Gemm", "x w b"]], {
      initializers: [
        { name: "w", dims: [2, 2], type: 1, external: [{ key: "location", value: "weights.bin" }], location: 1 },
        floats("b", [2], [1, 2]),
      ],
    }),
    'Gemm "node 0": tensor "w" must be in the file, got external data in weights.bin',
  ],
  [
    "half precision",
    modelOf([["Gemm", "x w"]], { initializers: [{ name: "w", dims: [2, 2], type: 10, raw: new Uint8Array(8) }] }),
    'tensor "w" must be of float32, float64, int64, int32 or bool, got float16',
  ],
  [
    "fewer bytes than numbers",
    modelOf([["Gemm", "x w"]], { initializers: [{ name: "w", dims: [2, 2], type: 1, raw: new Uint8Array(15) }] }),
    'tensor "w" must have 16 bytes for [2,2], got 15',
  ],
  [
    "fewer numbers than dims say",
    modelOf([["Gemm", "x w"]], { initializers: [floats("w", [100_000, 100_000], [1])] }),
    'tensor "w" must have 10000000000 numbers for [100000,100000], got 1',
  ],
  [
    "dims without a product",
    modelOf([["Gemm", "x w"]], { initializers: [floats("w", [2 ** 40, 2 ** 40], [1])] }),
    'tensor "w" must have dims of whole numbers from 0',
  ],
  [
    "weights that are computed",
    modelOf([
      ["Relu", "x"],
      ["Gemm", "x v0"],
    ]),
    "its weights must be floats in the file, got v0, which is computed",
  ],
  [
    "a matrix for another input",
    modelOf([["Gemm", "x w b"]], { ...gemm, inputs: [port("x", "n", 3)] }),
    'Gemm "node 0": it takes […, 2], got [n,3]',
  ],
  ["a sum with a constant", modelOf([["Add", "x b"]], gemm), 'got Add "node 0"'],
  ["a softmax over examples", modelOf([["Softmax", "x", [int("axis", 0)]]]), "its axis must be the last one, got 0"],
  [
    "an output that is the same for all inputs",
    modelOf([["Relu", "b"]], gemm),
    'importOnnx: the output must follow from the input, got "v0"',
  ],
  ["a node without an input", modelOf([["Relu", ""]]), 'Relu "node 0": it must take what follows from the input'],
])("refused: %s", (_what, model, message) => {
  expect(complaint(model)).toContain(message);
});

test("layers that share their numbers take memory once, however many nodes there are", () => {
  const size = 300;
  const nodes = Array.from({ length: 3000 }, (_, i) => ["MatMul", `${i === 0 ? "x" : `v${i - 1}`} w`] as const);
  const model = importOnnx(
    modelOf(nodes, {
      inputs: [port("x", "n", size)],
      initializers: [{ name: "w", dims: [size, size], type: 1, raw: new Uint8Array(4 * size * size) }],
    }),
  );
  expect(model.parameters()).toHaveLength(1);
});

test("blocks lie 50 deep at most", () => {
  const nodes: (readonly [string, string])[] = [];
  const depth = 60;
  for (let i = 0; i < depth; i++) nodes.push(["Relu", i === 0 ? "x" : `v${i - 1}`]);
  for (let i = 0; i < depth; i++)
    nodes.push(["Add", `v${depth + i - 1} ${i === depth - 1 ? "x" : `v${depth - 2 - i}`}`]);
  expect(complaint(modelOf(nodes))).toBe("importOnnx: blocks must lie 50 deep at most");
});

test("ways that cross again and again come to an end", () => {
  const nodes: (readonly [string, string])[] = [];
  const [length, sums] = [6000, 45];
  for (let i = 0; i < length; i++) nodes.push(["Relu", i === 0 ? "x" : `v${i - 1}`]);
  for (let i = 0; i < sums; i++) {
    const before = i === 0 ? 0 : length + i - 1;
    nodes.push(["Add", `v${before} v${length - 1}`]);
  }
  expect(complaint(modelOf(nodes))).toBe("importOnnx: ways through the network must cross less often");
});

test("bytes must be bytes", () => {
  const message = "bytes must be a Uint8Array, got ArrayBuffer: new Uint8Array(buffer) makes one";
  expect(() => importOnnx(new ArrayBuffer(4) as never)).toThrow(`importOnnx: ${message}`);
  expect(() => readOnnxInfo(new ArrayBuffer(4) as never)).toThrow(`readOnnxInfo: ${message}`);
});

test("what was imported can be exported again", async () => {
  const bytes = await exportOnnx(new Sequential([new Linear(2, 3), relu]), ["n", 2]);
  expect(await exportOnnx(importOnnx(bytes), ["n", 2])).toEqual(bytes);
});
