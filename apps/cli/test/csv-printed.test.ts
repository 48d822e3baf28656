/** What is printed to be typed works as printed. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { wordsOf } from "../src/command-line.ts";
import { retyped } from "../src/retyped.ts";
import { fileOf, times } from "./csv-text.ts";
import { dlcc, errors, newFolder, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

describe("what is printed to be typed works as printed", () => {
  test("a command with other options keeps its own, but for files", () => {
    const typed = "dlcc train csv 'my table.csv' --target y --out m.safetensors --json --seed=1 --missing fill";
    expect(retyped(typed, ["--seed", "2"])).toBe("dlcc train csv 'my table.csv' --target y --missing fill --seed 2");
    expect(retyped("dlcc train csv a.csv --hidden 3", ["--hidden", "none"], ["--diagnose"])).toBe(
      "dlcc train csv a.csv --hidden none --diagnose",
    );
    expect(retyped("dlcc train csv a.csv --no-header --seed 3", ["--no-header"], ["--seed", "2"])).toBe(
      "dlcc train csv a.csv --no-header --seed 2",
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
    ["a run that overfits", ["--target", "price", "--epochs", "200", "--ignore", "note text,row id"]],
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
