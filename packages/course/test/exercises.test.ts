import { describe, expect, test } from "vitest";
import { answerOf, type ChapterName, chapters, type Exercise, exercisesOf, judge, letterOf } from "../src/index.ts";

const all = chapters.flatMap(({ name }) => exercisesOf(name));
const exercise = (chapter: ChapterName, number: number): Exercise => exercisesOf(chapter)[number - 1]!;

/** The answers by hand: numbers, or the words of a choice. */
const byHand: Readonly<Record<ChapterName, readonly (readonly number[] | string)[]>> = {
  derivative: [[2 * 3], [3 * 2 ** 2 * 0.01], "to the left", [1 / 2 ** 2]],
  gradient: [[1, 4 * 2], [Math.sqrt(3 ** 2 + 4 ** 2)], "against it", [0]],
  "gradient-descent": [[3 - 0.1 * 3, 2 - 0.1 * 4 * 2], [1 - 0.4], "η = 0.55", [2 / 40], "stranded on flat land"],
  "linear-regression": [
    [5 / 2, 3 - 5 / 2],
    [(2 ** 2 + 4 ** 2) / (2 * 2)],
    [(-2 - 4) / 2, (2 - 4) / 2],
    [(1.5 * 15) / 5],
  ],
  "stochastic-gradient-descent": [[1000 / 50], [Math.ceil(1000 / 64)], "exactly once", [(1 + 5) / 2]],
  perceptron: [[1], [3], "b = −3", [3], [0, 1, 1, 0]],
  "multilayer-perceptron": [[1 / 2], [1 / 4], "XOR", [785 * 30 + 31 * 10]],
  activations: [[3, 1], [0, 0], "relu", [4 ** -10]],
  losses: [[(2 ** 2 + 1) / 2], [2 + 1], [10 ** 2], [(1 + 2 + 3 + 4 + 100) / 5], "cross-entropy"],
  softmax: [
    [1 / 4],
    [Math.log(2)],
    [1 / 2 - 1, 1 / 2],
    [1 / (1 + Math.exp(-2))],
    "1 for the largest z, 0 for the others",
  ],
  backpropagation: [
    [(6 - 5) * 2],
    [(6 - 5) * 3],
    [(6 - 4) * 3],
    "of layer 1's output by the parameters of layer 2",
    [2 * 1000],
  ],
  overfitting: [[224 ** 2], [(224 ** 2 + 1) * 1000], "1 and 0.7"],
  "unstable-gradients": [[0.9 ** 20], [3 ** 10], "sigmoid", [0.2], "ReLUs, weights of variance 2/n"],
  convolution: [[0, 1, 0, -1], [28 - 5 + 1], [6 * (25 + 1)], [50_177_000 / 26_000]],
  residual: [[1 + 1 / 8], [1], [8 ** -10], [-1, 1]],
};

describe("the exercises", () => {
  test.each(chapters)("$name has three to five, and each says what the course's formulas do", ({ name }) => {
    const exercises = exercisesOf(name);
    expect(exercises.length).toBeGreaterThanOrEqual(3);
    expect(exercises.length).toBeLessThanOrEqual(5);
    expect(exercises.map(({ number }) => number)).toEqual(byHand[name].map((_, i) => i + 1));
    exercises.forEach(({ choices, solution }, i) => {
      const expected = byHand[name][i]!;
      if (typeof expected === "string") expect(choices?.[solution()[0]!]).toBe(expected);
      else expect(solution()).toEqual(expected.map((v) => expect.closeTo(v, 12)));
    });
  });

  test.each(all)("$chapter $number: its own answer is right, and it has a hint and a reason", (one) => {
    expect(judge(one, answerOf(one))).toEqual({ right: true });
    for (const text of [one.question, one.hint, one.why]) expect(text).toMatch(/\S/);
    // A page and a terminal show the same line: nothing in it is Markdown or HTML.
    for (const text of [one.question, one.hint, one.why, ...(one.choices ?? [])]) expect(text).not.toMatch(/[*_`<>\n]/);
  });

  test.each(all.filter(({ choices }) => choices))("$chapter $number: no other choice is right", (one) => {
    const letters = one.choices!.map((_, i) => letterOf(i));
    expect(letters.filter((letter) => judge(one, letter).right)).toEqual([answerOf(one)]);
    expect(new Set(one.choices).size).toBe(letters.length);
  });

  test("no exercise gives away the answer of a number in its own question", () => {
    for (const one of all.filter(({ choices, exact }) => !choices && !exact)) {
      const given = one.question.match(/[\d.]*\d/g) ?? [];
      // A single number that stands in the question may not be the answer.
      if (one.solution().length === 1 && Math.abs(one.solution()[0]!) > 10) expect(given).not.toContain(answerOf(one));
    }
  });
});

describe("judging", () => {
  const [six, quarter, pair] = [exercise("derivative", 1), exercise("derivative", 4), exercise("gradient-descent", 1)];

  test.each(["6", "6.0", " 6 ", "6,0", "+6", "12/2", "6e0", "(6)", "5.98", "600%", "600 %"])(
    "six may be typed %j",
    (text) => expect(judge(six, text)).toEqual({ right: true }),
  );

  test.each([
    "0.25",
    ".25",
    "0,25",
    "1/4",
    "¼",
    "25%",
    "25 %",
    "2^-2",
    "0.5^2",
    "0.5**2",
    "1 / 4",
    "(1/2)^2",
    "½·½",
    "1 − ¾",
    "sqrt(1/16)",
    "√0.0625",
  ])("a quarter may be typed %j", (text) => expect(judge(quarter, text)).toEqual({ right: true }));

  test.each(["2.7, 1.2", "(2.7, 1.2)", "2.7 1.2", "2.7;1.2", "27/10, 6/5", "[2.7,1.2]", "3 - 0.1*3, 2 - 0.8"])(
    "two numbers may be typed %j",
    (text) => expect(judge(pair, text)).toEqual({ right: true }),
  );

  test.each(["23860", "23,860", "23 860"])("a number of parameters may be typed %j", (text) =>
    expect(judge(exercise("multilayer-perceptron", 4), text)).toEqual({ right: true }),
  );

  test.each(["23861", "23859", "23,9"])("and is to be exact: %j is wrong", (text) =>
    expect(judge(exercise("multilayer-perceptron", 4), text)).toEqual({ right: false }),
  );

  test("1 % off is right, 2 % is wrong", () => {
    expect([judge(six, "6.05").right, judge(six, "6.12").right]).toEqual([true, false]);
    const billionth = exercise("residual", 3);
    expect([judge(billionth, "0").right, judge(billionth, "1e-8").right]).toEqual([false, false]);
    expect([judge(billionth, "0.125^10").right, judge(billionth, "9.3e-10").right]).toEqual([true, true]);
  });

  test.each([
    ["softmax", 2, "-log(1/2)"],
    ["softmax", 2, "ln 2"],
    ["softmax", 4, "1/(1 + e^-2)"],
    ["softmax", 4, "1/(1 + exp(-2))"],
    ["activations", 4, "(1/4)^10"],
    ["activations", 4, "1/4^10"],
    ["unstable-gradients", 4, "√(2/50)"],
  ] as const)("a formula is an answer: %s %d, %j", (chapter, number, text) =>
    expect(judge(exercise(chapter, number), text)).toEqual({ right: true }),
  );

  test.each(["2^3^2", "-2^2", "2^-1"])("powers bind as in mathematics: %s", (text) => {
    const value = { "2^3^2": 512, "-2^2": -4, "2^-1": 0.5 }[text] ?? Number.NaN;
    expect(judge({ ...six, solution: () => [value] }, text)).toEqual({ right: true });
  });

  test.each(["6+", "(6", "6)", "1..2", "6 6 6", "constructor", "e e", "(".repeat(150), "1/0", "-".repeat(1e6)])(
    "what is no number is refused: %#",
    (text) =>
      expect(judge(six, text)).toMatchObject({ right: false, message: expect.stringMatching(/must be a number/) }),
  );

  test("0 is 0, with either sign", () => {
    const flat = exercise("gradient", 4);
    expect([judge(flat, "0").right, judge(flat, "-0").right, judge(flat, "0.001").right]).toEqual([true, true, false]);
  });

  test("a slip of the sign is noticed, a minus of any kind read", () => {
    expect(judge(six, "−6")).toEqual({ right: false, message: "the sign is the other one" });
    expect(judge(exercise("linear-regression", 3), "3, 1").message).toBe("the sign is the other one");
    expect(judge(exercise("linear-regression", 3), "−3, –1")).toEqual({ right: true });
  });

  test.each([
    [six, "six", /must be a number/],
    [six, "", /must be a number/],
    [six, "1/0", /must be a number/],
    [pair, "2.7", /must be 2 numbers, got 1/],
    [pair, "a, b", /must be 2 numbers, such as/],
    [exercise("gradient", 3), "d)", /^$/],
    [exercise("gradient", 3), "e", /must be a letter from a to d/],
  ])("what can't be read, or is not enough, is told so: %#", (one, text, message) => {
    const { right, message: said = "" } = judge(one, text);
    expect(right).toBe(false);
    expect(said).toMatch(message);
  });

  test.each(["c", "C", " c) ", "c.", "against it", "Against it"])("of choices, the letter or the words: %j", (text) =>
    expect(judge(exercise("gradient", 3), text)).toEqual({ right: true }),
  );
});
