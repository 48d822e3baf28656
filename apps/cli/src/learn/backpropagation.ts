import { backpropagate, type ChainSum, type TracedLayer } from "@dlcc/course";
import { InvalidArgumentError } from "commander";
import { choiceOption, listOption, number, rowsOf } from "../options.ts";
import { short } from "./canvas.ts";
import { type Lesson, lesson, table } from "./lesson.ts";

type ActivationKind = Exclude<TracedLayer["kind"], "linear">;

const kinds: Readonly<Record<ActivationKind, { readonly value: ActivationKind; readonly about: string }>> = {
  sigmoid: { value: "sigmoid", about: "1/(1 + e^−z)" },
  tanh: { value: "tanh", about: "tanh z" },
  relu: { value: "relu", about: "max(0, z)" },
};

/** Two numbers such as `0.5,-1`. */
function pair(text: string): number[] {
  const x = text.split(",").map(number);
  if (x.length !== 2) throw new InvalidArgumentError("It must be two numbers, such as 0.5,-1.");
  return x;
}

interface Options {
  readonly x: readonly number[];
  readonly y: number;
  readonly activation: ActivationKind;
}

/** Small numbers that can be followed by hand. */
const layers = (activation: ActivationKind): TracedLayer[] => [
  {
    kind: "linear",
    weights: [
      [0.2, -0.4],
      [0.7, 0.1],
    ],
    biases: [0.1, 0.3],
  },
  { kind: activation },
  { kind: "linear", weights: [[1.5, -0.6]], biases: [0.05] },
  { kind: activation },
];

const four = (value: number): string => value.toFixed(4);
const list = (numbers: readonly number[]): string => `(${numbers.map(four).join(", ")})`;
/** The numbers of a product, with negative ones in brackets. */
const product = ({ terms }: ChainSum): string =>
  terms
    .map(({ factors }) => factors.map(({ value }) => (value < 0 ? `(${four(value)})` : four(value))).join("·"))
    .join(" + ");
const symbols = ({ terms }: ChainSum): string =>
  terms.map(({ factors }) => factors.map(({ symbol }) => symbol).join("·")).join(" + ");

/** Backpropagation, one number after the other. */
export const backpropagation: Lesson = lesson<Options>(
  (command) => {
    listOption(command, "--x <numbers>", "the input, such as 0.5,-1", pair, "0.5,-1").option(
      "--y <y>",
      "the target",
      number,
      1,
    );
    choiceOption(command, "--activation", "the activation of layers 2 and 4", rowsOf(kinds), "sigmoid");
  },
  ({ x, y, activation }) => {
    const network = { x, y: [y], layers: layers(activation) };
    const trace = backpropagate(network);
    const { u, cost, backward } = trace;
    const kindOf = (l: number): string => network.layers[l - 1]?.kind ?? "½‖u₄ − y‖²";
    const gradients = backward.flatMap((step) => step.gradients);
    const largest = (other: "numeric" | "tape"): number =>
      Math.max(...gradients.map((sum) => Math.abs(sum.value - sum[other])));
    return {
      text: [
        "Forward, each layer's output u_l = y_l(u_l−1, θ_l) is stored. Backward, a buffer",
        "starts as 1, and each layer from the last makes two products of it: with ∂y_l/∂θ_l",
        "the gradient of its parameters, with ∂y_l/∂u_l−1 the next buffer.",
        "(The text counts u_l once as a layer's input, once as its output. Here: its output.)",
      ],
      lines: [
        "  Forward",
        ...table(
          ["l", "layer", "u_l"],
          u.map((values, l) => [String(l), l === 0 ? "x" : kindOf(l), list(values)]),
        ),
        "",
        `  C = u₅ = ${four(cost)}`,
        "",
        "  Backward",
        ...backward.flatMap(({ l, buffer, gradients: stored, next }) => [
          `  l = ${l}, ${kindOf(l)}: buffer = ${list(buffer)}`,
          ...stored.flatMap((sum) => [
            `    ${sum.symbol} = ${symbols(sum)}`,
            `      = ${product(sum)} = ${four(sum.value)}`,
          ]),
          ...next.flatMap((sum) => [
            `    ${l === 1 ? "" : "buffer: "}${sum.symbol} = ${symbols(sum)}`,
            `      = ${product(sum)} = ${four(sum.value)}`,
          ]),
          "",
        ]),
        "  The same by central differences, and by the tape of @dlcc/autograd",
        ...table(
          ["", "backpropagation", "differences", "tape"],
          gradients.map(({ symbol, value, numeric, tape }) => [
            symbol,
            value.toFixed(8),
            numeric.toFixed(8),
            tape.toFixed(8),
          ]),
        ),
        `  They differ by at most ${largest("numeric").toExponential(0)} and ${largest("tape").toExponential(0)}.`,
      ],
      next: [
        [{ "--activation": activation === "relu" ? "tanh" : "relu" }, "another slope in layers 2 and 4"],
        [
          { "--x": "20,-40" },
          activation === "relu" ? "large inputs: a ReLU lets them through" : "saturated: what comes back?",
        ],
        [{ "--y": short(u.at(-2)?.[0] ?? 0) }, "near the target there is little to learn"],
      ],
      numbers: { ...network, ...trace },
      picture: async () => (await import("@dlcc/pictures")).backpropagationPlot(trace),
    };
  },
);
