import type { CurvePoint } from "@dlcc/course";
import { dot, line, link, ruleY } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { colors } from "./theme.ts";

/** A curve, and the place of its tangent. */
export interface DerivativeData {
  /** The curve, from left to right. */
  readonly points: readonly CurvePoint[];
  /** The point of the tangent. */
  readonly here: CurvePoint;
  /** The formula, such as `f(v) = v²`. */
  readonly name: string;
}

const rounded = (value: number): number => Number(value.toPrecision(3));

/**
 * A curve in the colour of its slope's sign, with a tangent; below, the slope itself.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { curve } from "@dlcc/course";
 * import { derivativePlot } from "@dlcc/pictures";
 *
 * const points = curve((v) => v.mul(v), [-1, 0, 1]);
 * const [here = { v: 0, value: 0, derivative: 0 }] = points;
 * console.log(derivativePlot({ points, here, name: "f(v) = v²" }).startsWith("<svg")); // → true
 * ```
 */
export function derivativePlot({ points, here, name }: DerivativeData): string {
  const signed = (value: "value" | "derivative") =>
    link(
      points.slice(1).map((point, i) => ({ from: points[i] ?? point, to: point })),
      {
        x1: ({ from }) => from.v,
        y1: ({ from }) => from[value],
        x2: ({ to }) => to.v,
        y2: ({ to }) => to[value],
        stroke: ({ from, to }) =>
          from.derivative + to.derivative > 0
            ? colors.orange
            : from.derivative + to.derivative < 0
              ? colors.blue
              : colors.muted,
        strokeWidth: 2.5,
        strokeLinecap: "round",
      },
    );
  const reach = ((points.at(-1)?.v ?? 1) - (points[0]?.v ?? 0)) / 8;
  const tangent = [here.v - reach, here.v + reach].map((v) => ({
    v,
    value: here.value + here.derivative * (v - here.v),
  }));
  const x = { label: "v", grid: true };
  return figure(`${name} and its derivative`, [
    [
      {
        heading: `${name}: orange where it rises, blue where it falls`,
        x,
        y: { label: "f(v)", grid: true },
        marks: [
          signed("value"),
          line(tangent, { x: "v", y: "value", stroke: colors.ink, strokeDasharray: "5 4", strokeWidth: 1.5 }),
          dot([here], { x: "v", y: "value", fill: colors.ink, r: 5 }),
        ],
      },
    ],
    [
      {
        heading: `f′(v), the slope, above 0 where f rises: f′(${rounded(here.v)}) = ${rounded(here.derivative)}`,
        height: 220,
        x,
        y: { label: "f′(v)", grid: true },
        marks: [
          ruleY([0], { stroke: colors.muted }),
          signed("derivative"),
          dot([here], { x: "v", y: "derivative", fill: colors.ink, r: 5 }),
        ],
      },
    ],
  ]);
}
