import type { CurvePoint } from "@dlcc/course";
import { ruleX, ruleY } from "@observablehq/plot";
import { figure, type Panel } from "./figure.ts";
import { drawn, type Series } from "./series.ts";
import { colors } from "./theme.ts";

/** The heading of each panel. */
const about: Readonly<Record<string, string>> = {
  step: "step: 1 where z > 0, else 0",
  sigmoid: "sigmoid: 1/(1 + e⁻ᶻ)",
  tanh: "tanh z",
  relu: "ReLU: max(0, z)",
};

/** A curve with a gap where it jumps, so that no steep line joins the two sides. */
const torn = (points: Series["points"]): Series["points"] =>
  points.flatMap((point, i) => {
    const before = points[i - 1] ?? point;
    return Math.abs(point.y - before.y) > 0.5 ? [{ x: point.x, y: Number.NaN }, point] : [point];
  });

/**
 * A panel for each activation, with its slope.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { activations, curve } from "@dlcc/course";
 * import { activationsPlot } from "@dlcc/pictures";
 *
 * const places = [-2, -1, 0, 1, 2];
 * console.log(activationsPlot([{ name: "tanh", points: curve(activations.tanh, places) }]).startsWith("<svg")); // → true
 * ```
 */
export function activationsPlot(
  curves: readonly { readonly name: string; readonly points: readonly CurvePoint[] }[],
): string {
  const panels = curves.map(({ name, points }): Panel => {
    const most = Math.max(...points.filter(({ v }) => v < 2).map(({ value }) => value));
    const shown = points.filter(({ value }) => value <= 1.2 * most);
    const ys = shown.flatMap(({ value, derivative }) => [value, derivative]);
    return {
      heading: about[name] ?? name,
      height: 220,
      marginRight: 36,
      x: { label: "z" },
      y: { label: null, grid: true, ticks: 5, domain: [Math.floor(Math.min(...ys)), Math.max(1, ...ys)] },
      marks: [
        ruleY([0], { stroke: colors.muted }),
        ruleX([0], { stroke: colors.muted }),
        ...drawn([
          {
            name: "σ′",
            stroke: colors.orange,
            dashes: "5 4",
            shift: name === "relu" || name === "step" ? 0 : -6,
            points: torn(points.map(({ v, derivative }) => ({ x: v, y: derivative }))),
          },
          { name: "σ", stroke: colors.blue, points: torn(shown.map(({ v, value }) => ({ x: v, y: value }))) },
        ]),
      ],
    };
  });
  const columns = Math.min(2, panels.length);
  const rows = Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) =>
    panels.slice(columns * row, columns * (row + 1)),
  );
  return figure(`${curves.map(({ name }) => name).join(", ")}: the activation, and its slope`, rows);
}
