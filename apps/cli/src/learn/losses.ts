import { type LossName, lossesOf, lossNames, ringOfClasses, softmax, trainClassifier } from "@dlcc/course";
import { number, positive, wholeFrom } from "../options.ts";
import { Canvas, inks, short } from "./canvas.ts";
import { type Lesson, lesson, table } from "./lesson.ts";

interface Options {
  readonly lr?: number;
  readonly epochs: number;
  readonly seed: number;
  readonly wrong: number;
}

const formulas: Readonly<Record<LossName, { readonly name: string; readonly formula: string; readonly mark: string }>> =
  {
    l1: { name: "L1", formula: "‖o − e_y‖₁", mark: "1" },
    l2: { name: "L2", formula: "½‖o − e_y‖²", mark: "2" },
    crossEntropy: { name: "cross-entropy", formula: "−log o_y", mark: "x" },
  };

/** The same outputs, and the same classifier, with each loss. */
export const losses: Lesson = lesson<Options>(
  (command) =>
    command
      .option("--wrong <z>", "by how much the wrong class's weighted input is larger", number, 6)
      .option("--lr <rate>", "one learning rate (default: 0.1 and 1, to compare)", positive)
      .option("--epochs <n>", "passes over the examples", wholeFrom(1), 15)
      .option("--seed <n>", "the same seed gives the same run", wholeFrom(0), 1),
  ({ lr, epochs, seed, wrong }, columns) => {
    const z = [0, wrong, 0];
    const sameOutputs = lossesOf(z, 0);
    const ring = ringOfClasses({ seed });
    const rates = lr === undefined ? [0.1, 1] : [lr];
    const runs = rates.flatMap((rate) =>
      lossNames.map((loss) => ({ loss, lr: rate, accuracy: trainClassifier(ring, { loss, lr: rate, epochs, seed }) })),
    );
    const canvas = new Canvas(Math.min(columns, 80), 12, [0, epochs], [0, 1]);
    runs
      .filter((run) => run.lr === rates[0])
      .forEach(({ loss, accuracy }, i) => {
        const ink = inks[2 - i] ?? String;
        canvas.line(
          accuracy.map((share, epoch) => [epoch, share] as const),
          { ink },
        );
        accuracy.forEach((share, epoch) => {
          canvas.text(epoch, share, formulas[loss].mark, ink);
        });
      });
    const percent = (share: number | undefined): string => `${(100 * (share ?? 0)).toFixed(0)} %`;
    const shown = [...new Set([1, 2, 5, epochs])].filter((epoch) => epoch <= epochs);
    return {
      text: [
        "A loss says how far outputs are from the target. For classes, outputs are the",
        "probabilities o = softmax(z), and the target y is its unit vector e_y.",
      ],
      lines: [
        `  The same outputs: z = (${z.map(short).join(", ")}), o = (${softmax(z).map(short).join(", ")})`,
        "  The first class is right.",
        ...table(
          ["", "loss", "value", "size of ∂L/∂z"],
          sameOutputs.map(({ loss, value, gradient }) => [
            formulas[loss].name,
            formulas[loss].formula,
            value.toFixed(4),
            short(Math.hypot(...gradient)),
          ]),
        ),
        wrong > 3
          ? "  Sure and wrong: where there is most to learn, only cross-entropy has a slope."
          : "  Unsure: each of them has a slope.",
        "",
        `  The same classifier, 10 classes, η = ${short(rates[0] ?? 0)}: share right by epochs`,
        "  (1: L1, 2: L2, x: cross-entropy)",
        "",
        ...canvas.lines(),
        "",
        ...table(
          ["η", "loss", ...shown.map((epoch) => `epoch ${epoch}`)],
          runs.map((run) => [
            short(run.lr),
            formulas[run.loss].name,
            ...shown.map((epoch) => percent(run.accuracy[epoch])),
          ]),
        ),
      ],
      next: [
        [{ "--wrong": wrong === 0 ? "6" : "0" }, wrong === 0 ? "when it is sure, and wrong" : "when it is unsure"],
        [{ "--lr": "3" }, "too large for cross-entropy, whose slopes are larger"],
        [{ "--epochs": String(4 * epochs) }, "does L2 catch up? does L1?"],
      ],
      numbers: { z, target: 0, sameOutputs, runs },
      picture: async () => (await import("@dlcc/pictures")).lossesPlot(runs),
    };
  },
);
