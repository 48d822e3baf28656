/** The page of errors shows what the tests of the backends have measured; `vitest -u` brings it up to date. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "./examples.ts";

interface Row {
  readonly op: string;
  readonly forward: number;
  readonly gradient: number;
}

const page = path.join(root, "docs/guide/precision.md");
const [begin, end] = ["<!-- table -->", "<!-- /table -->"];

/** The backends by their files, and what stands above their columns. */
const columns = {
  cpu: "cpu",
  wasm: "wasm",
  wgsl: "webgpu",
  webgl2: "gpu: WebGL2",
  webgpu: "gpu: WebGPU",
  webasm: "gpu: software",
} as const;

const measured = (name: string): readonly Row[] =>
  JSON.parse(
    readFileSync(path.join(root, `packages/testing/test/fixtures/precision/${name}.json`), "utf8"),
  ) as readonly Row[];

const figure = (error: number): string => (error === 0 ? "0" : error.toExponential(1));

/** A table: a row for each op, forward and gradient for each backend. */
function table(): string {
  const backends = Object.entries(columns).map(([name, title]) => ({ title, rows: measured(name) }));
  const ops = backends[0]?.rows.map(({ op }) => op) ?? [];
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const lines = ops.map((op) => {
    const errors = backends.map(({ rows }) => rows.find((candidate) => candidate.op === op));
    return row([`\`${op}\``, ...errors.map((e) => (e ? `${figure(e.forward)}, ${figure(e.gradient)}` : "–"))]);
  });
  const heads = ["op", ...backends.map(({ title }) => title)];
  return [row(heads), row(heads.map(() => "---")), ...lines].join("\n");
}

test("the page has the errors that were measured", async () => {
  const text = readFileSync(page, "utf8");
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  expect(from).toBeGreaterThan(begin.length);
  await expect(`${text.slice(0, from)}\n${table()}\n${text.slice(to)}`).toMatchFileSnapshot(page);
});
