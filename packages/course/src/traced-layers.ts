/**
 * The layers of the backpropagation chapter in plain numbers, one neuron at a time, so that a reader can follow each number
 * of a trace. Each layer has its function, and the two derivatives of the algorithm.
 */
import { at } from "./numbers.ts";

/** A layer that is traced: the weighted sums `Wu + b`, or an activation. */
export type TracedLayer =
  | {
      /** Weighted sums. */
      readonly kind: "linear";
      /** W: a row for each output. */
      readonly weights: readonly (readonly number[])[];
      /** b: one for each output. */
      readonly biases: readonly number[];
    }
  | {
      /** The activation. */
      readonly kind: "sigmoid" | "tanh" | "relu";
    };

/** The origin of a number in the trace, so that a picture can lead there. */
export type Origin =
  | {
      /** A stored value, or a number of the buffer. */
      readonly of: "u" | "buffer";
      /** The layer; 0 is the input. */
      readonly l: number;
      /** The neuron, from 0. */
      readonly index: number;
    }
  | {
      /** A weight. */
      readonly of: "weight";
      /** The layer, from 1. */
      readonly l: number;
      /** The output, from 0. */
      readonly output: number;
      /** The input, from 0. */
      readonly input: number;
    }
  | {
      /** The loss, or a constant 1. */
      readonly of: "loss" | "one";
    };

/** A factor of a product. */
export interface Factor {
  /** Its symbol, such as `u₁,₂` or `w₁,₂,₁`. */
  readonly symbol: string;
  /** The number. */
  readonly value: number;
  /** Its origin. */
  readonly from: Origin;
}

/** A product of the chain rule. */
export interface ChainTerm {
  /** The factors: a derivative of the layer, and a number of the buffer. */
  readonly factors: readonly Factor[];
  /** The product. */
  readonly value: number;
}

/** A derivative as the sum of its chain-rule terms. */
export interface ChainSum {
  /** Its symbol, such as `∂C/∂w₁,₂,₁`. */
  readonly symbol: string;
  /** The terms. */
  readonly terms: readonly ChainTerm[];
  /** The sum. */
  readonly value: number;
}

const digits = "₀₁₂₃₄₅₆₇₈₉";

/**
 * A symbol with its indices as subscripts.
 *
 * @example
 * ```ts
 * import { sub } from "@dlcc/course";
 * console.log(sub("w", 1, 2, 10)); // → w₁,₂,₁₀
 * ```
 */
export const sub = (name: string, ...indices: readonly number[]): string =>
  name + indices.map((i) => [...String(i)].map((digit) => digits[Number(digit)]).join("")).join(",");

/** The sum of products. */
const sumOf = (symbol: string, products: readonly (readonly Factor[])[]): ChainSum => {
  const terms = products.map((factors) => ({
    factors,
    value: factors.reduce((product, { value }) => product * value, 1),
  }));
  return { symbol, terms, value: terms.reduce((sum, { value }) => sum + value, 0) };
};

/** y_l(u_{l−1}). */
export function outputOf(layer: TracedLayer, u: readonly number[]): number[] {
  switch (layer.kind) {
    case "linear":
      return layer.weights.map((row, j) => row.reduce((sum, w, k) => sum + w * at(u, k), at(layer.biases, j)));
    case "sigmoid":
      return u.map((z) => 1 / (1 + Math.exp(-z)));
    case "tanh":
      return u.map(Math.tanh);
    case "relu":
      return u.map((z) => Math.max(0, z));
  }
}

/** The slope of an activation, from its output: that is enough for each of them. */
const slopes = {
  sigmoid: { value: (u: number) => u * (1 - u), symbol: (u: string) => `${u}(1 − ${u})` },
  tanh: { value: (u: number) => 1 - u * u, symbol: (u: string) => `(1 − ${u}²)` },
  relu: { value: (u: number) => (u > 0 ? 1 : 0), symbol: (u: string) => `[${u} > 0]` },
} as const;

/** The next buffer: `(∂y_l/∂u_{l−1})ᵀ · buffer`, for each number of u_{l−1}. */
export function passedOn(
  layer: TracedLayer,
  l: number,
  output: readonly number[],
  buffer: readonly Factor[],
  inputs: number,
): ChainSum[] {
  return Array.from({ length: inputs }, (_, k) => {
    const symbol = sub("∂C/∂u", l - 1, k + 1);
    if (layer.kind === "linear") {
      return sumOf(
        symbol,
        layer.weights.map((row, j) => [
          { symbol: sub("w", l, j + 1, k + 1), value: at(row, k), from: { of: "weight", l, output: j, input: k } },
          at(buffer, j),
        ]),
      );
    }
    const { value, symbol: slope } = slopes[layer.kind];
    return sumOf(symbol, [
      [
        { symbol: slope(sub("u", l, k + 1)), value: value(at(output, k)), from: { of: "u", l, index: k } },
        at(buffer, k),
      ],
    ]);
  });
}

/** `(∂y_l/∂θ_l)ᵀ · buffer`: for the weights, row by row, and then for the biases. */
export function parameterGradients(
  layer: TracedLayer,
  l: number,
  input: readonly number[],
  buffer: readonly Factor[],
): ChainSum[] {
  if (layer.kind !== "linear") return [];
  const weights = layer.weights.flatMap((row, j) =>
    row.map((_, k) =>
      sumOf(sub("∂C/∂w", l, j + 1, k + 1), [
        [{ symbol: sub("u", l - 1, k + 1), value: at(input, k), from: { of: "u", l: l - 1, index: k } }, at(buffer, j)],
      ]),
    ),
  );
  const biases = layer.biases.map((_, j) =>
    sumOf(sub("∂C/∂b", l, j + 1), [[{ symbol: "1", value: 1, from: { of: "one" } }, at(buffer, j)]]),
  );
  return [...weights, ...biases];
}
