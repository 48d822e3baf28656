import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import type { terms } from "../terms.ts";
import { decades, power, short } from "./figures.ts";
import { saveFile } from "./save.ts";
import { Term } from "./term.tsx";

/** A line: one number for each x, or null. */
export interface Line {
  readonly name: string;
  /** A custom property of the style sheet. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly faint?: boolean;
  readonly points?: boolean;
  /** What tells it from a line of the same name. */
  readonly key?: string;
  /** A line of a run before this one: thin. */
  readonly ghost?: boolean;
  /** Not in the legend. */
  readonly hidden?: boolean;
}

interface ChartProps {
  readonly title: string;
  /** The word that its "?" explains. */
  readonly term?: keyof typeof terms;
  /** A description for people who can't see it. */
  readonly summary: string;
  readonly x: readonly number[];
  readonly lines: readonly Line[];
  readonly log?: boolean;
  readonly percent?: boolean;
  readonly empty: string;
}

/** In pixels, as `.plot` of the style sheet. */
const height = 226;

/** The library of the charts. It takes a while to begin: with data to draw it would hold up what shows them. */
export const loadCharts = () => Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")]);

let turns: Promise<void> = Promise.resolve();

/** Resolves for one caller after the other, each in its own task. */
function turn(): Promise<void> {
  turns = turns.then(() => new Promise((resolve) => setTimeout(resolve)));
  return turns;
}

/** A chart that follows its data. */
export function Chart({ title, term, summary, x, lines, log = false, percent = false, empty }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef({ x, lines });
  latest.current = { x, lines };
  const filled = x.length > 1;
  const shape = `${lines.map(({ name, key }) => key ?? name).join()} ${filled} ${log}`;
  useEffect(() => {
    const box = place.current;
    if (!filled || !box) return;
    let gone = false;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const make = async (): Promise<void> => {
      const [{ default: Plot }] = await loadCharts();
      await turn(); // Three charts at once would block the page.
      if (gone) return;
      plot.current?.destroy();
      const css = getComputedStyle(document.documentElement);
      const colour = (name: string): string => css.getPropertyValue(name).trim();
      const axis = {
        stroke: colour("--muted"),
        grid: { stroke: colour("--line"), width: 1, ...(log && { filter: decades }) },
        ticks: { show: false },
        font: `12px ${css.fontFamily}`,
      };
      plot.current = new Plot(
        {
          width: box.clientWidth,
          height,
          legend: { show: false },
          cursor: { show: false },
          scales: { x: { time: false }, y: log ? { distr: 3 } : percent ? { range: [0, 1] } : {} },
          axes: [
            {
              ...axis,
              grid: { show: false },
              size: 24,
              label: "steps",
              labelSize: 16,
              labelGap: 0,
              labelFont: axis.font,
            },
            {
              ...axis,
              size: 48,
              ...(log && { filter: decades }),
              values: (_, ticks) =>
                ticks.map((t) => (t === null ? "" : percent ? `${Math.round(t * 100)}%` : log ? power(t) : short(t))),
            },
          ],
          series: [
            {},
            ...lines.map(({ colour: name, faint, ghost, hidden, points }) => ({
              stroke: colour(name) + (faint ? "40" : ghost ? "b0" : ""),
              width: faint || hidden ? 1 : ghost ? 1.5 : 2,
              ...(hidden && { dash: [4, 4] }),
              points: { show: points ?? false, size: ghost ? 5 : 7, fill: colour(name) },
              spanGaps: true,
            })),
          ],
        },
        [[...latest.current.x], ...latest.current.lines.map(({ values }) => [...values])] as uPlot.AlignedData,
        box,
      );
    };
    void make();
    dark.addEventListener("change", make);
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: box.clientWidth, height }));
    observer.observe(box);
    return () => {
      gone = true;
      dark.removeEventListener("change", make);
      observer.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData([[...x], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData));
  return (
    <section class="card">
      <header>
        <h2>
          {title} {term && <Term name={term} />}
        </h2>
        <ul class="legend">
          {lines
            .filter(({ faint, hidden }) => !faint && !hidden)
            .map(({ name, key, colour }) => (
              <li key={key ?? name}>
                <i style={{ background: `var(${colour})` }} />
                {name}
              </li>
            ))}
        </ul>
        <span class="saves">
          <button
            type="button"
            class="save"
            aria-label={`Save ${title} as PNG`}
            disabled={!filled}
            onClick={() => plot.current && save(plot.current, title)}
          >
            PNG
          </button>
          <button
            type="button"
            class="save"
            aria-label={`Save ${title} as SVG`}
            disabled={!filled}
            onClick={() => void saveSvg({ title, x, lines, log, percent })}
          >
            SVG
          </button>
        </span>
      </header>
      <div ref={place} class="plot" role="img" aria-label={`${title}: ${summary}`}>
        {!filled && <p class="empty">{empty}</p>}
      </div>
    </section>
  );
}

const fileOf = (title: string, kind: string): string => `${title.toLowerCase().replaceAll(" ", "-")}.${kind}`;

/** Saves the chart's lines, in the colours of the page. */
async function saveSvg(chart: Required<Pick<ChartProps, "title" | "x" | "lines" | "log" | "percent">>): Promise<void> {
  const { chartSvg } = await import("../chart-svg.ts");
  const css = getComputedStyle(document.documentElement);
  const colour = (name: string): string => css.getPropertyValue(name).trim();
  const lines = chart.lines.map(({ name, colour: of, values, faint, ghost, hidden, points }) => ({
    name,
    colour: colour(of),
    values,
    width: faint || hidden ? 1 : ghost ? 1.5 : 2,
    opacity: faint ? 0.25 : ghost ? 0.7 : 1,
    points: points ?? false,
    dashed: hidden ?? false,
    inLegend: !faint && !hidden,
  }));
  const [paper, ink, muted, line] = ["--card", "--ink", "--muted", "--line"].map(colour);
  const colours = { paper: paper ?? "", ink: ink ?? "", muted: muted ?? "", line: line ?? "" };
  const svg = chartSvg({ ...chart, lines, colours });
  saveFile(fileOf(chart.title, "svg"), new Blob([svg], { type: "image/svg+xml" }));
}

/** Saves the chart as it is, on the colour of the page. */
function save({ ctx: { canvas } }: uPlot, title: string): void {
  const copy = document.createElement("canvas");
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d");
  if (!context) return;
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--card").trim();
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => blob && saveFile(fileOf(title, "png"), blob));
}
