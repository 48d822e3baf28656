/** `dlcc learn CHAPTER --exercise`, and the place in the course that `dlcc learn` remembers. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { answerOf, chapters, exercisesOf } from "@dlcc/course";
import { describe, expect, test, vi } from "vitest";
import { progressFile } from "../src/learn/progress.ts";
import { dlcc, errors, json, newFolder, newPath, typing, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const answers = exercisesOf("derivative").map(answerOf);
const practise = (lines: readonly string[], isTerminal = false, ...more: readonly string[]) =>
  dlcc(["learn", "derivative", "--exercise", ...more], { keyboard: typing(lines, isTerminal) });
const count = (lines: readonly string[], text: string): number => lines.filter((line) => line.includes(text)).length;

describe("from a pipe", () => {
  test("a line for each exercise: all right is exit code 0", async () => {
    const { code, lines } = await practise(answers);
    expect([code, count(lines, "right:"), count(lines, "not right")]).toEqual([0, answers.length, 0]);
    expect(lines).toContain("  4 of 4 solved");
  });

  test("one wrong answer is exit code 1, and the others still count", async () => {
    const { code, lines } = await practise(["7", ...answers.slice(1)]);
    expect([code, count(lines, "right: "), count(lines, "not right")]).toEqual([1, 3, 1]);
    expect(lines).toContain("  3 of 4 solved");
  });

  test("without answers it shows the questions, and nothing is wrong", async () => {
    const { code, lines } = await practise([]);
    expect(code).toBe(0);
    expect(count(lines, "derivative, exercise")).toBe(4);
    expect(lines.join("\n")).not.toContain("right:");
  });

  test("hint and answer help, and skip leaves one out", async () => {
    const { code, lines } = await practise(["hint", "6", "skip", "answer", "a"]);
    expect(code).toBe(0);
    const [first, , third] = exercisesOf("derivative");
    expect(lines.join(" ")).toContain(first?.hint);
    expect(lines.join(" ").replace(/\s+/g, " ")).toContain(`a. ${third?.why}`);
    expect(lines).toContain("  2 of 4 solved");
  });

  test("of one exercise, its number says which", async () => {
    expect((await practise(["0.12"], false, "2")).code).toBe(0);
    expect((await practise(["6"], false, "2")).code).toBe(1);
  });
});

describe("--answer", () => {
  test.each(chapters)("$name: each answer is right, a wrong one is exit code 1", async ({ name }) => {
    for (const exercise of exercisesOf(name)) {
      const answered = (text: string) => dlcc(["learn", name, "--exercise", String(exercise.number), "--answer", text]);
      const { code, lines } = await answered(answerOf(exercise));
      expect([code, lines[0]]).toEqual([0, expect.stringContaining(`right: ${answerOf(exercise)}`)]);
      expect((await answered(exercise.choices ? "z" : "123456789")).code).toBe(1);
    }
  });

  test("a negative number is an answer, and no option", async () => {
    const { code, lines } = await dlcc(["learn", "derivative", "--exercise", "1", "--answer", "-6"]);
    expect([code, lines]).toEqual([1, ["  not right: the sign is the other one"]]);
  });

  test("--json says it in one object", async () => {
    const asked = ["learn", "derivative", "--exercise", "1"];
    expect(await json(...asked, "--answer", "12/2")).toEqual([
      { event: "answer", chapter: "derivative", number: 1, right: true },
    ]);
    expect(await json(...asked, "--answer", "six")).toEqual([
      expect.objectContaining({ right: false, message: expect.stringContaining("must be a number") }),
    ]);
    expect(await json("learn", "derivative", "--exercise")).toEqual(
      exercisesOf("derivative").map(({ number, question, hint }) =>
        expect.objectContaining({ event: "exercise", number, question, hint, solved: number === 1 }),
      ),
    );
  });

  test.each([
    [["--answer", "6"], /--answer must come with --exercise/],
    [["--hint"], /--hint must come with --exercise/],
    [["--exercise", "--answer", "6"], /--answer must come with the number of an exercise/],
    [["--exercise", "5"], /It must be 4 at most/],
    [["--exercise", "0"], /whole number from 1/],
  ])("%j is refused with exit code 2", async (args, message) => {
    expect((await dlcc(["learn", "derivative", ...args])).code).toBe(2);
    expect(errors.text).toMatch(message);
  });
});

describe("at a keyboard", () => {
  test("a wrong answer is asked again, and is no failure of the command", async () => {
    const { code, lines } = await practise(["5", "six", "6", "quit"], true);
    expect([code, count(lines, "not right"), count(lines, "right: 6")]).toEqual([0, 2, 1]);
    expect(count(lines, "derivative, exercise 2 of 4")).toBe(1);
  });

  test("what is solved is not asked again, until all are", async () => {
    await practise(["6", "0.12"], false);
    const { lines } = await practise(["a", "1/4"], true);
    expect(count(lines, "derivative, exercise")).toBe(2);
    expect(lines).toContain("  4 of 4 solved");
    expect(count((await practise([], true)).lines, "derivative, exercise 1 of 4")).toBe(1);
  });

  test("the end of the input is the end", async () => {
    const { code, lines } = await practise([], true);
    expect([code, count(lines, "derivative, exercise")]).toEqual([0, 1]);
  });
});

test("--hint shows the hints, and not the answers", async () => {
  const { code, lines } = await dlcc(["learn", "gradient", "--exercise", "--hint"]);
  expect([code, count(lines, "hint: ")]).toEqual([0, exercisesOf("gradient").length]);
});

test.each(chapters)("$name: questions, hints and reasons fit in 80 columns, without colours", async ({ name }) => {
  const keyboard = typing(exercisesOf(name).flatMap((exercise) => ["hint", answerOf(exercise)]));
  const { code, lines } = await dlcc(["learn", name, "--exercise"], { keyboard });
  expect(code).toBe(0);
  expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for the escape.
  expect(lines.join("\n")).not.toMatch(/\u001b|NaN|undefined/);
});

describe("where one is", () => {
  const learn = async (...args: readonly string[]) => (await dlcc(["learn", ...args])).lines;

  test("at first: where to begin", async () => {
    expect((await learn()).slice(-2)).toEqual([
      "  begin with dlcc learn derivative",
      "  exercises  dlcc learn derivative --exercise",
    ]);
  });

  test("after a chapter: its exercises are next; solved, the next chapter", async () => {
    await learn("gradient-descent");
    const lines = await learn();
    expect(lines).toContain("  you are at gradient-descent, chapter 3 of 15: 0 of 5 solved");
    expect(lines.at(-1)).toBe("  next       dlcc learn gradient-descent --exercise");
    expect(lines.find((line) => line.startsWith("▸"))).toMatch(/^▸ gradient-descent /);
    await dlcc(["learn", "gradient-descent", "--exercise"], {
      keyboard: typing(exercisesOf("gradient-descent").map(answerOf)),
    });
    const after = await learn();
    expect(after.at(-1)).toBe("  next       dlcc learn linear-regression");
    expect(after.find((line) => line.startsWith("✓"))).toMatch(/^✓ gradient-descent /);
  });

  test("after the last chapter: the first one that is not done; after all of them, what to reproduce", async () => {
    for (const { name } of chapters.slice(2)) {
      await dlcc(["learn", name, "--exercise"], { keyboard: typing(exercisesOf(name).map(answerOf)) });
    }
    expect((await learn()).at(-1)).toBe("  next       dlcc learn derivative");
    for (const { name } of chapters.slice(0, 2)) {
      await dlcc(["learn", name, "--exercise"], { keyboard: typing(exercisesOf(name).map(answerOf)) });
    }
    expect((await learn()).at(-1)).toBe("  you have solved all of them: dlcc reproduce");
  });

  test("the marks don't hide a chapter, and all fits in 80 columns", async () => {
    await learn("stochastic-gradient-descent");
    const lines = await learn();
    for (const { name, question } of chapters) {
      expect(lines.find((line) => line.slice(2).startsWith(`${name} `))).toContain(question);
    }
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test("a chapter says its place, its exercises and the chapter after it", async () => {
    const lines = await learn("derivative");
    const at = lines.indexOf("  chapter 1 of 15");
    expect(lines.slice(at + 1, at + 3)).toEqual([
      "    dlcc learn derivative --exercise   # 4 exercises, 0 solved",
      "    dlcc learn gradient                # the next chapter",
    ]);
  });

  test("programs leave no mark: --json does not move the reader", async () => {
    await json("learn", "softmax");
    expect((await learn()).at(-2)).toContain("begin with");
  });

  test.each(["{", "[]", "null", '{"last":"nowhere","solved":{"derivative":[1,99,"2"],"__proto__":[1],"gone":[1]}}'])(
    "a damaged file is no trouble: %s",
    async (text) => {
      mkdirSync(path.dirname(progressFile()), { recursive: true });
      writeFileSync(progressFile(), text);
      expect((await learn()).at(-1)).toContain("dlcc learn derivative --exercise");
      await dlcc(["learn", "derivative", "--exercise", "2", "--answer", "0.12"]);
      const { solved } = JSON.parse(readFileSync(progressFile(), "utf8")) as { solved: Record<string, number[]> };
      expect(solved.derivative).toEqual(text.includes("99") ? [1, 2] : [2]);
      expect(Object.keys(solved)).toEqual(["derivative"]);
    },
  );

  test("a folder that can't be written: the answer counts, and it says that it can't be kept", async () => {
    // A file where the folder should be.
    const file = newPath("state");
    writeFileSync(file, "");
    vi.stubEnv("XDG_STATE_HOME", file);
    const { code, lines } = await dlcc(["learn", "derivative", "--exercise", "1", "--answer", "6"]);
    expect([code, count(lines, "can't be kept")]).toEqual([0, 1]);
    expect((await dlcc(["learn", "derivative"])).code).toBe(0);
  });

  test("the file is in the state folder, which XDG_STATE_HOME names", () => {
    const folder = newFolder();
    expect(progressFile({ XDG_STATE_HOME: folder })).toBe(path.join(folder, "dlcc", "learn.json"));
    expect(progressFile({})).toMatch(/\.local[\\/]state[\\/]dlcc[\\/]learn\.json$/);
  });
});
