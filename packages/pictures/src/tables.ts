import { cell, dot, line, text } from "@observablehq/plot";
import { extent, figure } from "./figure.ts";
import { colors } from "./theme.ts";

/** What a model predicts for rows whose truth is known. */
export interface PredictionsData {
  /** The rows. */
  readonly points: readonly {
    /** What the row has. */
    readonly truth: number;
    /** What the model predicts. */
    readonly guess: number;
  }[];
  /** The name of what is predicted. */
  readonly name: string;
}

/**
 * Predictions against the truth: a perfect model's points lie on the diagonal.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { predictionsPlot } from "@dlcc/pictures";
 *
 * console.log(predictionsPlot({ points: [{ truth: 1, guess: 1.5 }], name: "price" }).startsWith("<svg")); // → true
 * ```
 */
export function predictionsPlot({ points, name }: PredictionsData): string {
  const all = extent(points.flatMap(({ truth, guess }) => [truth, guess]));
  const domain = points.length === 0 ? [0, 1] : all;
  return figure(`Predictions of ${name} against the truth`, [
    [
      {
        heading: `${name}: on the line, a prediction is right`,
        height: 420,
        marginLeft: 70,
        x: { label: "truth", domain, nice: true },
        y: { label: "prediction", domain, nice: true, grid: true },
        marks: [
          line(domain, {
            x: (value: number) => value,
            y: (value: number) => value,
            stroke: colors.muted,
            strokeDasharray: "6 4",
          }),
          dot(points, { x: "truth", y: "guess", r: 3, fill: colors.blue, fillOpacity: 0.5 }),
        ],
      },
    ],
  ]);
}

/** How often each class got each guess. */
export interface ConfusionData {
  /** A row for each true class, a column for each guess. */
  readonly confusion: readonly (readonly number[])[];
  /** The names of the classes. */
  readonly classes: readonly string[];
}

/** The longest name of a class, and the most cells in which numbers are readable. */
const [longest, mostNumbered] = [14, 16];

/**
 * The confusion of classes: the darker a square, the larger its share of the rows of its class. A perfect model's are on the
 * diagonal.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { confusionPlot } from "@dlcc/pictures";
 *
 * console.log(confusionPlot({ confusion: [[3, 1], [0, 4]], classes: ["no", "yes"] }).startsWith("<svg")); // → true
 * ```
 */
export function confusionPlot({ confusion, classes }: ConfusionData): string {
  const shortened = (name: string): string => (name.length > longest ? `${name.slice(0, longest - 1)}…` : name);
  const named = (i: number): string => shortened(classes[i] ?? String(i));
  const cells = confusion.flatMap((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, guess) => (count === 0 ? [] : [{ truth, guess, count, share: count / total }]));
  });
  const domain = classes.map((_, i) => i);
  const side = Math.min(60, 520 / classes.length);
  return figure(`Confusion of ${classes.length} classes`, [
    [
      {
        heading: "rows: the true class; columns: the guess",
        height: Math.max(160, side * classes.length + 100),
        marginLeft: 110,
        marginBottom: 90,
        x: { label: "guess", domain, tickFormat: named, tickRotate: classes.length > 6 ? -45 : 0 },
        y: { label: "true class", domain, tickFormat: named },
        opacity: { type: "identity" },
        marks: [
          cell(cells, {
            x: "guess",
            y: "truth",
            fill: ({ truth, guess }) => (truth === guess ? colors.green : colors.orange),
            fillOpacity: ({ share }) => 0.15 + 0.7 * share,
          }),
          ...(classes.length <= mostNumbered
            ? [text(cells, { x: "guess", y: "truth", text: "count", fill: colors.ink })]
            : []),
        ],
      },
    ],
  ]);
}
