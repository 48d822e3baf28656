import type { SoftmaxProperties } from "@dlcc/course";
import { barY } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { drawn, palette, shifts } from "./series.ts";

/** The properties of softmax, and which input was raised, from 0. */
export interface SoftmaxData {
  /** Which. */
  readonly m: number;
  /** What was found. */
  readonly properties: SoftmaxProperties;
}

const colour = (j: number): string => palette[j % palette.length] ?? "";

/** The activations while one input is raised, and while all are multiplied. */
export function softmaxPlot({ m, properties: { activations, raised, sharpened } }: SoftmaxData): string {
  const sharp = sharpened.flatMap(({ at, activations: list }) =>
    list.map((value, j) => ({ factor: `×${at}`, name: `a${j + 1}`, j, value })),
  );
  const moved = shifts(raised.at(-1)?.activations ?? [], 0.06);
  return figure("Softmax: one input raised, and all of them multiplied", [
    [
      {
        heading: `raising z${m + 1} lifts a${m + 1} and lowers the others`,
        height: 240,
        marginRight: 40,
        x: { label: `z${m + 1}` },
        y: { label: null, domain: [0, 1], grid: true, ticks: 5 },
        marks: drawn(
          activations.map((_, j) => ({
            name: `a${j + 1}`,
            stroke: colour(j),
            shift: moved[j] ?? 0,
            points: raised.map(({ at, activations: list }) => ({ x: at, y: list[j] ?? 0 })),
          })),
        ),
      },
    ],
    [
      {
        heading: "the larger the differences, the more the largest takes: softmax tends to argmax",
        height: 220,
        fx: { label: "z times", domain: sharpened.map(({ at }) => `×${at}`) },
        x: { label: null, padding: 0.15 },
        y: { label: null, domain: [0, 1], grid: true, ticks: 5 },
        marks: [barY(sharp, { fx: "factor", x: "name", y: "value", fill: ({ j }) => colour(j) })],
      },
    ],
  ]);
}
