import { chapters as course } from "@dlcc/course";
import { describe, expect, test, vi } from "vitest";
import { Canvas, rangeOf, rangeOfPowers, short } from "../src/learn/canvas.ts";
import { dlcc, errors, json, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const chapters = course.map(({ name }) => name);

describe("dlcc learn", () => {
  test("lists the chapters in the order of the course, with their questions", async () => {
    const { code, lines } = await dlcc(["learn"]);
    expect(code).toBe(0);
    const listed = lines.flatMap((line) => line.match(/^ {2}([a-z-]+) {2,}(.+\?)$/)?.slice(1) ?? []);
    expect(listed).toEqual(course.flatMap(({ name, question }) => [name, question]));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test("--help shows the default of a list as it is typed", async () => {
    const { lines } = await dlcc(["learn", "gradient", "--help"]);
    expect(`${lines.join("\n")}${errors.text}`).not.toContain("[0.25,0.5]");
  });

  test("a formula is not torn apart at the end of a line", async () => {
    const { lines } = await dlcc(["learn", "derivative"]);
    expect(lines.join("\n")).toContain("f(v + Δv) − f(v) ≈ f′(v)·Δv.");
  });

  test("a mistyped chapter: exit code 2, and a suggestion", async () => {
    expect((await dlcc(["learn", "gradeint-descent"])).code).toBe(2);
    expect(errors.text).toMatch(/unknown chapter 'gradeint-descent'\n\(Did you mean gradient-descent\?\)/);
  });

  test.each(chapters)("%s fits in 80 columns, without colours, and ends with what to try", async (chapter) => {
    const { code, lines } = await dlcc(["learn", chapter]);
    expect(code).toBe(0);
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for the escape.
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

  test.each(chapters)("the suggestions of %s run", async (chapter) => {
    const { lines } = await dlcc(["learn", chapter]);
    const next = lines.slice(lines.indexOf("  try next") + 1);
    expect(next.length).toBeGreaterThan(0);
    for (const line of next) {
      if (/^ +#/.test(line)) continue; // Why, in a line of its own.
      const words = line.replace(/ #.*/, "").match(/'[^']*'|\S+/g) ?? [];
      expect((await dlcc(words.slice(1).map((word) => word.replaceAll("'", "")))).code).toBe(0);
    }
  });

  test("the suggestions keep the given options, and differ from the last command", async () => {
    const { lines } = await dlcc(["learn", "linear-regression", "--seed", "3", "--points", "0,1 1,3 2,4"]);
    const below = lines.slice(lines.indexOf("  try next") + 1).map((line) => line.replace(/ +#.*/, "").trim());
    const next = below.filter((line) => line !== "");
    expect(next).toEqual([
      "dlcc learn linear-regression --seed 3 --points '0,1 1,3 2,4' --lr 0.03",
      "dlcc learn linear-regression --seed 3 --points '0,1 1,3 2,4' --lr 3",
    ]);
  });

  /** The suggestions, and what is said of each, beside it or below. */
  const triesOf = async (...words: string[]): Promise<readonly (readonly [line: string, why: string])[]> => {
    const { lines } = await dlcc(["learn", ...words]);
    const text = lines.slice(lines.indexOf("  try next") + 1).join("\n");
    return [...text.matchAll(/^ {4}dlcc learn \S+ (.*?)\s+# (.*)$/gm)].map(([, line = "", why = ""]) => [line, why]);
  };

  test.each([
    // 42 parameters have 4 neurons a layer, and 4,482 have 64.
    ["overfitting --hidden 4 --steps 2", "--hidden 64 --steps 2", "more parameters"],
    ["overfitting --hidden 2 --steps 2", "--hidden 64 --steps 2", "more parameters"],
    ["overfitting --hidden 8 --steps 2", "--hidden 4 --steps 2", "fewer parameters"],
    ["overfitting --examples 4,2000 --steps 2", "--examples 2,4000 --steps 2", "fewer, and more"],
    // With x = 0 and 2 the Hessian is ((2, 1), (1, 1)), of which the larger eigenvalue is (3 + √5)/2: the limit is 0.764.
    ["linear-regression --points '0,0 2,1' --lr 0.01", "--lr 0.1", "faster"],
    ["linear-regression --points '0,0 2,1' --lr 0.01", "--lr 0.001", "slower"],
    ["linear-regression --points '0,0 2,1' --lr 0.078", "--lr 0.78", "too fast"],
    ["linear-regression --points '0,0 2,1' --lr 0.075", "--lr 0.75", "faster"],
    ["linear-regression --points '0,0 2,1' --lr 1", "--lr 0.1", "slow enough"],
    ["linear-regression --points '0,0 2,1' --lr 9", "--lr 0.9", "still too fast"],
    ["stochastic-gradient-descent --n 50 --batch-size 10", "--batch-size 1000", "all in each step"],
    ["stochastic-gradient-descent --n 5000 --batch-size 10", "--batch-size 1000", "1000 a step"],
    ["stochastic-gradient-descent --n 50 --lr 1", "--lr 0.2", "smoother"],
    ["gradient-descent --lr 0.3 --steps 50", "--lr 0.3 --steps 200", "does it arrive?"],
    ["gradient-descent --lr 0.3 --steps 500", "--lr 0.49", "just below the limit"],
    ["derivative --at 0", "--at -1", "on the left"],
    ["derivative --at 0.12345", "--at -0.12345", "on the other side"],
    ["losses --wrong 0 --epochs 1", "--wrong 6", "when it is sure, and wrong"],
    ["backpropagation --activation relu", "--x 20,-40", "large inputs: a ReLU lets them through"],
    ["residual --depth 3 --steps 1", "--depth 40", "a deep one"],
    ["unstable-gradients --init he --depth 5", "--init normal", "another initialization"],
  ])("after %s: %s says %s", async (typed, option, why) => {
    const tries = await triesOf(...(typed.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", "")));
    const [, said] = tries.find(([line]) => ` ${line} `.includes(` ${option} `)) ?? [];
    expect(said, JSON.stringify(tries)).toBe(why);
  });

  test("what the chapter on minibatches concludes rests on the work, which is the same each time", async () => {
    const conclude = async (time: () => number, ...words: string[]): Promise<string[]> => {
      vi.spyOn(performance, "now").mockImplementation(time);
      const { lines } = await dlcc(["learn", "stochastic-gradient-descent", ...words]);
      return lines.filter((line) => /looks at all|many as|Times vary/.test(line));
    };
    let now = 0;
    const [slow, fast] = [await conclude(() => now++), await conclude(() => (now += Math.sin(now) ** 2))];
    expect(slow).toEqual(fast);
    expect(slow.join("\n")).toMatch(/at \d+ times as many as the minibatches/);
    expect(slow.join("\n")).toContain("Times vary");
    // A minibatch of all is the full batch.
    const [said] = await conclude(() => now++, "--n", "100", "--batch-size", "100", "--epochs", "100");
    expect(said).toContain("looks at all examples. That pays if examples are few");
  });

  test.each([
    [["derivative", "--at", "here"], /--at[\s\S]*must be a number/],
    [["gradient", "--at", "1"], /--at[\s\S]*x and y/],
    [["gradient-descent", "--lr", "0"], /--lr[\s\S]*above 0/],
    [["gradient-descent", "--surface", "bowel"], /Did you mean bowl\?/],
    [["linear-regression", "--points", "1;2"], /--points[\s\S]*pairs of x and y/],
    [["linear-regression", "--points", "1,2 1,3"], /x must differ/],
    [["softmax", "--z", "1"], /--z[\s\S]*two numbers or more/],
    [["softmax", "--z", "1,a"], /--z[\s\S]*must be a number/],
    [["backpropagation", "--x", "1"], /--x[\s\S]*two numbers/],
    [["overfitting", "--examples", "1"], /--examples[\s\S]*whole number from 2\./],
    [["overfitting", "--examples", "2,3,4,5,6,7,8"], /--examples[\s\S]*six numbers/],
    [["convolution", "--kernels", "7"], /--kernels[\s\S]*6 at most/],
    [["convolution", "--size", "2"], /--size[\s\S]*whole number from 3\./],
    [["residual", "--activation", "relo"], /Did you mean relu\?/],
  ])("%j is refused", async (args, message) => {
    expect((await dlcc(["learn", ...args])).code).toBe(2);
    expect(errors.text).toMatch(message);
  });
});

describe("the numbers", () => {
  test("derivative: of v² at −3 it is −6", async () => {
    expect(await json("learn", "derivative", "--at", "-3")).toMatchObject([{ value: 9, derivative: -6 }]);
  });

  test("gradient: of ½(x² + 4y²) at (3, −1) it is (3, −4), and a step along it goes up most", async () => {
    const [result] = await json("learn", "gradient", "--surface", "bowl", "--at", "3,-1");
    expect(result).toMatchObject({
      value: 6.5,
      gradient: [3, -4],
      differences: [expect.closeTo(3, 6), expect.closeTo(-4, 6)],
    });
    const directions = result?.directions as { change: number }[];
    const changes = directions.map(({ change }) => change);
    expect(changes.indexOf(Math.max(...changes))).toBe(0);
    expect(changes.indexOf(Math.min(...changes))).toBe(4);
  });

  test("gradient: on the floor of the bowl it has no direction", async () => {
    const { lines } = await dlcc(["learn", "gradient", "--surface", "bowl", "--at", "0,0"]);
    expect(lines.join("\n")).toContain("It is flat here");
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

  test("stochastic-gradient-descent: step by step as good, for a two-hundredth of the examples", async () => {
    const [result] = await json("learn", "stochastic-gradient-descent");
    const [full, mini] = ["fullBatch", "minibatches"].map((name) => result?.[name] as { cost: number; time: number }[]);
    const best = (result?.best as { cost: number } | undefined)?.cost ?? Number.NaN;
    expect(full).toHaveLength(mini!.length);
    for (const lines of [full!, mini!]) {
      expect(lines.at(-1)!.cost - best).toBeLessThan(0.01);
      // The clock advances.
      expect(lines.every(({ time }, i) => i === 0 || time >= lines[i - 1]!.time)).toBe(true);
    }
  });

  test("perceptron: learns all but XOR", async () => {
    const [result] = await json("learn", "perceptron");
    const learned = result?.learned as { name: string; mistakes: number[] }[];
    expect(learned.filter(({ mistakes }) => mistakes.at(-1) !== 0).map(({ name }) => name)).toEqual(["XOR"]);
  });

  test("multilayer-perceptron: solves what the perceptron rule does not", async () => {
    expect(await json("learn", "multilayer-perceptron")).toMatchObject([{ hiddenLayer: { mistakes: 0 } }]);
    const [result] = await json("learn", "multilayer-perceptron");
    expect((result?.perceptronRule as { mistakes: number[] } | undefined)?.mistakes.at(-1)).toBeGreaterThan(0);
  });

  test("activations: σ(0) and σ′(0) of each", async () => {
    const [result] = await json("learn", "activations", "--at", "0");
    expect(result?.activations).toMatchObject([
      { name: "step", value: 0, derivative: 0, steepest: 0 },
      { name: "sigmoid", value: 0.5, derivative: 0.25, steepest: 0.25 },
      { name: "tanh", value: 0, derivative: 1, steepest: 1 },
      { name: "relu", value: 0, steepest: 1 },
    ]);
  });

  test("losses: of even outputs, 2(1 − ⅓), ½(⅔² + 2·⅓²) and log 3", async () => {
    const [result] = await json("learn", "losses", "--wrong", "0", "--epochs", "1");
    expect((result?.sameOutputs as { value: number }[] | undefined)?.map(({ value }) => value)).toEqual([
      expect.closeTo(4 / 3, 12),
      expect.closeTo(1 / 3, 12),
      expect.closeTo(Math.log(3), 12),
    ]);
  });

  test("softmax: of equal numbers, equal shares", async () => {
    expect(await json("learn", "softmax", "--z", "1000,1000")).toMatchObject([{ activations: [0.5, 0.5] }]);
  });

  test("backpropagation: saturated sigmoids let nothing back, where ReLUs do", async () => {
    const first = async (...options: string[]): Promise<number> => {
      const [result] = await json("learn", "backpropagation", ...options);
      const steps = result?.backward as { l: number; buffer: number[] }[];
      return Math.hypot(...(steps.find(({ l }) => l === 1)?.buffer ?? []));
    };
    expect(await first("--x", "40,-40")).toBeLessThan(1e-5);
    expect(await first("--x", "40,-40", "--activation", "relu")).toBeGreaterThan(1);
  });

  test("overfitting: the photograph's layer has 50 million parameters; each run has its examples", async () => {
    const [result] = await json("learn", "overfitting", "--examples", "5,10", "--steps", "3");
    expect(result).toMatchObject({ photographLayer: 50_177_000, runs: [{ examples: 5 }, { examples: 10 }] });
  });

  test("convolution: with a seventh of the parameters it reads more digits, and loses fewer of those that are moved", async () => {
    const [result] = await json("learn", "convolution");
    type Judged = { parameters: number; accuracies: number[] };
    const [kernels, dense] = [result?.convolutional, result?.dense] as [Judged, Judged];
    expect([kernels.parameters, dense.parameters]).toEqual([156 + 217 * 10, 785 * 20 + 21 * 10]);
    expect(kernels.accuracies[0]).toBeGreaterThan(0.9);
    for (const [i, share] of kernels.accuracies.entries()) expect(share).toBeGreaterThan(dense.accuracies[i]! + 0.02);
    expect(kernels.accuracies[2]! - dense.accuracies[2]!).toBeGreaterThan(0.1);
    expect(result).toMatchObject({ photographLayer: 50_177_000, sharedLayer: 26_000 });
  });

  test("residual: through twenty plain blocks of sigmoids no gradient comes, and with shortcuts it does", async () => {
    const [result] = await json("learn", "residual", "--steps", "1");
    const runs = result?.runs as { name: string; gradients: number[] }[];
    const first = (name: string) => runs.find((run) => run.name === name)?.gradients[0] ?? Number.NaN;
    expect(first("plain")).toBeLessThan(1e-10);
    expect(first("shortcut")).toBeGreaterThan(1e-2);
    expect(first("both")).toBeGreaterThan(1e-2);
  });

  test("what the course's text doesn't have is marked, in the list and in the chapter", async () => {
    const { lines } = await dlcc(["learn"]);
    const mark = lines.findIndex((line) => line.includes("beyond the course's text"));
    const beyond = course.filter((chapter) => chapter.beyond).map(({ name }) => name);
    expect(lines.slice(mark + 1).flatMap((line) => line.match(/^ {2}([a-z-]+) {2,}.+\?$/)?.[1] ?? [])).toEqual(beyond);
    expect((await dlcc(["learn", "residual", "--steps", "1"])).lines.join("\n")).toContain("beyond the course's text");
    expect((await dlcc(["learn", "derivative"])).lines.join("\n")).not.toContain("beyond the course's text");
  });

  test("unstable-gradients: sigmoids vanish, He's ReLUs don't", async () => {
    const [result] = await json("learn", "unstable-gradients", "--depth", "15", "--init", "he");
    const runs = result?.runs as { activation: string; layers: { buffer: number }[] }[];
    const first = (name: string): number =>
      runs.find(({ activation }) => activation === name)?.layers[0]?.buffer ?? Number.NaN;
    expect(first("sigmoid")).toBeLessThan(1e-4);
    expect(first("relu")).toBeGreaterThan(0.2);
    expect(first("relu")).toBeLessThan(5);
  });
});

describe("the canvas", () => {
  test("has 2×4 dots in each character", () => {
    const canvas = new Canvas(10, 1, [0, 3], [0, 3]);
    canvas.point(0, 3); // the upper left
    canvas.point(3, 0); // the lower right
    expect(canvas.lines()[0]).toBe("     3 │⠁⢀");
  });
  test("does not draw points that are outside or not finite", () => {
    const canvas = new Canvas(10, 1, [0, 3], [0, 3]);
    canvas.point(-4, 1);
    canvas.point(Number.NaN, 1);
    canvas.line([
      [0, Number.POSITIVE_INFINITY],
      [1, 1],
    ]);
    expect(canvas.lines()[0]).toBe("     3 │");
  });
  test("of a dashed line, three dots are drawn and three left out", () => {
    const canvas = new Canvas(14, 1, [0, 11], [0, 3]);
    canvas.line(
      [
        [0, 3],
        [11, 3],
      ],
      { dashed: true },
    );
    expect(canvas.lines()[0]).toBe("     3 │⠉⠁ ⠉⠁");
  });
  test("inks the line and the characters over it, but not the gaps", () => {
    const canvas = new Canvas(11, 1, [0, 5], [0, 3]);
    canvas.point(0, 3);
    canvas.text(5, 0, "x", (text) => `<${text}>`);
    expect(canvas.lines()[0]).toBe("     3 │⠁ <x>");
  });
  test("a number that has no room beside the plot is shortened", () => {
    expect(new Canvas(10, 2, [0, 1], [0, 0.00261]).lines()[0]).toBe("  3e-3 │");
  });
  test("a range of powers goes from a whole one to a whole one", () => {
    expect(rangeOfPowers([-11.4, 0.003])).toEqual([-12, 1]);
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
