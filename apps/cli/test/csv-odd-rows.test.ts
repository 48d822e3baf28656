/** What stands in a table besides its rows and columns: units below the header, the answer twice, another encoding. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { wordsOf } from "../src/command-line.ts";
import { fileOf } from "./csv-text.ts";
import { dlcc, errors, json, newFolder, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const rows = (n: number, of: (i: number) => string): string => Array.from({ length: n }, (_, i) => of(i)).join("\n");
const train = (file: string, ...options: string[]): string[] => [
  ...["train", "csv", file, "--target", "y", "--epochs", "1", "--backend", "cpu"],
  ...options,
];

describe("a first row without values", () => {
  const values = rows(20, (i) => `2024-01-${10 + i},${i}.5,"1,${100 + i}",${i % 2 ? "a" : "b"}`);
  const withRow = (row: string): string => fileOf(`day,weight,price,y\n${row}\n${values}\n`);

  test.each([
    ["of units", "YYYY-MM-DD,kg,€,-"],
    ["of more of the header", "of sale,gross,net,class"],
  ])("%s is called so, once, and nothing is advised that would leave its columns out", async (_, row) => {
    const file = withRow(row);
    const [day, weight, price] = row.split(",");
    const said = `row 1 (line 2): must be a row of values, got words where all other rows have numbers or dates (${day} in day, ${weight} in weight, ${price} in price). If they are units, or more of the header, remove that line; if the columns are names, --categories day,weight,price`;
    const { lines } = await dlcc(["data", "look", file]);
    expect(lines.join("\n").split(said)).toHaveLength(2);
    expect(lines.join("\n")).not.toContain("try next");
    expect((await dlcc(train(file))).code).toBe(1);
    expect(errors.text).toContain(said);
  });

  test("the ways out work as printed", async () => {
    const file = withRow("YYYY-MM-DD,kg,€,a");
    expect((await dlcc(train(file, ...wordsOf("--categories day,weight,price")))).code).toBe(0);
    const lines = readFileSync(file, "utf8").split("\n");
    expect((await dlcc(train(fileOf(lines.toSpliced(1, 1).join("\n"))))).code).toBe(0);
  });

  test("a word in the first row of one column, beside others without, is named with its row, too", async () => {
    await dlcc(train(fileOf(`x,z,y\nnone,3,a\n${rows(20, (i) => `${i},${i % 7},${i % 2 ? "a" : "b"}`)}\n`)));
    expect(errors.text).toContain("got words where all other rows have numbers or dates (none in x)");
  });

  test("where a later row has a word, too, it is that of other faults", async () => {
    await dlcc(train(fileOf(`x,z,y\nkg,3,a\n${rows(20, (i) => `${i || "?!"},${i % 7},${i % 2 ? "a" : "b"}`)}\n`)));
    expect(errors.text).toContain('row 1 (line 2), column x: must be a number as in 19 of the 21 rows, got "kg"');
  });
});

describe("a column that says the target alone", () => {
  const notes = async (text: string, ...options: string[]): Promise<readonly string[]> =>
    (await json(...train(fileOf(text), ...options)))[0]?.notes as readonly string[];
  /** Numbers that say nothing. */
  const noise = (i: number): number => (i * 7919) % 61;

  test.each([
    ["the class by another name", (i: number) => `${noise(i)},${i % 3 ? "many" : "few"},${i % 3 ? "yes" : "no"}`],
    ["a finer class", (i: number) => `${noise(i)},${["low", "high", "top"][i % 3]},${i % 3 ? "yes" : "no"}`],
    ["a number for the class", (i: number) => `${noise(i)},${i % 3 ? 1 : 2},${i % 3 ? "yes" : "no"}`],
    [
      "the number in another unit, rounded",
      (i: number) => `${noise(i)},${(1.1 * noise(i + 9)).toFixed(1)},${noise(i + 9)}.5`,
    ],
  ])("%s: it is named, with the option that leaves it out, which works", async (_, of) => {
    const text = `x,my copy,y\n${rows(100, of)}\n`;
    const said = "my copy alone says y in all training rows: if it is the answer by another name, --ignore 'my copy'";
    expect(await notes(text)).toContain(said);
    expect(await notes(text, ...wordsOf("--ignore 'my copy'"))).not.toContain(said);
  });

  test.each([
    [
      "a class with exceptions",
      (i: number) => `${noise(i)},${i % 5 === 4 || i % 3 ? "many" : "few"},${i % 3 ? "yes" : "no"}`,
    ],
    ["numbers near a line", (i: number) => `${noise(i)},${noise(i + 9) + (i % 5)},${noise(i + 9)}.5`],
    ["numbers that differ in nearly every row", (i: number) => `${noise(i)},${i >> 1},${(i >> 1) % 2 ? "yes" : "no"}`],
  ])("%s says nothing of the kind", async (_, of) => {
    expect((await notes(`x,z,y\n${rows(100, of)}\n`)).join()).not.toContain("alone says");
  });

  test("where there is no other column, there is nothing to say", async () => {
    expect((await notes(`x,y\n${rows(100, (i) => `${i},${2 * i}.5`)}\n`)).join()).not.toContain("alone says");
  });
});

test.each([
  ["Windows-1252", Buffer.from("name,y\nM\u00fcller,1\n", "latin1")],
  ["UTF-16", Buffer.from("\ufeffname,y\nM\u00fcller,1\n", "utf16le")],
])("a file in %s is refused with a command that works as printed", async (_, bytes) => {
  const folder = newFolder();
  const file = path.join(folder, "my table.csv");
  writeFileSync(file, bytes);
  expect((await dlcc(["data", "look", file])).code).toBe(1);
  const [, command = ""] = /(iconv .* > utf8\.csv)\n/.exec(errors.text) ?? [];
  execFileSync("sh", ["-c", command], { cwd: folder });
  const { lines } = await dlcc(["data", "look", path.join(folder, "utf8.csv")]);
  expect(lines.join("\n")).toContain("Müller");
});
