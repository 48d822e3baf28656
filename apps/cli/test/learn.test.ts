import { describe, expect, test } from "vitest";
import { Canvas, rangeOf, short } from "../src/learn/canvas.ts";
import { dlcc, errors, json, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const chapters = [
  "derivative",
  "gradient-descent",
  "linear-regression",
  "stochastic-gradient-descent",
  "perceptron",
] as const;

describe("dlcc learn", () => {
  test("lists the chapters", async () => {
    const { code, lines } = await dlcc(["learn"]);
    expect(code).toBe(0);
    for (const chapter of chapters) expect(lines.join("\n")).toContain(`\n  ${chapter} `);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test("a mistyped chapter: exit code 2, and what may have been meant", async () => {
    expect((await dlcc(["learn", "gradeint-descent"])).code).toBe(2);
    expect(errors.text).toMatch(/unknown chapter 'gradeint-descent'\n\(Did you mean gradient-descent\?\)/);
  });

  test.each(chapters)("%s fits in 80 columns, without colours, and ends with what to try", async (chapter) => {
    const { code, lines } = await dlcc(["learn", chapter]);
    expect(code).toBe(0);
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what must not be there.
    expect(lines.join("\n")).not.toMatch(/\u001b|NaN|undefined/);
    expect(lines).toContain("  try next");
  });

  test("at a kink it does not promise a quarter of the error", async () => {
    const { lines } = await dlcc(["learn", "derivative", "--function", "relu", "--at", "0"]);
    expect(lines.join("\n")).toMatch(/A kink: .* only halves/s);
    expect(lines.join("\n")).not.toContain("quarter");
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
  });

  test("a descent that leaves for infinity still fits in 80 columns", async () => {
    const { code, lines } = await dlcc(["learn", "linear-regression", "--lr", "5", "--steps", "2000"]);
    expect(code).toBe(0);
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
    expect(lines.join("\n")).toMatch(/closed form +\d\.\d{6} /);
  });

  test.each(chapters)("%s --json is one object, and names its chapter", async (chapter) => {
    const objects = await json("learn", chapter);
    expect(objects).toEqual([expect.objectContaining({ event: "learn", chapter })]);
  });

  test.each(chapters)("what %s says to try next runs", async (chapter) => {
    const { lines } = await dlcc(["learn", chapter]);
    const next = lines.slice(lines.indexOf("  try next") + 1);
    expect(next.length).toBeGreaterThan(0);
    for (const line of next) {
      const words = line.replace(/ #.*/, "").match(/'[^']*'|\S+/g) ?? [];
      expect((await dlcc(words.slice(1).map((word) => word.replaceAll("'", "")))).code).toBe(0);
    }
  });

  test("what to try next keeps the options that were given, and is not what was just run", async () => {
    const { lines } = await dlcc(["learn", "linear-regression", "--seed", "3", "--points", "0,1 1,3 2,4"]);
    const next = lines.slice(lines.indexOf("  try next") + 1).map((line) => line.replace(/ +#.*/, "").trim());
    expect(next).toEqual([
      "dlcc learn linear-regression --seed 3 --points '0,1 1,3 2,4' --lr 0.03",
      "dlcc learn linear-regression --seed 3 --points '0,1 1,3 2,4' --lr 3",
    ]);
  });

  test.each([
    [["derivative", "--at", "here"], /--at[\s\S]*not a number/],
    [["gradient-descent", "--lr", "0"], /--lr[\s\S]*above 0/],
    [["gradient-descent", "--surface", "bowel"], /Did you mean bowl\?/],
    [["linear-regression", "--points", "1;2"], /--points[\s\S]*pairs of x and y/],
    [["linear-regression", "--points", "1,2 1,3"], /x must differ/],
  ])("%j is refused", async (args, message) => {
    expect((await dlcc(["learn", ...args])).code).toBe(2);
    expect(errors.text).toMatch(message);
  });
});

describe("the numbers", () => {
  test("derivative: of v² at −3 it is −6", async () => {
    expect(await json("learn", "derivative", "--at", "-3")).toMatchObject([{ value: 9, derivative: -6 }]);
  });

  test.each(["bowl", "valley"])("gradient-descent on the %s: too small, right, too large", async (surface) => {
    const [result] = await json("learn", "gradient-descent", "--surface", surface, "--steps", "100");
    const descents = result?.descents as { outcome: string }[];
    expect(descents.map(({ outcome }) => outcome)).toEqual([
      "on its way",
      "converged",
      surface === "bowl" ? "diverged" : "stranded",
    ]);
  });

  test("linear-regression: y = 2x + 1 through its points, by both ways", async () => {
    const [result] = await json("learn", "linear-regression", "--points", "-1,-1 0,1 1,3 2,5", "--steps", "500");
    expect(result?.closedForm).toMatchObject({ w: expect.closeTo(2, 10), b: expect.closeTo(1, 10) });
    expect((result?.descent as unknown[] | undefined)?.at(-1)).toMatchObject({
      w: expect.closeTo(2, 6),
      b: expect.closeTo(1, 6),
    });
  });

  test("stochastic-gradient-descent: minibatches get nearer for the same examples", async () => {
    const [result] = await json("learn", "stochastic-gradient-descent");
    const cost = (name: string): number =>
      (result?.[name] as { cost: number }[] | undefined)?.at(-1)?.cost ?? Number.NaN;
    expect(cost("minibatches")).toBeLessThan(cost("fullBatch"));
  });

  test("perceptron: learns all but XOR", async () => {
    const [result] = await json("learn", "perceptron");
    const learned = result?.learned as { name: string; mistakes: number[] }[];
    expect(learned.filter(({ mistakes }) => mistakes.at(-1) !== 0).map(({ name }) => name)).toEqual(["XOR"]);
  });
});

describe("the canvas", () => {
  test("has 2×4 dots in each character", () => {
    const canvas = new Canvas(10, 1, [0, 3], [0, 3]);
    canvas.point(0, 3); // the upper left
    canvas.point(3, 0); // the lower right
    expect(canvas.lines()[0]).toBe("     3 │⠁⢀");
  });
  test("does not draw what is outside, or no number", () => {
    const canvas = new Canvas(10, 1, [0, 3], [0, 3]);
    canvas.point(-4, 1);
    canvas.point(Number.NaN, 1);
    canvas.line([
      [0, Number.POSITIVE_INFINITY],
      [1, 1],
    ]);
    expect(canvas.lines()[0]).toBe("     3 │");
  });
  test("a range of equal numbers has some room", () => expect(rangeOf([2, 2])).toEqual([1, 3]));
  test.each([
    [0, "0"],
    [0.5, "0.5"],
    [1 / 3, "0.333"],
    [-123456, "-1.2e+5"],
    [Number.POSITIVE_INFINITY, "∞"],
  ])("%d is written %s", (value, text) => expect(short(value)).toBe(text));
});
