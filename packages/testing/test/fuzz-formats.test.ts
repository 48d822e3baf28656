/** Random and damaged files of other libraries, as `fuzz.test.ts` has them for dlcc's own. */
import { exportPage, importBrain, importTfjs } from "@dlcc/convert";
import { readNpy, readNpz, writeNpy, writeNpz } from "@dlcc/io/npy";
import { Linear } from "@dlcc/layers";
import { tensor, uniform } from "@dlcc/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, files, run } from "./fuzzing.ts";

const arrays = { w: uniform([20, 20], { seed: 1 }), n: tensor([1, 2], { dtype: "int32" }), b: tensor(true) };

test(".npy", async () => {
  const good = await Promise.all(Object.values(arrays).map((array) => writeNpy(array)));
  await run(".npy", 0.2, files(...good), bytesOf(readNpy));
});

/** A `.npy` file with any header. */
const npy = fc
  .record({
    version: fc.constantFrom(1, 2, 3, 4),
    descr: fc.constantFrom("'<f4'", "'>f8'", "'|b1'", "'|O'", "'<i8'", "[('a', '<f4')]", "'<V9999999999'", "''"),
    order: fc.constantFrom("True", "False", "1"),
    shape: fc.array(fc.oneof(fc.nat(4), fc.constantFrom(-1, 2 ** 31, 2 ** 53, 1e300, 1e9)), { maxLength: 70 }),
    data: fc.uint8Array({ maxLength: 100 }),
  })
  .map(({ version, descr, order, shape, data }) => {
    const dict = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': (${shape.join(", ")},), }`;
    const length = Buffer.alloc(version === 1 ? 2 : 4);
    length.writeUInt16LE(dict.length);
    const head = Buffer.from([0x93, ...Buffer.from("NUMPY"), version, 0]);
    return new Uint8Array(Buffer.concat([head, length, Buffer.from(dict), data]));
  });

test(".npy with any header", () => run(".npy's headers", 0.15, npy, bytesOf(readNpy)));

test(".npz", async () => {
  const good = [await writeNpz(arrays), await writeNpz(arrays, { compress: true })];
  await run(".npz", 0.2, files(...good), bytesOf(readNpz));
});

test(".npz that unpacks to more than it says", async () => {
  const bomb = await writeNpz({ zeros: uniform([200_000], { low: 0, high: 1e-45, seed: 1 }) }, { compress: true });
  await run(
    ".npz, bombs",
    0.03,
    files(bomb),
    bytesOf((bytes) => readNpz(bytes, { limit: 100_000 })),
  );
});

/** A model of TensorFlow.js with some of everything. */
const config = (name: string, more: object) => ({ name, trainable: true, ...more });
const windows = {
  kernel_size: [3, 3],
  strides: [2, 2],
  padding: "same",
  data_format: "channels_last",
  activation: "relu",
};
const model = {
  format: "layers-model",
  modelTopology: {
    class_name: "Sequential",
    config: {
      layers: [
        { class_name: "Conv2D", config: config("c", { ...windows, filters: 2, batch_input_shape: [null, 5, 6, 1] }) },
        { class_name: "BatchNormalization", config: config("n", { axis: -1, epsilon: 0.001, momentum: 0.99 }) },
        { class_name: "MaxPooling2D", config: config("p", { pool_size: [2, 2], strides: [2, 2], padding: "same" }) },
        { class_name: "Flatten", config: config("f", {}) },
        { class_name: "LayerNormalization", config: config("l", { axis: -1, epsilon: 0.001 }) },
        { class_name: "Dropout", config: config("o", { rate: 0.5 }) },
        { class_name: "Dense", config: config("d", { units: 3, activation: "softmax", use_bias: true }) },
      ],
    },
  },
  weightsManifest: [
    {
      paths: ["a.bin", "b.bin"],
      weights: [
        ["c/kernel", [3, 3, 1, 2]],
        ["c/bias", [2]],
        ...["gamma", "beta", "moving_mean", "moving_variance"].map((kind) => [`n/${kind}`, [2]]),
        ["l/gamma", [8]],
        ["l/beta", [8]],
        ["d/kernel", [8, 3]],
        ["d/bias", [3]],
      ].map(([name, shape]) => ({ name, shape, dtype: "float32" })),
    },
  ],
};
const weights = new Uint8Array(Float32Array.from({ length: 18 + 2 + 8 + 16 + 24 + 3 }, (_, i) => Math.sin(i)).buffer);

const replacement = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      -1,
      0,
      0.5,
      1e9,
      2 ** 53,
      null,
      true,
      [],
      {},
      "same",
      "valid",
      "__proto__",
      "constructor",
      "\u001b[2J",
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

/** JSON with some of its values replaced, each by its place among all. */
function replaced(json: unknown, changes: readonly (readonly [number, unknown])[]): unknown {
  const places: [holder: Record<string, unknown>, key: string][] = [];
  const copy = JSON.parse(JSON.stringify(json)) as Record<string, unknown>;
  const visit = (holder: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(holder)) {
      places.push([holder, key]);
      if (typeof value === "object" && value !== null) visit(value as Record<string, unknown>);
    }
  };
  visit(copy);
  for (const [at, value] of changes) {
    const [holder, key] = places[Math.floor(at * places.length)] ?? [copy, "format"];
    holder[key] = value;
  }
  return copy;
}

const changes = fc.array(
  fc.tuple(
    fc.nat(9999).map((n) => n / 10_000),
    replacement,
  ),
  { minLength: 0, maxLength: 3 },
);

test("models of TensorFlow.js", async () => {
  const input = fc.tuple(changes, files(weights));
  await run("TensorFlow.js", 0.2, fc.oneof(input, fc.tuple(changes, fc.constant(weights))), ([edits, bytes]) => {
    const json = replaced(model, edits);
    const half = bytes.length >> 1;
    return {
      size: JSON.stringify(json).length + bytes.length,
      what: JSON.stringify(edits),
      run: () =>
        importTfjs(json, async (path) => (path.startsWith("a") ? bytes.subarray(0, half) : bytes.subarray(half))),
    };
  });
});

const brains = [
  {
    type: "NeuralNetwork",
    layers: [
      { weights: [], biases: [] },
      {
        weights: [
          [1, 2],
          [3, 4],
        ],
        biases: [0, 1],
      },
      { weights: [[1, 2]], biases: [0] },
    ],
    inputLookup: { a: 0, b: 1 },
    trainOpts: { activation: "leaky-relu", leakyReluAlpha: 0.2 },
  },
  { layers: [{ "0": {}, "1": {} }, { "0": { bias: 1, weights: { "0": 1, "1": 2 } } }], activation: "sigmoid" },
];

test("networks of brain.js", () =>
  run("brain.js", 0.1, fc.tuple(fc.constantFrom(...brains), changes), ([brain, edits]) => {
    const json = replaced(brain, edits);
    return { size: JSON.stringify(json).length, what: JSON.stringify(json), run: () => importBrain(json) };
  }));

test("names in a page end no script", () =>
  run("pages", 0.02, fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 3 }), (names) => {
    const hostile = names.map((name) => `${name}</script><!--<script>`);
    return {
      size: JSON.stringify(hostile).length,
      what: JSON.stringify(hostile),
      async run() {
        const use = { input: { shape: [1] }, classes: hostile };
        const page = await exportPage(new Linear(1, names.length), use, { title: hostile.join("") });
        expect(page.match(/<\/?script/gi)).toEqual(["<script", "</script"]);
        expect(page).not.toContain("<!--");
      },
    };
  }));
