import type { DeepLayer, FitPoint } from "@dlcc/course";
import { ruleY } from "@observablehq/plot";
import { figure, type Panel, powers } from "./figure.ts";
import { dashing, drawn, palette, shifts } from "./series.ts";
import { colors } from "./theme.ts";

/** The training of a network on some examples. */
export interface OverfittingRun {
  /** The number of examples. */
  readonly examples: number;
  /** The figures of the training. */
  readonly points: readonly FitPoint[];
}

/**
 * The cost on training and unseen examples, for each number of examples.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { overfit } from "@dlcc/course";
 * import { overfittingPlot } from "@dlcc/pictures";
 *
 * const { points } = overfit({ examples: 20, steps: 20 });
 * console.log(overfittingPlot([{ examples: 20, points }]).startsWith("<svg")); // → true
 * ```
 */
export function overfittingPlot(runs: readonly OverfittingRun[]): string {
  const most = Math.max(
    ...runs.flatMap(({ points }) => points.flatMap(({ trainCost, testCost }) => [trainCost, testCost])),
  );
  const panels = runs.map(({ examples, points }): Panel => {
    const learned = points.map(({ step, trainCost }) => ({ x: step, y: trainCost }));
    const unseen = points.map(({ step, testCost }) => ({ x: step, y: testCost }));
    const ends = [unseen.at(-1)?.y ?? 0, learned.at(-1)?.y ?? 0];
    const [unseenShift = 0, learnedShift = 0] = shifts(ends, 0.1 * most);
    return {
      heading: `${examples} examples: the cost by steps`,
      height: 190,
      marginRight: 80,
      x: { label: "step" },
      // One scale for all, so that the closing gap can be seen.
      y: { label: null, grid: true, domain: [0, most], ticks: 5 },
      marks: drawn([
        { name: "not seen", stroke: colors.orange, points: unseen, shift: unseenShift },
        { name: "learned", stroke: colors.blue, dashes: "8 4", points: learned, shift: learnedShift },
      ]),
    };
  });
  return figure(
    "Overfitting: the cost on what was learned falls, on what was not seen it rises",
    panels.map((panel) => [panel]),
  );
}

/** A deep network with its initial weights. */
export interface UnstableRun {
  /** Its activation. */
  readonly activation: string;
  /** Its initialization. */
  readonly initialization: string;
  /** The figures of each layer. */
  readonly layers: readonly DeepLayer[];
}

/** The headings of the initializations. */
const beginnings: Readonly<Record<string, string>> = {
  normal: "normal, variance 1",
  "1/fanIn": "variance 1/fanIn",
  he: "he, variance 2/fanIn",
};

/**
 * The size of the buffer in each layer: a panel for each initialization, a line for each activation.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { deepGradients } from "@dlcc/course";
 * import { unstablePlot } from "@dlcc/pictures";
 *
 * const options = { activation: "sigmoid", initialization: "he" } as const;
 * console.log(unstablePlot([{ ...options, layers: deepGradients({ ...options, depth: 5 }) }]).startsWith("<svg")); // → true
 * ```
 */
export function unstablePlot(runs: readonly UnstableRun[]): string {
  const initializations = [...new Set(runs.map(({ initialization }) => initialization))];
  const panels = initializations.map((name): Panel => {
    const here = runs.filter(({ initialization }) => initialization === name);
    const starts = here.map(({ layers }) => Math.log10(Math.max(layers[0]?.buffer ?? 1, 1e-30)));
    const span = Math.max(...starts, 0) - Math.min(...starts, 0);
    const moved = shifts(starts, 0.08 * span);
    return {
      heading: `weights: ${beginnings[name] ?? name}`,
      height: 210,
      marginLeft: 55,
      marginRight: 70,
      // The backward pass goes from right to left; the names are at its end.
      x: { label: "← layer", reverse: true, labelAnchor: "left" },
      y: { type: "log", label: "size of ∂C/∂u", grid: true, ticks: 5, tickFormat: powers },
      marks: [
        ruleY([1], { stroke: colors.muted }),
        ...drawn(
          here.map(({ activation, layers }, i) => {
            return {
              name: activation,
              stroke: palette[i % palette.length] ?? "",
              dashes: dashing[i % dashing.length] ?? "none",
              shift: moved[i] ?? 0,
              points: layers
                .map(({ l, buffer }) => ({ x: l, y: buffer }))
                .filter(({ y }) => y > 0)
                .reverse(),
            };
          }),
        ),
      ],
    };
  });
  return figure(
    "How large the gradient is that arrives in each layer of a deep network",
    panels.map((panel) => [panel]),
  );
}
