/** All kinds of CSV files: a result, or a clear error. */
import { mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readCsv } from "../src/table/csv.ts";
import { fileOf } from "./csv-text.ts";
import { dlcc, errors, json, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

describe("a CSV file", () => {
  test.each([
    ["LF at the line ends", "a,b\n1,2\n3,4\n"],
    ["CRLF", "a,b\r\n1,2\r\n3,4\r\n"],
    ["no end of the last line", "a,b\n1,2\n3,4"],
    ["a byte order mark", "\ufeffa,b\n1,2\n3,4\n"],
    ["a byte order mark before a quote", '\ufeff"a","b"\n1,2\n3,4\n'],
    ["quotes everywhere", '"a","b"\n"1","2"\n"3","4"\n'],
    ["spaces around the fields", 'a , b\n 1,  2\n "3" ,4 \n'],
    ["empty lines", "\na,b\n\n1,2\n\n\n3,4\n\n"],
    ["semicolons", "a;b\n1;2\n3;4\n"],
    ["tabs", "a\tb\n1\t2\n3\t4\n"],
    ["bars", "a|b\n1|2\n3|4\n"],
  ])("with %s: the same table", async (_, text) => {
    const { header, rows } = await readCsv(fileOf(text));
    expect(header).toEqual(["a", "b"]);
    expect(rows).toEqual([
      ["1", "2"],
      ["3", "4"],
    ]);
  });

  test("quoted fields keep their commas, quotes and line ends, and rows are found again by the lines of the file", async () => {
    const text = 'name,note\n"Paris, TX","says ""hello"""\nBern,"two\nlines"\nOslo,x\n';
    const { rows, lines } = await readCsv(fileOf(text));
    expect(rows).toEqual([
      ["Paris, TX", 'says "hello"'],
      ["Bern", "two\nlines"],
      ["Oslo", "x"],
    ]);
    expect(lines).toEqual([2, 4, 5]);
  });

  test("a comma is decimal where semicolons separate", async () => {
    expect((await readCsv(fileOf("a;b\n1,5;2\n"))).decimalComma).toBe(true);
    expect((await readCsv(fileOf("a,b\n1.5,2\n"))).decimalComma).toBe(false);
  });

  test("a column without a name is called by its place", async () => {
    expect((await readCsv(fileOf(",a\n0,1\n"))).header).toEqual(["column 1", "a"]);
  });

  test.each([
    ["nothing in it", "", /must begin with a line with the names of the columns, got an empty file/],
    ["only a header", "a,b\n", /must have at least one row, got only 2 names/],
    ["no header", "1,2\n3,4\n", /got numbers \(1, 2\): add such a line/],
    ["two columns of one name", "a,b,a\n1,2,3\n", /columns with different names, got a twice/],
    ["a field too many", "a,b\n1,2\n1,2,3\n", /line 3: it must have as many fields as the first line, got 3/],
    ["a quote that is not closed", 'a,b\n1,"2\n3,4\n', /quotes must come in pairs, but the file ends within one/],
    ["a quote within a field", 'a,b\n1,2"x"\n', /line 2: a quote in the middle of a field/],
    ["text after a quote", 'a,b\n1,"2"x\n', /line 2: something follows a closing quote/],
    ["bytes that are not UTF-8", Uint8Array.of(0x61, 0x2c, 0xe9, 0x0a, 0x31, 0x2c, 0x32), /must be text in UTF-8/],
    ["UTF-16", Buffer.from("\ufeffa,b\n1,2\n", "utf16le"), /must be text in UTF-8/],
  ])("with %s: an error that says so", async (_, content, message) => {
    await expect(readCsv(fileOf(content))).rejects.toThrow(message);
  });

  test("that does not exist, or is a folder: an error that says so", async () => {
    const folder = newPath("folder");
    mkdirSync(folder);
    for (const file of ["/no/such.csv", folder]) {
      expect((await dlcc(["train", "csv", file, "--target", "y"])).code).toBe(1);
    }
    expect(errors.text).toContain("dlcc: /no/such.csv can't be read: it does not exist\n");
    expect(errors.text).toContain(`dlcc: ${folder} can't be read: it is a folder\n`);
  });
});

describe("dlcc train csv gives a result or a clear error for", () => {
  const row = (i: number): string => `${i},${i % 7},${i % 2 ? "yes" : "no"}`;
  const rows = (n: number): string => Array.from({ length: n }, (_, i) => row(i)).join("\n");
  const train = (text: string, ...options: string[]): string[] => [
    ...["train", "csv", fileOf(text), "--target", "y", "--epochs", "1", "--backend", "cpu"],
    ...options,
  ];
  const refused = async (text: string, ...options: string[]): Promise<string> => {
    const { code, lines } = await dlcc(train(text, ...options));
    expect(code).toBe(1);
    expect(lines).toEqual([]);
    expect(errors.text).not.toMatch(/\n +at /);
    return errors.text;
  };

  test("a constant column: it is left out, and listed as such", async () => {
    const text = `x,same,one,y\n${Array.from({ length: 40 }, (_, i) => `${i},0.1,word,${i % 2 ? "a" : "b"}`).join("\n")}`;
    const [start, , done] = await json(...train(text));
    expect(start?.model).toBe("1-100-2");
    expect((start!.details as Record<string, string>)["left out"]).toBe("same (constant), one (constant)");
    expect(done?.testAccuracy).toBeGreaterThanOrEqual(0);
  });

  test("nothing but constant columns: refused", async () => {
    expect(await refused("same,y\n1,a\n1,b\n1,a\n")).toMatch(
      /must have a column to learn from, got only constant ones: same/,
    );
  });

  test("a column that is all missing: refused, with the option that leaves it out, which works", async () => {
    const text = `x,gone,y\n${Array.from({ length: 20 }, (_, i) => `${i},,${i % 2 ? "a" : "b"}`).join("\n")}`;
    expect(await refused(text)).toMatch(
      /must have values in column gone, got only missing ones\. --ignore gone leaves columns out/,
    );
    expect((await dlcc(train(text, "--ignore", "gone"))).code).toBe(0);
  });

  test("missing values: refused, with rows, lines, columns and how many there are", async () => {
    const text = `x,z,y\n${rows(20)}\n,1,yes\n5,NA,no\n5,?,no\n5,null,\n,nan,yes\n`;
    const said = await refused(text);
    expect(said).toMatch(/must have a value in every field, got missing ones:/);
    expect(said).toMatch(/row 21 \(line 22\), column x: an empty field/);
    expect(said).toMatch(/row 22 \(line 23\), column z: NA, a missing value/);
    expect(said).toMatch(/and 3 more: 1 in y, 2 in x, 4 in z/);
    expect(said).toMatch(/--missing fill .* --missing drop .* --ignore y,x,z leaves columns out/);
  });

  test("one class only: refused", async () => {
    expect(await refused("x,y\n1,a\n2,a\n3,a\n")).toMatch(/the target y must vary, got a in all training rows/);
    expect(await refused("x,y\n1,5\n2,5\n3,5\n", "--task", "regression")).toMatch(
      /the target y must vary, got 5 in all training rows/,
    );
  });

  test("one row: refused", async () => {
    expect(await refused("x,y\n1,a\n")).toMatch(/must have at least 2 rows, got 1/);
  });

  test("two rows: learned from, with none for the test, and the figures say which rows they are of", async () => {
    const [start, , done] = await json(...train("x,y\n1,a\n2,b\n"));
    expect(start).toMatchObject({ trainExamples: 2, testExamples: 0 });
    expect(done).toHaveProperty("trainAccuracy");
    expect(done).not.toHaveProperty("testAccuracy");
    expect((await dlcc(train("x,y\n1,a\n2,b\n"))).lines.join("\n")).toMatch(/training accuracy/);
  });

  test("100,000 rows", async () => {
    const [start, , done] = await json(
      ...train(`x,z,y\n${rows(100_000)}\n`, "--hidden", "none", "--batch-size", "1000"),
    );
    expect(start).toMatchObject({ trainExamples: 80_000, testExamples: 20_000 });
    expect((done!.confusion as number[][]).flat().reduce((a, b) => a + b)).toBe(20_000);
  });

  test("a number with a slip of the keyboard: refused, with its place", async () => {
    const said = await refused(`x,z,y\n${rows(20)}\n1o,1,yes\n`);
    expect(said).toMatch(/row 21 \(line 22\), column x: must be a number as in 20 of the 21 rows, got "1o"/);
    expect(said).toMatch(/--categories x/);
  });

  test("texts that differ in every row: left out with a word, unless one insists", async () => {
    const text = `id,x,y\n${Array.from({ length: 30 }, (_, i) => `id-${i},${i},${i % 2}`).join("\n")}`;
    const { lines } = await dlcc(train(text));
    expect(lines.join("\n")).toMatch(/! id is left out: a different text in every row: .*; --categories id keeps it/);
    expect((await json(...train(text)))[0]?.model).toBe("1-100-2");
    const [start] = await json(...train(text, "--categories", "id"));
    expect(start?.model).toBe("31-100-2");
  });

  test("numbers that look like others: hexadecimal and infinite ones are not numbers", async () => {
    for (const odd of ["0x1f", "Infinity", '"1,00"', "1e999"]) {
      expect(
        await refused(`x,y\n${Array.from({ length: 20 }, (_, i) => `${i}.5,${i % 2}`).join("\n")}\n${odd},1\n`),
      ).toMatch(/row 21 .*must be a number/);
    }
  });

  test("numbers whose squares are too large: refused; as far as a float goes, learned from", async () => {
    const numbers = (scale: string): string =>
      `x,y\n${Array.from({ length: 20 }, (_, i) => `${i}e${scale},${i % 2}`).join("\n")}\n`;
    expect(await refused(numbers("300"))).toMatch(
      /column x: the standard deviation must be finite and above 0, got Infinity/,
    );
    for (const scale of ["100", "-100"]) expect((await dlcc(train(numbers(scale)))).code, scale).toBe(0);
  });

  test("a model file that can't be written: refused before the table is read", async () => {
    expect((await dlcc(["train", "csv", "/no/such.csv", "--target", "y", "--out", "/no/such/model"])).code).toBe(1);
    expect(errors.text).toMatch(/\/no\/such\/model can't be written/);
  });
});
