/** Missing values, classes of which there are few, what guessing would give, and what to try next. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadModel } from "@dlcc/experiment/node";
import { describe, expect, test, vi } from "vitest";
import { wordsOf } from "../src/command-line.ts";
import { retyped } from "../src/table/advice.ts";
import type { Schema } from "../src/table/column.ts";
import { Divider, Share } from "../src/table/divide.ts";
import { classFigures } from "../src/table/judge.ts";
import { dlcc, errors, json, newFolder, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const times = (n: number, of: (i: number) => string): string[] => Array.from({ length: n }, (_, i) => of(i));
function fileOf(text: string): string {
  const file = newPath("table.csv");
  writeFileSync(file, text);
  return file;
}
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
    expect(judged).toMatchObject({ testExamples: 49, dropped: 11 });
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

describe("rows set aside", () => {
  test("each class has its share of each part, by largest remainders", () => {
    const share = new Share(0.2, 3);
    expect(share.take([10, 50, 40])).toEqual([2, 10, 8]);
    // 0.2 of 7, 6 and 3 rows is 1.4, 1.2 and 0.6: three in all, and the third goes to the largest remainder.
    expect(new Share(0.2, 3).take([7, 6, 3])).toEqual([1, 1, 1]);
    expect(new Share(0.2, 3).take([7, 7, 1])).toEqual([2, 1, 0]);
  });

  test("the only row of a class is for training", () => {
    expect(new Share(0.5, 2).take([9, 1])).toEqual([5, 0]);
    expect(new Share(0.5, 1).take([1])).toEqual([1]);
  });

  test("over many blocks the share is right to one row, whatever the order", () => {
    const share = new Share(0.2, 2);
    let taken = 0;
    for (let block = 0; block < 50; block++) taken += share.take(block < 25 ? [7, 0] : [0, 7]).reduce((a, b) => a + b);
    expect(taken).toBe(70);
  });

  test("every row is in one part", () => {
    const classes = Int32Array.from({ length: 1000 }, (_, i) => i % 3);
    const { train, validation, test: aside } = new Divider(0.2, 0.1, 3, 1).divide(classes);
    expect([aside.length, validation.length]).toEqual([200, 80]);
    expect([...train, ...validation, ...aside].sort((a, b) => a - b)).toEqual([...classes.keys()]);
  });
});

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

describe("early stopping is the default", () => {
  /** 500 rows of a noisy sine. */
  const noisy = fileOf(
    `x,y\n${times(500, (i) => `${(i % 100) / 50},${(Math.sin((i % 100) / 8) + ((i * 7919) % 100) / 100).toFixed(3)}`).join("\n")}\n`,
  );
  test("a tenth of the training rows validates, the best epoch is kept, and the run ends when no better one comes", async () => {
    const events = await json(
      "train",
      "csv",
      noisy,
      "--target",
      "y",
      "--hidden",
      "4",
      "--backend",
      "cpu",
      "--patience",
      "3",
    );
    expect(events[0]).toMatchObject({ trainExamples: 360, validationExamples: 40, testExamples: 100 });
    const losses = events
      .filter(({ event }) => event === "epoch")
      .map(({ validationLoss }) => validationLoss as number);
    const done = events.at(-1);
    expect(done?.bestEpoch).toBe(1 + losses.indexOf(Math.min(...losses)));
    expect(losses).toHaveLength((done!.bestEpoch as number) + 3);
  });

  test.each([
    [["--epochs", "2"], 0, 400],
    [["--validation", "0", "--epochs", "2"], 0, 400],
    [["--validation", "0.25", "--epochs", "2"], 100, 300],
    [["--validation", "20", "--epochs", "2"], 20, 380],
  ])("%j sets %d rows aside", async (options, validationExamples, trainExamples) => {
    const [start] = await json("train", "csv", noisy, "--target", "y", ...options, "--backend", "cpu");
    expect(start).toMatchObject({ validationExamples, trainExamples });
  });

  test("--validation must leave rows for training", async () => {
    expect((await dlcc(["train", "csv", noisy, "--target", "y", "--validation", "399"])).code).toBe(1);
    expect(errors.text).toMatch(
      /--validation must leave at least 2 of the 400 rows .* got --validation 399, which leaves 1/,
    );
  });
});

describe("what it depends on", () => {
  test("eval shuffles each column: one that decides matters, one that says nothing doesn't", async () => {
    const out = newPath("model.safetensors");
    await json("train", "csv", rare, "--target", "y", "--epochs", "60", "--backend", "cpu", "--out", out);
    const [found] = await json("eval", out, rare);
    const { importance } = found as { importance: { column: string; importance: number }[] };
    expect(importance.map(({ column }) => column)).toEqual(["x", "z"]);
    // Without x, a third and two thirds are guessed: 4/9 of the guesses are wrong.
    expect(importance[0]!.importance).toBeCloseTo(4 / 9, 1);
    expect(Math.abs(importance[1]!.importance)).toBeLessThan(0.05);
    const text = (await dlcc(["eval", out, rare])).lines.join("\n");
    expect(text).toMatch(
      /what it depends on: the accuracy falls by so much when a column is shuffled\n +x +4\d\.\d\d % +█+/,
    );
  });

  test("for numbers the error grows, in units of the target", async () => {
    const file = fileOf(`x,z,y\n${times(200, (i) => `${i % 10},${(i * 7) % 13},${3 * (i % 10)}.5`).join("\n")}\n`);
    const out = newPath("model.safetensors");
    const words = ["--target", "y", "--hidden", "none", "--epochs", "100", "--backend", "cpu", "--out", out];
    await json("train", "csv", file, ...words);
    const [found] = await json("eval", out, file);
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

describe("what is printed to be typed works as printed", () => {
  test("a command with other options keeps its own, but for files", () => {
    const typed = "dlcc train csv 'my table.csv' --target y --out m.safetensors --json --seed=1 --missing fill";
    expect(retyped(typed, ["--seed", "2"])).toBe("dlcc train csv 'my table.csv' --target y --missing fill --seed 2");
    expect(retyped("dlcc train csv a.csv --hidden 3", ["--hidden", "none"], ["--diagnose"])).toBe(
      "dlcc train csv a.csv --hidden none --diagnose",
    );
    expect(wordsOf("dlcc 'it'\\''s' $'a\\u001bb'")).toEqual(["dlcc", "it's", "a\u001bb"]);
  });

  /** The commands below `try next`, and those in notes and errors. */
  const commandsIn = (lines: readonly string[]): string[] => {
    const from = lines.findIndex((line) => line.trim() === "try next");
    return lines.slice(from + 1).flatMap((line) => (/^ {4}dlcc /.test(line) ? [line.trim()] : []));
  };
  const optionsIn = (text: string): string[] =>
    [
      ...text.matchAll(
        /--(?:ignore|categories|numbers|text|missing|dates|day-first|no-header)(?: (?:'[^']*'|[\w,.-]+))?/g,
      ),
    ].map(([option]) => option);

  const messy = `row id,note text,"a,b",city,price,y,\n${times(
    60,
    (i) =>
      `${i + 3},free ${i},${i % 4},${["Oslo", "oslo"][i % 2]},"$1,${100 + ((i * 7) % 50)}",${i % 3 ? "many" : "few"},`,
  ).join("\n")}\n`;

  test.each([
    ["classes", ["--target", "y"]],
    ["a model that is saved", ["--target", "y", "--out", "my model.safetensors"]],
    ["numbers", ["--target", "price", "--missing", "fill"]],
    ["a weighted sum", ["--target", "price", "--hidden", "none", "--ignore", "note text"]],
    ["a run that was cut", ["--target", "y", "--epochs", "1", "--best-by", "loss"]],
  ])("after %s", async (_, options) => {
    const folder = newFolder();
    const file = path.join(folder, "my table.csv");
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, messy);
    const here = process.cwd();
    vi.spyOn(process, "cwd").mockReturnValue(folder);
    const inFolder = options.map((word) => (word.endsWith(".safetensors") ? path.join(folder, word) : word));
    const { code, lines } = await dlcc(["train", "csv", file, "--backend", "cpu", "--epochs", "3", ...inFolder]);
    expect(code).toBe(0);
    const commands = commandsIn(lines);
    expect(commands.length).toBeGreaterThan(1);
    for (const command of commands) {
      const words = wordsOf(command).slice(1);
      // The model of an advice is written where the test may write.
      const own = words.map((word) => (word === "model.safetensors" ? path.join(folder, word) : word));
      expect((await dlcc(own)).code, `${command}\n${errors.text}`).toBe(0);
    }
    expect(here).not.toBe("");
  });

  test("the options in the reading of a table", async () => {
    const file = fileOf(messy);
    const { lines } = await dlcc(["data", "look", file]);
    const options = optionsIn(lines.join("\n"));
    expect(options).toEqual(["--numbers 'row id'", "--categories 'note text'", "--text city"]);
    for (const option of options) {
      const words = ["data", "look", file, ...wordsOf(option)];
      const notes = (await dlcc(words)).lines.filter((line) => line.startsWith("  ! "));
      expect(notes.join("\n"), option).not.toContain(option);
    }
    for (const command of commandsIn(lines))
      expect((await dlcc([...wordsOf(command).slice(1), "--epochs", "1"])).code).toBe(0);
  });

  test("the options in the error about missing values, of columns whose names need quotes", async () => {
    const file = fileOf(
      `"a,b",my column,x,y\n${times(30, (i) => `${i % 3 ? i : ""},${i % 4 ? i : "NA"},${i % 5},${i % 2}`).join("\n")}\n`,
    );
    const train = ["train", "csv", file, "--target", "y", "--epochs", "1", "--backend", "cpu"];
    expect((await dlcc(train)).code).toBe(1);
    const options = optionsIn(errors.text);
    expect(options).toEqual(["--missing fill", "--missing drop", `--ignore '"a,b",my column'`]);
    for (const option of options) expect((await dlcc([...train, ...wordsOf(option)])).code, option).toBe(0);
  });

  test("the option in the error about a column without values, such as those that Excel writes under a name", async () => {
    const file = fileOf(`x,my column,y\n${times(30, (i) => `${i % 5},,${i % 2}`).join("\n")}\n`);
    const train = ["train", "csv", file, "--target", "y", "--epochs", "1", "--backend", "cpu"];
    expect((await dlcc(train)).code).toBe(1);
    expect(optionsIn(errors.text)).toEqual(["--ignore 'my column'"]);
    expect((await dlcc([...train, ...wordsOf("--ignore 'my column'")])).code).toBe(0);
  });
});
