/** Tables that are read in parts: what comes out is what comes out of one that is read at once. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type ExampleSource, streamMinibatches } from "@dlcc/data";
import { cpu, Generator, ShapeError } from "@dlcc/tensor";
import { describe, expect, test, vi } from "vitest";
import { batchesOf, countExamples, type Part, shaped } from "../src/batches.ts";
import { CellsOnDisk } from "../src/table/cells.ts";
import { Moments } from "../src/table/moments.ts";
import { prepareTable, type TableOptions } from "../src/table/prepare.ts";
import { fileOf } from "./csv-text.ts";
import { dlcc, errors, json, withoutSurroundings } from "./dlcc.ts";
import { smallMnist } from "./small-mnist.ts";

withoutSurroundings();

const irises = fileURLToPath(new URL("fixtures/iris.csv", import.meta.url));

/** What is left of the events without times. */
const timeless = (events: readonly Record<string, unknown>[]): Record<string, unknown>[] =>
  events.map(({ seconds: _, ...event }) => event);

describe("a table on disk gives the very figures of one in memory", () => {
  test.each([
    ["classes", "--target", "species"],
    ["numbers", "--target", "petal width"],
    ["another seed, more for the test", "--target", "species", "--seed", "7", "--test", "0.5"],
    ["no test", "--target", "species", "--test", "0"],
    ["columns left out", "--target", "sepal width", "--ignore", "species,petal width"],
  ])("%s", async (_, ...options) => {
    const command = ["train", "csv", irises, ...options, "--epochs", "4", "--backend", "cpu"];
    expect(timeless(await json(...command, "--stream"))).toEqual(timeless(await json(...command)));
  });

  test("numbers as names, decimal commas, quotes and empty lines", async () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i % 3};"${i},${i % 10}";"a ""${i % 2}""";${i % 3 === 0 ? "x" : 3}`,
    );
    const file = fileOf(`zip;size;kind;y\n${rows.join("\n\n")}\n`);
    const command = [
      "train",
      "csv",
      file,
      "--target",
      "y",
      "--categories",
      "zip,y",
      "--epochs",
      "3",
      "--backend",
      "cpu",
    ];
    expect(timeless(await json(...command, "--stream"))).toEqual(timeless(await json(...command)));
  });
});

/** 5,000 rows, five blocks, sorted by their class; `x2` is the number of the row. */
const generator = new Generator(5);
const sorted = Array.from({ length: 5000 }, (_, i) => {
  const species = ["a", "b", "c", "d", "e"][Math.floor(i / 1000)];
  return `${(generator.uniform() + Math.floor(i / 1000)).toFixed(3)},${i},${species},${i % 2 ? "left" : "right"}`;
});
const large = `x1,x2,y,side\n${sorted.join("\n")}\n`;
const options: TableOptions = { target: "y", ignore: [], categories: [], test: 0.2, seed: 1, onDisk: true };

async function examplesOf(part: Part): Promise<{ x: number[]; y: number }[]> {
  if (!("blocks" in part)) throw new Error("not in parts");
  const found: { x: number[]; y: number }[] = [];
  for await (const { x, y } of streamMinibatches(part, { size: 100, shuffle: false })) {
    const labels = await y.data();
    (await x.array<number[][]>()).forEach((row, i) => void found.push({ x: row, y: labels[i] as number }));
  }
  return found;
}

describe("a table of several blocks", () => {
  test("has each row in one part, the test's share of each block, and the statistics of the training rows", async () => {
    const table = await prepareTable(fileOf(large), options);
    const { train, test: aside, schema } = table;
    expect([table.rows, countExamples(train), aside && countExamples(aside)]).toEqual([5000, 4000, 1000]);
    const [, x2] = schema.columns;
    if (x2?.kind !== "number" || !aside) throw new Error("x2 is a number");
    const rowsOf = async (part: Part): Promise<number[]> =>
      (await examplesOf(part)).map(({ x: [, value = 0] }) => Math.round(value * x2.standardDeviation + x2.mean) + 0);
    const [learned, tested] = [await rowsOf(train), await rowsOf(aside)];
    expect([...learned, ...tested].sort((a, b) => a - b)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    for (let block = 0; block < 5; block++) {
      const inBlock = tested.filter((row) => Math.floor(row / 1024) === block).length;
      expect(Math.abs(inBlock - 0.2 * Math.min(1024, 5000 - 1024 * block))).toBeLessThanOrEqual(1);
    }
    const mean = learned.reduce((sum, row) => sum + row, 0) / learned.length;
    const variance = learned.reduce((sum, row) => sum + (row - mean) ** 2, 0) / learned.length;
    expect(x2.mean).toBeCloseTo(mean, 9);
    expect(x2.standardDeviation).toBeCloseTo(Math.sqrt(variance), 9);
    for (const { x, y } of await examplesOf(train)) {
      expect(y).toBe(Math.floor(Math.round((x[1] ?? 0) * x2.standardDeviation + x2.mean) / 1000) + 0);
      expect((x[2] ?? 0) + (x[3] ?? 0)).toBe(1);
    }
    await table.close();
  });

  test("to judge it, the rows of the test are read, and no others", async () => {
    const table = await prepareTable(fileOf(large), options);
    const read = vi.spyOn(CellsOnDisk.prototype, "read");
    await examplesOf(table.test as Part);
    const blocks = await Promise.all(read.mock.results.map(({ value }) => value as Promise<Float64Array>));
    read.mockRestore();
    const numbers = blocks.reduce((sum, block) => sum + block.length, 0);
    expect(numbers).toBe(1000 * 4); // x1, x2, side, y
    await table.close();
  });

  test("trains, with validation, and leaves no file", async () => {
    const file = fileOf(large);
    const command = [
      "train",
      "csv",
      file,
      "--target",
      "y",
      "--ignore",
      "x2",
      "--stream",
      "--epochs",
      "3",
      "--validation",
      "200",
    ];
    const events = await json(...command, "--backend", "cpu");
    expect(events[0]).toMatchObject({ trainExamples: 3800, validationExamples: 200, testExamples: 1000 });
    expect(events.at(-1)?.testAccuracy).toBeGreaterThan(0.9);
    expect(readdirSync(path.join(process.env.XDG_CACHE_HOME ?? "", "dlcc", "tables"))).toEqual([]);
  });

  test("a word late in a column of numbers, and what is missing, are found with their lines", async () => {
    const refused = async (text: string, ...more: string[]): Promise<string> => {
      const { code } = await dlcc(["train", "csv", fileOf(text), "--target", "y", "--stream", ...more]);
      expect(code).toBe(1);
      return errors.text;
    };
    expect(await refused(`${large}1,oops,a,left\n`)).toMatch(
      /row 5001 \(line 5002\), column x2: must be a number as in 5000 of the 5001 rows, got "oops"/,
    );
    expect(await refused(`${large}1,,a,left\n1,5,a,NA\n`)).toMatch(
      /row 5001 \(line 5002\), column x2: an empty field\n.*row 5002 \(line 5003\), column side: NA, a missing value/,
    );
    expect(await refused(`${large}1,2\n`)).toMatch(/line 5002: it must have as many fields as the first line, got 2/);
    expect(await refused("x,y\n")).toMatch(/must have at least one row, got only 2 names/);
    expect(await refused("")).toMatch(/must begin with a line with the names of the columns, got an empty file/);
    expect(await refused(`x,y\n1,"${"2,3\n".repeat(5_000_000)}`)).toMatch(
      /a row must have 16777216 characters at most, got more: a quote may be missing/,
    );
    expect(await refused("x,y\n1,\u0000\n")).toMatch(/must be text in UTF-8/);
    // Refused when the numbers were being written already.
    expect(await refused(large, "--dates", "x1")).toMatch(/row 1 .* must be a date/);
    expect(readdirSync(path.join(process.env.XDG_CACHE_HOME ?? "", "dlcc", "tables"))).toEqual([]);
  });
});

test("mean and variance in blocks are those of two passes over all", () => {
  const numbers = Float64Array.from({ length: 1000 }, (_, i) => 1e6 + Math.sin(i) * (1 + i / 100));
  const moments = new Moments();
  for (let start = 0; start < 1000; start += 130) moments.add(numbers.subarray(start, start + 130));
  const mean = numbers.reduce((sum, value) => sum + value, 0) / 1000;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 1000;
  expect(moments.mean).toBeCloseTo(mean, 6);
  expect(moments.standardDeviation).toBeCloseTo(Math.sqrt(variance), 9);
  expect(moments.constant).toBe(false);
});

test.each([
  ["dense layers", ["--hidden", "8"]],
  ["layers of images", ["--layers", "conv 2 5, pool 4"]],
  ["distorted images", ["--hidden", "8", "--augment", "shift 1"]],
])("digits that are read in parts give the very figures of those that are read at once: %s", async (_, network) => {
  const folder = smallMnist({ train: 300, test: 60 });
  const command = ["train", "mnist", "--data", folder, ...network, "--epochs", "2", "--backend", "cpu"];
  const options = ["--lr", "0.1"];
  const streamed = timeless(await json(...command, ...options, "--stream"));
  expect(streamed).toEqual(timeless(await json(...command, ...options)));
  expect(streamed[0]).toMatchObject({ trainExamples: 300 });
});

test("a saved model with another range of pixels takes those that are read in parts", async () => {
  const x = { shape: [4], dtype: "float32" } as const;
  const pixels = [0, 0.25, 0.5, 1];
  const source: ExampleSource = {
    x,
    y: { shape: [], dtype: "int32" },
    blocks: [2],
    read: async () => ({
      write: (row, to, _, at) =>
        to.set(
          pixels.map((value) => value * row),
          at * 4,
        ),
    }),
  };
  const part = shaped(source, { shape: [1, 2, 2], range: [-1, 1] });
  for await (const { x } of batchesOf(part, { size: 2, shuffle: false, backend: cpu })) {
    expect(x.shape).toEqual([2, 1, 2, 2]);
    expect([...(await x.data())]).toEqual([-1, -1, -1, -1, -1, -0.5, 0, 1]);
  }
  expect(() => shaped(source, { shape: [9], range: [0, 1] })).toThrow(ShapeError);
});
