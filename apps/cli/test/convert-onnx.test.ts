/** `dlcc convert` with ONNX. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadModel, saveModel } from "@dlcc/experiment/node";
import { Conv2d, Flatten, Linear, labelled, relu, Sequential } from "@dlcc/layers";
import { exportOnnx, readOnnxInfo } from "@dlcc/onnx";
import { logSoftmax, randn } from "@dlcc/tensor";
import { expect, test } from "vitest";
import { dlcc, errors, json, newFolder, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const folder = newFolder();
const file = (name: string): string => path.join(folder, name);
const use = {
  input: { shape: [2], range: [-1, 1] },
  classes: ["even", "odd"],
  outputs: "logits",
  loss: "cross-entropy",
} as const;

test("a model goes out to ONNX and comes back with all that its file says", async () => {
  const model = new Sequential([new Linear(2, 3, { seed: 1 }), relu, new Linear(3, 2, { seed: 2 })]);
  await saveModel(file("a.safetensors"), model, use, { seed: "1" });
  const { code, lines } = await dlcc(["convert", file("a.safetensors"), file("a.onnx")]);
  expect([code, errors.text]).toEqual([0, ""]);
  expect(lines.join("\n")).toMatch(/read +a model of dlcc's/);
  expect(readOnnxInfo(readFileSync(file("a.onnx"))).outputs).toEqual([{ name: "output", shape: ["n", 2] }]);

  const [converted] = await json("convert", file("a.onnx"), file("b.safetensors"));
  expect(converted).toMatchObject({ event: "done", content: "a model of dlcc's in ONNX", values: 17 });
  const [before, after] = await Promise.all(["a", "b"].map((name) => loadModel(file(`${name}.safetensors`))));
  const x = randn([4, 2], { seed: 3 });
  expect(await after!.model.forward(x).data()).toEqual(await before!.model.forward(x).data());
  const { input, classes, outputs, loss, facts } = after!;
  expect({ input, classes, outputs, loss, facts }).toEqual({ ...use, facts: { seed: "1" } });
});

test("a network of others becomes a model: log-softmax at its end is none of it, as logits have the same scores", async () => {
  const network = new Sequential([
    new Conv2d(1, 2, 3, { seed: 1 }),
    new Flatten(),
    new Linear(32, 2, { seed: 2 }),
    labelled("logSoftmax", (x) => logSoftmax(x)),
  ]);
  writeFileSync(file("c.onnx"), await exportOnnx(network, ["n", 1, 6, 6]));
  const { code } = await dlcc([
    "convert",
    file("c.onnx"),
    file("c.safetensors"),
    "--classes",
    "yes,no",
    "--range",
    "-1,1",
  ]);
  expect([code, errors.text]).toEqual([0, ""]);
  const { input, classes, outputs, loss, architecture } = await loadModel(file("c.safetensors"));
  expect({ input, classes, outputs, loss, architecture }).toEqual({
    input: { shape: [1, 6, 6], range: [-1, 1] },
    classes: ["yes", "no"],
    outputs: "logits",
    loss: "cross-entropy",
    architecture: "1×6×6-2×4×4-2",
  });
});

test.each([
  [
    ["a.onnx", "a.txt"],
    "the name of a file to write must end with one of .safetensors, .onnx, .npz, .npy, .mjs, .html, got .txt",
  ],
  [["none.onnx", "d.safetensors"], "none.onnx can't be read"],
])("convert %j says what is wrong", async ([from = "", to = ""], message) => {
  const { code } = await dlcc(["convert", file(from), file(to)]);
  expect(code).toBe(1);
  expect(errors.text).toContain(message);
});

test("as many classes as outputs, or nothing is written", async () => {
  const network = new Sequential([new Linear(4, 2, { seed: 1 })]);
  writeFileSync(file("f.onnx"), await exportOnnx(network, ["n", 4]));
  const { code } = await dlcc(["convert", file("f.onnx"), file("f.safetensors"), "--classes", "a,b,c"]);
  expect(code).toBe(1);
  expect(errors.text).toContain("--classes must name as many outputs as the network has, 2, got 3");
  await expect(loadModel(file("f.safetensors"))).rejects.toThrow("can't be read");
});

test("bytes that are no ONNX are refused with the file's name, and nothing is written", async () => {
  writeFileSync(file("e.onnx"), Uint8Array.of(1, 2, 3));
  const { code } = await dlcc(["convert", file("e.onnx"), file("e.safetensors")]);
  expect(code).toBe(1);
  expect(errors.text).toMatch(
    /e\.onnx: readOnnxInfo: bytes must be an ONNX model|e\.onnx: bytes must be an ONNX model/,
  );
  await expect(loadModel(file("e.safetensors"))).rejects.toThrow("can't be read");
});
