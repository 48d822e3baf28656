/** Reads a picture back: its shapes in the numbers of its axes. */
import { DOMParser } from "linkedom";
import { expect } from "vitest";

/** An SVG's tree. It fails if the text is not XML, or a number in it is not finite. */
export function parsed(svg: string): Element {
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  return new DOMParser().parseFromString(svg, "image/svg+xml", null).documentElement as unknown as Element;
}

/** A point in the numbers of the axes. */
export type Point = readonly [x: number, y: number];

/** A plot of a figure. */
export interface ReadPanel {
  /** Its lines, in the order in which they are drawn. A gap in a line begins a new one. */
  readonly lines: readonly (readonly Point[])[];
  /** Its circles. */
  readonly circles: readonly Point[];
  /** Its texts, without the axes. */
  readonly texts: readonly string[];
}

const numbers = (text: string | null): number[] => (text?.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);

/** A tick's label: `−0.5`, `1,000`, `20%` or `10⁻⁵`. */
function labelled(text: string): number {
  const [, digits] = /^10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/.exec(text) ?? [];
  if (digits !== undefined) {
    return 10 ** Number([...digits].map((d) => (d === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(d))).join(""));
  }
  return Number(text.replace("−", "-").replace(",", "").replace("%", "")) / (text.endsWith("%") ? 100 : 1);
}

/** From pixels to the numbers of an axis, by its first and its last tick. */
function axis(panel: Element, name: "x" | "y", log: boolean): (pixel: number) => number {
  const ticks = [...panel.querySelectorAll(`g[aria-label="${name}-axis tick label"] text`)]
    .filter((tick) => tick.textContent !== "")
    .map((tick) => ({
      pixel: numbers(tick.getAttribute("transform"))[name === "x" ? 0 : 1] ?? Number.NaN,
      value: labelled(tick.textContent ?? ""),
    }));
  // Without ticks, the numbers are the pixels.
  if (ticks.length === 0) return (pixel) => pixel;
  const [first, last] = [ticks[0]!, ticks.at(-1)!];
  const [from, to] = [first, last].map(({ value }) => (log ? Math.log10(value) : value)) as [number, number];
  return (pixel) => {
    const value = from + ((pixel - first.pixel) / (last.pixel - first.pixel)) * (to - from);
    return log ? 10 ** value : value;
  };
}

/** The plots of a figure. @param log The axes that are logarithmic. */
export function readPanels(svg: string, log: "" | "x" | "y" | "xy" = ""): ReadPanel[] {
  return [...parsed(svg).querySelectorAll("svg")].map((panel) => {
    const [x, y] = [axis(panel, "x", log.includes("x")), axis(panel, "y", log.includes("y"))];
    const pieces = [...panel.querySelectorAll('g[aria-label="line"] path')].flatMap((path) =>
      (path.getAttribute("d") ?? "").split(/(?=M)/),
    );
    return {
      lines: pieces.map((piece) =>
        piece
          .split(/[ML]/)
          .filter((pair) => pair !== "")
          .map((pair) => numbers(pair))
          .map(([px = Number.NaN, py = Number.NaN]): Point => [x(px), y(py)]),
      ),
      circles: [...panel.querySelectorAll("circle")].map(
        (circle): Point => [x(Number(circle.getAttribute("cx"))), y(Number(circle.getAttribute("cy")))],
      ),
      texts: [...panel.querySelectorAll('g[aria-label="text"] text')].map((text) => text.textContent ?? ""),
    };
  });
}
