/** The exercises from the derivative to stochastic gradient descent. */
import { minibatches } from "@dlcc/data";
import { tidy } from "@dlcc/tensor";
import { type Curve, curve, sensitivity } from "../derivative.ts";
import { type Descent, descend } from "../gradient-descent.ts";
import { bestLine, descendInMinibatches, descendToLine, type Pairs } from "../linear-regression.ts";
import { at, numbersOf, vector } from "../numbers.ts";
import { bowl, changesAround, gradientField, hillAndValley } from "../surfaces.ts";
import type { Row } from "./exercise.ts";

const square: Curve = (v) => v.mul(v);
const cube: Curve = (v) => v.mul(v).mul(v);
/** The bowl of the guides: ½(x² + 4y²). */
const guideBowl = bowl(4);
const twoPoints: Pairs = { x: [-1, 1], y: [-2, 4] };
const fourPoints = (last: number): Pairs => ({ x: [-1, 0, 1, 2], y: [-1, 1, 4, last] });
/** The index of the least number. */
const least = (numbers: readonly number[]): number => numbers.indexOf(Math.min(...numbers));
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
const counted = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const rates = [0.01, 0.4, 0.55];
const outcomes: readonly Descent["outcome"][] = ["converged", "stranded", "diverged"];

export const derivative: readonly Row[] = [
  {
    question: "f(v) = v². What is f′(3)?",
    hint: "(v + h)² − v² = 2vh + h². Divide by h, and let h become small.",
    why: "f′(v) = 2v.",
    solution: () => [at(curve(square, [3]), 0).derivative],
  },
  {
    question: "f(v) = v³. By how much does f change for a step Δv = 0.01 from v = 2, according to the derivative?",
    hint: "f(v + Δv) − f(v) ≈ f′(v)·Δv, and f′(v) = 3v².",
    why: "3 · 2² · 0.01. The true change is a little more, as the curve bends upwards.",
    solution: () => [at(sensitivity(cube, 2, [0.01]), 0).predicted],
  },
  {
    question: "At v = −1 the derivative of f(v) = v² is negative. On which side is f larger, close to −1?",
    choices: ["to the left", "to the right", "on neither"],
    hint: "A step in the direction of the derivative's sign goes up.",
    why: "The sign is the direction in which f grows: minus is left.",
    solution: () => [least(sensitivity(square, -1, [-0.1, 0.1]).map(({ change }) => -change))],
  },
  {
    question:
      "The step is halved. To what fraction of its size does the error of the derivative's prediction fall, for f(v) = v²?",
    hint: "The error for v² is exactly (Δv)².",
    why: "What the prediction leaves out is (Δv)², and half the step squared is a quarter.",
    solution: () => {
      const [whole, half] = sensitivity(square, 1, [0.5, 0.25]).map(({ change, predicted }) => change - predicted);
      return [(half ?? 0) / (whole ?? 1)];
    },
  },
];

export const gradient: readonly Row[] = [
  {
    question: "f(x, y) = ½(x² + 4y²). What is ∇f at (1, 2)? Two numbers.",
    hint: "Differentiate with respect to x while y is held fixed, then with respect to y while x is.",
    why: "∇f = (x, 4y).",
    solution: () => at(gradientField(guideBowl, [[1, 2]]), 0).gradient,
  },
  {
    question: "How steep is the same f at (3, 1): how long is its gradient there?",
    hint: "The length of (a, b) is √(a² + b²).",
    why: "∇f = (3, 4), a well-known triangle.",
    solution: () => [Math.hypot(...at(gradientField(guideBowl, [[3, 1]]), 0).gradient)],
  },
  {
    question: "You take a small step from some place. In which direction does f fall most?",
    choices: ["along the gradient", "across it, to the left", "against it", "across it, to the right"],
    hint: "The change is about ∇f · Δv, which is ‖∇f‖ ‖Δv‖ times the cosine of the angle between them.",
    why: "The cosine is −1, its least, in the opposite direction.",
    solution: () => [least(changesAround(guideBowl, [3, 1], { step: 0.1, directions: 4 }).map(({ change }) => change))],
  },
  {
    question: "How long is the gradient of x·exp(−(x² + y²)) on its hilltop, at (1/√2, 0)?",
    hint: "From the top, no direction goes up.",
    why: "If it were longer, its direction would lead further up, and this would not be the top.",
    solution: () => [Math.hypot(...at(gradientField(hillAndValley, [[Math.SQRT1_2, 0]]), 0).gradient)],
  },
];

export const gradientDescent: readonly Row[] = [
  {
    question: "C(x, y) = ½(x² + 4y²), and η = 0.1. Where does one step lead from (3, 2)? Two numbers.",
    hint: "∇C = (x, 4y), and the step is −η∇C.",
    why: "(3 − 0.1 · 3, 2 − 0.1 · 8).",
    solution: () => at(descend(guideBowl, { start: [3, 2], lr: 0.1, steps: 1 }).path, -1).place,
  },
  {
    question: "By what number does each step multiply x on this bowl, with η = 0.4?",
    hint: "x → x − ηx.",
    why: "1 − η.",
    solution: () => {
      const [before, after] = descend(guideBowl, { start: [1, 0], lr: 0.4, steps: 1 }).path;
      return [(after?.place[0] ?? 0) / (before?.place[0] ?? 1)];
    },
  },
  {
    question: "With which learning rate does descent on this bowl never arrive?",
    choices: rates.map((rate) => `η = ${rate}`),
    hint: "A step multiplies y by 1 − 4η. When does that grow?",
    why: "|1 − 4η| is above 1 there: y changes sides and grows.",
    solution: () => [
      rates.findIndex((lr) => descend(guideBowl, { start: [3, 2], lr, steps: 60 }).outcome === "diverged"),
    ],
  },
  {
    question: "The bowl becomes steeper: C = ½(x² + 40y²). Below what η does descent still arrive?",
    hint: "|1 − 40η| must be below 1.",
    why: "2 divided by the steepness in y.",
    // The slope at y = 1 is the steepness k of ½ky².
    solution: () => [2 / at(gradientField(bowl(40), [[0, 1]]), 0).gradient[1]],
  },
  {
    question: "On x·exp(−(x² + y²)) descent starts far out, at (3, 2), with η = 0.5. Where is it after 60 steps?",
    choices: ["on the valley's floor", "stranded on flat land", "gone to infinity"],
    hint: "How long is the gradient out there? This surface is not convex.",
    why: "From the hill's far side descent leads outwards, and there the slope is almost 0.",
    solution: () => [outcomes.indexOf(descend(hillAndValley, { start: [3, 2], lr: 0.5, steps: 60 }).outcome)],
  },
];

export const linearRegression: readonly Row[] = [
  {
    question: "Which line y = wx + b fits (0, 1), (1, 2) and (2, 6) best? First w, then b.",
    hint: "w = Σ(x − x̄)(y − ȳ) / Σ(x − x̄)², and b = ȳ − w·x̄.",
    why: "x̄ = 1 and ȳ = 3, so w = ((−1)·(−2) + 1·3) / 2.",
    solution: () => {
      const { w, b } = bestLine({ x: [0, 1, 2], y: [1, 2, 6] });
      return [w, b];
    },
  },
  {
    question: "The examples are (−1, −2) and (1, 4). What does the line w = 0, b = 0 cost?",
    hint: "C = 1/(2n) Σ (wx + b − y)², with n = 2.",
    why: "(2² + 4²) / 4.",
    solution: () => [at(descendToLine(twoPoints, { lr: 1, steps: 0 }), 0).cost],
  },
  {
    question: "The same examples, w = 0 and b = 0: what is ∇C? First ∂C/∂w, then ∂C/∂b.",
    hint: "The mean of (wx + b − y)·x, and the mean of wx + b − y.",
    why: "The misses are 2 and −4: the means of (−2, −4) and of (2, −4).",
    solution: () => {
      const [from, to] = descendToLine(twoPoints, { lr: 1, steps: 1 });
      return [(from?.w ?? 0) - (to?.w ?? 0), (from?.b ?? 0) - (to?.b ?? 0)];
    },
  },
  {
    question:
      "Of (−1, −1), (0, 1), (1, 4) and (2, 5) the last point moves up to (2, 20). By how much does the best slope w grow?",
    hint: "Only one term of Σ(x − x̄)(y − ȳ) changes: by (2 − x̄) times the move.",
    why: "1.5 · 15 / 5: one outlier drags the whole line, as its miss is squared.",
    solution: () => [bestLine(fourPoints(20)).w - bestLine(fourPoints(5)).w],
  },
];

const stepsOf = (n: number, size: number): number =>
  descendInMinibatches({ x: counted(n), y: counted(n) }, { lr: 0, size, epochs: 1, seed: 1 }).length - 1;

/** How often each of ten examples is in an epoch's minibatches. */
const uses = (): number[] => {
  const seen = tidy(() => {
    const all = vector(counted(10));
    const drawn: number[] = [];
    for (const { x } of minibatches(all, all, { size: 4, seed: 1 })) drawn.push(...numbersOf(x));
    return drawn;
  });
  return counted(10).map((example) => seen.filter((one) => one === example).length);
};

export const stochastic: readonly Row[] = [
  {
    question: "1,000 examples, minibatches of 50. How many steps does an epoch have?",
    exact: true,
    hint: "An epoch deals out all examples, and each minibatch is one step.",
    why: "1000 / 50.",
    solution: () => [stepsOf(1000, 50)],
  },
  {
    question: "1,000 examples, minibatches of 64; the last is smaller. How many steps does an epoch have?",
    exact: true,
    hint: "Divide, and round up.",
    why: "15 full ones are 960 examples; the other 40 make one more.",
    solution: () => [stepsOf(1000, 64)],
  },
  {
    question: "How often is an example used in one epoch?",
    choices: ["at most once, and perhaps not at all", "exactly once", "as often as chance has it"],
    hint: "The data is partitioned.",
    why: "Shuffled and dealt out: nothing is left out, and nothing comes twice.",
    solution: () => {
      const counts = uses();
      if (counts.every((count) => count === 1)) return [1];
      return [counts.every((count) => count <= 1) ? 0 : 2];
    },
  },
  {
    question:
      "The slopes of four examples are 1, 3, 5 and 7. What does the minibatch of the first and the third say of the slope of C?",
    hint: "The mean over the minibatch.",
    why: "(1 + 5) / 2; the slope of C is 4.",
    solution: () => [mean([1, 5])],
  },
];
