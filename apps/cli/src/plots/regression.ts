import type { Line, Pairs } from "@dlcc/course";
import { dot, line, text } from "@observablehq/plot";
import { figure, powers } from "./figure.ts";
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

/** What a logarithmic axis can hold. */
const least = 1e-16;

/** The lines on the way to the best one, and how their cost falls. */
export function regressionPlot({ points, closedForm, descent }: RegressionData): string {
  const pairs = points.x.map((x, i) => ({ x, y: points.y[i] ?? Number.NaN }));
  const ends = [Math.min(...points.x), Math.max(...points.x)];
  const drawn = ({ w, b }: Line) => ends.map((x) => ({ x, y: w * x + b }));
  const steps = [...new Set([0, 1, 2, 4, 8, 16, descent.length - 1])].filter((step) => step < descent.length);
  const ys = pairs.map(({ y }) => y);
  const margin = (Math.max(...ys) - Math.min(...ys)) / 10 || 1;
  const gaps = descent.map(({ cost }, step) => ({ step, gap: Math.max(cost - closedForm.cost, least) }));
  return figure("Linear regression: the lines that descent goes through, and how far each is from the best", [
    [
      {
        heading: "the line, from w = b = 0 (pale) to the best (dashed)",
        height: 320,
        x: { label: "x" },
        y: { label: "y", domain: [Math.min(...ys) - margin, Math.max(...ys) + margin] },
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
          line(drawn(closedForm), { x: "x", y: "y", stroke: colors.orange, strokeDasharray: "6 5", strokeWidth: 2 }),
        ],
      },
    ],
    [
      {
        heading: "C − C of the best line, by steps",
        height: 200,
        marginLeft: 55,
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

/** Two ways down, and where they lead. */
export interface MinibatchData {
  /** The best line. */
  readonly best: Line;
  /** One step for all the examples. */
  readonly fullBatch: readonly Line[];
  /** One step for a few. */
  readonly minibatches: readonly Line[];
  /** How often all the examples were looked at. */
  readonly epochs: number;
}

/** Full batch against minibatches: by steps, and by examples that were looked at. */
export function minibatchPlot({ best, fullBatch, minibatches, epochs }: MinibatchData): string {
  const runs = [
    { name: "full batch", lines: fullBatch, stroke: colors.orange },
    { name: "minibatches", lines: minibatches, stroke: colors.blue },
  ].map(({ lines, ...run }) => ({
    ...run,
    points: lines.map(({ cost }, step) => ({
      step,
      epoch: (epochs * step) / Math.max(1, lines.length - 1),
      gap: Math.max(cost - best.cost, least),
    })),
  }));
  const panel = (x: "step" | "epoch", heading: string, label: string) => ({
    heading,
    height: 260,
    marginLeft: 55,
    marginRight: 90,
    x: { label },
    y: { type: "log", label: "C − C*", grid: true, ticks: 5, tickFormat: powers } as const,
    marks: runs.flatMap(({ name, stroke, points }) => [
      line(points, { x, y: "gap", stroke, strokeWidth: 1.5 }),
      dot(points.length < 40 ? points : [], { x, y: "gap", fill: stroke, r: 3 }),
      text(points.slice(-1), { x, y: "gap", text: () => name, textAnchor: "start", dx: 6, fill: stroke }),
    ]),
  });
  return figure("Full batch against minibatches: how far the cost is above the best line's", [
    [panel("step", "by steps: a full batch is no worse a step", "steps")],
    [panel("epoch", "by examples looked at: minibatches are far ahead", "epochs")],
  ]);
}
