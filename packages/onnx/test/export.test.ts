/** What exporting refuses, and what the file says besides its numbers. ONNX Runtime judges the numbers in reference.test.ts. */
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  Conv2d,
  Flatten,
  Linear,
  labelled,
  MaxPool2d,
  Module,
  PReLU,
  Residual,
  relu,
  Sequential,
} from "@dlcc/layers";
import { debug, liveTensors, pow, randn, type Tensor } from "@dlcc/tensor";
import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { exportOnnx, importOnnx, OnnxError, readOnnxInfo } from "../src/index.ts";
import { readModel } from "../src/proto/read.ts";

class Mine extends Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}

test("all layers that can't be written are named at once", async () => {
  const model = new Sequential([
    new Linear(2, 3),
    (x) => x,
    new Residual([new Mine(), labelled("cube", (x) => pow(x, 3))]),
    new Mine(),
  ]);
  await expect(exportOnnx(model, ["n", 2])).rejects.toThrow(
    new OnnxError(
      'exportOnnx: each layer must have ops of ONNX, got none for layers.1, a function without a label; layers.2.inner.layers.0, a Mine; layers.2.inner.layers.1, the function "cube"; layers.3, a Mine',
    ),
  );
});

test("a class of one's own is none of those that it extends", async () => {
  class Doubled extends Linear {
    override forward(x: Tensor): Tensor {
      return super.forward(x).mul(2);
    }
  }
  await expect(exportOnnx(new Doubled(2, 2), ["n", 2])).rejects.toThrow("got none for the network, a Doubled");
});

test("the shape of the input must fit each layer", async () => {
  const model = new Sequential([new Conv2d(3, 4, 3), relu, new Flatten(), new Linear(64, 10)]);
  await expect(exportOnnx(model, ["n", 1, 6, 6])).rejects.toThrow(
    "layers.0, a Conv2d: it takes [n, channels, height, width] with 3 channels, got [n,1,6,6]",
  );
  await expect(exportOnnx(model, ["n", 3, 8, 8])).rejects.toThrow("layers.3, a Linear: it takes […, 64], got [n,144]");
  await expect(exportOnnx(model, ["n", 3, 2, 2])).rejects.toThrow("its window of 3 must fit into 2 + 0 + 0");
});

test("a last part of a window goes out where ONNX Runtime and PyTorch agree on it", async () => {
  const inPadding = new MaxPool2d(2, { stride: 3, padding: 1, ceilMode: true });
  await expect(exportOnnx(inPadding, ["n", 3, 8, 6])).rejects.toThrow("its last window must not begin in the padding");
  const mean = new AvgPool2d(3, { stride: 2, ceilMode: true });
  await expect(exportOnnx(mean, ["n", 3, 8, 6])).rejects.toThrow("its ceilMode must be false, or the windows come out");
});

test("axes may be free, but for those that parts depend on", async () => {
  const bytes = await exportOnnx(new Conv2d(3, 4, 3, { padding: 1 }), ["n", 3, "height", "width"]);
  expect(readOnnxInfo(bytes).outputs).toEqual([{ name: "output", shape: ["n", 4, "?", "?"] }]);
  await expect(exportOnnx(new AdaptiveAvgPool2d(2), ["n", 3, "height", 4])).rejects.toThrow(
    "height and width of what it takes must be numbers in inputShape",
  );
});

test.each([[[]], [[0, 3]], [["", 3]], [[1.5]], [undefined]])("a shape can't be %j", async (shape) => {
  const call = exportOnnx(new Linear(3, 2), shape as number[]);
  if (Array.isArray(shape) && shape.length === 0) await expect(call).rejects.toThrow("got []");
  else await expect(call).rejects.toThrow("exportOnnx: inputShape must be the lengths of all axes from 1");
});

test("names of the input and the output are the caller's, and no parameter's", async () => {
  const model = new Sequential([new Linear(3, 2)]);
  const { inputs, outputs } = readOnnxInfo(await exportOnnx(model, ["n", 3], { inputName: "x", outputName: "y" }));
  expect([inputs[0]?.name, outputs[0]?.name]).toEqual(["x", "y"]);
  await expect(exportOnnx(model, ["n", 3], { inputName: "layers.0.bias" })).rejects.toThrow(
    "exportOnnx: inputName and outputName must differ from each other and from all values",
  );
});

test("it is of format 8 and opset 17, with each parameter by its path, and the notes", async () => {
  const bytes = await exportOnnx(new Sequential([new Linear(3, 2), new PReLU()]), ["n", 3], {
    metadata: { note: "é" },
  });
  expect(readOnnxInfo(bytes)).toEqual({
    producer: "dlcc",
    irVersion: 8,
    opset: 17,
    inputs: [{ name: "input", shape: ["n", 3] }],
    outputs: [{ name: "output", shape: ["n", 2] }],
    ops: { Gemm: 1, PRelu: 1 },
    metadata: { note: "é" },
  });
  expect(readModel("test", bytes).graph?.initializers?.map(({ name }) => name)).toEqual([
    "layers.0.weight",
    "layers.0.bias",
    "layers.1.weight.1",
  ]);
});

test("a layer that is there twice has its numbers in the file once, and is one layer again", async () => {
  const shared = new Linear(4, 4);
  const bytes = await exportOnnx(new Sequential([shared, relu, shared]), ["n", 4]);
  expect(readModel("test", bytes).graph?.initializers).toHaveLength(2);
  const back = importOnnx(bytes);
  expect(back.parameters()).toHaveLength(2);
  expect(back.layers[0]).toBe(back.layers[2]);
});

test("doubles are written as doubles", async () => {
  const model = await new Sequential([new Linear(3, 2), relu]).to({ dtype: "float64" });
  const bytes = await exportOnnx(model, ["n", 3]);
  const x = randn([2, 3], { seed: 1, dtype: "float64" });
  const y = await model.forward(x).data();
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  const { output } = await session.run({ input: new ort.Tensor("float64", (await x.data()) as Float64Array, [2, 3]) });
  expect(
    Array.from(output?.data as Float64Array, (value, i) => Math.abs(value - (y[i] ?? 0))).every((d) => d < 1e-15),
  ).toBe(true);
  expect(await importOnnx(bytes).forward(x).data()).toEqual(y);
});

test("parameters of two dtypes are refused", async () => {
  const model = new Sequential([new Linear(3, 2), new Linear(2, 2, { dtype: "float64" })]);
  await expect(exportOnnx(model, ["n", 3])).rejects.toThrow(
    'exportOnnx: all parameters must have one dtype, got float32 and float64: await model.to({ dtype: "float32" }) changes them',
  );
});

test("nothing that was retained to be read stays behind, also after an error", async () => {
  const model = new Sequential([new Linear(3, 2), new Conv2d(3, 2, 1)]);
  const alive = (): number => liveTensors().reduce((sum, { tensors }) => sum + tensors, 0);
  debug(true);
  try {
    await exportOnnx(new Linear(3, 2), ["n", 4, 3]);
    const before = alive();
    await exportOnnx(model.layers[0] as Linear, ["n", 4, 3]);
    await expect(exportOnnx(model, ["n", 3])).rejects.toThrow(OnnxError);
    expect(alive()).toBe(before);
  } finally {
    debug(false);
  }
});
