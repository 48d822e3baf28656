/**
 * Exported networks give in ONNX Runtime what they give here, networks that PyTorch exported give here what they give there,
 * and what was exported is read back as it was. The greatest differences are the table of docs/guide/onnx.md; `vitest -u`
 * brings it up to date.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type LayerConfig, layerTypes, type Module } from "@dlcc/layers";
import { type Tensor, tensor } from "@dlcc/tensor";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { exportOnnx, importOnnx, readOnnxInfo } from "../src/index.ts";
import { cases, differenceOf, inputOf, layerOf, networkOf } from "./cases.ts";

interface NdArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface PyTorchCase {
  readonly name: string;
  readonly onnx: string;
  /** The types of the layers that it becomes. */
  readonly layers: string;
  readonly input: NdArray;
  readonly output: NdArray;
}

const fixtures = JSON.parse(readFileSync(new URL("fixtures/pytorch.json", import.meta.url), "utf8")) as {
  readonly cases: readonly PyTorchCase[];
};

/** What a difference may be: inputs and outputs are numbers about 1. */
const tolerance = 1e-5;

/** A layer's row. */
interface Row {
  readonly ops: Set<string>;
  runtime?: number;
  pytorch?: number;
}

const rows = new Map<string, Row>();
const rowOf = (layer: string): Row => {
  const row = rows.get(layer) ?? { ops: new Set() };
  rows.set(layer, row);
  return row;
};

const typesOf = (model: Module): string =>
  (model.config().layers as readonly LayerConfig[]).map(({ type }) => type).join(" ");

/** What ONNX Runtime gives. */
async function inRuntime(bytes: Uint8Array, x: Tensor): Promise<ort.Tensor> {
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  const input = new ort.Tensor("float32", (await x.data()) as Float32Array, [...x.shape]);
  const { output } = await session.run({ input });
  await session.release();
  return output as ort.Tensor;
}

describe("exported", () => {
  test("every layer of @dlcc/layers has a case", () => {
    const covered = new Set(cases.map(({ name }) => layerOf(name)));
    expect(Object.keys(layerTypes).filter((type) => !covered.has(type))).toEqual([]);
  });

  test.each(cases)("$name", async (each) => {
    const [model, x] = [networkOf(each), inputOf(each)];
    const y = model.forward(x);
    const bytes = await exportOnnx(model, ["n", ...each.input.slice(1)]);
    const { outputs, ops } = readOnnxInfo(bytes);
    expect(outputs[0]?.shape).toEqual(["n", ...y.shape.slice(1)]);

    const found = await inRuntime(bytes, x);
    expect(found.dims).toEqual([...y.shape]);
    const difference = differenceOf(found.data as Float32Array, await y.data());
    expect(difference).toBeLessThan(tolerance);

    const back = importOnnx(bytes);
    expect(differenceOf(await back.forward(x).data(), await y.data())).toBeLessThan(1e-6);

    const row = rowOf(layerOf(each.name));
    row.runtime = Math.max(row.runtime ?? 0, difference);
    for (const op of Object.keys(ops)) row.ops.add(op);
  });
});

/** The row of a network: whole ones have theirs, others that of their last layer. */
function rowOfPyTorch({ name, layers }: PyTorchCase): Row | undefined {
  if (name.startsWith("lenet")) return rowOf("LeNet of opsets 9 to 17");
  if (name.startsWith("resnet")) return rowOf("ResNet");
  const type = layers.split(" ").at(-1) ?? "";
  return type in layerTypes || rows.has(type) ? rowOf(type) : undefined;
}

describe("of PyTorch", () => {
  test.each(fixtures.cases)("$name", async (each) => {
    const { name, onnx, layers, input, output } = each;
    const model = importOnnx(new Uint8Array(Buffer.from(onnx, "base64")));
    expect(typesOf(model)).toBe(layers);
    const isDouble = name === "doubles";
    const data = isDouble ? Float64Array.from(input.data) : Float32Array.from(input.data);
    const y = model.forward(tensor(data, { shape: [...input.shape], dtype: isDouble ? "float64" : "float32" }));
    expect(y.shape).toEqual(output.shape);
    const difference = differenceOf(await y.data(), output.data);
    expect(difference).toBeLessThan(isDouble ? 1e-14 : tolerance);

    const row = rowOfPyTorch(each);
    if (row) row.pytorch = Math.max(row.pytorch ?? 0, difference);
  });
});

describe("the table in docs/guide/onnx.md", () => {
  const page = fileURLToPath(new URL("../../../docs/guide/onnx.md", import.meta.url));
  const [begin, end] = ["<!-- errors -->", "<!-- /errors -->"];

  /** The next of 1, 2, 5 · 10ᵏ: engines differ in the last bits. */
  function rounded(difference: number): string {
    if (difference === 0) return "0";
    const power = 10 ** Math.floor(Math.log10(difference));
    const digit = [1, 2, 5, 10].find((candidate) => difference <= candidate * power * 1.0001) ?? 10;
    return (digit * power).toExponential(0);
  }

  /** What stands there, if it is about that. */
  function figure(difference: number | undefined, written: string | undefined): string {
    if (difference === undefined) return "–";
    const before = Number(written);
    const isAbout = difference <= 2 * before && difference >= before / 50;
    return written !== undefined && (isAbout || (before === 0 && difference < 1e-7)) ? written : rounded(difference);
  }

  test("has what was measured", async () => {
    const text = readFileSync(page, "utf8");
    const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
    expect(from).toBeGreaterThan(begin.length);
    const written = new Map(
      text
        .slice(from, to)
        .split("\n")
        .map((line) => line.split("|").map((cell) => cell.trim()))
        .map(([, layer = "", , runtime, pytorch]) => [layer, { runtime, pytorch }] as const),
    );
    const lines = [...rows].map(([layer, { ops, runtime, pytorch }]) => {
      const title = layer.includes(" ") || layer === "ResNet" ? layer : `\`${layer}\``;
      const before = written.get(title);
      const cells = [
        title,
        [...ops].sort().join(", ") || "–",
        figure(runtime, before?.runtime),
        figure(pytorch, before?.pytorch),
      ];
      return `| ${cells.join(" | ")} |`;
    });
    const head = ["| layer | ops | against ONNX Runtime | against PyTorch |", "|---|---|--:|--:|"];
    const table = ["", ...head, ...lines, ""].join("\n");
    await expect(text.slice(0, from) + table + text.slice(to)).toMatchFileSnapshot(page);
  });
});
