/** What is said of a model: classes of which there are few, what guessing would give, what it depends on, and its picture. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { classFigures } from "../src/table/judge.ts";
import { fileOf, otherFile, times } from "./csv-text.ts";
import { dlcc, errors, json, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

/** Class c has two rows of 300; a and b are told apart by x. */
const rare = fileOf(
  `x,z,y\n${times(300, (i) => {
    const y = i === 100 || i === 200 ? "c" : i % 3 ? "a" : "b";
    return `${(i % 3 ? 1 : -1) + ((i * 7) % 10) / 20},${(i * 13) % 11},${y}`;
  }).join("\n")}\n`,
);

describe("classes", () => {
  test("recall, precision and F1 of a confusion, by hand", () => {
    expect(
      classFigures(
        [
          [8, 2, 0],
          [1, 4, 0],
          [0, 1, 0],
        ],
        ["a", "b", "c"],
      ),
    ).toEqual([
      { name: "a", rows: 10, recall: 0.8, precision: 8 / 9, f1: 16 / 19 },
      { name: "b", rows: 5, recall: 0.8, precision: 4 / 7, f1: 8 / 12 },
      { name: "c", rows: 1, recall: 0, precision: null, f1: 0 },
    ]);
  });

  test("the rare class is named before training, and guessing the commonest is beside the result", async () => {
    const { lines } = await dlcc(["train", "csv", rare, "--target", "y", "--epochs", "20", "--backend", "cpu"]);
    const text = lines.join("\n");
    expect(text).toMatch(/! c has [12] training rows?$/m);
    expect(text).toMatch(/^ +66\.67 % {2}always guessing a, the commonest$/m);
    expect(text).toMatch(/^ {2}class +rows +recall +precision +F1$/m);
  });

  test("figures for programs: the baseline, and each class", async () => {
    const done = (await json("train", "csv", rare, "--target", "y", "--epochs", "20", "--backend", "cpu")).at(-1)!;
    expect(done.testBaseline).toBeCloseTo(2 / 3, 2);
    expect((done.classes as { rows: number }[]).reduce((sum, { rows }) => sum + rows, 0)).toBe(60);
  });

  test("--class-weights balanced: a rare class counts as much as others, and more of it is found", async () => {
    // One row in fifteen is rare, and no column tells for sure.
    const file = fileOf(
      `x,y\n${times(1500, (i) => `${((i * 37) % 100) / 100 + (i % 15 ? 0 : 0.3)},${i % 15 ? "often" : "rare"}`).join("\n")}\n`,
    );
    const recall = async (...options: string[]): Promise<number> => {
      const words = ["--target", "y", "--hidden", "none", "--epochs", "20", "--backend", "cpu", ...options];
      const { classes } = (await json("train", "csv", file, ...words)).at(-1) as {
        classes: { name: string; recall: number }[];
      };
      return classes.find(({ name }) => name === "rare")!.recall;
    };
    expect(await recall()).toBeLessThan(0.4);
    expect(await recall("--class-weights", "balanced")).toBeGreaterThan(0.5);
  });

  test.each([
    [["--target", "x"], /--class-weights balanced must go with classes .*, got the numbers of x/],
    [["--target", "y", "--loss", "mse"], /must go with classes and --loss cross-entropy, got --loss mse/],
  ])("%j with weights is refused", async (options, message) => {
    expect((await dlcc(["train", "csv", rare, ...options, "--class-weights", "balanced"])).code).toBe(1);
    expect(errors.text).toMatch(message);
  });
});

test("the error of always guessing the mean is beside that of numbers", async () => {
  const file = fileOf(`x,y\n${times(100, (i) => `${i % 10},${i % 10}.5`).join("\n")}\n`);
  const done = (await json("train", "csv", file, "--target", "y", "--test", "0", "--epochs", "5")).at(-1);
  // The standard deviation of 0 to 9.
  expect(done?.trainBaseline).toBeCloseTo(Math.sqrt(8.25), 4);
});

describe("what it depends on", () => {
  test("eval shuffles each column: one that decides matters, one that says nothing doesn't", async () => {
    const out = newPath("model.safetensors");
    await json("train", "csv", rare, "--target", "y", "--epochs", "60", "--backend", "cpu", "--out", out);
    const [found] = await json("eval", out, otherFile(rare));
    const { importance } = found as { importance: { column: string; importance: number }[] };
    expect(importance.map(({ column }) => column)).toEqual(["x", "z"]);
    // Without x, a third and two thirds are guessed: 4/9 of the guesses are wrong.
    expect(importance[0]!.importance).toBeCloseTo(4 / 9, 1);
    expect(Math.abs(importance[1]!.importance)).toBeLessThan(0.05);
    const text = (await dlcc(["eval", out, otherFile(rare)])).lines.join("\n");
    expect(text).toMatch(
      /what it depends on: the accuracy falls by so much when a column is shuffled\n +x +4\d\.\d\d % +█+/,
    );
  });

  test("for numbers the error grows, in units of the target", async () => {
    const file = fileOf(`x,z,y\n${times(200, (i) => `${i % 10},${(i * 7) % 13},${3 * (i % 10)}.5`).join("\n")}\n`);
    const out = newPath("model.safetensors");
    const words = ["--target", "y", "--hidden", "none", "--epochs", "100", "--backend", "cpu", "--out", out];
    await json("train", "csv", file, ...words);
    const [found] = await json("eval", out, otherFile(file));
    const [first] = (found as { importance: { column: string; importance: number }[] }).importance;
    expect(first?.column).toBe("x");
    // Two independent values of x differ by √2 times its standard deviation, which is √8.25.
    expect(first!.importance / (3 * Math.sqrt(2 * 8.25))).toBeCloseTo(1, 1);
  });
});

describe("--svg", () => {
  test.each([
    ["y", "Confusion of 3 classes"],
    ["x", "Predictions of x against the truth"],
  ])("train and eval draw %s", async (target, title) => {
    const [first, second] = [newPath("a.svg"), newPath("b.svg")];
    const out = newPath("model.safetensors");
    await json(
      "train",
      "csv",
      rare,
      "--target",
      target,
      "--epochs",
      "1",
      "--backend",
      "cpu",
      "--svg",
      first,
      "--out",
      out,
    );
    await json("eval", out, rare, "--svg", second);
    for (const file of [first, second]) expect(readFileSync(file, "utf8")).toContain(title);
  });
});
