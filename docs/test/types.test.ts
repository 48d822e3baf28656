/** Examples hold to the types: what a reader copies into a strict project compiles there. */
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { compilerOptions, docs } from "./compiler.ts";
import { allExamples } from "./examples.ts";

/** What the compiler has to say about some code, as `where: message`. */
function complaints(examples: readonly { where: string; code: string }[]): string[] {
  // The files are not on disk: the tests that run the examples clear the folder that they would be in.
  const files = new Map(
    examples.map(({ where, code }, i) => [
      path.join(docs, `example-${i}.ts`),
      { where, code: `${code}\nexport {};\n` },
    ]),
  );
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists.call(host, file);
  host.readFile = (file) => files.get(file)?.code ?? readFile.call(host, file);
  host.getSourceFile = (file, target, ...rest) => {
    const code = files.get(file)?.code;
    return code === undefined
      ? getSourceFile.call(host, file, target, ...rest)
      : ts.createSourceFile(file, code, target, true);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files].flatMap(([file, { where }]) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText, start }) => {
        const line = source && start !== undefined ? source.getLineAndCharacterOfPosition(start).line + 1 : 0;
        return `${where} + ${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
      },
    );
  });
}

test("every example passes the strict type checker", () => {
  expect(complaints(allExamples())).toEqual([]);
});

test("a mistake in an example is noticed", () => {
  const wrong = { where: "wrong", code: 'import { tensor } from "@dlcc/tensor";\ntensor("one");' };
  expect(complaints([wrong])).toEqual([expect.stringContaining("wrong + 2")]);
});

/** What the guides' tables speak of, without saying what it is. */
const context = `
import type * as T from "@dlcc/tensor";
import type * as L from "@dlcc/layers";
import type * as O from "@dlcc/optim";
import type * as D from "@dlcc/data";
declare const [a, b, c, x, y, o, i, t, logits, labels, images, value, kernel, loss]: [${"T.Tensor,".repeat(14)}];
declare const weight: T.Tensor, bias: T.Tensor;
declare const w: T.Parameter, v: T.Parameter, p: T.Parameter[], parameters: T.Parameter[], inputs: T.Tensor[];
declare const gradients: Map<T.Parameter, T.Tensor>, s: Record<string, T.Tensor>;
declare const backend: T.Backend, model: L.Sequential, optimizer: O.Optimizer, bytes: Uint8Array;
declare const json: unknown, read: (path: string) => Promise<Uint8Array>;
declare const seed: number, epoch: number, low: number, high: number, standardDeviation: number, path: string;
declare const source: D.ExampleSource, batches: AsyncIterable<D.Minibatch>;
declare const shape: number[], array: number[], dtype: "float32", config: L.LayerConfig, types: L.LayerTypes;
declare const f: ((x: T.Tensor) => T.Tensor) & (() => T.Tensor), forward: () => T.Tensor, backward: () => T.Tensor[];
const name = "op";`;

/** Imports of all functions and classes; where two packages have one name, from the first. */
async function imports(): Promise<string> {
  const seen = new Set<string>();
  const packages = [
    "tensor",
    "autograd",
    "layers",
    "losses",
    "optim",
    "data",
    "train",
    "io",
    "io/node",
    "convert",
    "onnx",
    "testing",
  ];
  const lines: string[] = [];
  for (const name of packages) {
    const module: Readonly<Record<string, unknown>> = await import(`@dlcc/${name}`);
    const fresh = Object.keys(module).filter((key) => !seen.has(key));
    for (const key of fresh) seen.add(key);
    lines.push(`import { ${fresh.join(", ")} } from "@dlcc/${name}";`);
  }
  return lines.join("\n");
}

test("what the guides' tables say of dlcc passes the type checker", async () => {
  const cells = [
    "coming-from-pytorch",
    "coming-from-tensorflow-js",
    "coming-from-brain-js",
    "swapping-backends",
  ].flatMap((guide) => {
    const rows = readFileSync(path.join(docs, `guide/${guide}.md`), "utf8").matchAll(/^\|[^|]*\|([^|]*)\|$/gm);
    return [...rows].flatMap(([, cell = ""]) => [...cell.matchAll(/`([^`…±]+)`/g)].map(([, text = ""]) => text));
  });
  const calls = cells.filter((text) => /^[^{[]*[(=]/.test(text) && !text.startsWith("new Sequential([a"));
  expect(calls.length).toBeGreaterThan(150);
  const lines = calls.map((text) => `void (async () => (${text}));`);
  const code = [await imports(), context.trim(), ...lines].join("\n");
  expect(complaints([{ where: "tables", code }])).toEqual([]);
});
