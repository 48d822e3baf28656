/** Files as strangers bring them: each of these was once read wrongly, or met with advice that failed. */
import { loadModel } from "@dlcc/experiment/node";
import { expect, test } from "vitest";
import { wordsOf } from "../src/command-line.ts";
import { parseSchema } from "../src/table/column.ts";
import { readCsv } from "../src/table/csv.ts";
import { isMissing } from "../src/table/evidence.ts";
import { readNumber } from "../src/table/numbers.ts";
import { fileOf, otherFile } from "./csv-text.ts";
import { dlcc, errors, json, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const rows = (n: number, of: (i: number) => string): string => Array.from({ length: n }, (_, i) => of(i)).join("\n");

interface Looked {
  readonly name: string;
  readonly kind: string;
  readonly leftOut?: string;
  readonly notes?: readonly string[];
}
const look = async (text: string): Promise<{ notes: readonly string[]; columns: readonly Looked[] }> =>
  (await json("data", "look", fileOf(text)))[0] as never;

test.each([
  ["60 kg", 60, "kg"],
  ["-3.5 °C", -3.5, "°C"],
  ["21°C", 21, "°C"],
  ["80 m²", 80, "m²"],
  ["120 km/h", 120, "km/h"],
  ["5 m", 5, "m"],
  ["1,200 sq ft", 1200, "sq ft"],
])("%s is a number with its unit", (text, point, unit) => {
  expect(readNumber(text)).toMatchObject({ point, unit });
});

test("a column of measures is one of numbers; two units are refused", async () => {
  const { columns } = await look(
    `weight,length,y\n${rows(20, (i) => `${i} kg,${i} ${i % 5 ? "cm" : "mm"},${i % 2}`)}\n`,
  );
  expect(columns[0]).toMatchObject({ kind: "numbers in kg" });
  expect(columns[1]).toHaveProperty(
    "problem",
    expect.stringMatching(/must have one unit, got mm in 4 .* cm in 16 rows/),
  );
});

test("a model in one unit refuses rows in another, which it would take for the same numbers", async () => {
  const out = newPath("model.safetensors");
  const of = (unit: string): string => fileOf(`weight,y\n${rows(20, (i) => `${i} ${unit},${i % 2 ? "a" : "b"}`)}\n`);
  const train = ["train", "csv", of("kg"), "--target", "y", "--epochs", "1", "--backend", "cpu", "--out", out];
  expect((await dlcc(train)).code).toBe(0);
  for (const command of ["predict", "eval"]) {
    expect((await dlcc([command, out, of("kg")])).code).toBe(0);
    expect((await dlcc([command, out, of("g")])).code).toBe(1);
  }
  expect(errors.text).toContain("column weight must be in kg, as the model has it, got g: convert it");
});

test.each(["n.a.", "-", "--", "–", ".", "na", "?", "#N/A"])("%s is a missing value", (field) => {
  expect(isMissing(field)).toBe(true);
});
test.each(["none", "no", "0", "-1", "+", "n"])("%s is none", (field) => {
  expect(isMissing(field)).toBe(false);
});

test("Excel's line with the separator is no header", async () => {
  const { header, delimiter, rows: found, lines } = await readCsv(fileOf("sep=;\r\na;b,c\r\n1,5;2\r\n"));
  expect({ header, delimiter, found, lines }).toEqual({
    header: ["a", "b,c"],
    delimiter: ";",
    found: [["1,5", "2"]],
    lines: [3],
  });
});

test("a title above the header is noticed", async () => {
  const { notes } = await look("Sales 2024,,\nregion,units,won\nN,1,y\n");
  expect(notes).toContain(
    "the first line names 1 of 3 columns (Sales 2024): if that is a title, remove the lines above the names",
  );
  await expect(readCsv(fileOf("Sales 2024\nregion,units\nN,1\n"))).rejects.toThrow(
    "line 2: it must have as many fields as the first line, got 2: if that has a title, remove the lines above the names of the columns",
  );
});

test("one row is one row, and nothing is advised that would be refused", async () => {
  const { lines } = await dlcc(["data", "look", fileOf("a,b,c\n1,2,x\n")]);
  const text = lines.join("\n");
  expect(text).toContain("1 row of 3 columns");
  expect(text).toContain("1 name ");
  expect(text).toContain("! one row: there must be at least 2 to learn from");
  expect(text).not.toContain("try next");
});

test("a constant column is noticed, and is not advised as the target", async () => {
  const { lines } = await dlcc(["data", "look", fileOf(`x,y,same\n${rows(20, (i) => `${i}.5,${i % 2},7`)}\n`)]);
  expect(lines.join("\n")).toContain("! same: 7 in every row: nothing to learn from");
  expect(lines.join("\n")).toContain("--target y\n");
});

test("numbers with more digits than a double has are ids where they differ in every row, else they are noticed", async () => {
  // 2⁵³ + 1 is the first whole number that a double lacks.
  const { columns } = await look(
    `account,again,y\n${rows(20, (i) => `${9007199254740993n + 2n * BigInt(i)},9007199254740993,${i % 2}`)}\n`,
  );
  expect(columns[0]?.leftOut).toMatch(/a different number in every row, so an id; --numbers account keeps it/);
  expect(columns[1]?.notes?.[0]).toBe(
    "9007199254740993 has more digits than a number keeps; --categories again if it is a name",
  );
  // 10¹⁸ has many digits, and a double has them all.
  const { columns: whole } = await look(`sum,y\n${rows(20, (i) => `${i + 1}000000000000000000,${i % 2}`)}\n`);
  expect(whole[0]).toMatchObject({ kind: "numbers" });
});

test("weights are advised for a class that is rarer than others, not where all have as many rows", async () => {
  // Of noise nothing is learned but which class is the commonest.
  const text = (share: number): string => `x,y\n${rows(60, (i) => `${(i * 7919) % 60},${i % share ? "a" : "b"}`)}\n`;
  const advice = async (share: number): Promise<string> =>
    (
      await dlcc([
        "train",
        "csv",
        fileOf(text(share)),
        "--target",
        "y",
        "--hidden",
        "none",
        "--epochs",
        "60",
        "--lr",
        "0.1",
        "--backend",
        "cpu",
      ])
    ).lines.join("\n");
  expect(await advice(2)).not.toContain("--class-weights");
  expect(await advice(5)).toContain("of b only 0.00 % are found");
});

test("a linear network learns from all rows that are not for the test, unless early stopping is asked for", async () => {
  const file = fileOf(`x,y\n${rows(500, (i) => `${i % 90},${i % 7}.5`)}\n`);
  const parts = async (...options: string[]): Promise<unknown> =>
    (await json("train", "csv", file, "--target", "y", "--batch-size", "500", "--backend", "cpu", ...options))[0];
  expect(await parts("--hidden", "none")).toMatchObject({ trainExamples: 400, validationExamples: 0, epochs: 300 });
  expect(await parts("--hidden", "none", "--patience", "1")).toMatchObject({
    trainExamples: 360,
    validationExamples: 40,
  });
});

/** The command that `data look` advises, which then works as printed. */
async function advised(text: string, ...options: string[]): Promise<string | undefined> {
  const file = fileOf(text);
  const { lines } = await dlcc(["data", "look", file, ...options]);
  const command = lines.find((line) => line.startsWith("    dlcc "))?.trim();
  if (command === undefined) return undefined;
  const words = wordsOf(command).slice(1);
  const short = words[0] === "train" ? ["--epochs", "1", "--backend", "cpu"] : [];
  expect((await dlcc([...words, ...short])).code, `${command}\n${errors.text}`).toBe(0);
  return command.replace(file, "FILE");
}

test("what data look advises works as printed: without columns that have to be put right first", async () => {
  const text = `"my x",z,y\n${rows(20, (i) => `${i % 9 ? i : "none"},${i % 7 ? i : "-"},${i % 2}`)}\n`;
  expect(await advised(text)).toBe("dlcc train csv FILE --target y --missing fill --ignore 'my x'");
  expect(await advised(text, "--categories", "my x")).toBe(
    "dlcc train csv FILE --target y --missing fill --categories 'my x'",
  );
  expect(await advised(`x,y\n${rows(20, (i) => `${i % 9 ? i : "none"},${i % 2}`)}\n`)).toBeUndefined();
});

test("of a file without a header, another look is advised, not a training without its first row", async () => {
  const text = rows(20, (i) => `${i}.5,${i % 7},${i % 2 ? "a" : "b"}`);
  expect(await advised(text)).toBe("dlcc data look FILE --no-header");
  expect(await advised(text, "--no-header")).toBe("dlcc train csv FILE --target 'column 3' --no-header");
});

test("eval shuffles the columns of many rows with many inputs", async () => {
  const out = newPath("model.safetensors");
  // 100 names are 100 inputs: 2,000 rows of them are more numbers than a function takes as arguments.
  const file = fileOf(`place,y\n${rows(2000, (i) => `p${i % 100},${i % 2 ? "a" : "b"}`)}\n`);
  const words = ["--target", "y", "--hidden", "none", "--epochs", "3", "--lr", "0.1", "--backend", "cpu", "--out", out];
  await json("train", "csv", file, ...words);
  const [found] = await json("eval", out, otherFile(file));
  expect(errors.text).toBe("");
  const [first] = (found as { importance: { column: string; importance: number }[] }).importance;
  // The place tells the class: without it, half of the guesses are right.
  expect(first?.column).toBe("place");
  expect(first?.importance).toBeCloseTo(0.5, 1);
});

test.each([
  // One field with a 13th tells the order of all.
  ["13/4/2024", "3/4/2024", "dmy"],
  ["4/13/2024", "4/3/2024", "mdy"],
])("%s tells how %s is read: %s", async (telling, open, order) => {
  const out = newPath("model.safetensors");
  const file = fileOf(`day,y\n${rows(20, (i) => `${i % 5 ? open : telling},${i % 2 ? "a" : "b"}`)}\n`);
  await json("train", "csv", file, "--target", "y", "--epochs", "1", "--backend", "cpu", "--out", out);
  const schema = parseSchema((await loadModel(out)).facts.table ?? "");
  expect(schema?.columns[0]).toMatchObject({ kind: "date", order });
});
