/**
 * The published table of words is what the tests have seen: each op runs here, on each backend, against its definition; its
 * derivative against differences; and the fixtures say what else it is compared with. The page in docs is made from the file
 * that this writes; `vitest -u` brings it up to date. A word of which something is missing fails, and the message says what.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createGpu } from "@dlcc/gpu";
import { type Backend, cpu, dtypes, ops } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { afterAll, expect, test } from "vitest";
import { conformance, type RandomCaseOptions, randomCase } from "../src/index.ts";
import { words, wordsOfOps } from "../src/random/words/index.ts";
import { tolerance } from "./fixtures/gpu.ts";
import { testBackend } from "./fixtures/webgpu.ts";

const gpu = await createGpu({ mode: "webasm", allowSoftware: true });
const wasm = await createWasm({ threads: 1 });
/** Where there is no WebGPU, the other tests of it say so, and its column stays as it is. */
const webgpu = await testBackend().catch(() => undefined);
afterAll(async () => {
  await webgpu?.dispose();
  gpu.dispose();
  wasm.dispose();
});

type Column = "cpu" | "wasm" | "webgpu" | "gpu";

const backends: readonly (readonly [column: Column, Backend, RandomCaseOptions])[] = [
  ["cpu", cpu, {}],
  ["wasm", wasm, {}],
  ...(webgpu ? [["webgpu", webgpu, { tolerance, signedZeros: false }] as const] : []),
  ["gpu", gpu, { tolerance, signedZeros: false }],
];

/** How many cases of each word: each dtype has its turn. */
const rounds = 4;

/** What an op is, as it is made. */
function kindOf(word: string): string {
  const op: object = (ops as Readonly<Record<string, object>>)[word] ?? {};
  if ("view" in op) return "view";
  if ("forward" in op) return "of one's own";
  if ("fused" in op) return "fused";
  if (words[word]?.isAsync) return "reads";
  return "kernel" in op ? "primitive" : "composite";
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8"));
const keysIn = (fixture: unknown, key: string): readonly string[] =>
  Object.keys((fixture as Readonly<Record<string, object>>)[key] ?? {});

const training = keysIn(read("pytorch-training.json"), "runs");
const functions = read("pytorch-functions.json");
/** Words that PyTorch has in a function or a class of another name, by that name in the fixtures. */
const within: Readonly<Record<string, boolean>> = {
  softmaxCrossEntropy: keysIn(functions, "losses").includes("crossEntropy, labels"),
  softmaxCrossEntropyGradient: keysIn(functions, "losses").includes("crossEntropy, labels"),
  linear: training.includes("sgd, relu"),
  conv2dWeightGradient: keysIn(read("pytorch-convolution.json"), "exact").length > 0,
  activationGradient: training.includes("sgd, sigmoid"),
  sgdStep: training.includes("sgd, weight decay"),
  momentumStep: training.includes("nesterov"),
  adamStep: training.includes("adamW"),
};

/** What a fixture has cases of: a list of them begins with their names, or they stand under their names. */
function namesIn(fixture: string): readonly string[] {
  const content = read(fixture) as { readonly cases?: object };
  if (Array.isArray(content)) return content.map(([name]: readonly string[]) => name ?? "");
  return Object.keys(content.cases ?? content);
}

const numpy = new Set(
  readdirSync(new URL("fixtures", import.meta.url))
    .filter((file) => file === "pairs.json" || /^numpy.*\.json$/.test(file))
    .flatMap(namesIn),
);

/** Who else says what comes out: the fixtures that have cases of a word. */
const references: Readonly<Record<string, ReadonlySet<string>>> = {
  NumPy: numpy,
  "NumPy or SciPy": new Set(namesIn("unary.json").filter((word) => !numpy.has(word))),
  PyTorch: new Set([
    ...(read("pytorch-convolution.json") as { readonly exact: readonly { readonly op: string }[] }).exact.map(
      ({ op }) => op,
    ),
    ...keysIn(functions, "activations"),
    ...(read("pytorch-images.json") as { readonly cases: readonly { readonly op: string }[] }).cases.map(
      ({ op }) => op,
    ),
    ...Object.entries(within).flatMap(([word, is]) => (is ? [word] : [])),
  ]),
};

const conforming = conformance(cpu).map(({ name }) => name.split(" ")[0]);

interface Row {
  readonly word: string;
  readonly kind: string;
  /** The dtypes in which it ran. */
  readonly cpu: readonly string[];
  readonly wasm: readonly string[];
  readonly webgpu: readonly string[];
  readonly gpu: readonly string[];
  readonly derivative: "checked" | "none";
  readonly reference: readonly string[];
}

const writtenOf = (word: string): Row | undefined =>
  (read("words.json") as readonly Row[]).find((row) => row.word === word);

/** Runs all cases of a word, and says in which dtypes. */
async function rowOf(word: string): Promise<Row> {
  const ran: Readonly<Record<Column, Set<string>>> = {
    cpu: new Set(),
    wasm: new Set(),
    webgpu: new Set(),
    gpu: new Set(),
  };
  let hasDerivative = false;
  for (let round = 0; round < rounds; round++) {
    const index = round * wordsOfOps.length + wordsOfOps.indexOf(word);
    for (const [column, backend, options] of backends) {
      const one = randomCase(7, index, { modest: true, ...options });
      if (!one.dtypes.every((dtype) => backend.dtypes.includes(dtype))) continue;
      await one.check(backend);
      ran[column].add(one.dtype);
    }
    const { checkDerivative, hasDerivative: has } = randomCase(7, index);
    await checkDerivative();
    hasDerivative = has;
  }
  const inOrder = (set: ReadonlySet<string>): string[] => dtypes.filter((dtype) => set.has(dtype));
  return {
    word,
    kind: kindOf(word),
    cpu: inOrder(ran.cpu),
    wasm: inOrder(ran.wasm),
    webgpu: webgpu ? inOrder(ran.webgpu) : (writtenOf(word)?.webgpu ?? []),
    gpu: inOrder(ran.gpu),
    derivative: hasDerivative ? "checked" : "none",
    reference: Object.entries(references).flatMap(([name, has]) => (has.has(word) ? [name] : [])),
  };
}

const rows: Row[] = [];

test.each(wordsOfOps)("%s runs everywhere, and its derivative is checked", async (word) => {
  expect(words[word], `${word} has no definition: give it a row in packages/testing/src/random/words`).toBeDefined();
  const row = await rowOf(word);
  for (const [column] of backends) {
    expect(row[column].length, `${word}: no case has run on ${column}`).toBeGreaterThan(0);
  }
  if (row.kind === "primitive" || row.kind === "fused") {
    expect(conforming, `${word}: conformance has no case of it`).toContain(word);
  }
  rows.push(row);
});

test("the table is what has run", async () => {
  const lines = rows.map((row) => `  ${JSON.stringify(row)}`);
  await expect(`[\n${lines.join(",\n")}\n]\n`).toMatchFileSnapshot("./fixtures/words.json");
});
