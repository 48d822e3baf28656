import {
  addBits,
  type Bit,
  type Decision,
  decisionTable,
  learnPerceptron,
  multiplyBits,
  nand,
  perceptron as neuron,
} from "@dlcc/course";
import { positive, wholeFrom } from "../options.ts";
import { short } from "./canvas.ts";
import { type Lesson, lesson, table } from "./lesson.ts";

interface Options {
  readonly lr: number;
  readonly epochs: number;
}

/** The bit at an index that exists. */
const bit = (bits: readonly Bit[], i: number): Bit => bits[i] ?? 0;

/** The tables for the learning rule. */
const tasks: Readonly<Record<string, (a: Bit, b: Bit) => boolean>> = {
  AND: (a, b) => a === 1 && b === 1,
  OR: (a, b) => a === 1 || b === 1,
  NAND: (a, b) => !(a === 1 && b === 1),
  XOR: (a, b) => a !== b,
};

const rows = (decisions: readonly Decision[]): string[][] =>
  decisions.map(({ inputs, outputs }) => [...inputs, ...outputs].map(String));

/** Decisions that weigh up evidence, circuits of them, and a table that one perceptron can't learn. */
export const perceptron: Lesson = lesson<Options>(
  (command) =>
    command
      .option("--lr <rate>", "the rate of the learning rule", positive, 1)
      .option("--epochs <n>", "the most epochs of the rule", wholeFrom(1), 25),
  (options) => {
    const festival = decisionTable((bits) => [neuron([6, 2, 2], 5)(...bits)], 3);
    const nands = decisionTable((bits) => [nand(bit(bits, 0), bit(bits, 1))], 2);
    const sums = decisionTable((bits) => addBits(bit(bits, 0), bit(bits, 1)), 2);
    const products = decisionTable((bits) => multiplyBits(bit(bits, 0), bit(bits, 1), bit(bits, 2), bit(bits, 3)), 4);
    const learned = Object.entries(tasks).map(([name, task]) => {
      const rows = decisionTable((bits) => [task(bit(bits, 0), bit(bits, 1)) ? 1 : 0], 2);
      return { name, rows, ...learnPerceptron(rows, options) };
    });
    const number = (bits: readonly Bit[]): number => bits.reduce<number>((sum, b) => 2 * sum + b, 0);
    const grid = [0, 1, 2, 3].map((a) => [
      String(a),
      ...products.slice(4 * a, 4 * a + 4).map(({ outputs }) => String(number(outputs))),
    ]);
    return {
      text: [
        "A perceptron weighs up evidence: it gives 1 where Σ wⱼxⱼ − b > 0, else 0.",
        "To the festival? Weights 6, 2, 2 and threshold 5: the weather alone decides.",
      ],
      lines: [
        ...table(["good weather", "company", "transit", "go"], rows(festival)),
        "",
        "  Weights −2, −2 and threshold −3 make NAND, and of NANDs every circuit is made.",
        ...table(["a", "b", "NAND"], rows(nands)),
        "",
        "  Five of them add two bits:",
        ...table(["a", "b", "carry", "sum"], rows(sums)),
        "",
        "  and more of them multiply two numbers of two bits each:",
        ...table(["×", "0", "1", "2", "3"], grid),
        "",
        "  Weights can be learned: where the output is wrong, move them to the target.",
        ...table(
          ["", "weights", "threshold", "mistakes in each epoch"],
          learned.map(({ name, weights, threshold, mistakes }) => [
            name,
            weights.map(short).join(", "),
            short(threshold),
            `${mistakes.slice(0, 10).join(" ")}${mistakes.length > 10 ? " …" : ""}`,
          ]),
        ),
        "",
        "  XOR never comes to 0: no straight line parts its zeros from its ones.",
        "  It takes a layer between, as in the adder, whose sum is XOR.",
      ],
      next: [
        [{ "--epochs": String(options.epochs < 1000 ? 1000 : 10 * options.epochs) }, "XOR is not a matter of patience"],
        [{ "--lr": short(options.lr / 10) }, "nor of the learning rate"],
      ],
      numbers: { festival, nand: nands, adder: sums, multiplier: products, learned },
      picture: async () => (await import("@dlcc/pictures")).perceptronPlot(learned),
    };
  },
);
