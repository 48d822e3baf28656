import type { Line, Pairs, TimedLine } from "@dlcc/course";
import { dot, line, text } from "@observablehq/plot";
import { extent, figure, type Panel, powers } from "./figure.ts";
import { drawn, type Series, shifts } from "./series.ts";
import { colors } from "./theme.ts";

/** Points, and lines through them. */
export interface RegressionData {
  /** The examples. */
  readonly points: Pairs;
  /** The best line. */
  readonly closedForm: Line;
  /** The lines on the way. */
  readonly descent: readonly Line[];
}

/** The points that a logarithmic axis can show. */
const least = 1e-16;

/**
 * The lines on the way to the best one, and how their cost falls.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { bestLine, descendToLine, pointsAroundLine } from "@dlcc/course";
 * import { regressionPlot } from "@dlcc/pictures";
 *
 * const points = pointsAroundLine({ n: 20, w: 2, b: 1, noise: 0.1, seed: 1 });
 * const descent = descendToLine(points, { lr: 0.1, steps: 20 });
 * console.log(regressionPlot({ points, closedForm: bestLine(points), descent }).startsWith("<svg")); // → true
 * ```
 */
export function regressionPlot({ points, closedForm, descent }: RegressionData): string {
  const pairs = points.x.map((x, i) => ({ x, y: points.y[i] ?? Number.NaN }));
  const [left, right] = extent(points.x);
  const drawn = ({ w, b }: Line) => [left, right].map((x) => ({ x, y: w * x + b }));
  const steps = [...new Set([0, 1, 2, 4, 8, 16, descent.length - 1])].filter((step) => step < descent.length);
  // Names are left out if their lines end too near to the best line, or to one another.
  const height = ({ w, b }: Line): number => w * right + b;
  const ys = pairs.map(({ y }) => y);
  const [lowest, highest] = extent(ys);
  const margin = (highest - lowest) / 10 || 1;
  const apart = (highest - lowest + 2 * margin) / 16;
  const named: { readonly step?: number; readonly name: string; readonly end: number }[] = [
    { name: "the best", end: height(closedForm) },
  ];
  for (const step of steps) {
    const end = height(descent[step] ?? closedForm);
    const seen = end < highest + margin && end > lowest - margin;
    if (seen && named.every((other) => Math.abs(other.end - end) > apart))
      named.push({ step, name: `step ${step}`, end });
  }
  const gaps = descent.map(({ cost }, step) => ({ step, gap: Math.max(cost - closedForm.cost, least) }));
  return figure("Linear regression: the lines that descent goes through, and how far each is from the best", [
    [
      {
        heading: "the line after some steps, from w = b = 0 (pale) to the best (dashed)",
        height: 330,
        marginRight: 66,
        x: { label: "x" },
        y: { label: "y", domain: [lowest - margin, highest + margin] },
        marks: [
          dot(pairs, { x: "x", y: "y", fill: colors.muted, r: 3 }),
          ...steps.map((step, i) =>
            line(drawn(descent[step] ?? closedForm), {
              x: "x",
              y: "y",
              stroke: colors.blue,
              strokeOpacity: (i + 1) / steps.length,
              clip: true,
            }),
          ),
          text(named, {
            x: right,
            y: "end",
            text: "name",
            textAnchor: "start",
            dx: 6,
            fill: ({ step }) => (step === undefined ? colors.orange : colors.blue),
          }),
          line(drawn(closedForm), { x: "x", y: "y", stroke: colors.orange, strokeDasharray: "6 5", strokeWidth: 2 }),
        ],
      },
    ],
    [
      {
        heading: "C − C of the best line, by steps",
        height: 200,
        marginLeft: 50,
        x: { label: "step" },
        y: { type: "log", label: "C − C*", grid: true, ticks: 5, tickFormat: powers },
        marks: [
          line(
            gaps.filter(({ gap }) => Number.isFinite(gap)),
            { x: "step", y: "gap", stroke: colors.blue, strokeWidth: 2 },
          ),
        ],
      },
    ],
  ]);
}

/** Two descents, and the best line. */
export interface MinibatchData {
  /** The best line. */
  readonly best: Line;
  /** The descent with full batches. */
  readonly fullBatch: readonly TimedLine[];
  /** The descent with minibatches. */
  readonly minibatches: readonly TimedLine[];
  /** The number of examples. */
  readonly n: number;
  /** The number of examples in a minibatch. */
  readonly size: number;
}

/**
 * Full batches against minibatches: by steps, by examples, and, if there was a clock, by time.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { bestLine, descendInMinibatches, descendToLine, pointsAroundLine } from "@dlcc/course";
 * import { minibatchPlot } from "@dlcc/pictures";
 *
 * const points = pointsAroundLine({ n: 20, w: 2, b: 1, noise: 0.1, seed: 1 });
 * const fullBatch = descendToLine(points, { lr: 0.1, steps: 5 });
 * const minibatches = descendInMinibatches(points, { lr: 0.1, epochs: 2, size: 5, seed: 1 });
 * console.log(minibatchPlot({ best: bestLine(points), fullBatch, minibatches, n: 20, size: 5 }).startsWith("<svg")); // → true
 * ```
 */
export function minibatchPlot({ best, fullBatch, minibatches, n, size }: MinibatchData): string {
  const gap = ({ cost }: Line): number => Math.max(cost - best.cost, least);
  const shift = shifts(
    [fullBatch, minibatches].map((lines) => Math.log10(lines.length > 0 ? gap(lines.at(-1) ?? best) : 1)),
    0.5,
  );
  const panel = (
    x: (line: TimedLine, step: number, m: number) => number,
    heading: string,
    axis: object,
    most = Number.POSITIVE_INFINITY,
  ): Panel => {
    const run = (name: string, stroke: string, lines: readonly TimedLine[], m: number, i: number): Series => ({
      name,
      stroke,
      shift: shift[i] ?? 0,
      points: lines
        .slice(0, most)
        .map((line, step) => ({ x: x(line, step, m), y: gap(line) }))
        .filter((point) => Number.isFinite(point.y) && (!("type" in axis) || point.x > 0)),
    });
    return {
      heading,
      height: 230,
      marginLeft: 55,
      marginRight: 90,
      x: axis,
      y: { type: "log", label: "C − C*", grid: true, ticks: 5, tickFormat: powers },
      marks: drawn([
        run("full batch", colors.orange, fullBatch, n, 0),
        run("minibatches", colors.blue, minibatches, size, 1),
      ]),
    };
  };
  const timed = [...fullBatch, ...minibatches].every(({ time }) => time !== undefined);
  return figure("Full batch against minibatches: how far the cost is above the best line's", [
    [panel((_, step) => step, "by steps: the full batch is no worse, and smooth", { label: "step" }, fullBatch.length)],
    [
      panel((_, step, m) => step * m, `by examples looked at: ${size} a step, or ${n}`, {
        label: "examples",
        type: "log",
        tickFormat: powers,
        ticks: 6,
      }),
    ],
    ...(timed ? [[panel(({ time = 0 }) => time, "by time, on this machine", { label: "ms" })]] : []),
  ]);
}
