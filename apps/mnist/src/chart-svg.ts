/** A chart as an SVG file: the same lines and axes as on the page, drawn anew, as a canvas has no lines to give. Loaded when one is saved. */
import { scaleLinear, scaleLog } from "d3-scale";
import { decades, power, short } from "./ui/figures.ts";

/** A line with its own colour. */
interface SvgLine {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly width: number;
  readonly opacity: number;
  readonly points: boolean;
  readonly dashed: boolean;
  readonly inLegend: boolean;
}

export interface SvgChart {
  readonly title: string;
  readonly x: readonly number[];
  readonly lines: readonly SvgLine[];
  readonly log: boolean;
  readonly percent: boolean;
  readonly colours: { readonly paper: string; readonly ink: string; readonly muted: string; readonly line: string };
}

export const [width, height] = [720, 400];
/** What is left around the lines. */
export const [left, right, top, bottom] = [64, 20, 64, 34];
const [xTicks, yTicks, letter] = [8, 6, 7];

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const rounded = (n: number): string => String(Number(n.toFixed(2)));

/** The least and the largest of the values. */
function rangeOf(lines: readonly SvgLine[]): [number, number] {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of lines) {
    for (const value of values) {
      if (value === null || !Number.isFinite(value)) continue;
      least = Math.min(least, value);
      largest = Math.max(largest, value);
    }
  }
  return least <= largest ? [least, largest] : [0, 1];
}

/** The text of the file. */
export function chartSvg({ title, x, lines, log, percent, colours }: SvgChart): string {
  const xs = scaleLinear([x[0] ?? 0, x.at(-1) ?? 1], [left, width - right]);
  const range = percent ? [0, 1] : rangeOf(lines);
  const ys = log ? scaleLog(range, [height - bottom, top]).nice() : scaleLinear(range, [height - bottom, top]).nice();
  const label = percent ? (n: number) => `${Math.round(n * 100)}%` : log ? power : short;
  const parts: string[] = [];
  const text = (at: readonly [number, number], said: string, rest: string): void => {
    if (said !== "") parts.push(`<text x="${rounded(at[0])}" y="${rounded(at[1])}" ${rest}>${escaped(said)}</text>`);
  };
  text([left, 24], title, `font-size="15" font-weight="600" fill="${colours.ink}"`);
  let legend = left;
  for (const { name, colour, inLegend } of lines) {
    if (!inLegend) continue;
    parts.push(`<circle cx="${legend + 4}" cy="42" r="4" fill="${colour}"/>`);
    text([legend + 13, 46], name, `fill="${colours.muted}"`);
    legend += 30 + letter * name.length;
  }
  const ticks = log ? decades(undefined, ys.ticks()) : ys.ticks(yTicks);
  for (const tick of ticks) {
    if (tick === null) continue; // Between two powers of ten.
    const y = rounded(ys(tick));
    parts.push(`<path d="M${left} ${y}H${width - right}" stroke="${colours.line}"/>`);
    text([left - 8, ys(tick) + 4], label(tick), `text-anchor="end" fill="${colours.muted}"`);
  }
  for (const tick of xs.ticks(xTicks)) {
    text([xs(tick), height - bottom + 20], short(tick), `text-anchor="middle" fill="${colours.muted}"`);
  }
  text([width - right, height - 6], "steps", `text-anchor="end" fill="${colours.muted}"`);
  for (const line of lines) parts.push(...drawn(line, x, xs, ys));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ` font-family="Inter, Helvetica, Arial, sans-serif" font-size="12" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" fill="${colours.paper}"/>${parts.join("")}</svg>\n`,
  ].join("");
}

/** A line, and its points, as elements. What is missing in between is bridged. */
function drawn(line: SvgLine, x: readonly number[], xs: (n: number) => number, ys: (n: number) => number): string[] {
  const { values, colour, width: thick, opacity, points, dashed } = line;
  const at = values.flatMap((value, i) =>
    value === null || !Number.isFinite(value) ? [] : [[rounded(xs(x[i] ?? 0)), rounded(ys(value))] as const],
  );
  if (at.length === 0) return [];
  const path = at.map(([a, b]) => `${a} ${b}`).join("L");
  const dash = dashed ? ' stroke-dasharray="4 4"' : "";
  return [
    `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="${thick}" stroke-opacity="${opacity}"${dash} stroke-linejoin="round"/>`,
    ...(points ? at.map(([a, b]) => `<circle cx="${a}" cy="${b}" r="3.5" fill="${colour}"/>`) : []),
  ];
}
