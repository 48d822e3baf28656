import type { TrainedBlocks } from "@dlcc/course";
import { figure, powers } from "./figure.ts";
import { dashing, drawn, palette, type Series, shifts } from "./series.ts";

/** A deep network that was trained. */
export interface BlocksRun extends Pick<TrainedBlocks, "gradients" | "costs"> {
  /** What its blocks have. */
  readonly name: string;
}

/** The cost that is drawn at most: a network that explodes would press the others flat. */
const mostCost = 2;

/** Lines with their names at their ends. @param near Ends that differ by less are moved apart. */
function lines(
  runs: readonly BlocksRun[],
  pointsOf: (run: BlocksRun) => Series["points"],
  end: (y: number) => number,
  near: number,
) {
  const all = runs.map(pointsOf);
  const moved = shifts(
    all.map((points) => end(points.at(-1)?.y ?? 0)),
    near,
  );
  return drawn(
    runs.map(({ name }, i) => ({
      name,
      stroke: palette[i % palette.length] ?? "",
      dashes: dashing[i % dashing.length] ?? "none",
      shift: moved[i] ?? 0,
      points: all[i] ?? [],
    })),
  );
}

/**
 * The gradient that arrives in each block, and the cost by steps: a line for each network.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { trainBlocks } from "@dlcc/course";
 * import { blocksPlot } from "@dlcc/pictures";
 *
 * const run = trainBlocks({ shortcut: true, normalize: true, depth: 3, steps: 5 });
 * console.log(blocksPlot([{ name: "both", ...run }]).startsWith("<svg")); // → true
 * ```
 */
export function blocksPlot(runs: readonly BlocksRun[]): string {
  // The backward pass goes from right to left; the names are at its end.
  const reach = ({ gradients }: BlocksRun): Series["points"] =>
    gradients
      .map((y, i) => ({ x: i + 1, y }))
      .filter(({ y }) => y > 0)
      .reverse();
  const falling = ({ costs }: BlocksRun): Series["points"] => costs.map((y, x) => ({ x, y: Math.min(y, mostCost) }));
  const log = (y: number): number => Math.log10(y || 1e-30);
  const ends = runs.map((run) => log(reach(run).at(-1)?.y ?? 1));
  const span = Math.max(...ends, 1) - Math.min(...ends, 0);
  return figure("How a deep network trains: the gradient in each block, and the cost by steps", [
    [
      {
        heading: "the size of ∂C/∂W in each block, before the first step",
        height: 220,
        marginLeft: 55,
        marginRight: 90,
        x: { label: "← block", reverse: true, labelAnchor: "left" },
        y: { type: "log", label: null, grid: true, ticks: 5, tickFormat: powers },
        marks: lines(runs, reach, log, 0.1 * span),
      },
    ],
    [
      {
        heading: `the cost by steps${runs.some(({ costs }) => Math.max(...costs) > mostCost) ? `; ${mostCost} stands for more, too` : ""}`,
        height: 220,
        marginLeft: 55,
        marginRight: 90,
        x: { label: "step" },
        y: { label: null, grid: true, ticks: 5, domain: [0, mostCost] },
        marks: lines(runs, falling, (y) => y, 0.1 * mostCost),
      },
    ],
  ]);
}
