/** Reads the pictures of tables back in the numbers of their axes. */
import { describe, expect, test } from "vitest";
import { confusionPlot, predictionsPlot } from "../src/index.ts";
import { parsed, readPanels } from "./read-plot.ts";

describe("predictionsPlot", () => {
  test("has a point for each row, and the diagonal from the least number to the largest", () => {
    const points = [
      { truth: 0, guess: 2 },
      { truth: 10, guess: 8 },
      { truth: 5, guess: 5 },
    ];
    const [panel] = readPanels(predictionsPlot({ points, name: "price" }));
    expect(panel?.circles).toEqual(
      points.map(({ truth, guess }) => [expect.closeTo(truth, 2), expect.closeTo(guess, 2)]),
    );
    expect(panel?.lines).toEqual([
      [
        [expect.closeTo(0, 2), expect.closeTo(0, 2)],
        [expect.closeTo(10, 2), expect.closeTo(10, 2)],
      ],
    ]);
  });

  test("of no rows is empty", () => {
    expect(readPanels(predictionsPlot({ points: [], name: "y" }))[0]?.circles).toEqual([]);
  });

  test("takes a name as text", () => {
    expect(predictionsPlot({ points: [], name: "<b>&" })).toContain("of &lt;b&gt;&amp; against");
  });
});

describe("confusionPlot", () => {
  const svg = confusionPlot({
    confusion: [
      [3, 1, 0],
      [0, 4, 0],
      [0, 0, 0],
    ],
    classes: ["no", "yes", "perhaps"],
  });
  const cells = [...parsed(svg).querySelectorAll('g[aria-label="cell"] rect')];

  test("has a square for each count above 0, with its number", () => {
    expect(cells).toHaveLength(3);
    expect(readPanels(svg)[0]?.texts).toEqual(["3", "1", "4"]);
  });

  test("right guesses are green, wrong ones orange, and the larger share of a class is darker", () => {
    expect(cells.map((cell) => cell.getAttribute("fill"))).toEqual(["var(--green)", "var(--orange)", "var(--green)"]);
    const opacity = cells.map((cell) => Number(cell.getAttribute("fill-opacity")));
    expect(opacity[0]!).toBeLessThan(opacity[2]!);
    expect(opacity[1]!).toBeLessThan(opacity[0]!);
  });

  test("of many classes has no numbers, and long names are cut", () => {
    const n = 20;
    const classes = Array.from({ length: n }, (_, i) => `${"x".repeat(30)}${i}`);
    const many = confusionPlot({ confusion: classes.map(() => new Array<number>(n).fill(1)), classes });
    expect(readPanels(many)[0]?.texts).toEqual([]);
    expect(many).not.toContain("x".repeat(20));
  });
});
