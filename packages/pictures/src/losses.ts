import type { LossName } from "@dlcc/course";
import { text } from "@observablehq/plot";
import { figure, type Panel } from "./figure.ts";
import { drawn, type Series, shifts } from "./series.ts";
import { colors } from "./theme.ts";

/** A classifier that was trained with a loss. */
export interface LossRun {
  /** The loss. */
  readonly loss: LossName;
  /** The learning rate. */
  readonly lr: number;
  /** The accuracy: before training, and after each epoch. */
  readonly accuracy: readonly number[];
}

const looks: Readonly<Record<LossName, Pick<Series, "name" | "stroke" | "dashes">>> = {
  l1: { name: "L1", stroke: colors.green, dashes: "2 4" },
  l2: { name: "L2", stroke: colors.orange, dashes: "8 4" },
  crossEntropy: { name: "cross-entropy", stroke: colors.blue },
};

/** The losses of two classes, by the probability of the right one. */
const byProbability: Readonly<Record<LossName, (p: number) => number>> = {
  l1: (p) => 2 * (1 - p),
  l2: (p) => (1 - p) ** 2,
  crossEntropy: (p) => -Math.log(p),
};

/** The place of their names on that axis: not at the end, where all are 0, but where they differ. */
const named: Readonly<Record<LossName, number>> = { l1: 0.4, l2: 0.1, crossEntropy: 0.04 };
/** The top of the axis, because cross-entropy goes to infinity. */
const mostLoss = 4.7;

/**
 * Each loss by the probability of the right class; and the same classifier trained with each.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { ringOfClasses, trainClassifier } from "@dlcc/course";
 * import { lossesPlot } from "@dlcc/pictures";
 *
 * const options = { loss: "l2", lr: 0.5 } as const;
 * const accuracy = trainClassifier(ringOfClasses({ classes: 3, n: 60 }), { ...options, epochs: 5, seed: 1 });
 * console.log(lossesPlot([{ ...options, accuracy }]).startsWith("<svg")); // → true
 * ```
 */
export function lossesPlot(runs: readonly LossRun[]): string {
  const probabilities = Array.from({ length: 200 }, (_, i) => (i + 1) / 200);
  const rates = [...new Set(runs.map(({ lr }) => lr))];
  const trained = rates.map((rate): Panel => {
    const here = runs.filter(({ lr }) => lr === rate);
    const moved = shifts(
      here.map(({ accuracy }) => accuracy.at(-1) ?? 0),
      0.06,
    );
    return {
      heading: `the same classifier, η = ${rate}: share right`,
      height: 230,
      marginRight: 95,
      x: { label: "epoch" },
      y: { label: null, domain: [0, 1], grid: true, percent: false, tickFormat: ".0%" },
      marks: drawn(
        here.map(({ loss, accuracy }, i) => ({
          ...looks[loss],
          shift: moved[i] ?? 0,
          points: accuracy.map((y, x) => ({ x, y })),
        })),
        true,
      ),
    };
  });
  return figure("L1, L2 and cross-entropy: by the probability of the right class, and at work", [
    [
      {
        heading: "two classes: the loss, by the probability o_y of the right one",
        height: 230,
        marginRight: 24,
        x: { label: "o_y", domain: [0, 1] },
        y: { label: "loss", grid: true, domain: [0, mostLoss] },
        marks: Object.entries(byProbability).flatMap(([loss, f]) => {
          const { name, ...look } = looks[loss as LossName];
          const points = probabilities.map((p) => ({ x: p, y: f(p) })).filter(({ y }) => y <= mostLoss);
          const place = named[loss as LossName];
          return [
            ...drawn([{ ...look, name: "", points }]),
            text([place], {
              x: place,
              y: f(place),
              text: () => name,
              textAnchor: "start",
              dx: 6,
              dy: -8,
              fill: look.stroke,
            }),
          ];
        }),
      },
    ],
    ...trained.map((panel) => [panel]),
  ]);
}
