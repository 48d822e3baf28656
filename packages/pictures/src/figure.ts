/** A figure is an SVG of one or more plots side by side and below each other. The plots are Observable Plot's. */
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

/** One plot of a figure: its marks, its axes, and what stands above it. */
export interface Panel extends PlotOptions {
  /** What it shows, in a line. */
  readonly heading: string;
  /** How high it is, in pixels. Default: 280. */
  readonly height?: number;
}

/** How wide a figure is, in pixels: on a phone its letters can still be read. */
const width = 640;
const fontSize = 13;
const headingHeight = 26;
const gap = 12;

const captionHeight = 20;
/** The room above a plot, without and with a name of the vertical axis. */
const [plain, labelled] = [14, 32];

/** What a figure has beside its panels. */
export interface FigureOptions {
  /** How many panels a row has room for, at least; a shorter row is centred. Default: 1. */
  readonly columns?: number;
  /** What the marks mean: lines below the panels. */
  readonly caption?: readonly string[];
}

/** linkedom's documents do what a plot asks of one, but their types are its own. */
const emptyDocument = (): Document =>
  new DOMParser().parseFromString("<svg/>", "image/svg+xml", null) as unknown as Document;

/**
 * Draws panels in rows, as one SVG that stands by itself.
 *
 * @param about What is to be seen, for those who can't see it.
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
    const panelWidth = (width - gap * (room + 1)) / room;
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
      // Its style sheet sizes a picture that stands alone; this one is part of another.
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
