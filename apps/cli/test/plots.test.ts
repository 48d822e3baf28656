import { readFileSync } from "node:fs";
import { bowl, curve, descend, learnPerceptron } from "@dlcc/course";
import { DOMParser } from "linkedom";
import { describe, expect, test } from "vitest";
import { derivativePlot, descentPlot, gradientFieldPlot, perceptronPlot } from "../src/plots/index.ts";
import { dlcc, errors, json, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

/** An SVG's tree; what is no XML fails. */
function parsed(svg: string) {
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  return new DOMParser().parseFromString(svg, "image/svg+xml", null).documentElement;
}

/** How many shapes of a kind there are, outside of axes. */
const marks = (svg: string, selector: string): number => parsed(svg).querySelectorAll(selector).length;

describe("dlcc learn --svg", async () => {
  const { lines } = await dlcc(["learn"]);
  const chapters = lines.flatMap((line) => line.match(/^ {2}([a-z-]+) {2}/)?.[1] ?? []);

  test("there are chapters", () => expect(chapters.length).toBeGreaterThan(4));

  test.each(chapters)("%s: a picture for light and dark that says what it shows", async (chapter) => {
    const file = newPath("picture.svg");
    const ran = await dlcc(["learn", chapter, "--svg", file]);
    expect(ran.code).toBe(0);
    expect(ran.lines.join("\n")).toContain(file);
    const svg = readFileSync(file, "utf8");
    const root = parsed(svg);
    expect(root.tagName).toBe("svg");
    expect(root.getAttribute("xmlns")).toBe("http://www.w3.org/2000/svg");
    expect(root.querySelector("title")?.textContent).toBe(root.getAttribute("aria-label"));
    expect(svg).toContain("prefers-color-scheme:dark");
    // Every colour is a variable that has a value on both papers.
    for (const [, name] of svg.matchAll(/var\((--[a-z]+)\)/g)) expect(svg.split(`${name}:#`)).toHaveLength(5);
  });

  test("with --json, stdout is the numbers alone", async () => {
    const file = newPath("picture.svg");
    expect(await json("learn", "derivative", "--svg", file)).toHaveLength(1);
    expect(readFileSync(file, "utf8")).toMatch(/^<svg/);
  });

  test("a folder that isn't there: exit code 1, and which", async () => {
    expect((await dlcc(["learn", "derivative", "--svg", "/no/such/folder/a.svg"])).code).toBe(1);
    expect(errors.text).toContain("/no/such/folder/a.svg");
  });
});

describe("the pictures", () => {
  test("derivative: rising pieces and falling ones, as many as there are", () => {
    const points = curve((v) => v.mul(v), [-2, -1, 0, 1]);
    const svg = derivativePlot({ points, here: points[3]!, name: "v²" });
    // Two fall and one rises, in both panels.
    expect(marks(svg, 'g[aria-label="link"] path[stroke="var(--blue)"]')).toBe(4);
    expect(marks(svg, 'g[aria-label="link"] path[stroke="var(--orange)"]')).toBe(2);
  });

  test("gradient field: no arrow where it is flat", () => {
    const arrows = (svg: string): number => marks(svg, 'g[aria-label="arrow"] path');
    expect(arrows(gradientFieldPlot({ surface: bowl(), reach: 1 }))).toBe(11 * 11 - 1);
  });

  test("descent: a dot for each step that is to be seen", () => {
    const descent = descend(bowl(), { start: [1, 1], lr: 0.5, steps: 3 });
    const svg = descentPlot({ surface: bowl(), reach: 2, descents: [{ lr: 0.5, ...descent }] });
    expect(marks(svg, 'g[aria-label="dot"][fill="var(--purple)"] circle')).toBe(4);
  });

  test("perceptron: each row of each table is a circle", () => {
    const rows = [
      { inputs: [0, 1], outputs: [1] },
      { inputs: [0, 0], outputs: [0] },
    ] as const;
    const svg = perceptronPlot([{ name: "second", rows, ...learnPerceptron(rows, { lr: 1, epochs: 5 }) }]);
    expect(marks(svg, 'g[aria-label="dot"] circle')).toBe(2);
  });
});
