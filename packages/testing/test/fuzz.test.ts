/**
 * Random and damaged bytes for everything that reads them. `npm run fuzz -- --cases 100000` runs more of it; what it takes
 * is what `Ordeal` says.
 */
import { gzipSync } from "node:zlib";
import { gunzip, readIdx } from "@dlcc/data";
import { buildNetwork, readModel, writeModel } from "@dlcc/experiment";
import { deserialize, serialize } from "@dlcc/io";
import {
  BatchNorm2d,
  Conv2d,
  Flatten,
  fromConfig,
  type LayerConfig,
  Linear,
  layerTypes,
  Residual,
  relu,
  Sequential,
} from "@dlcc/layers";
import { exportOnnx, importOnnx, readOnnxInfo } from "@dlcc/onnx";
import { tensor, uniform, withBudget } from "@dlcc/tensor";
import fc from "fast-check";
import { test } from "vitest";
import { bytesOf, files, run } from "./fuzzing.ts";
import { anyOnnx } from "./onnx-bytes.ts";

/** Whole numbers as files have them: small ones, and those at the limits of types. */
const count = fc.oneof(
  { weight: 4, arbitrary: fc.nat(6) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, 255, 65_536, 30_000, 2 ** 31, 2 ** 32 - 1, 2 ** 53, 1e300, 1e9) },
);

test("safetensors", async () => {
  const good = await serialize(
    { w: uniform([20, 20], { seed: 1 }), n: tensor([1, 2], { dtype: "int32" }), b: tensor([true]) },
    { format: "dlcc", note: "é\u0000" },
  );
  await run("safetensors", 0.2, files(good), bytesOf(deserialize));
});

test("safetensors with a header of any JSON", async () => {
  const name = fc.constantFrom("w", "__metadata__", "__proto__", "constructor", "", "\u001b[2J");
  const entry = fc.record(
    {
      dtype: fc.constantFrom("F32", "U8", "I64", "BF16", "BOOL", "__proto__"),
      shape: fc.array(count, { maxLength: 5 }),
      data_offsets: fc.array(count, { maxLength: 3 }),
    },
    { requiredKeys: [] },
  );
  const header = fc.dictionary(name, fc.oneof(entry, fc.jsonValue({ maxDepth: 3 })), { maxKeys: 4 });
  const file = fc.tuple(header, fc.uint8Array({ maxLength: 64 })).map(([json, data]) => {
    const text = Buffer.from(JSON.stringify(json));
    const length = Buffer.alloc(8);
    length.writeUInt32LE(text.length);
    return new Uint8Array(Buffer.concat([length, text, data]));
  });
  await run("safetensors' headers", 0.15, file, bytesOf(deserialize));
});

/** An IDX file with any header. */
const idx = fc
  .tuple(
    fc.constantFrom(0, 8, 9, 10, 11, 12, 13, 14),
    fc.array(fc.oneof(fc.nat(4), fc.constantFrom(2 ** 31, 2 ** 32 - 1)), { maxLength: 6 }),
    fc.uint8Array({ maxLength: 200 }),
  )
  .map(([type, shape, contents]) => {
    const lengths = shape.flatMap((n) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
    return Uint8Array.from([0, 0, type, shape.length, ...lengths, ...contents]);
  });
const goodIdx = Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);

test("IDX", () => run("IDX", 0.15, fc.oneof(files(goodIdx), idx), bytesOf(readIdx)));

test("IDX in gzip, with more behind it than its header says", async () => {
  const packed = fc
    .tuple(fc.oneof(idx, fc.constant(goodIdx)), fc.constantFrom(0, 1, 1000, 3_000_000))
    .map(([file, more]) => new Uint8Array(gzipSync(Buffer.concat([file, Buffer.alloc(more)]), { level: 1 })));
  await run("IDX in gzip", 0.05, packed, bytesOf(readIdx));
});

test("gzip", async () => {
  const good = new Uint8Array(gzipSync(Buffer.from("a text that recurs, a text that recurs")));
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(5_000_000)));
  const limited = (bytes: Uint8Array): Promise<Uint8Array> => gunzip(bytes, { limit: 100_000 });
  await run(
    "gzip",
    0.1,
    fc.oneof({ weight: 9, arbitrary: files(good) }, { weight: 1, arbitrary: files(bomb) }),
    bytesOf(limited),
  );
});

/** A layer of any kind, with numbers of any size. */
const { layer } = fc.letrec<{ layer: LayerConfig }>((tie) => ({
  layer: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ type: fc.constantFrom(...Object.keys(layerTypes)) }) as fc.Arbitrary<LayerConfig>,
    fc.record({ type: fc.constant("Linear"), inFeatures: count, outFeatures: count, bias: fc.boolean() }),
    fc.record({ type: fc.constant("Dropout"), p: count }),
    fc.record({ type: fc.constant("Perceptron"), inputs: count }),
    fc.record({ type: fc.constant("Sequential"), layers: fc.array(tie("layer"), { maxLength: 4 }) }),
  ),
}));
const config = fc.oneof(
  { weight: 5, arbitrary: layer },
  { weight: 1, arbitrary: fc.jsonValue() as fc.Arbitrary<unknown> },
);

test("configs", () =>
  run("configs", 0.1, config, (value) => {
    const text = JSON.stringify(value);
    return {
      size: text.length,
      what: text,
      run: () => withBudget(10_000, () => fromConfig(JSON.parse(text), layerTypes)),
    };
  }));

const use = {
  input: { shape: [2], range: [0, 1] },
  classes: ["a", "b"],
  outputs: "logits",
  loss: "cross-entropy",
} as const;
const network = buildNetwork({
  inputs: 2,
  hidden: [100],
  outputs: 2,
  activation: "relu",
  loss: "cross-entropy",
  init: "he",
  seed: 1,
});

test("model files", async () => {
  const good = await writeModel(network, use, { seed: "1" });
  await run(
    "model files",
    0.1,
    files(good),
    bytesOf((bytes) => readModel("model", bytes)),
  );
});

test("model files with metadata of any kind", async () => {
  const text = fc.oneof(
    config.map((value) => JSON.stringify(value)),
    fc
      .record({ shape: fc.array(count, { maxLength: 4 }), range: fc.array(count, { maxLength: 3 }) })
      .map((value) => JSON.stringify(value)),
    fc.array(fc.string({ unit: "binary" })).map((value) => JSON.stringify(value)),
    fc.string({ unit: "binary" }),
  );
  const key = fc.constantFrom(
    "format",
    "formatVersion",
    "architecture",
    "input",
    "classes",
    "outputs",
    "loss",
    "table",
    "__proto__",
  );
  const good = {
    format: "dlcc",
    formatVersion: "1",
    architecture: JSON.stringify(network.config()),
    input: JSON.stringify(use.input),
    classes: JSON.stringify(use.classes),
    outputs: use.outputs,
    loss: use.loss,
  };
  const state = network.stateDict();
  const changes = fc.array(fc.tuple(key, text), { minLength: 1, maxLength: 3 });
  await run("models' metadata", 0.1, changes, (entries) => ({
    size: JSON.stringify(entries).length,
    what: JSON.stringify(entries),
    run: async () => readModel("model", await serialize(state, { ...good, ...Object.fromEntries(entries) })),
  }));
});

test("ONNX", async () => {
  const block = new Residual([new Conv2d(2, 2, 3, { padding: 1 }), relu]);
  const images = new Sequential([new Conv2d(1, 2, 3), new BatchNorm2d(2), block, new Flatten(), new Linear(32, 2)]);
  const good = [
    await exportOnnx(images, ["n", 1, 6, 6], { metadata: { note: "é\u0000" } }),
    await exportOnnx(new Sequential([new Linear(3, 4), relu]), ["n", 3, 3]),
  ];
  await run(
    "ONNX",
    0.2,
    files(...good),
    bytesOf((bytes) => [readOnnxInfo(bytes), importOnnx(bytes)]),
  );
});

test("ONNX of any nodes", async () => {
  await run(
    "ONNX's nodes",
    0.5,
    anyOnnx,
    bytesOf((bytes) => importOnnx(bytes)),
  );
});
