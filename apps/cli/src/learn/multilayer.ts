import { type Bit, decisionTable, learnPerceptron, learnWithHiddenLayer, type Place } from "@dlcc/course";
import { positive, wholeFrom } from "../options.ts";
import { Canvas, rangeOf, short } from "./canvas.ts";
import { type Lesson, lesson, table } from "./lesson.ts";

interface Options {
  readonly hidden: number;
  readonly lr: number;
  readonly steps: number;
  readonly seed: number;
}

const xor = decisionTable(([a, b]): Bit[] => [a !== b ? 1 : 0], 2);

/** The places of the trained network's outputs, on a square around the corners. */
const side = 33;
const places = Array.from(
  { length: side * side },
  (_, i): Place => [-0.5 + (2 * (i % side)) / (side - 1), -0.5 + (2 * Math.floor(i / side)) / (side - 1)],
);

/** A network with a hidden layer learns XOR. */
export const multilayer: Lesson = lesson<Options>(
  (command) =>
    command
      .option("--hidden <n>", "neurons in the hidden layer", wholeFrom(1), 4)
      .option("--lr <rate>", "learning rate", positive, 5)
      .option("--steps <n>", "how many steps", wholeFrom(1), 1000)
      .option("--seed <n>", "the same seed gives the same initial weights", wholeFrom(0), 1),
  (options, columns) => {
    const rule = learnPerceptron(xor, { lr: 1, epochs: 25 });
    const learned = learnWithHiddenLayer(xor, { ...options, places });
    const { outputs, costs, mistakes } = learned;
    const canvas = new Canvas(Math.min(columns, 80), 12, [0, options.steps], [0, rangeOf(costs)[1]]);
    canvas.line(costs.map((cost, step) => [step, cost] as const));
    const end = mistakes === 0 ? "all four rows are right" : `${mistakes} of 4 rows wrong`;
    return {
      text: [
        "One perceptron draws one line, and none parts XOR's zeros from its ones. A hidden",
        "layer can; but a step can't be learned by descent, as its slope is 0. The sigmoid",
        "1/(1 + e^−z) is a step made smooth: a small change of a weight changes a little.",
      ],
      lines: [
        `  2 → ${options.hidden} sigmoids → 1 sigmoid, C = 1/n Σ ½(o − y)², η = ${short(options.lr)}: C by steps`,
        "",
        ...canvas.lines(),
        "",
        ...table(
          ["x₁", "x₂", "target", "output"],
          xor.map(({ inputs, outputs: targets }, i) =>
            [...inputs, ...targets].map(String).concat((outputs[i] ?? 0).toFixed(3)),
          ),
        ),
        "",
        `  After ${options.steps} steps ${end}.`,
        `  The perceptron rule, after ${rule.mistakes.length} epochs: ${rule.mistakes.at(-1)} of 4 wrong.`,
      ],
      next: [
        [{ "--hidden": options.hidden === 1 ? "2" : "1" }, "is it enough?"],
        [{ "--hidden": "2", "--seed": "3" }, "does it get stuck? C is not convex"],
        [{ "--lr": short(options.lr / 50) }, "a fiftieth: how far does it get?"],
      ],
      numbers: { perceptronRule: rule, hiddenLayer: { outputs, costs, mistakes } },
      picture: async () => (await import("@dlcc/pictures")).multilayerPlot({ rows: xor, learned }),
    };
  },
);
