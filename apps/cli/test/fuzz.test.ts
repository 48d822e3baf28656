/**
 * Random and damaged tables, pictures, models and words for the command. Beside what `Ordeal` says, nothing that it prints
 * commands the terminal. `npm run fuzz -- --cases 100000` runs more of it.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { prepareDigit } from "@dlcc/data";
import { load, save } from "@dlcc/io/node";
import { Ordeal } from "@dlcc/testing/node";
import fc from "fast-check";
import { encode } from "fast-png";
import { expect, test, vi } from "vitest";
import { messageOf } from "../src/message.ts";
import { readPicture } from "../src/pictures/read.ts";
import { readCsv } from "../src/table/csv.ts";
import { prepareTable, type TableOptions } from "../src/table/prepare.ts";
import { dlcc, errors, newFolder, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const total = Number(process.env.DLCC_FUZZ_CASES ?? 2000);
const seed = Number(process.env.DLCC_FUZZ_SEED ?? 1);
const folder = newFolder();

/** What a terminal obeys, but for the ends of lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

/** Judges cases: a share of all. */
async function run<T>(
  name: string,
  share: number,
  inputs: fc.Arbitrary<T>,
  take: (input: T) => unknown,
): Promise<void> {
  const ordeal = new Ordeal(name);
  let figures = "";
  try {
    const property = fc.asyncProperty(inputs, async (input) => {
      const what = fc.stringify(input);
      await ordeal.judge(what, what.length, () => take(input));
    });
    await fc.assert(property, { numRuns: Math.max(1, Math.round(share * total)), seed });
  } finally {
    figures = ordeal.end();
    vi.restoreAllMocks();
    console.log(figures);
  }
}

/** Runs a command: it prints text alone, and what it reports is no mistake of the program's own. */
async function command(...args: readonly string[]): Promise<void> {
  errors.text = "";
  const out: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
  const { lines } = await dlcc([...args, "--verbose"]);
  write.mockRestore();
  const printed = [...lines, ...out, errors.text].join("\n");
  expect(printed).not.toMatch(obeyed);
  expect(printed).not.toMatch(/^(TypeError|RangeError|ReferenceError|SyntaxError|Error: Invalid)/m);
}

const cell = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("1", "2.5", "-3e2", "yes", "no", "a", "b", "", "NA") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "1".repeat(5000),
      "1e999",
      "0x1f",
      '"',
      "\u001b[2J",
      "\u009b2J",
      "__proto__",
      "1,5",
      "$1,234.50",
      "7 %",
      "2024-02-30",
      "3/4/24 12:30 pm",
      "ü",
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
);
interface Table {
  readonly columns: number;
  readonly separator: string;
  readonly ending: string;
  readonly quoted: boolean;
  readonly cells: readonly string[];
  readonly target: number;
  readonly test: number;
  readonly missing: "refuse" | "drop" | "fill";
  readonly onDisk: boolean;
}
const table: fc.Arbitrary<Table> = fc.record({
  columns: fc.integer({ min: 1, max: 6 }),
  separator: fc.constantFrom(",", ",", ";", "\t", "|"),
  ending: fc.constantFrom("\n", "\r\n"),
  quoted: fc.boolean(),
  cells: fc.array(cell, { maxLength: 80 }),
  target: fc.nat(6),
  test: fc.constantFrom(0, 0.2, 1, 5),
  missing: fc.constantFrom("refuse", "drop", "fill"),
  onDisk: fc.boolean(),
});
const csvText = ({ columns, separator, ending, quoted, cells }: Table): string =>
  Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) =>
    cells
      .slice(row * columns, (row + 1) * columns)
      .map((text) => (quoted ? `"${text.replaceAll('"', '""')}"` : text))
      .join(separator),
  ).join(ending);

/** A good table with one hostile cell. */
const almostGood: fc.Arbitrary<Table> = fc
  .tuple(
    fc.integer({ min: 2, max: 30 }),
    cell,
    fc.nat(9999),
    fc.nat(2),
    fc.constantFrom("refuse" as const, "drop" as const, "fill" as const),
  )
  .map(([rows, odd, at, target, missing]) => {
    const cells = ["size", "colour", "kind"];
    for (let i = 0; i < rows; i++) cells.push(`${i % 7}.5`, i % 2 ? "red" : "blue", i % 3 ? "yes" : "no");
    cells[at % cells.length] = odd;
    return { columns: 3, separator: ",", ending: "\n", quoted: true, cells, target, test: 0.2, missing, onDisk: false };
  });

test("tables", async () => {
  const file = path.join(folder, "table.csv");
  await run("tables", 0.15, fc.oneof(table, almostGood), async (input) => {
    writeFileSync(file, csvText(input));
    try {
      const csv = await readCsv(file);
      const target = csv.header[input.target] ?? "y";
      const { test, missing, onDisk } = input;
      const options: TableOptions = {
        target,
        ignore: [],
        categories: [],
        test,
        validation: 0.1,
        seed: 1,
        missing,
        onDisk,
      };
      await (await prepareTable(file, options)).close();
    } catch (error) {
      expect(messageOf(error)).not.toMatch(obeyed);
      expect(messageOf(error).length).toBeLessThan(3000);
      throw error;
    }
  });
});

test("bytes for a table", async () => {
  const file = path.join(folder, "bytes.csv");
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: "binary", maxLength: 200 }));
  await run("bytes for a table", 0.05, bytes, (input) => {
    writeFileSync(file, input);
    return readCsv(file);
  });
});

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
const side = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 5000, 65_535, 2 ** 31 - 1, 2 ** 32 - 1) },
);
const extra = fc.tuple(
  fc.constantFrom("iCCP", "zTXt", "tEXt", "pHYs", "IHDR", "PLTE", "tRNS", "IDAT", "IEND", "fcTL", "????"),
  fc.uint8Array({ maxLength: 40 }),
);
const picture = fc.record({
  width: side,
  height: side,
  depth: fc.constantFrom(1, 2, 4, 8, 8, 16, 3),
  colour: fc.constantFrom(0, 2, 3, 4, 6, 1),
  interlace: fc.constantFrom(0, 0, 0, 1, 2),
  raw: fc.uint8Array({ maxLength: 700, size: "max" }),
  before: fc.array(extra, { maxLength: 2 }),
  palette: fc.uint8Array({ maxLength: 12 }),
  cut: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(60) }),
});

test("pictures", async () => {
  const file = path.join(folder, "picture.png");
  const signature = Buffer.from(encode({ width: 1, height: 1, data: Uint8Array.of(0), channels: 1 }).subarray(0, 8));
  await run(
    "pictures",
    0.15,
    picture,
    async ({ width, height, depth, colour, interlace, raw, before, palette, cut }) => {
      const header = Buffer.alloc(13);
      header.writeUInt32BE(width, 0);
      header.writeUInt32BE(height, 4);
      header.set([depth, colour, 0, 0, interlace], 8);
      // As many bytes as a gray picture of 8 bits has, and its filters; the rest is random, too.
      const rows = Buffer.from(raw).map((byte, i) => (width < 10 && i % (width + 1) === 0 ? byte % 5 : byte));
      const parts = [
        chunk("IHDR", header),
        ...before.map(([type, data]) => chunk(type, data)),
        ...(palette.length > 0 ? [chunk("PLTE", palette.subarray(0, palette.length - (palette.length % 3)))] : []),
        chunk("IDAT", deflateSync(rows)),
        chunk("IEND", Buffer.alloc(0)),
      ];
      const whole = Buffer.concat([signature, ...parts]);
      writeFileSync(file, whole.subarray(0, whole.length - cut));
      prepareDigit(await readPicture(file));
    },
  );
});

/** A model for a table of two columns, and a file with them. */
async function trained(): Promise<{ readonly model: string; readonly rows: string }> {
  const [model, rows] = [path.join(folder, "model.safetensors"), path.join(folder, "rows.csv")];
  const lines = Array.from({ length: 12 }, (_, i) => `${i},${i % 2 ? "red" : "blue"},${i % 3 ? "yes" : "no"}`);
  writeFileSync(rows, `size,colour,kind\n${lines.join("\n")}\n`);
  const options = ["--target", "kind", "--epochs", "1", "--hidden", "2", "--backend", "cpu"];
  await dlcc(["train", "csv", rows, ...options, "--out", model]);
  return { model, rows };
}

test("models for the command", async () => {
  const { model, rows } = await trained();
  const { tensors, metadata } = await load(model);
  const hostile = fc.oneof(
    fc.constantFrom("\u001b]0;mine\u0007", "\u009b2J", "\u202e", "\n", "x".repeat(5000)),
    fc.string({ unit: "binary" }),
  );
  const column = fc.oneof(
    fc.record({ name: hostile, kind: fc.constant("number"), mean: fc.double(), standardDeviation: fc.double() }),
    fc.record({ name: hostile, kind: fc.constant("category"), values: fc.array(hostile) }),
  );
  const schema = fc.record({ columns: fc.array(column), target: column }).map((value) => JSON.stringify(value));
  const classes = fc.tuple(hostile, hostile).map((names) => JSON.stringify(names));
  // The columns of the model with other names: the network still fits them.
  const renamed = hostile.map((name) =>
    (metadata.table ?? "").replace('"size"', JSON.stringify(name)).replace('"yes"', JSON.stringify(name)),
  );
  const change = fc.oneof(
    fc.tuple(fc.constant("table"), fc.oneof(schema, renamed, renamed)),
    fc.tuple(fc.constant("classes"), classes),
    fc.tuple(fc.constantFrom("command", "dataset", "epochs", "testAccuracy", "seed"), hostile),
    fc.tuple(hostile, hostile),
  );
  const changed = path.join(folder, "changed.safetensors");
  const cases = fc.tuple(
    fc.array(change, { maxLength: 3 }),
    fc.constantFrom("summary", "predict", "eval", "convert"),
    fc.boolean(),
  );
  const rest = { summary: [], predict: [rows], eval: [rows], convert: [path.join(folder, "changed.html")] } as const;
  await run("models for the command", 0.02, cases, async ([changes, name, json]) => {
    await save(changed, tensors, { ...metadata, ...Object.fromEntries(changes) });
    await command(name, changed, ...rest[name], ...(json ? ["--json"] : []));
  });
});

test("files to convert", async () => {
  const hostile = fc.oneof(
    fc.constantFrom("\u001b[2J", "\u009b2J", "__proto__", "</script>"),
    fc.string({ unit: "binary" }),
  );
  const weights = fc.array(fc.array(fc.oneof(fc.double(), fc.constant("1")), { maxLength: 2 }), { maxLength: 2 });
  const layer = fc.record({ weights, biases: fc.array(fc.double(), { maxLength: 2 }) }, { requiredKeys: [] });
  const brain = fc.record(
    {
      type: fc.oneof(fc.constant("NeuralNetwork"), hostile),
      layers: fc.array(fc.oneof({ weight: 3, arbitrary: layer }, { weight: 1, arbitrary: fc.jsonValue() }), {
        maxLength: 3,
      }),
      inputLookup: fc.dictionary(hostile, fc.nat(3)),
      outputLookup: fc.dictionary(hostile, fc.nat(3)),
      activation: fc.oneof(fc.constantFrom("relu", "sigmoid"), hostile),
    },
    { requiredKeys: ["layers"] },
  );
  const tfjs = fc.record({
    modelTopology: fc.record({
      class_name: fc.constantFrom("Sequential", "Model"),
      config: fc.record({
        layers: fc.array(
          fc.record({
            class_name: fc.oneof(fc.constantFrom("Dense", "Flatten", "ZeroPadding2D", "UpSampling2D"), hostile),
            config: fc.record({
              name: hostile,
              units: fc.nat(3),
              batch_input_shape: fc.constantFrom([null, 2], [null, 2, 2, 1]),
            }),
          }),
          { maxLength: 3 },
        ),
      }),
    }),
    weightsManifest: fc.array(
      fc.record({ paths: fc.array(hostile), weights: fc.array(fc.record({ name: hostile })) }),
      { maxLength: 1 },
    ),
  });
  const text = fc.oneof(
    brain.map((value) => JSON.stringify(value)),
    tfjs.map((value) => JSON.stringify(value)),
    hostile,
  );
  const file = path.join(folder, "network.json");
  await run(
    "files to convert",
    0.05,
    fc.tuple(text, fc.constantFrom("safetensors", "html", "npz", "mjs")),
    async ([content, end]) => {
      writeFileSync(file, content);
      await command("convert", file, path.join(folder, `converted.${end}`));
    },
  );
});

test("words", async () => {
  const { model, rows } = await trained();
  const number = fc.oneof(
    fc.integer({ min: -2, max: 12 }).map(String),
    fc.constantFrom("0.5", "1e-3", "NaN", "1e999", "0x10", "", "2,3", "a"),
  );
  const any = fc.oneof(
    number,
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom("\u001b[2J", "__proto__", "--", "-", model, rows, folder),
  );
  const chapters = [
    "derivative",
    "gradient",
    "gradient-descent",
    "perceptron",
    "xor",
    "activations",
    "softmax",
    "backpropagation",
    "losses",
  ];
  const learn = fc
    .tuple(
      fc.constantFrom(...chapters),
      fc.array(
        fc.tuple(
          fc.constantFrom(
            "--at",
            "--lr",
            "--steps",
            "--surface",
            "--step",
            "--scores",
            "--epochs",
            "--seed",
            "--from",
            "--json",
          ),
          any,
        ),
        { maxLength: 3 },
      ),
    )
    .map(([chapter, options]) => ["learn", chapter, ...options.flat()]);
  const trainOptions = [
    "--hidden",
    "--lr",
    "--batch-size",
    "--activation",
    "--loss",
    "--optimizer",
    "--schedule",
    "--dropout",
    "--weight-decay",
    "--init",
    "--seed",
    "--validation",
    "--test",
    "--task",
    "--categories",
    "--ignore",
  ];
  const train = fc
    .array(fc.tuple(fc.constantFrom(...trainOptions), any), { maxLength: 4 })
    .map((options) => [
      "train",
      "csv",
      rows,
      "--target",
      "kind",
      "--epochs",
      "1",
      "--backend",
      "cpu",
      ...options.flat(),
    ]);
  const saved = fc
    .tuple(fc.constantFrom("summary", "predict", "eval"), fc.array(any, { maxLength: 3 }))
    .map(([name, words]) => [name, ...words]);
  const other = fc.array(any, { minLength: 1, maxLength: 4 });
  await run("words", 0.03, fc.oneof(learn, train, saved, other), (words) => command(...words));
});
