/** What is made of the columns of real tables: `dlcc data look`, and what is said before training. */
import { readFileSync } from "node:fs";
import { loadModel } from "@dlcc/experiment/node";
import { describe, expect, test } from "vitest";
import { parseSchema } from "../src/table/column.ts";
import { readCsv } from "../src/table/csv.ts";
import { dateFeature, readDate } from "../src/table/dates.ts";
import { optionFor } from "../src/table/names.ts";
import { numberIn, readNumber } from "../src/table/numbers.ts";
import { fileOf, times } from "./csv-text.ts";
import { dlcc, errors, json, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

/** A table of one column, beside a target. */
const tableOf = (values: readonly string[], name = "c"): string =>
  fileOf(`${name};y\n${values.map((value, i) => `"${value}";${i % 2 ? "a" : "b"}`).join("\n")}\n`.replaceAll(";", "|"));

interface Looked {
  readonly kind: string;
  readonly missing: number;
  readonly leftOut?: string;
  readonly problem?: string;
  readonly notes?: readonly string[];
}

/** What `data look` makes of the first column. */
async function look(values: readonly string[], options: readonly string[] = [], name = "c"): Promise<Looked> {
  const [found] = await json("data", "look", tableOf(values, name), ...options);
  return (found!.columns as readonly Looked[])[0]!;
}

describe("numbers", () => {
  test.each([
    ["7.9%", ".", 7.9],
    ["7.9 %", ".", 7.9],
    ["$7898.89", ".", 7898.89],
    ["-$5", ".", -5],
    ["$-5", ".", -5],
    ["US$ 1,234.50", ".", 1234.5],
    ["1,234,567", ".", 1234567],
    ["1.234.567,89 €", ",", 1234567.89],
    ["1 234,5", ",", 1234.5],
    ["1\u00a0234,5", ",", 1234.5],
    ["1'234.50", ".", 1234.5],
    ["CHF 12", ".", 12],
    ["12 EUR", ",", 12],
    ["(1,234.50)", ".", -1234.5],
    ["−3,5", ",", -3.5],
    ["1,5", ",", 1.5],
    ["1e3", ".", 1000],
  ] as const)("%s with a decimal %s is %d", (text, decimal, value) => {
    expect(numberIn(text, decimal)).toBe(value);
  });

  test.each([
    "1,23",
    "12,34,567",
    "1.234.5",
    "1,234 567",
    "0,123",
    "$",
    "%",
    "5 apples",
    "12A",
    "3m",
    "--5",
    "1 2",
    "0x1f",
    "()",
    "(-)",
    "€5€",
  ])("%s is no number with a decimal point", (text) => {
    expect(numberIn(text, ".")).toBeNaN();
  });

  test("what may be both is read both ways", () => {
    expect(readNumber("1,234")).toEqual({ point: 1234, comma: 1.234, unit: "" });
    expect(readNumber("1.234 €")).toEqual({ point: 1.234, comma: 1234, unit: "€" });
  });

  test("percentages, currencies and thousands are numbers with their unit", async () => {
    expect(await look(times(20, (i) => `${i}.${i % 10}%`))).toMatchObject({ kind: "numbers in %" });
    expect(await look(times(20, (i) => `$${i + 1},898.89`))).toMatchObject({ kind: "numbers in $" });
    expect(await look(times(20, (i) => `${i + 1}.898,50 €`))).toMatchObject({ kind: "numbers in €, decimal comma" });
  });

  test("a column that leaves the decimal sign open says how it is read; one field that tells decides for all", async () => {
    const open = await look(["1,234", "2,345", "3,456"]);
    expect(open.notes?.[0]).toMatch(
      /1,234 is read as 1234: the comma sets thousands apart\. The column leaves it open; if it is 1\.234/,
    );
    expect(await look(["1,234", "2,345", "3,4"])).toMatchObject({ kind: "numbers, decimal comma" });
  });

  test("two currencies are refused, with the option to take them as they are, which works", async () => {
    const values = times(20, (i) => (i % 5 ? `$${i}` : `€${i}`));
    const found = await look(values);
    expect(found.problem).toMatch(/must have one unit, got € in 4 rows and \$ in 16 rows: .*--numbers c/);
    expect(await look(values, ["--numbers", "c"])).toMatchObject({ kind: "numbers in $" });
  });

  test("a number that stands for a missing value is noticed", async () => {
    const found = await look(times(30, (i) => (i % 9 ? `${i}.5` : "-999")));
    expect(found.notes?.[0]).toMatch(/-999 recurs: if it stands for a missing value/);
  });
});

describe("codes and ids", () => {
  test("leading zeros make names of numbers, which differ from those without; --numbers says otherwise", async () => {
    const values = times(40, (i) => ["01234", "1234", "00501"][i % 3]!);
    const found = await look(values);
    expect(found).toMatchObject({ kind: "3 names" });
    expect(found.notes?.[0]).toMatch(/leading zeros, so they are names; --numbers c if they are numbers/);
    expect(await look(values, ["--numbers", "c"])).toMatchObject({ kind: "numbers" });
  });

  test("so many codes that none recurs are left out", async () => {
    expect((await look(times(40, (i) => `0${1000 + i}`))).leftOut).toMatch(/a different text in every row/);
  });

  test("a column of codes without zeros is told of --categories, which works", async () => {
    const values = times(40, (i) => `${8001 + (i % 4)}`);
    expect((await look(values, [], "zip")).notes?.[0]).toBe("if its numbers are names, --categories zip");
    expect(await look(values, ["--categories", "zip"], "zip")).toMatchObject({ kind: "4 names" });
  });

  test("ids are left out with a word, and kept by --numbers", async () => {
    const values = times(20, (i) => `${7 * i}`);
    for (const name of ["id", "customer_id", "userId", "No.", "#"]) {
      expect((await look(values, [], name)).leftOut, name).toMatch(/a different number in every row, so an id/);
    }
    expect((await look(values, [], "width")).leftOut).toBeUndefined();
    expect(await look(values, ["--numbers", "id"], "id")).toMatchObject({ kind: "numbers" });
  });

  test("numbers that count the rows are noticed, whatever their name", async () => {
    expect((await look(times(20, (i) => `${i + 1}`))).notes?.[0]).toMatch(/counts the rows: .* --ignore c/);
  });
});

describe("names", () => {
  test("case is folded with a word, and --text keeps it", async () => {
    const values = times(40, (i) => ["Oslo", "oslo", "Bern", "Oslo"][i % 4]!);
    const found = await look(values);
    expect(found).toMatchObject({ kind: "2 names" });
    expect(found.notes?.[0]).toBe("Oslo, oslo are one name; --text c keeps them apart");
    expect(await look(values, ["--text", "c"])).toMatchObject({ kind: "3 names" });
  });

  test("the commonest spelling is the class's name, and predict takes any of them", async () => {
    const file = fileOf(
      `x,y\n${times(40, (i) => `${i % 4}.5,${["Oslo", "bern", "OSLO", "bern"][i % 4]}`).join("\n")}\n`,
    );
    const out = newPath("model.safetensors");
    await json("train", "csv", file, "--target", "y", "--epochs", "1", "--backend", "cpu", "--out", out);
    expect((await loadModel(out)).classes).toEqual(["Oslo", "bern"]);
    const [found] = await json("eval", out, fileOf("x,y\n1.5,Bern\n0.5,oSLO\n"));
    expect((found!.confusion as number[][]).map((row) => row.reduce((a, b) => a + b))).toEqual([1, 1]);
  });

  test.each([
    [["TRUE", "True", "false", "FALSE"]],
    [["yes", "Y", "no", "N"]],
    [["1", "true", "0", "f"]],
    [["on", "off"]],
  ])("%j are true and false, in any spelling", async (words) => {
    const found = await look(times(40, (i) => words[i % words.length]!));
    expect(found.kind).toMatch(/ or /);
  });

  test("0 and 1 alone are numbers, and so are words that are neither", async () => {
    expect(await look(times(40, (i) => String(i % 2)))).toMatchObject({ kind: "numbers" });
    expect(await look(times(40, (i) => ["yes", "no", "perhaps"][i % 3]!))).toMatchObject({ kind: "3 names" });
  });

  test("NA is a name where --text says so", async () => {
    const values = times(40, (i) => ["NA", "EU"][i % 2]!);
    expect(await look(values)).toMatchObject({ missing: 20 });
    expect(await look(values, ["--text", "c"])).toMatchObject({ missing: 0, kind: "2 names" });
  });
});

describe("dates", () => {
  // Days since 1970-01-01, from `date -u -d … +%s` / 86400.
  test.each([
    ["2024-03-05", 19787],
    ["2024/3/5", 19787],
    ["2024-03-05T06:00:00Z", 19787.25],
    ["2024-03-05 18:00", 19787.75],
    ["2024-03-05T06:00:00.123+02:00", 19787.25],
    ["5 Mar 2024", 19787],
    ["05-Mar-2024", 19787],
    ["March 5, 2024", 19787],
    ["Mar 5th, 2024 6:00 PM", 19787.75],
    ["06:00", 0.25],
    ["12:00 am", 0],
    ["12:30 p.m.", 12.5 / 24],
    ["1969-12-31", -1],
  ])("%s", (text, days) => {
    expect(readDate(text)).toEqual({ mdy: days, dmy: days });
  });

  test("the order of day and month", () => {
    expect(readDate("3/5/2024")).toEqual({ mdy: 19787, dmy: 19787 + 59 });
    expect(readDate("31.12.2023")).toEqual({ mdy: Number.NaN, dmy: 19722 });
    expect(readDate("3/5/24").mdy).toBe(19787);
    expect(readDate("3/5/69").mdy).toBe(-302);
  });

  test.each(["2024-02-30", "2024-13-01", "25:00", "13:00 pm", "1.2.03", "5 Foo 2024", "20240305", "3/4", "12"])(
    "%s is no date",
    (text) => {
      expect(readDate(text)).toEqual({ mdy: Number.NaN, dmy: Number.NaN });
    },
  );

  test("features lie on circles: the same day of the week, the same time of the day", () => {
    expect(dateFeature("days", 19787.25)).toBe(19787.25);
    // 1970-01-04 was a Sunday; six hours are a quarter of a day.
    expect(dateFeature("weekCos", 3)).toBeCloseTo(1, 12);
    expect(dateFeature("weekSin", 3)).toBeCloseTo(dateFeature("weekSin", 3 + 7 * 1000), 9);
    expect(dateFeature("daySin", 0.25)).toBeCloseTo(1, 12);
    expect(dateFeature("dayCos", -0.25)).toBeCloseTo(0, 12);
    // A year later it is the same season, to a day.
    expect(Math.abs(dateFeature("yearSin", 400) - dateFeature("yearSin", 765))).toBeLessThan(0.02);
  });

  test("a column of dates: the fields tell the order, else it is said; --day-first and --dates say otherwise", async () => {
    const day = (i: number): string => String(1 + (i % 12)).padStart(2, "0");
    expect(await look(times(30, (i) => `2024-${day(i)}-03`))).toMatchObject({ kind: "dates" });
    const open = times(30, (i) => `3/${1 + (i % 12)}/2024`);
    expect((await look(open)).notes?.[0]).toMatch(/3\/1\/2024 is read with the month first; --day-first if it isn't/);
    expect((await look(open, ["--day-first"])).notes).toBeUndefined();
    const compact = times(30, (i) => `2024${day(i)}03`);
    expect(await look(compact)).toMatchObject({ kind: "numbers" });
    expect(await look(compact, ["--dates", "c"])).toMatchObject({ kind: "dates" });
  });

  test("a network learns from a date what its features tell: a weekly rhythm, without other columns", async () => {
    const at = (i: number): string => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
    const sales = times(400, (i) => `${at(i)},${(10 + 5 * Math.sin((2 * Math.PI * i) / 7)).toFixed(3)}`);
    const out = newPath("model.safetensors");
    const words = ["--target", "sold", "--backend", "cpu", "--hidden", "none", "--epochs", "60", "--out", out];
    const done = (await json("train", "csv", fileOf(`day,sold\n${sales.join("\n")}\n`), ...words)).at(-1);
    expect(done?.testR2).toBeGreaterThan(0.95);
    const [guess] = await json("predict", out, fileOf("day\n2026-06-09\n"));
    // 2026-06-09 is a Tuesday, as 2024-01-02 is.
    expect(guess?.guess).toBeCloseTo(10 + 5 * Math.sin((2 * Math.PI) / 7), 0);
  });

  test("a word among dates is refused with its place; dates are no target", async () => {
    const values = times(20, (i) => (i === 7 ? "soon" : `2024-01-${10 + i}`));
    expect((await look(values)).problem).toMatch(
      /row 8 \(line 9\), column c: must be a date as in 19 of the 20 rows, got "soon"/,
    );
    const file = fileOf(`x,y\n${times(20, (i) => `${i % 3},2024-01-${10 + i}`).join("\n")}\n`);
    expect((await dlcc(["train", "csv", file, "--target", "y"])).code).toBe(1);
    expect(errors.text).toMatch(/the target must be numbers or names, got the dates of y/);
  });
});

describe("the top of a file", () => {
  const rows = times(20, (i) => `${i % 7}.5,${i % 2 ? "a" : "b"}`).join("\n");

  test("comments above the header are left out with a word, and lines keep their numbers", async () => {
    const file = fileOf(`# made by hand, 2024\n# twice\nx,y\n${rows}\noops,a\n`);
    const { header, lines, comments } = await readCsv(file);
    expect([header, comments, lines[0]]).toEqual([["x", "y"], 2, 4]);
    const [found] = await json("data", "look", file);
    expect(found?.notes).toEqual(["2 lines of comments at the top left out"]);
    expect((await dlcc(["train", "csv", file, "--target", "y"])).code).toBe(1);
    expect(errors.text).toMatch(/row 21 \(line 24\), column x: must be a number/);
  });

  test("a header that is a comment, as NumPy writes it, is a header; and so is a first column called #", async () => {
    expect((await readCsv(fileOf("# x,y\n1,2\n3,4\n"))).header).toEqual(["x", "y"]);
    expect((await readCsv(fileOf("#,x\n1,2\n3,4\n"))).header).toEqual(["#", "x"]);
    expect((await readCsv(fileOf("# x y\na,b\n3,4\n"))).header).toEqual(["a", "b"]);
  });

  test("a comment further down says where comments may be", async () => {
    expect((await dlcc(["data", "look", fileOf("x,y\n1,2\n# three\n3,4\n")])).code).toBe(1);
    expect(errors.text).toMatch(/line 3: .* got 1: comments may only be above the names of the columns/);
  });

  test("--no-header calls the columns by their places, and the model remembers", async () => {
    const file = fileOf(rows);
    const out = newPath("model.safetensors");
    const words = ["--no-header", "--target", "column 2", "--epochs", "1", "--backend", "cpu", "--out", out];
    const [start] = await json("train", "csv", file, ...words);
    expect(start).toMatchObject({ reason: "20 rows" });
    expect(await json("predict", out, file)).toHaveLength(20);
    expect((await json("eval", out, file))[0]).toMatchObject({ testExamples: 4 });
  });

  test("a first line that looks like a row is noticed, also where the target isn't found", async () => {
    const file = fileOf(`5.1,b\n${rows}\n`);
    const { lines } = await dlcc(["data", "look", file]);
    expect(lines.join("\n")).toMatch(/! the first line looks like a row \(5\.1, b\): --no-header if it is one/);
    expect((await dlcc(["train", "csv", file, "--target", "kind"])).code).toBe(1);
    expect(errors.text).toMatch(
      /must have the column kind, got only 5\.1, b\. The first line looks like a row: --no-header/,
    );
    expect((await json("data", "look", fileOf(`2019,kind\n${rows}\n`)))[0]?.notes).toEqual([]);
  });

  test("Excel's comma at the end of each line makes a column that is left out with a word", async () => {
    const file = fileOf(`x,y,\n${rows.replaceAll("\n", ",\n")},\n`);
    const [start] = await json("train", "csv", file, "--target", "y", "--epochs", "1", "--backend", "cpu");
    expect((start!.details as Record<string, string>)["left out"]).toBe("column 3");
  });
});

describe("columns in options", () => {
  test("a name with spaces or quotes is printed as the shell and the option take it", () => {
    const header = ["a b", 'say "x"', "p,q", "x".repeat(100), "it's"];
    expect(optionFor("--ignore", ["a b"], header)).toBe("--ignore 'a b'");
    expect(optionFor("--ignore", ["p,q", "a b"], header)).toBe(`--ignore '"p,q",a b'`);
    expect(optionFor("--ignore", ["x".repeat(100)], header)).toBe("--ignore 'column 4'");
  });

  test("they find their columns again, and so does the place of any column", async () => {
    const file = fileOf(`"p,q",a b,y\n${times(20, (i) => `${i % 3},${i % 5},${i % 2 ? "a" : "b"}`).join("\n")}\n`);
    const leftOut = async (ignore: string): Promise<unknown> => {
      const [start] = await json("train", "csv", file, "--target", "column 3", "--ignore", ignore, "--epochs", "1");
      return (start!.details as Record<string, string>)["left out"];
    };
    expect(await leftOut('"p,q"')).toBe("p,q");
    expect(await leftOut("a b")).toBe("a b");
    expect(await leftOut("column 2")).toBe("a b");
  });
});

test("data look shows each column, what is suspicious, and how to say otherwise, in 80 columns where names are short", async () => {
  const rows = times(
    30,
    (i) =>
      `${100 + i},0${5000 + (i % 3)},${["Oslo", "oslo", "Bern"][i % 3]},"$1,${100 + i}.50",2024-01-${10 + (i % 9)},${i % 4 ? i : ""}`,
  );
  const file = fileOf(`id,zip,city,price,sold,area\n${rows.join("\n")}\n`);
  const { code, lines } = await dlcc(["data", "look", file]);
  expect(code).toBe(0);
  const text = lines.join("\n");
  expect(text).toMatch(/30 rows of 6 columns, separated by commas/);
  for (const line of [
    /^ {2}column +read as +such as +missing$/m,
    /^ {2}id +left out +100$/m,
    /^ {2}zip +3 names +05000$/m,
    /^ {2}price +numbers in \$ +\$1,100\.50$/m,
    /^ {2}sold +dates +2024-01-10$/m,
    /^ {2}area +numbers +1 +8$/m,
    /! id is left out: a different number in every row, so an id; --numbers id keeps it/,
  ])
    expect(text).toMatch(line);
});

test("the description of a table survives being written and read", async () => {
  const file = fileOf(
    `zip,sold,price,gone,y\n${times(60, (i) => `0${i % 3},2024-01-${10 + (i % 9)},"${i % 7} %",${i % 4 ? i % 5 : ""},${i % 2}`).join("\n")}\n`,
  );
  const out = newPath("model.safetensors");
  const words = ["--target", "y", "--missing", "fill", "--epochs", "1", "--backend", "cpu", "--out", out];
  await json("train", "csv", file, ...words);
  const { table = "" } = (await loadModel(out)).facts;
  expect(JSON.stringify(parseSchema(table))).toBe(table);
  expect(await json("predict", out, file)).toHaveLength(60);
  expect(readFileSync(file, "utf8")).toContain(",,"); // There was something to fill.
});
