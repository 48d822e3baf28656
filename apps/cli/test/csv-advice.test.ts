/** What is advised after a table was learned, and by which rows a model is judged. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { wordsOf } from "../src/command-line.ts";
import { adviceFor, type TableOutcome } from "../src/table/advice.ts";
import { fileOf, times } from "./csv-text.ts";
import { dlcc, json, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

/** 200 rows of a sum of x and z with some noise. */
const sums = fileOf(
  `x,z,price\n${times(200, (i) => `${(i * 7919) % 101},${(i * 31) % 17},${100 * ((i * 7919) % 101) + 50 * ((i * 31) % 17) + ((i * 131) % 23)}.5`).join("\n")}\n`,
);
const train = (file: string, ...options: string[]): string[] => [
  ...["train", "csv", file, "--target", "price", "--backend", "cpu"],
  ...options,
];

/** The commands below `try next`, and why. */
const advised = (lines: readonly string[]): { readonly command: string; readonly why: string }[] => {
  const below = lines.slice(lines.findIndex((line) => line.trim() === "try next") + 1);
  return below.flatMap((line, i) =>
    /^ {4}dlcc /.test(line) ? [{ command: line.trim(), why: below[i + 1]?.trim() ?? "" }] : [],
  );
};

const good: TableOutcome = {
  ...{ typed: "dlcc train csv a.csv --target y", file: "a.csv", out: undefined, isNumber: true },
  ...{ score: 0.976, trainScore: 0.9997, baseline: 0, isCut: false, epochs: 300, hidden: [100] },
  ...{ unweighted: false, worst: undefined, weightDecay: 0, isSaved: false, isFrom: false },
  ...{ reached: { name: "rmse", train: "1,797", test: "16,270" }, diverged: false, lr: 0.005, usualLr: 0.005 },
};

describe("a run that diverged", () => {
  test("what helps is a smaller rate, and nothing else is said; it works as printed", async () => {
    const { lines } = await dlcc(train(sums, "--lr", "1000", "--epochs", "3"));
    const text = lines.join("\n");
    expect(text).toContain("! diverging");
    // The command scales them itself.
    expect(text).not.toMatch(/scale the inputs/);
    const [{ command, why } = { command: "", why: "" }, ...others] = advised(lines);
    expect(others).toEqual([]);
    expect(command).toMatch(/--epochs 3 --lr 0\.005$/);
    expect(why).toContain("too large");
    const again = await dlcc(wordsOf(command).slice(1));
    expect(again.code).toBe(0);
    expect(again.lines.join("\n")).not.toContain("diverging");
  });

  test("at the usual rate, a tenth of it is tried; beside a model that is good all the same, the rest is said, too", () => {
    const diverged = { ...good, diverged: true };
    expect(adviceFor({ ...diverged, score: -1e6, trainScore: -1e6 })).toEqual([
      "dlcc train csv a.csv --target y --lr 0.0005",
      expect.stringContaining("too large"),
    ]);
    expect(adviceFor({ ...diverged, score: 0.97, trainScore: 0.97 }).join()).toMatch(/--lr 0\.0005.*--out/);
  });

  test("a model that is worse than guessing is not one to keep, nor does it know its rows", () => {
    const text = adviceFor({ ...good, score: -3, trainScore: -1 }).join("\n");
    expect(text).not.toMatch(/--out|adamw/);
  });
});

describe("a run that overfits", () => {
  test("an error on the test rows that is many times that on the training rows is said, with both", () => {
    const lines = adviceFor(good);
    expect(lines.slice(0, 4)).toEqual([
      "dlcc train csv a.csv --target y --optimizer adamw --weight-decay 0.1",
      "  it overfits: rmse 1,797 in training, 16,270 in the test",
      "dlcc train csv a.csv --target y --hidden none",
      "  compare with a plain weighted sum",
    ]);
  });

  test.each([
    ["it is about as good on the test rows", { score: 0.97, trainScore: 0.98 }],
    ["there is next to nothing left to gain", { score: 0.9995, trainScore: 0.99999 }],
    ["it has some weight decay", { weightDecay: 0.1 }],
  ])("not if %s", (_, how) => {
    expect(adviceFor({ ...good, ...how }).join()).not.toContain("adamw");
  });

  test("of few rows it is said that they say little", async () => {
    const few = fileOf(`x,price\n${times(5, (i) => `${i},${3 * i}.5`).join("\n")}\n`);
    const [start] = await json(...train(few, "--epochs", "1"));
    expect(start?.notes).toContainEqual(
      expect.stringMatching(/^only 4 rows to learn from and 1 for the test: .*chance/),
    );
    const [other] = await json(...train(sums, "--epochs", "1"));
    expect(JSON.stringify(other?.notes)).not.toContain("to learn from");
  });
});

describe("a header that was forgotten", () => {
  const [, , ...rows] = readFileSync(sums, "utf8").trim().split("\n");
  const file = fileOf(`${rows.map((row) => `${row},a b`).join("\n")}\n`);

  test("the first advice reads the first line as a row, the others do, too, and all work as printed", async () => {
    const { lines } = await dlcc([
      ...["train", "csv", file, "--target", "column 3", "--ignore", "a b", "--epochs", "2", "--backend", "cpu"],
    ]);
    const found = advised(lines);
    expect(found[0]?.why).toContain("looks like a row");
    expect(found.length).toBeGreaterThan(1);
    for (const { command } of found) {
      const words = wordsOf(command).slice(1);
      expect(words).toContain("--no-header");
      expect(words.slice(words.indexOf("--target"))[1]).toBe("column 3");
      expect(words.slice(words.indexOf("--ignore"))[1]).toBe("column 4");
      const own = words.map((word) => (word === "model.safetensors" ? newPath(word) : word));
      const { code, lines: again } = await dlcc(own);
      expect(code, command).toBe(0);
      // All 199 rows, where the first had been the names.
      expect(again.join("\n")).toContain("199 rows");
    }
  });
});

describe("eval on the table that the model was trained on", () => {
  const trained = async (...options: string[]): Promise<{ out: string; done: Record<string, unknown> }> => {
    const out = newPath("model.safetensors");
    const done = (await json(...train(sums, "--epochs", "5", ...options, "--out", out))).at(-1) ?? {};
    return { out, done };
  };

  test.each([
    ["a share of the rows", []],
    ["a number of rows, and validation", ["--test", "33", "--validation", "20", "--seed", "7"]],
  ])("judges the rows of the test alone, as the training did: %s", async (_, options) => {
    const { out, done } = await trained(...options);
    const [found] = await json("eval", out, sums);
    expect(found?.testExamples).toBe(options.length > 0 ? 33 : 40);
    expect((found?.testRmse as number) / (done.testRmse as number)).toBeCloseTo(1, 5);
    const { lines } = await dlcc(["eval", out, sums]);
    expect(lines.join("\n")).toMatch(/(33|40) of 200 rows, those of its test: it was trained on the others/);
  });

  test("classes are divided as they were, too", async () => {
    const classes = fileOf(
      `x,y\n${times(120, (i) => `${(i * 37) % 50},${(i * 37) % 50 > 20 + (i % 9) ? "a" : i % 4 ? "b" : "c"}`).join("\n")}\n`,
    );
    const out = newPath("model.safetensors");
    const words = ["--target", "y", "--epochs", "5", "--backend", "cpu", "--out", out];
    const done = (await json("train", "csv", classes, ...words)).at(-1);
    const [found] = await json("eval", out, classes);
    expect(found).toMatchObject({ testExamples: 24, confusion: done?.confusion });
  });

  test("where nothing was set aside, it is the training error, and called so", async () => {
    const { out, done } = await trained("--test", "0");
    const [found] = await json("eval", out, sums);
    expect(found).toMatchObject({ trainExamples: 200 });
    expect(found?.testRmse).toBeUndefined();
    expect((found?.trainRmse as number) / (done.trainRmse as number)).toBeCloseTo(1, 5);
    const text = (await dlcc(["eval", out, sums])).lines.join("\n");
    expect(text).toContain("200 rows, which it was trained on");
    expect(text).toContain("training error");
  });

  test("of another table all rows are judged, even if it has the same number of them", async () => {
    const { out } = await trained();
    const other = newPath("other.csv");
    writeFileSync(other, readFileSync(sums, "utf8").replaceAll(".5\n", ".25\n"));
    expect((await json("eval", out, other))[0]).toMatchObject({ testExamples: 200 });
  });

  test("a model that goes on from another on other test rows has none left that are new, and none are advised", async () => {
    const { out: first } = await trained();
    const out = newPath("second.safetensors");
    const { lines } = await dlcc(train(sums, "--epochs", "1", "--seed", "2", "--from", first, "--out", out));
    expect(
      advised(lines)
        .map(({ command }) => command)
        .join(),
    ).not.toContain("--seed 2 --seed");
    expect(
      advised(lines)
        .map(({ why }) => why)
        .join(),
    ).not.toContain("other test rows");
    expect((await json("eval", out, sums))[0]).toMatchObject({ trainExamples: 200 });
  });
});

test.each([
  ["$136,290", "136290", "the comma sets thousands apart", "136.29", ","],
  ["1,234", "1.234", "the comma is decimal", "1234", ";"],
])("%s, which may be two numbers, is said to be read as %s", async (field, is, how, other, delimiter) => {
  const quoted = (text: string): string => (delimiter === "," ? `"${text}"` : text);
  const rows = times(20, (i) => [quoted(i % 2 ? field : field.replace("2", "3")), i].join(delimiter));
  const { lines } = await dlcc(["data", "look", fileOf(`${["price", "x"].join(delimiter)}\n${rows.join("\n")}\n`)]);
  const text = lines.join("\n");
  const first = field.replace("2", "3");
  const swap = (number: string): string => number.replace("2", "3");
  expect(text).toContain(
    `${first} is read as ${swap(is)}: ${how}. The column leaves it open; if it is ${swap(other)}, write it so`,
  );
});
