/** `dlcc train csv` on numbers, against closed forms: NIST's certified results, and NumPy's least squares. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { otherFile } from "./csv-text.ts";
import { dlcc, json, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

/** A formula as `--json` gives it. */
interface Formula {
  readonly intercept: number;
  readonly terms: Readonly<Record<string, number & Readonly<Record<string, number>>>>;
}

/** Gradient descent with full batches, long enough to arrive. */
const toTheBottom = ["--hidden", "none", "--test", "0", "--batch-size", "1000", "--epochs", "3000", "--backend", "cpu"];

describe("linear regression finds the closed form", () => {
  test("NIST's Norris: the certified line, B0 = -0.262323073774029, B1 = 1.00211681802045", async () => {
    const done = (await json("train", "csv", fixture("norris.csv"), "--target", "y", ...toTheBottom)).at(-1);
    const { intercept, terms } = done!.formula as Formula;
    expect(terms.x).toBeCloseTo(1.00211681802045, 6);
    expect(intercept).toBeCloseTo(-0.262323073774029, 3);
    // The certified residual standard deviation is 0.884796396144373, of 36 − 2 degrees of freedom; R² 0.999993745883712.
    expect(done?.trainRmse).toBeCloseTo(0.884796396144373 * Math.sqrt(34 / 36), 5);
    expect(done?.trainR2).toBeCloseTo(0.999993745883712, 9);
  });

  const expected = JSON.parse(readFileSync(fixture("least-squares.json"), "utf8")) as Record<string, number> & {
    readonly first: readonly number[];
  };

  test("several columns and a category: NumPy's solution", async () => {
    const table = fixture("least-squares.csv");
    const file = newPath("line.safetensors");
    const done = (await json("train", "csv", table, "--target", "price", ...toTheBottom, "--out", file)).at(-1);
    const { intercept, terms } = done!.formula as Formula;
    for (const name of ["area", "rooms", "year"]) expect(terms[name]! / expected[name]!, name).toBeCloseTo(1, 3);
    // One-hot inputs leave open how a constant is shared out; NumPy was given all cities but the first.
    const { city } = terms;
    const [, lima, paris] = Object.values(city!) as [number, number, number];
    expect(lima - city!.Bern!).toBeCloseTo(expected.Lima!, 1);
    expect(paris - city!.Bern!).toBeCloseTo(expected["Paris, TX"]!, 1);
    expect(Math.abs(intercept + city!.Bern! - expected.intercept!)).toBeLessThan(1);
    expect(done?.trainRmse).toBeCloseTo(expected.rmse!, 4);
    expect(done?.trainR2).toBeCloseTo(expected.r2!, 6);
    const guesses = (await json("predict", file, table)).map(({ guess }) => guess as number);
    expected.first.forEach((value, row) => {
      expect(guesses[row]).toBeCloseTo(value, 1);
    });
  });

  test("also with the default options, to a percent of the error", async () => {
    const words = [
      "train",
      "csv",
      fixture("least-squares.csv"),
      "--target",
      "price",
      "--hidden",
      "none",
      "--test",
      "0",
    ];
    const done = (await json(...words)).at(-1);
    expect((done?.trainRmse as number) / expected.rmse!).toBeLessThan(1.01);
  });
});

describe("a model of numbers", () => {
  const table = fixture("least-squares.csv");
  const file = newPath("model.safetensors");
  let done: Record<string, unknown>;
  beforeAll(async () => {
    done = (await json("train", "csv", table, "--target", "price", "--backend", "cpu", "--out", file)).at(-1)!;
  }, 60_000);

  test("reports the error on unseen rows, in units of the target", () => {
    expect(done.testRmse).toBeLessThan(25);
    expect(done.testMae).toBeLessThan(done.testRmse as number);
    expect(done.testR2).toBeGreaterThan(0.95);
    expect(done.formula).toBeUndefined();
  });

  test("eval computes the same figures as the formulas do from what predict says", async () => {
    const [found] = await json("eval", file, otherFile(table));
    const guesses = (await json("predict", file, table)).map(({ guess }) => guess as number);
    const truth = readFileSync(table, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split(",").at(-1)));
    const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
    const errors = truth.map((value, i) => value - guesses[i]!);
    const variance = mean(truth.map((value) => (value - mean(truth)) ** 2));
    expect(found?.testRmse).toBeCloseTo(Math.sqrt(mean(errors.map((e) => e * e))), 3);
    expect(found?.testMae).toBeCloseTo(mean(errors.map(Math.abs)), 3);
    expect(found?.testR2).toBeCloseTo(1 - mean(errors.map((e) => e * e)) / variance, 5);
    expect(found?.testExamples).toBe(240);
  });

  test("stores its standardization: a single row gets the same prediction as among all rows", async () => {
    const [header, first] = readFileSync(table, "utf8").split("\n");
    const alone = newPath("one.csv");
    writeFileSync(alone, `${header}\n${first}\n`);
    const [one] = await json("predict", file, alone);
    const [among] = await json("predict", file, table);
    expect(one?.guess).toBeCloseTo(among?.guess as number, 3);
  });

  test("columns may come in another order, among others, and without the target", async () => {
    const other = newPath("other.csv");
    writeFileSync(other, "note;year;city;rooms;area\nx;1950;Lima;3;80,5\n");
    const same = newPath("same.csv");
    writeFileSync(same, "area,rooms,year,city\n80.5,3,1950,Lima\n");
    const [[a], [b]] = [await json("predict", file, other), await json("predict", file, same)];
    expect(a?.guess).toBe(b?.guess);
    expect(a).toMatchObject({ row: 1, line: 2 });
  });

  test("for people: rows and numbers; summary lists the columns", async () => {
    const { lines } = await dlcc(["predict", file, table]);
    expect(lines.slice(0, 2)).toEqual([table, "  row  price"]);
    expect(lines).toHaveLength(242);
    expect(lines[2]).toMatch(/^ {4}1 {2}\d+(\.\d)?\s*$/);
    const text = (await dlcc(["summary", file])).lines.join("\n");
    // A digest says nothing to people.
    expect(text).not.toContain("sha256");
    for (const part of [/columns +area: a number, \(x − /, /city: one of Bern, Lima, Paris, TX/, /target +price/]) {
      expect(text).toMatch(part);
    }
  });
});
