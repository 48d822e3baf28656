/** The page of words shows what the tests have run; `vitest -u` brings it up to date. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "./examples.ts";

interface Row {
  readonly word: string;
  readonly kind: string;
  readonly cpu: readonly string[];
  readonly wasm: readonly string[];
  readonly webgpu: readonly string[];
  readonly gpu: readonly string[];
  readonly derivative: string;
  readonly reference: readonly string[];
}

const page = path.join(root, "docs/guide/words.md");
const [begin, end] = ["<!-- table -->", "<!-- /table -->"];

const rows = JSON.parse(
  readFileSync(path.join(root, "packages/testing/test/fixtures/words.json"), "utf8"),
) as readonly Row[];

/** The dtypes in short. */
const short: Readonly<Record<string, string>> = { float32: "f32", float64: "f64", int32: "i32", bool: "bool" };
const shortened = (dtypes: readonly string[]): string => dtypes.map((dtype) => short[dtype] ?? dtype).join(" ");

/** A table: a row for each op. */
function table(): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const heads = ["op", "what it is", "cpu", "wasm", "webgpu", "gpu", "derivative", "compared with"];
  const lines = rows.map(({ word, kind, cpu, wasm, webgpu, gpu, derivative, reference }) =>
    row([
      `\`${word}\``,
      kind,
      ...[cpu, wasm, webgpu, gpu].map(shortened),
      derivative,
      ["its definition", ...reference].join(", "),
    ]),
  );
  return [row(heads), row(heads.map(() => "---")), ...lines].join("\n");
}

test("the page has the words that have run", async () => {
  const text = readFileSync(page, "utf8");
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  expect(from).toBeGreaterThan(begin.length);
  await expect(`${text.slice(0, from)}\n${table()}\n${text.slice(to)}`).toMatchFileSnapshot(page);
});
