import { valueAndGrad } from "@dlcc/autograd";
import { Linear, normal, Sequential, sigmoid } from "@dlcc/layers";
import { l2 } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { type Tensor, tensor, tidy } from "@dlcc/tensor";
import type { Decision } from "./circuits.ts";
import { at, numbersOf } from "./numbers.ts";
import type { Place } from "./surfaces.ts";

/** How to train a network with one hidden layer. */
export interface HiddenLayerOptions {
  /** Neurons in the hidden layer. */
  readonly hidden: number;
  /** The learning rate η. */
  readonly lr: number;
  /** The number of steps, each over all rows. */
  readonly steps: number;
  /** The same seed gives the same initial weights. */
  readonly seed: number;
  /** Places at which to compute the trained network's output. Default: none. */
  readonly places?: readonly Place[];
}

/** The result of training a network with a hidden layer. */
export interface LearnedByDescent {
  /** `C = 1/n Σ ½(o − y)²` before each step, and at the end. */
  readonly costs: readonly number[];
  /** The output for each row, between 0 and 1. */
  readonly outputs: readonly number[];
  /** How many rows are wrong, if an output above ½ counts as 1. */
  readonly mistakes: number;
  /** The output at each of the places. */
  readonly surface: readonly {
    /** The place. */
    readonly place: Place;
    /** The network's output there. */
    readonly output: number;
  }[];
}

/**
 * Trains a network of sigmoids, `inputs → hidden → 1`, on a table, by gradient descent with the quadratic cost. From most
 * initial weights it learns XOR, which no perceptron can.
 *
 * Source: the course, "Multi Layer Perceptrons and Sigmoid". That one neuron is not enough: Minsky & Papert 1969.
 *
 * @param rows Inputs, and their one target output.
 * @example
 * ```ts
 * import { decisionTable, learnWithHiddenLayer } from "@dlcc/course";
 * const xor = decisionTable(([a, b]) => [a !== b ? 1 : 0], 2);
 * console.log(learnWithHiddenLayer(xor, { hidden: 4, lr: 5, steps: 500, seed: 1 }).mistakes); // → 0
 * ```
 */
export function learnWithHiddenLayer(
  rows: readonly Decision[],
  { hidden, lr, steps, seed, places = [] }: HiddenLayerOptions,
): LearnedByDescent {
  return tidy(() => {
    const options = { dtype: "float64", weight: normal(), bias: normal() } as const;
    const network = new Sequential([
      new Linear(at(rows, 0).inputs.length, hidden, { ...options, seed }),
      sigmoid,
      new Linear(hidden, 1, { ...options, seed: seed + 1 }),
      sigmoid,
    ]);
    const optimizer = sgd(network.parameters(), { lr });
    const x = tensor(
      rows.map(({ inputs }) => [...inputs]),
      { dtype: "float64" },
    );
    const targets = rows.map(({ outputs }) => at(outputs, 0));
    const y = tensor(
      targets.map((target) => [target]),
      { dtype: "float64" },
    );
    const cost = (): Tensor => l2(network.forward(x), y);
    const costs: number[] = [];
    for (let step = 0; step < steps; step++) {
      const { value, gradients } = valueAndGrad(cost, network.parameters());
      costs.push(...numbersOf(value));
      optimizer.step(gradients);
    }
    costs.push(...numbersOf(cost()));
    const outputs = numbersOf(network.forward(x));
    const asked =
      places.length === 0
        ? []
        : numbersOf(
            network.forward(
              tensor(
                places.map((place) => [...place]),
                { dtype: "float64" },
              ),
            ),
          );
    return {
      costs,
      outputs,
      mistakes: outputs.filter((output, i) => output > 0.5 !== (targets[i] === 1)).length,
      surface: places.map((place, i) => ({ place, output: at(asked, i) })),
    };
  });
}
