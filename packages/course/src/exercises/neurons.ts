/** The exercises from the perceptron to softmax. */
import { l1, l2 } from "@dlcc/losses";
import { mean, type Tensor, tidy } from "@dlcc/tensor";
import { type ActivationName, activations as functions } from "../activations.ts";
import { type Bit, decisionTable, multiplyBits, nand, perceptron as neuron } from "../circuits.ts";
import { layerParameters } from "../deep.ts";
import { type CurvePoint, curve } from "../derivative.ts";
import { lossesOf, lossNames } from "../losses.ts";
import { at, numbersOf, vector } from "../numbers.ts";
import { learnPerceptron } from "../perceptron.ts";
import { smoothArgmax, softmax as softmaxOf } from "../softmax.ts";
import type { Row } from "./exercise.ts";

const point = (name: ActivationName, z: number): CurvePoint => at(curve(functions[name], [z]), 0);
/** The index of the largest number. */
const most = (numbers: readonly number[]): number => numbers.indexOf(Math.max(...numbers));
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const thresholds = [-1, -3, -5];
const gates: Readonly<Record<string, (a: Bit, b: Bit) => boolean>> = {
  AND: (a, b) => a === 1 && b === 1,
  OR: (a, b) => a === 1 || b === 1,
  XOR: (a, b) => a !== b,
  NAND: (a, b) => nand(a, b) === 1,
};
const tableOf = (gate: (a: Bit, b: Bit) => boolean) => decisionTable(([a = 0, b = 0]) => [gate(a, b) ? 1 : 0], 2);

export const perceptron: readonly Row[] = [
  {
    question:
      "Weights 6, 2, 2 for weather, company and station, threshold 5. Good weather, no company, no station: 0 or 1?",
    exact: true,
    hint: "Add up the weights of what is true. Is the sum above the threshold?",
    why: "6 is above 5: the weather alone is enough.",
    solution: () => [neuron([6, 2, 2], 5)(1, 0, 0)],
  },
  {
    question:
      "The same weights. Which is the largest whole threshold with which company and station get you there in the rain?",
    exact: true,
    hint: "The sum must be above the threshold; step(0) = 0.",
    why: "2 + 2 = 4 must be above it.",
    solution: () => [Math.max(...range(-5, 10).filter((b) => neuron([6, 2, 2], b)(0, 1, 1) === 1))],
  },
  {
    question: "Which threshold makes a NAND of the weights −2 and −2?",
    choices: thresholds.map((b) => `b = −${-b}`),
    hint: "The sums are 0, −2, −2 and −4. The first three must be above b.",
    why: "Only −4 may be at or below it, so b lies between −4 and −2.",
    solution: () => [
      thresholds.findIndex((b) =>
        tableOf((x, y) => nand(x, y) === 1).every(
          ({ inputs, outputs }) => neuron([-2, -2], b)(...inputs) === outputs[0],
        ),
      ),
    ],
  },
  {
    question: "How many of the four rows of XOR can a single perceptron get right, at most?",
    exact: true,
    hint: "One straight line divides the plane. OR is nearly XOR.",
    why: "OR and NAND each get one row wrong; no line gets all four right.",
    solution: () => {
      const rows = tableOf((a, b) => a !== b);
      // Small whole numbers are enough: every way in which a line can part four corners is among them.
      const counts = range(-2, 2).flatMap((w1) =>
        range(-2, 2).flatMap((w2) =>
          range(-4, 3).map((b) => {
            const cell = neuron([w1, w2], b + 0.5);
            return rows.filter(({ inputs, outputs }) => cell(...inputs) === outputs[0]).length;
          }),
        ),
      );
      return [Math.max(...counts)];
    },
  },
  {
    question:
      "A circuit of NANDs multiplies 3 by 2, binary 11 by 10. Which four bits come out, highest first? Four numbers.",
    exact: true,
    hint: "Write the product in binary, with four digits.",
    why: "6 = 4 + 2.",
    solution: () => multiplyBits(1, 1, 1, 0),
  },
];

export const multilayer: readonly Row[] = [
  {
    question: "What is σ(0) of the sigmoid?",
    hint: "1/(1 + e⁰).",
    why: "Half way up, in the middle.",
    solution: () => [point("sigmoid", 0).value],
  },
  {
    question: "How large is the slope of the sigmoid where it is largest?",
    hint: "σ′ = σ(1 − σ), and it is largest in the middle.",
    why: "½ · ½.",
    solution: () => [point("sigmoid", 0).derivative],
  },
  {
    question: "Which of these can a single perceptron not learn, and two layers can?",
    choices: Object.keys(gates),
    hint: "For which does no straight line separate the zeros from the ones?",
    why: "Its ones lie on one diagonal, its zeros on the other.",
    solution: () => [
      Object.values(gates).findIndex(
        (gate) => learnPerceptron(tableOf(gate), { lr: 1, epochs: 50 }).mistakes.at(-1) !== 0,
      ),
    ],
  },
  {
    question: "How many weights and biases does an MLP with 784 inputs, 30 hidden neurons and 10 outputs have?",
    exact: true,
    hint: "A layer has (inputs + 1) · neurons.",
    why: "785 · 30 + 31 · 10.",
    solution: () => [layerParameters(784, 30) + layerParameters(30, 10)],
  },
];

const names: readonly ActivationName[] = ["step", "sigmoid", "tanh", "relu"];

export const activations: readonly Row[] = [
  {
    question: "What is relu(3), and what is its slope there? Two numbers.",
    hint: "Where the sum is positive it passes as it is.",
    why: "max(0, 3), and 1 wherever it is on.",
    solution: () => [point("relu", 3).value, point("relu", 3).derivative],
  },
  {
    question: "And at z = −2? Value, then slope.",
    hint: "It is off there.",
    why: "Negative sums become 0, and so does what comes back.",
    solution: () => [point("relu", -2).value, point("relu", -2).derivative],
  },
  {
    question: "Which of these has the largest slope at z = 6?",
    choices: names,
    hint: "Three of them are flat by then.",
    why: "The others are saturated: whatever is done to the weights, the output hardly moves.",
    solution: () => [most(names.map((name) => point(name, 6).derivative))],
  },
  {
    question: "A gradient passes ten sigmoids, each where its slope is largest. What share of it arrives?",
    hint: "The slopes multiply. Powers may be typed, such as 0.5^3.",
    why: "(1/4)¹⁰, less than a millionth.",
    solution: () => [point("sigmoid", 0).derivative ** 10],
  },
];

const lossOf = (loss: (o: Tensor, y: Tensor) => Tensor, o: readonly number[], y: readonly number[]): number =>
  tidy(() => at(numbersOf(loss(vector(o).reshape([1, -1]), vector(y).reshape([1, -1]))), 0));
const targets = [1, 2, 3, 4, 100];

export const losses: readonly Row[] = [
  {
    question: "o = (3, 0), y = (1, 1). What is L2 = ½‖o − y‖²?",
    hint: "The misses are 2 and −1.",
    why: "½(4 + 1).",
    solution: () => [lossOf(l2, [3, 0], [1, 1])],
  },
  {
    question: "And L1 = ‖o − y‖₁?",
    hint: "The sizes of the misses, added up.",
    why: "2 + 1.",
    solution: () => [lossOf(l1, [3, 0], [1, 1])],
  },
  {
    question: "By L2, how many times as bad is a miss of 10 as a miss of 1?",
    hint: "It is squared.",
    why: "10²; by L1 it would be 10 times.",
    solution: () => [lossOf(l2, [10], [0]) / lossOf(l2, [1], [0])],
  },
  {
    question: "One number has to stand for the targets 1, 2, 3, 4 and 100. Which number gives the least L2?",
    hint: "Where is the sum of the misses 0?",
    why: "Their mean. L1 would choose the median, 3.",
    solution: () => [tidy(() => at(numbersOf(mean(vector(targets))), 0))],
  },
  {
    question:
      "Sure and wrong: z = (0, 20, 0), and the first class is right. Which loss still has a noticeable slope with respect to z?",
    choices: lossNames.map((loss) => (loss === "crossEntropy" ? "cross-entropy" : loss.toUpperCase())),
    hint: "The slopes of L1 and L2 after a softmax are multiplied by its slope.",
    why: "Its slope is what was said minus what was true: next to (−1, 1, 0) here.",
    solution: () => [most(lossesOf([0, 20, 0], 0).map(({ gradient }) => Math.hypot(...gradient)))],
  },
];

const limits = ["all activations are equal", "1 for the largest z, 0 for the others", "z itself"];

export const softmax: readonly Row[] = [
  {
    question: "What is a₁ of softmax(0, 0, 0, 0)?",
    hint: "Equal inputs share alike.",
    why: "e⁰ / (4 · e⁰).",
    solution: () => [at(softmaxOf([0, 0, 0, 0]), 0)],
  },
  {
    question: "A network gives the right class the probability ½. How large is the cross-entropy?",
    hint: "−log ½, the natural logarithm.",
    why: "log 2: what it costs to toss a coin.",
    solution: () => [at(lossesOf([0, 0], 0), 2).value],
  },
  {
    question: "Two classes, z = (0, 0), and the first is right. What is ∂L/∂z? Two numbers.",
    hint: "What was said, minus what was true.",
    why: "(½ − 1, ½ − 0).",
    solution: () => at(lossesOf([0, 0], 0), 2).gradient,
  },
  {
    question: "z = (1, 0). What is a₁ of softmax(z/T) at the temperature T = ½?",
    hint: "z/T = (2, 0), and a₁ = 1/(1 + e⁻²).",
    why: "A lower temperature sharpens: at T = 1 it would be 0.731.",
    solution: () => [at(at(smoothArgmax([1, 0], [1 / 2]), 0).activations, 0)],
  },
  {
    question: "What does softmax(z/T) tend to as T → 0, if one z is the largest?",
    choices: limits,
    hint: "It is a smooth argmax.",
    why: "All differences between the z/T grow without bound. For T → ∞ they vanish.",
    solution: () => {
      const { activations: a, distance } = at(smoothArgmax([1, 0, 2], [1e-3]), 0);
      return [distance < 1e-6 ? 1 : a.every((v) => Math.abs(v - at(a, 0)) < 1e-6) ? 0 : 2];
    },
  },
];
