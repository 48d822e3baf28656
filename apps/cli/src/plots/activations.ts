import type { CurvePoint } from "@dlcc/course";
import { ruleX, ruleY } from "@observablehq/plot";
import { figure, type Panel } from "./figure.ts";
import { drawn } from "./series.ts";
import { colors } from "./theme.ts";

/** Activations and their slopes, a panel each. */
export function activationsPlot(
  curves: readonly { readonly name: string; readonly points: readonly CurvePoint[] }[],
): string {
  const panels = curves.map(({ name, points }): Panel => {
    const most = Math.max(...points.filter(({ v }) => v < 2).map(({ value }) => value));
    const shown = points.filter(({ value }) => value <= 1.2 * most);
    const slopes = points.filter(({ derivative }) => Number.isFinite(derivative));
    return {
      heading: name,
      height: 210,
      marginRight: 36,
      x: { label: "z" },
      y: { label: null, grid: true, ticks: 5 },
      marks: [
        ruleY([0], { stroke: colors.muted }),
        ruleX([0], { stroke: colors.muted }),
        ...drawn([
          {
            name: "σ′",
            stroke: colors.orange,
            dashed: true,
            shift: name === "relu" || name === "step" ? 0 : -6,
            points: slopes.map(({ v, derivative }) => ({ x: v, y: derivative })),
          },
          { name: "σ", stroke: colors.blue, points: shown.map(({ v, value }) => ({ x: v, y: value })) },
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
