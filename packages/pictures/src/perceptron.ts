import type { Decision, Learned } from "@dlcc/course";
import { areaY, dot, line, ruleY, text } from "@observablehq/plot";
import { figure, type Panel } from "./figure.ts";
import { colors } from "./theme.ts";

/** The result of the learning rule on a table of two inputs and one output. */
export interface LearnedTable extends Learned {
  /** The name of the table. */
  readonly name: string;
  /** Its rows. */
  readonly rows: readonly Decision[];
}

/** The margin of the picture around the unit square. */
const [least, most] = [-0.5, 1.5];

/** The corners of the part of the plane where `w₁x + w₂y > b`, from the border to the upper or lower edge. */
function fires({ weights: [w1 = 0, w2 = 0], threshold }: Learned): { x: number; y1: number; y2: number }[] {
  const clamp = (y: number): number => Math.min(most, Math.max(least, y));
  return Array.from({ length: 201 }, (_, i) => {
    const x = least + ((most - least) * i) / 200;
    if (w2 === 0) return { x, y1: least, y2: w1 * x > threshold ? most : least };
    return { x, y1: clamp((threshold - w1 * x) / w2), y2: w2 > 0 ? most : least };
  });
}

/** What the weights as drawn get wrong: in an epoch they change, and each row may meet other ones. */
function verdict({ name, rows, weights, threshold }: LearnedTable): string {
  const sum = (inputs: Decision["inputs"]): number =>
    inputs.reduce<number>((all, x, i) => all + (weights[i] ?? 0) * x, 0);
  const wrong = rows.filter(({ inputs, outputs }) => Number(sum(inputs) > threshold) !== outputs[0]).length;
  return `${name}: ${wrong === 0 ? "learned" : `${wrong} of ${rows.length} wrong`}`;
}

/** The decisions of a perceptron in the plane: where it fires, and where it should. */
const plane = (learned: LearnedTable): Panel => ({
  heading: verdict(learned),
  height: 270,
  x: { domain: [least, most], ticks: [0, 1], tickFormat: "d", label: "x₁" },
  y: { domain: [least, most], ticks: [0, 1], tickFormat: "d", label: "x₂" },
  marks: [
    areaY(fires(learned), { x: "x", y1: "y1", y2: "y2", fill: colors.blue, fillOpacity: 0.18 }),
    dot(learned.rows, {
      x: ({ inputs }) => inputs[0],
      y: ({ inputs }) => inputs[1],
      r: 13,
      stroke: colors.ink,
      strokeWidth: 1.5,
      fill: ({ outputs }) => (outputs[0] === 1 ? colors.blue : colors.paper),
    }),
    text(learned.rows, {
      x: ({ inputs }) => inputs[0],
      y: ({ inputs }) => inputs[1],
      text: ({ outputs }) => String(outputs[0]),
      fill: ({ outputs }) => (outputs[0] === 1 ? colors.paper : colors.ink),
      fontWeight: 600,
    }),
  ],
});

/**
 * The perceptron rule on some tables: the plane of each, and the mistakes by epochs.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { decisionTable, learnPerceptron } from "@dlcc/course";
 * import { perceptronPlot } from "@dlcc/pictures";
 *
 * const rows = decisionTable(([a, b]) => [a === 1 && b === 1 ? 1 : 0], 2);
 * console.log(perceptronPlot([{ name: "AND", rows, ...learnPerceptron(rows, { lr: 1, epochs: 20 }) }]).startsWith("<svg")); // → true
 * ```
 */
export function perceptronPlot(tables: readonly LearnedTable[]): string {
  const rows = Array.from({ length: Math.ceil(tables.length / 2) }, (_, row) =>
    tables.slice(2 * row, 2 * row + 2).map(plane),
  );
  const mistakes = tables.flatMap(({ name, mistakes: counts }) =>
    counts.map((wrong, i) => ({ name, epoch: i + 1, wrong })),
  );
  // If two of them end in the same place, they share a label.
  const ends = [
    ...new Map(tables.map(({ mistakes: counts }) => [`${counts.length} ${counts.at(-1)}`, counts])).values(),
  ].map((counts) => ({
    epoch: counts.length,
    wrong: counts.at(-1) ?? 0,
    name: tables
      .filter(({ mistakes }) => mistakes.length === counts.length && mistakes.at(-1) === counts.at(-1))
      .map(({ name }) => name)
      .join(", "),
  }));
  return figure("What the perceptron learning rule makes of AND, OR, NAND and XOR", [
    ...rows,
    [
      {
        heading: "rows that are wrong in each epoch: XOR never comes to 0",
        height: 210,
        marginRight: 60,
        x: { label: "epoch" },
        y: { label: "wrong", domain: [0, 4], ticks: 4, grid: true },
        marks: [
          ruleY([0], { stroke: colors.muted }),
          line(mistakes, {
            x: "epoch",
            y: "wrong",
            z: "name",
            stroke: ({ name }) => (name === "XOR" ? colors.orange : colors.blue),
            strokeWidth: 1.8,
          }),
          dot(ends, { x: "epoch", y: "wrong", r: 3, fill: ({ wrong }) => (wrong > 0 ? colors.orange : colors.blue) }),
          text(ends, {
            x: "epoch",
            y: ({ wrong }) => Math.max(wrong, 0.3), // not on the axis
            text: "name",
            textAnchor: "start",
            dx: 6,
            fill: ({ wrong }) => (wrong > 0 ? colors.orange : colors.blue),
          }),
        ],
      },
    ],
  ]);
}
