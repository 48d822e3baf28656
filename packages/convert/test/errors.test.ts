/** How far networks that came in are from where they came from: the figures of docs/guide/formats.md. `vitest -u` writes them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fromPyTorch, importBrain, importTfjs, toPyTorch } from "@dlcc/convert";
import { deserialize } from "@dlcc/io";
import { abs, max, permute, type Tensor, tensor } from "@dlcc/tensor";
import { expect, test } from "vitest";
import { models } from "./models.ts";

const fixtures = path.join(import.meta.dirname, "fixtures");
const read = (file: string): Buffer => readFileSync(path.join(fixtures, file));

const difference = async (a: Tensor, b: Tensor): Promise<number> => max(abs(a.sub(b))).item();

/** The power of ten above an error: engines may differ in the last digit of a sigmoid. */
const bound = (error: number): string => (error === 0 ? "0" : `1e${Math.ceil(Math.log10(error))}`);

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Each class of TensorFlow.js, with the greatest error of all models that have it. */
async function tfjs(): Promise<Record<string, string>> {
  interface Saved {
    readonly name: string;
    readonly json: object;
    readonly files: Readonly<Record<string, string>>;
    readonly x: Numbers;
    readonly y: Numbers;
  }
  const { cases } = JSON.parse(read("tfjs.json").toString()) as { cases: Saved[] };
  const errors = new Map<string, number>();
  for (const { json, files, x, y } of cases) {
    const text = JSON.stringify(json);
    const turned = ({ shape, data }: Numbers): Tensor => {
      const all = tensor(Float32Array.from(data), { shape });
      if (all.rank === 4) return permute(all, [0, 3, 1, 2]);
      return all.rank === 3 && text.includes('"Conv1D"') ? permute(all, [0, 2, 1]) : all;
    };
    const { model } = await importTfjs(json, async (file) => new Uint8Array(Buffer.from(files[file] ?? "", "base64")));
    const error = await difference(model.forward(turned(x)), turned(y));
    for (const [, type = ""] of text.matchAll(/"class_name":"(\w+)"/g)) {
      if (!["Sequential", "Model", "InputLayer"].includes(type))
        errors.set(type, Math.max(error, errors.get(type) ?? 0));
    }
  }
  return Object.fromEntries(
    [...errors].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, error]) => [type, bound(error)]),
  );
}

/** Each layer with PyTorch's names of what it learns, and its errors. */
async function pytorch(): Promise<Record<string, object>> {
  const found: Record<string, Record<string, string>> = {};
  for (const dtype of ["float32", "float64"] as const) {
    const tensors = deserialize(read(`pytorch-${dtype}.safetensors`)).tensors;
    for (const [name, make] of Object.entries(models)) {
      const model = await make().to({ dtype });
      const prefix = `${name}|state|`;
      const state = Object.entries(tensors).filter(([key]) => key.startsWith(prefix));
      model.loadStateDict(
        fromPyTorch(model, Object.fromEntries(state.map(([key, value]) => [key.slice(prefix.length), value]))),
      );
      const error = await difference(model.eval().forward(tensors[`${name}|x`]!), tensors[`${name}|y`]!);
      const there = Object.keys(toPyTorch(model));
      const here = [
        ...model.namedParameters().keys(),
        ...[...model.namedBuffers().keys()].filter((key) => !key.endsWith(".stream")),
      ];
      const names = there.map((key, i) => (here[i] === key ? `\`${key}\`` : `\`${here[i]}\` → \`${key}\``)).join(", ");
      found[name] = { ...found[name], names, [dtype]: bound(error) };
    }
  }
  return found;
}

async function brain(): Promise<Record<string, string>> {
  interface Saved {
    readonly name: string;
    readonly json: object;
    readonly inputs: readonly Record<string, number>[];
    readonly outputs: readonly Record<string, number>[];
  }
  const errors: Record<string, string> = {};
  for (const version of [1, 2]) {
    let most = 0;
    for (const { json, inputs, outputs } of JSON.parse(read(`brain-${version}.json`).toString()) as Saved[]) {
      const found = importBrain(json);
      const rows = (all: Saved["inputs"], names: readonly string[]): Tensor =>
        tensor(all.map((row) => names.map((name) => row[name] ?? Number.NaN)));
      most = Math.max(
        most,
        await difference(found.model.forward(rows(inputs, found.inputs)), rows(outputs, found.outputs)),
      );
    }
    errors[`version ${version}`] = bound(most);
  }
  return errors;
}

test("the errors are those that the guide has", async () => {
  const errors = { pytorch: await pytorch(), tfjs: await tfjs(), brain: await brain() };
  await expect(`${JSON.stringify(errors, undefined, 1)}\n`).toMatchFileSnapshot(path.join(fixtures, "errors.json"));
});
