/** `dlcc train csv` on names. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadModel, saveModel } from "@dlcc/experiment/node";
import { load } from "@dlcc/io/node";
import { beforeAll, describe, expect, test } from "vitest";
import { otherFile } from "./csv-text.ts";
import { dlcc, errors, json, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const irises = fileURLToPath(new URL("fixtures/iris.csv", import.meta.url));
const train = ["train", "csv", irises, "--target", "species"];
const model = newPath("iris.safetensors");
let events: Record<string, unknown>[];
beforeAll(async () => {
  events = await json(...train, "--backend", "cpu", "--out", model);
}, 60_000);

/** A table in a new file. */
function table(text: string): string {
  const file = newPath("table.csv");
  writeFileSync(file, text);
  return file;
}

describe("Fisher's irises", () => {
  test("infers the task, sets 30 rows aside, and gets nine in ten of them right", () => {
    expect(events[0]).toMatchObject({ event: "start", model: "4-100-3", trainExamples: 120, testExamples: 30 });
    expect(events[0]?.details).toMatchObject({ target: "species: 3 classes (species has names)" });
    expect(events.at(-1)).toMatchObject({ event: "done", model: "4-100-3", parameters: 4 * 100 + 100 + 100 * 3 + 3 });
    expect(events.at(-1)?.testAccuracy).toBeGreaterThanOrEqual(0.9);
  });

  // Fisher's own linear discriminant takes 3 of the 150 for another.
  test("--hidden none, softmax regression, is as good as Fisher's discriminant, with at most 3 more mistakes", async () => {
    const done = (await json(...train, "--backend", "cpu", "--hidden", "none", "--test", "0")).at(-1);
    expect(done?.model).toBe("4-3");
    expect(done?.trainAccuracy).toBeGreaterThanOrEqual(1 - 6 / 150);
  });

  test("the same seed gives the same run, another seed sets other rows aside", async () => {
    const loss = async (seed: string): Promise<unknown> =>
      (await json(...train, "--epochs", "2", "--seed", seed)).at(-1)?.testLoss;
    const first = await loss("1");
    expect(await loss("1")).toBe(first);
    expect(await loss("2")).not.toBe(first);
  });

  test("--validation and --test count rows", async () => {
    const [start, epoch] = await json(...train, "--test", "50", "--validation", "20", "--epochs", "1");
    expect(start).toMatchObject({ trainExamples: 80, validationExamples: 20, testExamples: 50 });
    expect(epoch?.validationAccuracy).toBeGreaterThanOrEqual(0);
  });

  test("for people: the inferred kinds, few lines for many epochs, and a confusion table, in 80 columns", async () => {
    const { lines } = await dlcc([...train, "--backend", "cpu"]);
    const text = lines.join("\n");
    expect(text).toMatch(/data +iris\.csv \(150 rows\)/);
    expect(text).toMatch(/inputs +4 columns of numbers: 4 inputs/);
    expect(text).toMatch(/true ╲ guess +setosa versicolor +virginica/);
    expect(lines.filter((line) => /epoch +\d+ /.test(line)).length).toBeLessThanOrEqual(20);
    for (const line of lines.filter((line) => !line.includes(irises))) expect(line.length).toBeLessThanOrEqual(80);
  });
});

/** A description of a table, with something in it that is wrong. */
const described = (column: object, target: object = {}, table: object = {}): string =>
  JSON.stringify({
    columns: [{ name: "a", kind: "number", decimal: ".", mean: 0, standardDeviation: 1, ...column }],
    target: { name: "b", kind: "category", match: "case", values: ["c", "d", "e"], counts: [1, 1, 1], ...target },
    missing: "refuse",
    header: true,
    ...table,
  });

describe("the model of a table", () => {
  test("has the columns with their means and standard deviations, measured on the training rows", async () => {
    const { metadata } = await load(model);
    const { columns, target } = JSON.parse(metadata.table!) as {
      columns: { name: string; mean: number; standardDeviation: number }[];
      target: unknown;
    };
    expect(target).toEqual({
      ...{ name: "species", kind: "category", match: "case" },
      values: ["setosa", "versicolor", "virginica"],
      counts: [40, 40, 40],
    });
    expect(columns.map(({ name }) => name)).toEqual(["sepal length", "sepal width", "petal length", "petal width"]);
    // Over all 150, by Fisher's table: 5.843, 3.057, 3.758, 1.199; 120 of them are near.
    [5.843, 3.057, 3.758, 1.199].forEach((mean, i) => {
      expect(Math.abs(columns[i]!.mean - mean)).toBeLessThan(0.15);
      expect(columns[i]!.mean).not.toBeCloseTo(mean, 4);
    });
  });

  test("eval judges it on rows of another file", async () => {
    const [found] = await json("eval", model, otherFile(irises));
    expect(found).toMatchObject({ event: "done", testExamples: 150, loss: "cross-entropy" });
    const confusion = found?.confusion as number[][];
    expect(confusion.map((row) => row.reduce((a, b) => a + b))).toEqual([50, 50, 50]);
    expect(confusion.reduce((sum, row, i) => sum + row[i]!, 0) / 150).toBe(found?.testAccuracy);
    expect(found?.testAccuracy).toBeGreaterThan(0.95);
  });

  test("predict: one object a row, with probabilities that sum to 1, as often right as eval says", async () => {
    const found = await json("predict", model, irises);
    expect(found).toHaveLength(150);
    expect(found[149]).toMatchObject({ event: "prediction", row: 150, line: 151 });
    const probabilities = found[0]?.probabilities as Record<string, number>;
    expect(Object.values(probabilities).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    const truth = readFileSync(irises, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",").at(-1));
    const right = found.filter(({ guess }, i) => guess === truth[i]).length;
    expect(right / 150).toBe((await json("eval", model, otherFile(irises)))[0]?.testAccuracy);
  });

  test.each([
    [
      "a column that is missing",
      "sepal length,sepal width,petal length\n5,3,1\n",
      /must have the column petal width, got only sepal length/,
    ],
    [
      "a value that is missing",
      "sepal length,sepal width,petal length,petal width\n5,3,1,.2\n5,,1,.2\n",
      /row 2 \(line 3\), column sepal width: an empty field/,
    ],
    [
      "a value that is not a number",
      "sepal length,sepal width,petal length,petal width\n5,3,1,x\n",
      /row 1 \(line 2\), column petal width: must be a number, got "x"/,
    ],
  ])("predict refuses %s, by name, exit code 1, and continues with the next file", async (_, text, message) => {
    const { code, lines } = await dlcc(["predict", model, table(text), irises]);
    expect(code).toBe(1);
    expect(errors.text).toMatch(message);
    expect(errors.text).not.toMatch(/--ignore|\n +at /);
    expect(lines.length).toBeGreaterThan(150);
  });

  test("eval refuses a class that the model does not know, and asks for a missing file", async () => {
    const text = "sepal length,sepal width,petal length,petal width,species\n5,3,1,.2,rose\n";
    expect((await dlcc(["eval", model, table(text)])).code).toBe(1);
    expect(errors.text).toMatch(
      /column species: must be one of the model's values setosa, versicolor.* got "rose"\. Correct it, or remove the row; to know it/,
    );
    expect((await dlcc(["eval", model])).code).toBe(1);
    expect(errors.text).toMatch(/predicts species from a table and needs a CSV file/);
  });

  test.each([
    ["{", /"table" in the metadata must describe the columns of a table/],
    ['{"columns":[],"target":{"name":"a","kind":"category","values":["b"]}}', /must describe the columns/],
    [described({ standardDeviation: 0 }), /must describe the columns/],
    [described({ decimal: ";" }), /must describe the columns/],
    [described({ fill: { value: "x", flag: true } }), /must describe the columns/],
    [described({ kind: "date", order: "ymd", features: [] }), /must describe the columns/],
    [described({}, { values: ["c", "d"] }), /must describe the columns/],
    [described({}, { match: "any" }), /must describe the columns/],
    [described({}, {}, { missing: "guess" }), /must describe the columns/],
    [described({}, {}, { header: 1 }), /must describe the columns/],
    [described({}), /must have 1 inputs and 3 outputs .* got \[4\] and 3/],
    [described({ fill: { value: 1, flag: true } }), /must have 2 inputs and 3 outputs .* got \[4\] and 3/],
  ])("a damaged description is found: %s", async (json, message) => {
    const { file: _, ...loaded } = await loadModel(model);
    const damaged = newPath("damaged.safetensors");
    await saveModel(damaged, loaded.model, loaded, { table: json });
    expect((await dlcc(["predict", damaged, irises])).code).toBe(1);
    expect(errors.text).toMatch(message);
  });
});

describe("inferred kinds, and options", () => {
  const rows = (n: number, row: (i: number) => string): string =>
    Array.from({ length: n }, (_, i) => row(i)).join("\n");
  const quick = ["--epochs", "1", "--backend", "cpu"];
  const details = async (text: string, ...options: string[]): Promise<Record<string, string>> => {
    const [start] = await json("train", "csv", table(text), "--target", "y", ...quick, ...options);
    return start?.details as Record<string, string>;
  };

  test("few whole numbers are classes, many are numbers", async () => {
    expect((await details(`x,y\n${rows(40, (i) => `${i},${i % 4}`)}`)).target).toMatch(
      /4 classes \(y is one of 4 whole/,
    );
    expect((await details(`x,y\n${rows(40, (i) => `${i},${i}`)}`)).target).toMatch(/a number.*\(y has numbers\)/);
    expect((await details(`x,y\n${rows(40, (i) => `${i},${(i % 4) / 2}`)}`)).target).toMatch(/a number/);
  });

  test("--task overrides what was inferred", async () => {
    const text = `x,y\n${rows(40, (i) => `${i},${i % 4}`)}`;
    expect((await details(text, "--task", "regression")).target).toMatch(/a number.*\(by option\)/);
    expect((await details(`x,y\n${rows(40, (i) => `${i},${i / 7}`)}`, "--task", "classification")).target).toMatch(
      /40 classes \(by option\)/,
    );
  });

  test("names become an input each; --categories makes names of numbers; --ignore leaves out", async () => {
    const text = `zip,colour,id,y\n${rows(40, (i) => `${8000 + (i % 3)},${["red", "green"][i % 2]},${i},${i * i}`)}`;
    const asFound = await details(text);
    expect(asFound.inputs).toBe("1 column of numbers, 1 of categories: 3 inputs");
    expect(asFound["left out"]).toBe("id");
    const withOptions = await details(text, "--categories", "zip", "--ignore", "id");
    expect(withOptions.inputs).toBe("2 of categories: 5 inputs");
    expect(withOptions["left out"]).toBe("id");
  });

  test.each([
    [["--ignore", "nosuch"], /must have the column nosuch, got only x, y/],
    [["--categories", "z"], /must have the column z, got only x, y/],
    [["--ignore", "y"], /--ignore must leave the target, got y/],
    [["--ignore", "x"], /must have a column to learn from, got only the target/],
    [["--task", "regression"], /row 1 \(line 2\), column y: must be a number, got "no"/],
    [["--loss", "mse", "--test", "39"], /--test must leave at least 2 of the 40 rows .* got --test 39, which leaves 1/],
  ])("%j: refused, and why", async (options, message) => {
    const text = `x,y\n${rows(40, (i) => `${i},${i % 2 ? "yes" : "no"}`)}`;
    expect((await dlcc(["train", "csv", table(text), "--target", "y", ...options])).code).toBe(1);
    expect(errors.text).toMatch(message);
  });

  test("a loss for classes with a number, and a mistyped --target, are errors with the way out", async () => {
    const file = table(`x,price\n${rows(40, (i) => `${i},${i}`)}`);
    expect((await dlcc(["train", "csv", file, "--target", "price", "--loss", "cross-entropy"])).code).toBe(1);
    expect(errors.text).toMatch(/--loss must be one of l2, l1, mse, .* for a number such as price, got cross-entropy/);
    expect((await dlcc(["train", "csv", file, "--target", "pirce"])).code).toBe(1);
    expect(errors.text).toMatch(/must have the column pirce.*Did you mean price\?/);
  });

  test("without --target: lists the columns", async () => {
    expect((await dlcc(["train", "csv", irises])).code).toBe(1);
    expect(errors.text).toMatch(
      /--target COLUMN must name the column to predict, got none\. \S+ has sepal length, .*, species/,
    );
  });

  test.each([
    [["train", "csv", "--target", "y"], /missing required argument 'file'/],
    [["train", "csv", "a.csv", "--target", "y", "--task", "sorting"], /regression, classification/],
    [["train", "csv", "a.csv", "--target", "y", "--test", "1.5"], /share below 1, or a whole number/],
  ])("%j: a mistyped command, exit code 2", async (args, message) => {
    expect((await dlcc(args)).code).toBe(2);
    expect(errors.text).toMatch(message);
  });
});

test("Ctrl-C saves the model so far", async () => {
  const file = newPath("model.safetensors");
  const running = dlcc([...train, "--epochs", "100000", "--out", file]);
  const stop = setInterval(() => process.listenerCount("SIGINT") > 0 && process.emit("SIGINT"), 300);
  const { code, lines } = await running;
  clearInterval(stop);
  expect(code).toBe(130);
  expect(lines.at(-1)).toContain(`interrupted: the model so far is in ${file}`);
  expect(await json("predict", file, irises)).toHaveLength(150);
});

describe("--from and --freeze", () => {
  test("go on with the saved network, and read the table as it did", async () => {
    const out = newPath("more.safetensors");
    const before = (await json(...train, "--epochs", "5", "--out", out)).at(-1);
    const again = await json(...train, "--from", out, "--epochs", "5", "--freeze", "layers.0.weight");
    expect(again[0]?.settings).toMatchObject({ from: out, frozen: "1 of 4 parameters' tensors" });
    expect(again.at(-1)?.trainLoss).toBeLessThan(before?.trainLoss as number);
  });

  test("fewer rows keep the names and the means of the saved model", async () => {
    const few = newPath("few.csv");
    const [header, ...rows] = readFileSync(irises, "utf8").trim().split("\n");
    // The last fifty are of one kind: alone they would be no target.
    writeFileSync(few, [header, ...rows.slice(-50)].join("\n"));
    const out = newPath("more.safetensors");
    const run = ["train", "csv", few, "--target", "species", "--epochs", "1", "--out", out];
    const [start] = await json(...run, "--from", model);
    expect(start).toMatchObject({ model: "4-100-3", settings: { from: model } });
    const facts = async (file: string) => (await loadModel(file)).facts.table;
    expect(await facts(out)).toBe(await facts(model));
    expect((await dlcc([...run, "--hidden", "100,8", "--from", model])).code).toBe(0);
  });

  test.each([
    [["--target", "petal width"], /--from must name a model that predicts petal width, got .*, which predicts species/],
  ])("%j is refused", async (options, message) => {
    expect((await dlcc(["train", "csv", irises, ...options, "--from", model])).code).toBe(1);
    expect(errors.text).toMatch(message);
  });
});
