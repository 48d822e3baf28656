/** The exercises from backpropagation to depth that trains. */
import { tidy, variance } from "@dlcc/tensor";
import { type ActivationName, activations } from "../activations.ts";
import { type Backpropagation, backpropagate } from "../backpropagation.ts";
import { type DeepOptions, deepGradients, layerParameters } from "../deep.ts";
import { curve } from "../derivative.ts";
import { convolutionParameters, featureMap } from "../kernels.ts";
import { at, numbersOf, vector } from "../numbers.ts";
import type { Row } from "./exercise.ts";

/** A chain of weights, without biases. */
const chain = (x: number, weights: readonly number[], y: number): Backpropagation =>
  backpropagate({ x: [x], y: [y], layers: weights.map((w) => ({ kind: "linear", weights: [[w]], biases: [0] })) });
const one = (): Backpropagation => chain(2, [3], 5);

/** Outputs by number. */
const outputs = [1, 2, 3];

export const backpropagation: readonly Row[] = [
  {
    question: "C = ½(wx − y)² with w = 3, x = 2, y = 5. What is ∂C/∂w?",
    hint: "The buffer behind the loss is wx − y. Multiply it by the layer's derivative with respect to w, which is x.",
    why: "(6 − 5) · 2.",
    solution: () => [at(at(one().backward, -1).gradients, 0).value],
  },
  {
    question: "The same numbers. Which buffer leaves the first layer, ∂C/∂x?",
    hint: "The buffer times the layer's derivative with respect to its input, which is w.",
    why: "(6 − 5) · 3.",
    solution: () => [at(at(one().backward, -1).next, 0).value],
  },
  {
    question: "Two layers: u₁ = w₁x, u₂ = w₂u₁, C = ½(u₂ − y)², with x = 1, w₁ = 2, w₂ = 3, y = 4. What is ∂C/∂w₁?",
    hint: "Go back: (u₂ − y), times w₂, times x.",
    why: "(6 − 4) · 3 · 1.",
    solution: () => [at(at(chain(1, [2, 3], 4).backward, -1).gradients, 0).value],
  },
  {
    question: "Layers are numbered from the input. Which of these derivatives is 0, whatever the layers compute?",
    choices: outputs.map((m) => `of layer ${m}'s output by the parameters of layer 2`),
    hint: "What comes before a layer does not depend on its parameters.",
    why: "For m below l the output o of layer m doesn't depend on θ of layer l: equation (4) of the derivation.",
    solution: () => {
      // Layer 2 of three changes; which of the stored outputs stays?
      const [before, after] = [chain(1, [2, 3, 4], 0), chain(1, [2, 3.5, 4], 0)];
      return [outputs.findIndex((m) => at(at(before.u, m), 0) === at(at(after.u, m), 0))];
    },
  },
  {
    question:
      "A network has 1,000 parameters. How often does it run forward to find all derivatives by central differences?",
    exact: true,
    hint: "(C(θ + h) − C(θ − h)) / 2h, for each of them.",
    why: "Two runs for each. Backpropagation needs one run forward and one back.",
    solution: () => [[+1, -1].length * 1000],
  },
];

const results = [
  { train: 0.99, test: 0.98 },
  { train: 1, test: 0.7 },
  { train: 0.6, test: 0.6 },
];

export const overfitting: readonly Row[] = [
  {
    question: "How many pixels does an image of 224 by 224 have?",
    exact: true,
    hint: "The course's text has a slip here.",
    why: "224². The text multiplies with 65,536, which is 256².",
    solution: () => [layerParameters(224 * 224, 1) - 1],
  },
  {
    question:
      "Each of them is joined with each of 1,000 neurons, and each neuron has a bias. How many parameters does that make?",
    exact: true,
    hint: "(inputs + 1) · neurons.",
    why: "Fifty million, for one layer.",
    solution: () => [layerParameters(224 * 224, 1000)],
  },
  {
    question: "Which network is overfitted? The share it gets right, of what it has learned from and of what is new:",
    choices: results.map(({ train, test }) => `${train} and ${test}`),
    hint: "It knows by heart what it has seen.",
    why: "The gap between the two is what gives it away, not either of them alone.",
    solution: () => {
      const gaps = results.map(({ train, test }) => train - test);
      return [gaps.indexOf(Math.max(...gaps))];
    },
  },
];

const settings: readonly (Pick<DeepOptions, "activation" | "initialization"> & { readonly words: string })[] = [
  { activation: "sigmoid", initialization: "1/fanIn", words: "sigmoids, weights of variance 1/n" },
  { activation: "relu", initialization: "normal", words: "ReLUs, weights of variance 1" },
  { activation: "relu", initialization: "he", words: "ReLUs, weights of variance 2/n" },
];
const slopes: readonly ActivationName[] = ["relu", "tanh", "sigmoid"];

export const unstableGradients: readonly Row[] = [
  {
    question: "Each of twenty layers multiplies the gradient by 0.9. What share arrives? Powers may be typed.",
    hint: "0.9 twenty times over.",
    why: "0.9²⁰: many factors a little below 1 make a small one.",
    solution: () => [0.9 ** 20],
  },
  {
    question: "And if ten layers multiply it by 3 each?",
    hint: "3¹⁰.",
    why: "It explodes: the first layers would leap about.",
    solution: () => [3 ** 10],
  },
  {
    question: "Which of these activations lets through a quarter of a gradient, at most?",
    choices: slopes,
    hint: "Which slope is never above ¼?",
    why: "σ′ = σ(1 − σ), which is ¼ in the middle.",
    solution: () => {
      const largest = slopes.map((name) =>
        Math.max(...curve(activations[name], [-2, -1, 0, 1, 2]).map(({ derivative }) => derivative)),
      );
      return [largest.indexOf(Math.min(...largest))];
    },
  },
  {
    question: "A layer has 50 inputs and ReLU. Which standard deviation do its initial weights need, by He's rule?",
    hint: "The variance is 2/n.",
    why: "√(2/50): the 2 makes up for the half that is off.",
    solution: () => [Math.sqrt(2 / 50)],
  },
  {
    question: "Twenty layers of n neurons. In which network does the gradient keep its size best on the way back?",
    choices: settings.map(({ words }) => words),
    hint: "Which product of weight and slope is close to 1 on average?",
    why: "The others vanish or explode: see dlcc learn unstable-gradients.",
    solution: () => {
      const changes = settings.map(({ activation, initialization }) => {
        const layers = deepGradients({ activation, initialization, width: 32, examples: 8 });
        return Math.abs(Math.log(at(layers, 0).buffer / at(layers, -1).buffer));
      });
      return [changes.indexOf(Math.min(...changes))];
    },
  },
];

export const convolution: readonly Row[] = [
  {
    question: "The kernel (−1, 1) is laid on the row 0 0 1 1 0. What does it find? Four numbers.",
    exact: true,
    hint: "At each place the right pixel minus the left one.",
    why: "It finds where it gets brighter, and with a minus where it gets darker.",
    solution: () => at(featureMap([[0, 0, 1, 1, 0]], [[-1, 1]]), 0),
  },
  {
    question: "A kernel of 5 by 5 is laid on an image of 28 by 28. How many rows does its feature map have?",
    exact: true,
    hint: "How many positions does it have from the top to the bottom?",
    why: "28 − 5 + 1.",
    solution: () => {
      const blank = (side: number): number[][] =>
        Array.from({ length: side }, () => Array.from({ length: side }, () => 0));
      return [featureMap(blank(28), blank(5)).length];
    },
  },
  {
    question: "How many parameters do six kernels of 5 by 5 on a gray image have, each with a bias?",
    exact: true,
    hint: "Each has its weights and one more.",
    why: "6 · (25 + 1), however large the image is.",
    solution: () => [convolutionParameters(1, 6, 5)],
  },
  {
    question:
      "How many times as many parameters do 1,000 dense neurons on 224 by 224 pixels have as 1,000 such kernels?",
    hint: "Divide: 50,177,000 by 26,000.",
    why: "Sharing the weights saves them.",
    solution: () => [layerParameters(224 * 224, 1000) / convolutionParameters(1, 1000, 5)],
  },
];

/** Numbers moved and scaled to mean 0 and variance 1. */
const normalized = (u: readonly number[]): number[] => {
  const mean = u.reduce((sum, v) => sum + v, 0) / u.length;
  const deviation = Math.sqrt(tidy(() => at(numbersOf(variance(vector(u))), 0)));
  return u.map((v) => (v - mean) / deviation);
};

/** The slope of a block with a shortcut, u + f(u), where f has the slope s. */
const withShortcut = (s: number): number =>
  at(
    curve((u) => u.add(u.mul(s)), [0]),
    0,
  ).derivative;

export const residual: readonly Row[] = [
  {
    question: "A block computes u + f(u), and f′ = 1/8. What is the block's slope?",
    hint: "The derivative of u is 1.",
    why: "1 + f′.",
    solution: () => [withShortcut(1 / 8)],
  },
  {
    question: "And if f lets nothing through, f′ = 0?",
    hint: "The shortcut is still there.",
    why: "The gradient arrives whole.",
    solution: () => [withShortcut(0)],
  },
  {
    question:
      "Ten blocks without a shortcut, each with the slope 1/8. What share of the gradient arrives? Powers may be typed.",
    hint: "The slopes multiply.",
    why: "(1/8)¹⁰, a billionth.",
    solution: () => [(1 / 8) ** 10],
  },
  {
    question: "Normalize (1, 3) to mean 0 and variance 1. Two numbers.",
    hint: "Subtract the mean, 2; divide by the standard deviation, over n and not n − 1.",
    why: "The deviations are −1 and 1, and so is their size.",
    solution: () => normalized([1, 3]),
  },
];
