import type { Decision, LearnedByDescent } from "@dlcc/course";
import { contour, dot, text } from "@observablehq/plot";
import { extent, figure } from "./figure.ts";
import { drawn } from "./series.ts";
import { colors } from "./theme.ts";

/** A table, and the network that learned it. */
export interface MultilayerData {
  /** Its rows, of two inputs and one output. */
  readonly rows: readonly Decision[];
  /** The trained network, with the output on a square grid of places, row by row. */
  readonly learned: LearnedByDescent;
}

/**
 * The output over the plane, and the cost by steps.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { decisionTable, learnWithHiddenLayer, type Place } from "@dlcc/course";
 * import { multilayerPlot } from "@dlcc/pictures";
 *
 * const rows = decisionTable(([a, b]) => [a !== b ? 1 : 0], 2);
 * const places: Place[] = [[0, 0], [0, 1], [1, 0], [1, 1]];
 * const learned = learnWithHiddenLayer(rows, { hidden: 4, lr: 5, steps: 50, seed: 1, places });
 * console.log(multilayerPlot({ rows, learned }).startsWith("<svg")); // → true
 * ```
 */
export function multilayerPlot({ rows, learned: { surface, costs } }: MultilayerData): string {
  const side = Math.round(Math.sqrt(surface.length));
  const [low, high] = [surface[0]?.place ?? [0, 0], surface.at(-1)?.place ?? [1, 1]];
  // The border clips the outermost places, where a contour has no smooth end.
  const cell = (high[0] - low[0]) / (side - 1);
  const x = { domain: [low[0] + cell, high[0] - cell], ticks: [0, 1], tickFormat: "d" };
  return figure(
    "A network with a hidden layer on XOR: its output over the plane, and its cost by steps",
    [
      [
        {
          heading: "the output over the plane",
          height: 280,
          x: { ...x, label: "x₁" },
          y: { ...x, label: "x₂" },
          marks: [
            contour(
              surface.map(({ output }) => output),
              {
                width: side,
                height: side,
                x1: low[0],
                y1: low[1],
                x2: high[0],
                y2: high[1],
                value: (output: number) => output,
                clip: true,
                thresholds: [0.1, 0.3, 0.5, 0.7, 0.9],
                fill: colors.blue,
                fillOpacity: 0.14,
              },
            ),
            contour(
              surface.map(({ output }) => output),
              {
                width: side,
                height: side,
                x1: low[0],
                y1: low[1],
                x2: high[0],
                y2: high[1],
                value: (output: number) => output,
                clip: true,
                thresholds: [0.5],
                stroke: colors.ink,
                strokeDasharray: "5 4",
              },
            ),
            dot(rows, {
              x: ({ inputs }) => inputs[0],
              y: ({ inputs }) => inputs[1],
              r: 12,
              stroke: colors.ink,
              strokeWidth: 1.5,
              fill: ({ outputs }) => (outputs[0] === 1 ? colors.blue : colors.paper),
            }),
            text(rows, {
              x: ({ inputs }) => inputs[0],
              y: ({ inputs }) => inputs[1],
              text: ({ outputs }) => String(outputs[0]),
              fill: ({ outputs }) => (outputs[0] === 1 ? colors.paper : colors.ink),
              fontWeight: 600,
            }),
          ],
        },
        {
          heading: "the cost by steps",
          height: 280,
          marginRight: 24,
          x: { label: "step", ticks: 5 },
          y: { label: "C", grid: true, domain: [0, extent(costs)[1]] },
          marks: drawn([{ name: "", stroke: colors.orange, points: costs.map((y, step) => ({ x: step, y })) }]),
        },
      ],
    ],
    { caption: ["Bands of blue: the output is above 0.1, 0.3, 0.5, 0.7, 0.9. Dashed: above it, ½, a 1 is read."] },
  );
}
