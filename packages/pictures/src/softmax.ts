import { type SoftmaxProperties, sub } from "@dlcc/course";
import { barY } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { dashing, drawn, palette, shifts } from "./series.ts";

/** The properties of softmax, and the index of the raised input. */
export interface SoftmaxData {
  /** The index of the raised input, from 0. */
  readonly m: number;
  /** The properties. */
  readonly properties: SoftmaxProperties;
}

const colour = (j: number): string => palette[j % palette.length] ?? "";

/**
 * The activations when one input is raised, and at lower and lower temperatures.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { softmaxProperties } from "@dlcc/course";
 * import { softmaxPlot } from "@dlcc/pictures";
 *
 * console.log(softmaxPlot({ m: 0, properties: softmaxProperties([0, 0], 0) }).startsWith("<svg")); // → true
 * ```
 */
export function softmaxPlot({ m, properties: { activations, raised, sharpened } }: SoftmaxData): string {
  const sharp = sharpened.flatMap(({ temperature, activations: list }) =>
    list.map((value, j) => ({ factor: `T = ${temperature}`, name: sub("a", j + 1), j, value })),
  );
  const moved = shifts(raised.at(-1)?.activations ?? [], 0.06);
  return figure("Softmax: one input raised; and at lower and lower temperatures, where it becomes argmax", [
    [
      {
        heading: `raising ${sub("z", m + 1)} lifts ${sub("a", m + 1)} and lowers the others`,
        height: 240,
        marginRight: 40,
        x: { label: sub("z", m + 1) },
        y: { label: null, domain: [0, 1], grid: true, ticks: 5 },
        marks: drawn(
          activations.map((_, j) => ({
            name: sub("a", j + 1),
            stroke: colour(j),
            dashes: dashing[j % dashing.length] ?? "none",
            shift: moved[j] ?? 0,
            points: raised.map(({ at, activations: list }) => ({ x: at, y: list[j] ?? 0 })),
          })),
        ),
      },
    ],
    [
      {
        heading: "a smooth argmax: the lower the temperature T, the nearer softmax(z/T) is to it",
        height: 220,
        marginTop: 30,
        fx: { label: null, domain: sharpened.map(({ temperature }) => `T = ${temperature}`) },
        x: { label: null, padding: 0.15 },
        y: { label: null, domain: [0, 1], grid: true, ticks: 5 },
        marks: [barY(sharp, { fx: "factor", x: "name", y: "value", fill: ({ j }) => colour(j) })],
      },
    ],
  ]);
}
