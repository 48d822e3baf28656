/** The tables of the guide on formats are what the tests of `@dlcc/convert` have measured; `vitest -u` brings them up to date. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "./examples.ts";

interface Errors {
  readonly pytorch: Readonly<
    Record<string, { readonly names: string; readonly float32: string; readonly float64: string }>
  >;
  readonly tfjs: Readonly<Record<string, string>>;
  readonly brain: Readonly<Record<string, string>>;
}

const page = path.join(root, "docs/guide/formats.md");
const errors = JSON.parse(
  readFileSync(path.join(root, "packages/convert/test/fixtures/errors.json"), "utf8"),
) as Errors;

/** What each layer of TensorFlow.js becomes, and its weights: there, here, and the order of the axes. */
const here: Readonly<Record<string, readonly [layers: string, weights: string]>> = {
  Activation: ["`relu` `sigmoid` `tanh` `softmax` `elu` `softplus` `silu` `gelu` `geluTanh`", ""],
  AveragePooling2D: ["`AvgPool2d`; uneven `same` is missing", ""],
  BatchNormalization: ["`BatchNorm1d` `BatchNorm2d`", "`gamma` `beta` `moving_mean` `moving_variance`, as they are"],
  Conv1D: ["`Conv1d`", "`kernel` [k, in, out] → [out, in, k]"],
  Conv2D: ["`Conv2d`", "`kernel` [kh, kw, in, out] → [out, in, kh, kw]"],
  Conv2DTranspose: ["`ConvTranspose2d`", "`kernel` [kh, kw, out, in] → [in, out, kh, kw]"],
  Cropping2D: ["`ConstantPad2d`", ""],
  Dense: ["`Linear`", "`kernel` [in, out] → [out, in]; behind a `Flatten` the inputs in dlcc's order"],
  DepthwiseConv2D: ["`Conv2d` with `groups`", "`depthwise_kernel` [kh, kw, in, times] → [in · times, 1, kh, kw]"],
  Dropout: ["`Dropout`", ""],
  ELU: ["`elu`", ""],
  Flatten: ["`Flatten`", ""],
  GlobalAveragePooling2D: ["`AdaptiveAvgPool2d` `Flatten`", ""],
  GlobalMaxPooling2D: ["`MaxPool2d` `Flatten`", ""],
  LayerNormalization: ["`LayerNorm`, of features", "`gamma` `beta`, as they are"],
  LeakyReLU: ["`leakyRelu`; with another slope than 0.01 a frozen `PReLU`", ""],
  MaxPooling2D: ["`MaxPool2d`", ""],
  PReLU: ["`PReLU`", "`alpha` [1, 1, channels] → [channels]"],
  ReLU: ["`relu`", ""],
  SeparableConv2D: ["two `Conv2d`", "as `DepthwiseConv2D`; `pointwise_kernel` as `Conv2D`"],
  Softmax: ["`softmax`", ""],
  UpSampling2D: ["`Upsample`, `nearest`", ""],
  ZeroPadding2D: ["`ConstantPad2d`", ""],
};

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(heads), row(heads.map(() => "---")), ...rows.map(row)].join("\n");

const tables: Readonly<Record<string, () => string>> = {
  pytorch: () =>
    table(
      ["network", "dlcc's names → PyTorch's", "float32", "float64"],
      Object.entries(errors.pytorch).map(([name, { names, float32, float64 }]) => [name, names, float32, float64]),
    ),
  tfjs: () =>
    table(
      ["TensorFlow.js", "dlcc", "weights", "error"],
      Object.entries(errors.tfjs).map(([type, error]) => [`\`${type}\``, ...(here[type] ?? []), error]),
    ),
  brain: () => table(["brain.js", "error"], Object.entries(errors.brain)),
};

test("the guide says of each layer of TensorFlow.js what it becomes", () => {
  expect(Object.keys(here).toSorted()).toEqual(Object.keys(errors.tfjs).toSorted());
});

test("the guide has the errors that were measured", async () => {
  let text = readFileSync(page, "utf8");
  for (const [name, draw] of Object.entries(tables)) {
    const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
    expect(from, `formats.md has the two marks of ${name}`).toBeGreaterThan(begin.length);
    text = `${text.slice(0, from)}\n${draw()}\n\n${text.slice(to)}`;
  }
  await expect(text).toMatchFileSnapshot(page);
});
