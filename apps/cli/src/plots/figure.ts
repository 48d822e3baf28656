/** A figure is an SVG of one or more plots side by side and below each other. The plots are Observable Plot's. */
import { type PlotOptions, plot } from "@observablehq/plot";
import { DOMParser } from "linkedom";
import { colors, style } from "./theme.ts";

/** Powers of ten as such, and not as `100µ`. */
export const powers: string = "~e";

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

/** linkedom's documents do what a plot asks of one, but their types are its own. */
const emptyDocument = (): Document =>
  new DOMParser().parseFromString("<svg/>", "image/svg+xml", null) as unknown as Document;

/**
 * Draws panels in rows, as one SVG that stands by itself.
 *
 * @param about What is to be seen, for those who can't see it.
 * @param columns How many panels a row has room for, at least; a shorter row is centred.
 */
export function figure(about: string, rows: readonly (readonly Panel[])[], columns = 1): string {
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
        ...(options.margin === undefined ? { marginLeft: 45, marginBottom: 42 } : {}),
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
