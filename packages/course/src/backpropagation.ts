import { valueAndGrad } from "@dlcc/autograd";
import { matmul, relu, sigmoid, tanh, tensor, tidy, transpose } from "@dlcc/tensor";
import { at, numbersOf, vector } from "./numbers.ts";
import {
  type ChainSum,
  type Factor,
  outputOf,
  parameterGradients,
  passedOn,
  sub,
  type TracedLayer,
} from "./traced-layers.ts";

/** A network, and an example for it. */
export interface Network {
  /** The input x = u₀. */
  readonly x: readonly number[];
  /** The target. */
  readonly y: readonly number[];
  /** The layers 1 … L − 1; the loss `½‖u − y‖²` is layer L. */
  readonly layers: readonly TracedLayer[];
}

/** A derivative, with the values of two other methods. */
export interface CheckedSum extends ChainSum {
  /** By central differences, `(C(θ + h) − C(θ − h)) / 2h`. */
  readonly numeric: number;
  /** By `@dlcc/autograd`. */
  readonly tape: number;
}

/** A layer on the way back. */
export interface BackwardStep {
  /** Which layer: L, L − 1, …, 1. */
  readonly l: number;
  /** Its kind. */
  readonly kind: TracedLayer["kind"] | "loss";
  /** The buffer that arrives: ∂C/∂u_l; for the loss ∂C/∂C = 1. */
  readonly buffer: readonly number[];
  /** ∂C/∂θ_l, stored; empty if the layer has no parameters. */
  readonly gradients: readonly CheckedSum[];
  /** The next buffer: ∂C/∂u_{l−1}. */
  readonly next: readonly ChainSum[];
}

/** All the numbers of backpropagation, in the order in which they are computed. */
export interface Backpropagation {
  /** u₀ = x, u₁, …, u_L = C, as they were stored. */
  readonly u: readonly (readonly number[])[];
  /** The cost C. */
  readonly cost: number;
  /** The layers L … 1. */
  readonly backward: readonly BackwardStep[];
}

/** The step of the central differences: the cube root of float64's precision balances both errors. */
const h = Math.cbrt(Number.EPSILON);

/**
 * Backpropagation step by step, with the course's symbols. Forward: u₀ = x, and for l = 1 … L store u_l = y_l(u_{l−1}, θ_l).
 * Backward: buffer = 1, and for l = L … 1 store `∂C/∂θ_l = (∂y_l/∂θ_l)ᵀ · buffer`, then
 * `buffer = (∂y_l/∂u_{l−1})ᵀ · buffer`.
 *
 * The course's text uses u_l once for a layer's input and once for its output. Here u_l is the output of layer l, as in its
 * algorithm, so a layer's input is u_{l−1}. Indices count from 1: w₃,₁,₂ is the weight in layer 3 of output 1 for
 * input 2. Each derivative is a sum of products whose factors refer to their origins.
 *
 * Source: the course, "Backpropagation".
 *
 * @throws {RangeError} if a layer's sizes do not fit its input, or the target does not fit the output.
 * @example
 * ```ts
 * import { backpropagate } from "@dlcc/course";
 * // C = ½(w·x − y)² with w = 3, x = 2, y = 5: ∂C/∂w = (6 − 5)·2.
 * const { cost, backward } = backpropagate({
 *   x: [2],
 *   y: [5],
 *   layers: [{ kind: "linear", weights: [[3]], biases: [0] }],
 * });
 * console.log(cost, backward.at(-1)?.gradients[0]?.value); // → 0.5 2
 * ```
 */
export function backpropagate(network: Network): Backpropagation {
  const { x, y, layers } = network;
  assertSizes(network);
  const u = forward(layers, x, y);
  const cost = at(at(u, -1), 0);
  const L = layers.length + 1;
  const output = at(u, L - 1);

  const one: Factor = { symbol: "buffer", value: 1, from: { of: "one" } };
  const next = output.map((o, j): ChainSum => {
    const error: Factor = {
      symbol: `(${sub("u", L - 1, j + 1)} − ${sub("y", j + 1)})`,
      value: o - at(y, j),
      from: { of: "loss" },
    };
    return {
      symbol: sub("∂C/∂u", L - 1, j + 1),
      terms: [{ factors: [error, one], value: error.value }],
      value: error.value,
    };
  });
  const backward: BackwardStep[] = [{ l: L, kind: "loss", buffer: [1], gradients: [], next }];
  const [numeric, tape] = [byDifferences(network), byTape(network)];
  for (let l = L - 1; l >= 1; l--) {
    const layer = at(layers, l - 1);
    const buffer = at(backward, -1).next.map(
      ({ value, symbol }, index): Factor => ({
        symbol,
        value,
        from: { of: "buffer", l, index },
      }),
    );
    const gradients = parameterGradients(layer, l, at(u, l - 1), buffer);
    backward.push({
      l,
      kind: layer.kind,
      buffer: buffer.map(({ value }) => value),
      gradients: gradients.map((sum, i) => ({
        ...sum,
        numeric: at(at(numeric, l - 1), i),
        tape: at(at(tape, l - 1), i),
      })),
      next: passedOn(layer, l, at(u, l), buffer, at(u, l - 1).length),
    });
  }
  return { u, cost, backward };
}

/** u₀ … u_L. */
function forward(layers: readonly TracedLayer[], x: readonly number[], y: readonly number[]): number[][] {
  const u = [[...x]];
  for (const layer of layers) u.push(outputOf(layer, at(u, -1)));
  const cost = at(u, -1).reduce((sum, o, j) => sum + (o - at(y, j)) ** 2 / 2, 0);
  return [...u, [cost]];
}

/** The parameters of a layer in the order of its gradients, and a function that replaces them. */
const parametersOf = (layer: TracedLayer): number[] =>
  layer.kind === "linear" ? [...layer.weights.flat(), ...layer.biases] : [];

function withParameters(layer: TracedLayer, parameters: readonly number[]): TracedLayer {
  if (layer.kind !== "linear") return layer;
  const width = at(layer.weights, 0).length;
  return {
    kind: "linear",
    weights: layer.weights.map((_, j) => parameters.slice(j * width, (j + 1) * width)),
    biases: parameters.slice(layer.weights.length * width),
  };
}

/** ∂C/∂θ by central differences: one list a layer. */
function byDifferences({ x, y, layers }: Network): number[][] {
  return layers.map((layer, l) => {
    const parameters = parametersOf(layer);
    const costWith = (i: number, change: number): number => {
      const moved = withParameters(
        layer,
        parameters.map((value, other) => (other === i ? value + change : value)),
      );
      return at(at(forward(layers.with(l, moved), x, y), -1), 0);
    };
    return parameters.map((_, i) => (costWith(i, h) - costWith(i, -h)) / (2 * h));
  });
}

/** ∂C/∂θ by the tape of `@dlcc/autograd`: one list a layer. */
function byTape({ x, y, layers }: Network): number[][] {
  return tidy(() => {
    const parameters = layers.map((layer) =>
      layer.kind === "linear"
        ? {
            weight: tensor(
              layer.weights.map((row) => [...row]),
              { dtype: "float64" },
            ),
            bias: vector(layer.biases),
          }
        : undefined,
    );
    const variables = parameters.flatMap((layer) => (layer ? [layer.weight, layer.bias] : []));
    const { gradients } = valueAndGrad(() => {
      let u = vector(x).reshape([1, -1]);
      layers.forEach(({ kind }, l) => {
        const layer = parameters[l];
        if (layer) u = matmul(u, transpose(layer.weight)).add(layer.bias);
        else u = kind === "sigmoid" ? sigmoid(u) : kind === "tanh" ? tanh(u) : relu(u);
      });
      const error = u.sub(vector(y));
      return error.mul(error).sum().mul(0.5);
    }, variables);
    return parameters.map((layer) =>
      [layer?.weight, layer?.bias].flatMap((variable) => {
        const gradient = variable && gradients.get(variable);
        return gradient ? numbersOf(gradient) : [];
      }),
    );
  });
}

function assertSizes({ x, y, layers }: Network): void {
  let width = x.length;
  layers.forEach((layer, i) => {
    if (layer.kind !== "linear") return;
    const { weights, biases } = layer;
    if (weights.length === 0 || weights.some((row) => row.length !== width) || biases.length !== weights.length) {
      throw new RangeError(
        `backpropagate: layer ${i + 1} must have rows of ${width} weights and a bias for each row, got rows of ${weights.map((row) => row.length).join(", ") || "none"} and ${biases.length} biases`,
      );
    }
    width = weights.length;
  });
  if (y.length !== width)
    throw new RangeError(`backpropagate: y must have a target for each of the ${width} outputs, got ${y.length}`);
}
