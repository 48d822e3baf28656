/** Text from strangers: it reaches the terminal as text, in a line, and whatever its size in time. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadModel } from "@dlcc/experiment/node";
import { load, save } from "@dlcc/io/node";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { commandLine } from "../src/command-line.ts";
import { readCsv } from "../src/table/csv.ts";
import { numberIn } from "../src/table/numbers.ts";
import { confusionTable } from "../src/terminal/confusion.ts";
import { safe } from "../src/terminal/door.ts";
import { dlcc, errors, newFolder, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

/** Clears the screen; sets the title; hides text; the same in 8 bits; writes from right to left; begins a line. */
const attack = "\x1b[2J\x1b]0;mine\x07\x1b[8m\x9b2J\u202e\r\nx";
/** What a terminal obeys, but for the ends of lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/;

/** Runs a command: all that it prints, to both ends. */
async function printed(...args: string[]): Promise<string> {
  errors.text = "";
  const { lines } = await dlcc(args);
  return `${lines.join("\n")}\n${errors.text}`;
}

describe("names that would command the terminal", () => {
  const folder = path.join(newFolder(), attack.replaceAll("\n", ""));
  const file = path.join(folder, `table${attack}.csv`);
  const [model, plain] = [path.join(folder, `model${attack}`), newPath("model.safetensors")];
  const [numbers, mixed, gaps, same] = ["numbers", "mixed", "gaps", "same"].map((name) =>
    path.join(folder, `${name}.csv`),
  ) as [string, string, string, string];
  const cell = (text: string): string => `"${text}${attack}"`;
  const target = `kind${attack}`;

  beforeAll(async () => {
    vi.stubEnv("XDG_CACHE_HOME", newFolder());
    mkdirSync(folder);
    const rows = Array.from({ length: 40 }, (_, i) =>
      [i, cell(i % 3 ? "a" : "b"), cell(i % 2 ? "yes" : "no")].join(","),
    );
    writeFileSync(file, `${[cell("size"), cell("colour"), cell("kind")].join(",")}\n${rows.join("\n")}\n`);
    writeFileSync(numbers, `${cell("x")},${cell("y")}\n${rows.map((_, i) => `${i},${i * i}`).join("\n")}\n`);
    const head = `${cell("x")},${cell("y")}`;
    writeFileSync(mixed, `${head}\n${rows.map((_, i) => `${i === 30 ? cell("z") : i},${i * i}`).join("\n")}\n`);
    writeFileSync(gaps, `${head}\n${rows.map((_, i) => `${i === 30 ? "" : i},${i * i}`).join("\n")}\n`);
    writeFileSync(same, `${head}\n${rows.map((_, i) => `${i},${cell("z")}`).join("\n")}\n`);
    const quick = ["--epochs", "1", "--backend", "cpu", "--hidden", "none"];
    for (const out of [model, plain]) await dlcc(["train", "csv", file, "--target", target, ...quick, "--out", out]);
    const { tensors, metadata } = await load(model);
    await save(model, tensors, { ...metadata, [`fact${attack}`]: attack, dataset: attack, command: attack });
    vi.unstubAllEnvs();
  });

  const train = (...options: string[]): string[] => [
    "train",
    "csv",
    file,
    "--epochs",
    "1",
    "--backend",
    "cpu",
    ...options,
  ];
  const commands: [string, () => string[]][] = [
    ["train", () => train("--target", target, "--out", path.join(folder, `out${attack}`))],
    [
      "train, linear regression",
      () => ["train", "csv", numbers, "--target", `y${attack}`, "--hidden", "none", "--epochs", "1"],
    ],
    ["train without a target", () => train()],
    ["train on a column that isn't there", () => train("--target", "kind")],
    ["train, columns left out", () => train("--target", target, "--ignore", `colour${attack}`)],
    ["train with a test that is too large", () => train("--target", target, "--test", "100")],
    ["train on a file that isn't there", () => ["train", "csv", `${file}x`, "--target", "y"]],
    ["train to a folder that isn't there", () => train("--target", "y", "--out", `/no/${attack}/model`)],
    ["train in parts", () => train("--target", target, "--stream")],
    ["train in parts on a column that isn't there", () => train("--target", "kind", "--stream")],
    ["train in parts, columns left out", () => train("--target", target, "--stream", "--ignore", `colour${attack}`)],
    ["train in parts on words for numbers", () => train("--target", target, "--stream", "--task", "regression")],
    ["train in parts on mixed columns", () => ["train", "csv", mixed, "--target", `y${attack}`, "--stream"]],
    ["train in parts on columns with gaps", () => ["train", "csv", gaps, "--target", `y${attack}`, "--stream"]],
    ["train in parts on what does not vary", () => ["train", "csv", same, "--target", `y${attack}`, "--stream"]],
    [
      "train, looking where the time goes",
      () => train("--target", target, "--profile", path.join(folder, `p${attack}`)),
    ],
    ["train with a trace that can't be written", () => train("--target", target, "--profile", `/no/${attack}/trace`)],
    ["train on digits that aren't there", () => ["train", "mnist", "--data", folder]],
    ["summary", () => ["summary", model]],
    ["summary of a file that is no model", () => ["summary", file]],
    ["eval", () => ["eval", model, file]],
    ["eval without a table", () => ["eval", model]],
    ["predict", () => ["predict", model, file]],
    ["predict from other columns", () => ["predict", model, numbers]],
    ["predict from a picture", () => ["predict", model, path.join(folder, "x.png")]],
    ["an unknown command", () => [attack]],
    ["an unknown option", () => ["train", `--${attack}`]],
    ["an unknown chapter", () => ["learn", attack]],
    ["a value that isn't one", () => train("--loss", attack)],
    ["a picture", () => ["learn", "derivative", "--svg", path.join(folder, "a.svg")]],
    ["results", () => ["reproduce", "--results", `${folder}/none/${attack}`]],
  ];
  test.each(commands)("%s: are shown", async (_, args) => {
    for (const more of [[], ["--json"], ["--verbose"]]) {
      const text = await printed(...args(), ...more);
      expect(text.trim()).not.toBe("");
      expect(text).not.toMatch(obeyed);
    }
  });

  test("are what they were in the model and in JSON", async () => {
    const { lines } = await dlcc(["predict", plain, file, "--json"]);
    expect(JSON.parse(lines[0]!).file).toBe(file);
    const { facts } = await loadModel(plain);
    expect(JSON.parse(facts.table!).target.name).toBe(target);
  });
});

describe("the door to the terminal", () => {
  test("lets our colours and line ends pass, and no other sequence", () => {
    expect(safe("\x1b[1mbold\x1b[22m\n\x1b[38;5;232;48;5;255m▀\x1b[0m", true)).toBe(
      "\x1b[1mbold\x1b[22m\n\x1b[38;5;232;48;5;255m▀\x1b[0m",
    );
    expect(safe("\x1b[8mhidden\x1b[2J\x1b]0;t\x07", true)).toBe("\\u001b[8mhidden\\u001b[2J\\u001b]0;t\\u0007");
  });
  test("without colours, none at all", () => expect(safe("\x1b[1mbold", false)).toBe("\\u001b[1mbold"));
  test("a command to copy has its words in a shell's own escapes", () => {
    expect(commandLine(["a'b", "\x1b[2J'\\"])).toBe("'a'\\''b' $'\\u001b[2J\\'\\\\'");
  });
});

describe("much text", () => {
  test("a million digits and a slip are not a number", () => {
    expect(numberIn(`${"1".repeat(1e6)}x`, ".")).toBeNaN();
    expect(numberIn(`${"1".repeat(1e6)}.`, ".")).toBeNaN(); // Infinity
    expect(numberIn("-1.5e3", ".")).toBe(-1500);
  });

  test("a message quotes a line of it", async () => {
    const file = newPath("long.csv");
    const long = "1".repeat(200_000);
    writeFileSync(file, `${"x".repeat(200_000)},y\n1,a\n2,b\n3,a\n4,b\n${long}x,a\n`);
    const text = await printed("train", "csv", file, "--target", "y");
    expect(text).toMatch(/must be a number as in 4 of the 5 rows, got "1{60}"…/);
    expect(text.length).toBeLessThan(1000);
    expect((await printed("train", "csv", file, "--target", "z")).length).toBeLessThan(1000);
  });

  test("100,000 columns have their names compared once", async () => {
    const file = newPath("wide.csv");
    const header = Array.from({ length: 100_000 }, (_, i) => `c${i}`);
    writeFileSync(file, `${header}\n${header.map((_, i) => i)}\n`);
    expect((await readCsv(file)).header).toHaveLength(100_000);
    expect(await printed("train", "csv", file, "--target", "c1x")).toMatch(/got only c0, .* and 99980 more/);
  });

  test("3,000 classes have a table of their accuracy", () => {
    const row = Array.from({ length: 3000 }, (_, i) => i);
    const lines = confusionTable(Array.from({ length: 3000 }, () => row)).split("\n");
    expect(lines).toHaveLength(3001);
  });
});

test("dlcc predict takes a table of 130,000 rows", async () => {
  const [file, model] = [newPath("table.csv"), newPath("model.safetensors")];
  writeFileSync(
    file,
    `x,y\n${Array.from({ length: 130_000 }, (_, i) => `${i % 100},${i % 2 ? "a" : "b"}`).join("\n")}\n`,
  );
  const options = ["--target", "y", "--epochs", "1", "--hidden", "none", "--batch-size", "10000", "--backend", "cpu"];
  await dlcc(["train", "csv", file, ...options, "--out", model]);
  const { code, lines } = await dlcc(["predict", model, file]);
  expect(code).toBe(0);
  expect(lines).toHaveLength(130_002);
});
