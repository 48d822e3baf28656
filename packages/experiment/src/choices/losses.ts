import type { OutputKind } from "../outputs.ts";
import { type Choice, codeFrom, type LossFunction } from "./choice.ts";

/** A loss, and the output layer that goes with it. */
export interface LossChoice extends Choice<LossFunction> {
  /** The activation of the output layer: a name in `activations`. Default: none. */
  readonly output?: string;
  /** The kind of the network's outputs with this loss. */
  readonly outputs: OutputKind;
}

type LossName = "crossEntropy" | "sigmoidCrossEntropy" | "quadraticCost" | "l2" | "l1";

const forClasses = (
  name: string,
  title: string,
  about: string,
  written: LossName,
  rest: Pick<LossChoice, "output" | "outputs"> = { outputs: "activations" },
): LossChoice => ({
  name,
  title,
  about,
  value: (from) => from[written],
  code: codeFrom("@dlcc/losses", written, written),
  ...rest,
});

const forNumbers = (name: "mse" | "mae" | "huber", title: string, about: string): LossChoice => ({
  name,
  title,
  about,
  value: (from) => from.ofClasses(from[name]),
  code: {
    code: `(outputs, labels) => ${name}(outputs, oneHot(labels, 10))`,
    imports: { "@dlcc/losses": [name], "@dlcc/tensor": ["oneHot"] },
  },
  outputs: "activations",
});

/** The losses; the usual one first. */
export const losses: readonly LossChoice[] = [
  forClasses("cross-entropy", "Cross-entropy", "-log softmax(z)_y", "crossEntropy", { outputs: "logits" }),
  forClasses(
    "sigmoid-cross-entropy",
    "Sigmoid cross-entropy",
    "Nielsen's cross-entropy of sigmoid outputs",
    "sigmoidCrossEntropy",
    { outputs: "sigmoid-logits" },
  ),
  forClasses("quadratic", "Quadratic cost", "Nielsen's quadratic cost of sigmoid outputs", "quadraticCost", {
    output: "sigmoid",
    outputs: "activations",
  }),
  forClasses("l2", "L2", "1/2 |o - e_y|^2", "l2"),
  forClasses("l1", "L1", "|o - e_y|_1", "l1"),
  forNumbers("mse", "Mean squared error", "mean square error"),
  forNumbers("mae", "Mean absolute error", "mean absolute error"),
  forNumbers("huber", "Huber", "square near 0, straight further out"),
];
