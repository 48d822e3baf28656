/** Missing values. */
import { readFileSync } from "node:fs";
import { loadModel } from "@dlcc/experiment/node";
import { describe, expect, test } from "vitest";
import type { Schema } from "../src/table/column.ts";
import { fileOf, times } from "./csv-text.ts";
import { dlcc, errors, json, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const schemaOf = async (file: string): Promise<Schema> =>
  JSON.parse((await loadModel(file)).facts.table ?? "") as Schema;

/** `size` is 1, 2, 3, 4, 100 in turn, and missing in every sixth row; `colour` is red, but for every fourth row, and missing once. */
const gaps = fileOf(
  `size,colour,y\n${times(60, (i) => {
    const size = i % 6 === 5 ? "" : [1, 2, 3, 4, 100][i % 6]!;
    const colour = i === 3 ? "NA" : i % 4 ? "red" : "blue";
    return `${size},${colour},${i % 2 ? "yes" : "no"}`;
  }).join("\n")}\n`,
);
const quick = ["--target", "y", "--epochs", "1", "--backend", "cpu", "--test", "0"];

describe("--missing fill", () => {
  const train = async (...options: string[]): Promise<{ schema: Schema; out: string }> => {
    const out = newPath("model.safetensors");
    await json("train", "csv", gaps, ...quick, "--missing", "fill", ...options, "--out", out);
    return { schema: await schemaOf(out), out };
  };

  test("puts the median and the commonest name there, and an input says where", async () => {
    const { schema } = await train();
    const [size, colour] = schema.columns;
    expect(schema.missing).toBe("fill");
    expect(size).toMatchObject({ fill: { value: 3, flag: true } });
    // The mean of those that are there, which is also what the standardization takes away.
    expect(size).toMatchObject({ mean: (1 + 2 + 3 + 4 + 100) / 5 });
    expect(colour).toMatchObject({ fill: { value: "red", flag: true } });
  });

  test("--fill mean takes the mean", async () => {
    const { schema } = await train("--fill", "mean");
    expect(schema.columns[0]).toMatchObject({ fill: { value: 22, flag: true } });
  });

  test("predict fills as the model says: a gap is its value with the flag, and columns without gaps have none", async () => {
    const { out } = await train();
    const [gap, same] = await json("predict", out, fileOf("size,colour\n,red\n3,red\n"));
    // The flag makes a difference, or it would be for nothing.
    expect(gap?.probabilities).not.toEqual(same?.probabilities);
    expect(await json("predict", out, fileOf("size,colour\n,\nNA,?\n"))).toHaveLength(2);
    const { schema } = await train("--ignore", "colour");
    expect(schema.columns.map(({ name }) => name)).toEqual(["size"]);
  });

  test("rows without their target are left out, and counted", async () => {
    const file = fileOf(readFileSync(gaps, "utf8").replace(/,(yes|no)\n/, ",\n"));
    const [start] = await json("train", "csv", file, ...quick, "--missing", "fill");
    expect(start).toMatchObject({ trainExamples: 59, reason: "59 rows" });
    expect((start!.details as Record<string, string>).missing).toMatch(/^1 row left out; filled in size, colour/);
  });

  test("a date that is missing is in the middle of the others", async () => {
    const file = fileOf(
      `sold,y\n${times(40, (i) => `${i % 5 ? `2024-01-${10 + 2 * (i % 5)}` : ""},${i % 2 ? "a" : "b"}`).join("\n")}\n`,
    );
    const out = newPath("model.safetensors");
    await json("train", "csv", file, ...quick, "--missing", "fill", "--out", out);
    // 2024-01-15, in the middle of the 12th to the 18th, is 19737 days after 1970-01-01.
    expect((await schemaOf(out)).columns[0]).toMatchObject({ kind: "date", fill: { value: 19737, flag: true } });
    expect(await json("predict", out, fileOf("sold\n\n2024-01-15\n"))).toHaveLength(1);
  });

  test("linear regression shows what a missing value adds, and its formula gives the predictions", async () => {
    const rows = times(60, (i) => `${i % 6 === 5 ? "" : i % 6},${i % 6 === 5 ? 50 : 2 * (i % 6)}.25`);
    const file = fileOf(`size,y\n${rows.join("\n")}\n`);
    const out = newPath("model.safetensors");
    const words = ["--target", "y", "--test", "0", "--hidden", "none", "--missing", "fill", "--epochs", "1500"];
    const done = (await json("train", "csv", file, ...words, "--backend", "cpu", "--out", out)).at(-1)!;
    const { intercept, terms, missing } = done.formula as {
      intercept: number;
      terms: Record<string, number>;
      missing: Record<string, number>;
    };
    const [gap, three] = await json("predict", out, fileOf("size,x\n,1\n3,1\n"));
    expect(intercept + 3 * terms.size!).toBeCloseTo(three?.guess as number, 3);
    expect(intercept + 2 * terms.size! + missing.size!).toBeCloseTo(gap?.guess as number, 3);
    expect(gap?.guess).toBeCloseTo(50.25, 0);
  });
});

describe("a name that the model has not seen", () => {
  const rows = (colour: string): string => fileOf(`size,colour\n1,red\n2,${colour}\n`);

  test.each([
    ["fill", "leave the field empty", rows("")],
    ["drop", "remove the row", fileOf("size,colour\n1,red\n")],
  ])(
    "is refused with its place, the names that are known and the way out, which works: --missing %s",
    async (missing, way, without) => {
      const out = newPath("model.safetensors");
      await json("train", "csv", gaps, ...quick, "--missing", missing, "--out", out);
      expect((await dlcc(["predict", out, rows("violet")])).code).toBe(1);
      expect(errors.text).toContain(
        `row 2 (line 3), column colour: must be one of the model's values blue, red, got "violet". Correct it, or ${way}; to know it`,
      );
      expect((await dlcc(["predict", out, without])).code).toBe(0);
    },
  );
});

describe("--missing drop", () => {
  test("leaves rows with gaps out, in training, and says in predict which value a row lacks", async () => {
    const out = newPath("model.safetensors");
    const [start] = await json("train", "csv", gaps, ...quick, "--missing", "drop", "--out", out);
    // Ten rows lack their size, one its colour.
    expect(start).toMatchObject({ trainExamples: 49 });
    const found = await json("predict", out, fileOf("size,colour\n1,red\n,red\n2,\n"));
    expect(found.map(({ guess }) => guess === null)).toEqual([false, true, true]);
    expect(found[2]).toMatchObject({ lacks: "colour" });
    const { lines, code } = await dlcc(["predict", out, fileOf("size,colour\n1,red\n,red\n")]);
    expect([code, lines.at(-1)]).toEqual([0, "    2  - (no value in size)"]);
    const [judged] = await json("eval", out, gaps);
    expect(judged).toMatchObject({ trainExamples: 49, dropped: 11 });
  });

  test("without rows that are left: an error that says so", async () => {
    const file = fileOf(`a,b,y\n${times(20, (i) => `${i % 2 ? "" : i},${i % 2 ? i : ""},${i % 3}`).join("\n")}\n`);
    expect((await dlcc(["train", "csv", file, ...quick, "--missing", "drop"])).code).toBe(1);
    expect(errors.text).toMatch(/at least 2 rows for training that have all values, got 0 of 20: --missing fill/);
  });
});

test("a model that refuses gaps refuses them in predict, without naming options that predict lacks", async () => {
  const out = newPath("model.safetensors");
  const file = fileOf(`x,y\n${times(20, (i) => `${i % 3},${i % 2}`).join("\n")}\n`);
  await json("train", "csv", file, ...quick, "--out", out);
  expect((await dlcc(["predict", out, fileOf("x,z\n,1\n")])).code).toBe(1);
  expect(errors.text).toMatch(/row 1 \(line 2\), column x: an empty field/);
  expect(errors.text).not.toMatch(/--ignore/);
});
