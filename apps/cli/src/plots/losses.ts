import type { LossName } from "@dlcc/course";
import { figure, type Panel } from "./figure.ts";
import { drawn, shifts } from "./series.ts";
import { colors } from "./theme.ts";

/** A classifier that was trained with a loss. */
export interface LossRun {
  /** Which. */
  readonly loss: LossName;
  /** The learning rate. */
  readonly lr: number;
  /** The share that is right: before training, and after each epoch. */
  readonly accuracy: readonly number[];
}

const looks: Readonly<Record<LossName, { readonly name: string; readonly stroke: string }>> = {
  l1: { name: "L1", stroke: colors.green },
  l2: { name: "L2", stroke: colors.orange },
  crossEntropy: { name: "cross-entropy", stroke: colors.blue },
};

/** Each loss by the probability of the right class; and the same classifier trained with each. */
export function lossesPlot(runs: readonly LossRun[]): string {
  const probabilities = Array.from({ length: 100 }, (_, i) => (i + 1) / 100);
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
        marginRight: 95,
        marginTop: 26,
        x: { label: "o_y", domain: [0, 1] },
        y: { label: "loss", grid: true, domain: [0, 4.7] },
        marks: drawn([
          { ...looks.l1, shift: -18, points: probabilities.map((p) => ({ x: p, y: 2 * (1 - p) })) },
          { ...looks.l2, shift: -4, points: probabilities.map((p) => ({ x: p, y: (1 - p) ** 2 })) },
          { ...looks.crossEntropy, shift: 9, points: probabilities.map((p) => ({ x: p, y: -Math.log(p) })) },
        ]),
      },
    ],
    ...trained.map((panel) => [panel]),
  ]);
}
