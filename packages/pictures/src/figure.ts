/** A figure is an SVG of one or more plots in rows. Observable Plot draws the plots. */
import { type PlotOptions, plot } from "@observablehq/plot";
import { DOMParser } from "linkedom";
import { colors, style } from "./theme.ts";

const superscripts: Readonly<Record<string, string>> = { "-": "⁻" };
const superscript = (power: number): string =>
  [...String(power)].map((digit) => superscripts[digit] ?? "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");

/** The ticks of a logarithmic axis: 10⁻⁵ and not `10µ`; between powers of ten the number itself. */
export function powers(value: number): string {
  const power = Math.log10(value);
  if (Math.abs(power - Math.round(power)) > 1e-9) return String(Number(value.toPrecision(3)));
  return power < -0.5 || power > 1.5 ? `10${superscript(Math.round(power))}` : String(Math.round(value));
}

/** One plot of a figure: its marks, its axes, and its heading. */
export interface Panel extends PlotOptions {
  /** A line about its contents. */
  readonly heading: string;
  /** The height in pixels. Default: 280. */
  readonly height?: number;
}

/** The least and the largest of numbers, as many as there are: `Math.max(...numbers)` runs out of stack at some 100,000. */
export function extent(numbers: Iterable<number>): [least: number, largest: number] {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of numbers) {
    least = Math.min(least, number);
    largest = Math.max(largest, number);
  }
  return [least, largest];
}

/** The width of a figure in pixels: its letters are readable even on a phone. */
const width = 640;
const fontSize = 13;
const headingHeight = 26;
const gap = 12;

/** The width of a panel in a row that has room for so many. */
export const panelWidthOf = (room: number): number => (width - gap * (room + 1)) / room;

const captionHeight = 20;
/** The room above a plot, without and with a name for the vertical axis. */
const [plain, labelled] = [14, 32];

/** The options of a figure. */
export interface FigureOptions {
  /** The least number of panels that a row has room for; a shorter row is centred. Default: 1. */
  readonly columns?: number;
  /** Lines below the panels, which explain the marks. */
  readonly caption?: readonly string[];
}

/** A linkedom document is enough for a plot, but has another type. */
const emptyDocument = (): Document =>
  new DOMParser().parseFromString("<svg/>", "image/svg+xml", null) as unknown as Document;

/**
 * Draws panels in rows, as one self-contained SVG.
 *
 * @param about A description for people who can't see the picture.
 */
export function figure(
  about: string,
  rows: readonly (readonly Panel[])[],
  { columns = 1, caption = [] }: FigureOptions = {},
): string {
  const document = emptyDocument();
  const element = (name: string, attributes: Readonly<Record<string, string | number>>, text = ""): Element => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
    if (text !== "") node.append(text);
    return node;
  };
  const panels: Element[] = [];
  let top = gap;
  for (const row of rows) {
    const room = Math.max(columns, row.length);
    const panelWidth = panelWidthOf(room);
    const indent = ((room - row.length) * (panelWidth + gap)) / 2;
    const height = Math.max(...row.map((panel) => panel.height ?? 280));
    row.forEach(({ heading, ...options }, i) => {
      const left = gap + indent + i * (panelWidth + gap);
      panels.push(element("text", { x: left, y: top + 15, "font-weight": 600 }, heading));
      const drawn = plot({
        ...(options.margin === undefined
          ? { marginLeft: 45, marginTop: options.y?.label === null ? plain : labelled, marginBottom: 42 }
          : {}),
        ...options,
        document,
        width: panelWidth,
        height,
        style: { fontSize: String(fontSize), background: "none", overflow: "visible" },
      });
      // Plot's style sheet sizes a picture of its own; this one is part of another.
      drawn.querySelector("style")?.remove();
      drawn.removeAttribute("class");
      drawn.setAttribute("x", String(left));
      drawn.setAttribute("y", String(top + headingHeight));
      panels.push(drawn);
    });
    top += headingHeight + height + gap;
  }
  for (const line of caption) {
    panels.push(element("text", { x: gap, y: top + 8, fill: colors.muted }, line));
    top += captionHeight;
  }
  const size = { width, height: top, viewBox: `0 0 ${width} ${top}` };
  const root = element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    ...size,
    class: "dlcc-plot",
    role: "img",
    "aria-label": about,
    "font-family": "system-ui, sans-serif",
    "font-size": fontSize,
    fill: colors.ink,
  });
  root.append(
    element("title", {}, about),
    element("style", {}, style),
    element("rect", { width, height: top, fill: colors.paper }),
    ...panels,
  );
  return `${root}\n`;
}
