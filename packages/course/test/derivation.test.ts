/**
 * The derivation of backpropagation in chapter 10, equation by equation: each holds for the numbers of `backpropagate`, and
 * against finite differences of the layers. Letters are the text's: layer l takes in u_l and gives out o_l.
 */
import { describe, expect, test } from "vitest";
import { backpropagate, type ChainSum, type TracedLayer } from "../src/index.ts";

const [x, y] = [
  [0.5, -1],
  [0.3, 0.9],
];
const layers: readonly TracedLayer[] = [
  {
    kind: "linear",
    weights: [
      [0.2, -0.4],
      [0.7, 0.1],
    ],
    biases: [0.1, -0.3],
  },
  { kind: "sigmoid" },
  {
    kind: "linear",
    weights: [
      [1.5, -0.6],
      [-0.8, 0.9],
    ],
    biases: [0.05, 0.2],
  },
  { kind: "tanh" },
];
const L = layers.length + 1;
const trace = backpropagate({ x, y, layers });

type Parameters = readonly (readonly number[])[];
/** θ_l: weights row by row, then biases; a layer without parameters has none. */
const theta: Parameters = layers.map((layer) =>
  layer.kind === "linear" ? [...layer.weights.flat(), ...layer.biases] : [],
);

/** y_l(u_l, θ_l), by the formulas of the textbook. Layer L is the loss. */
function y_(l: number, u: readonly number[], parameters: Parameters = theta): number[] {
  if (l === L) return [u.reduce((sum, o, j) => sum + (o - y[j]!) ** 2 / 2, 0)];
  const own = parameters[l - 1]!;
  switch (layers[l - 1]!.kind) {
    case "linear":
      return [0, 1].map((j) => own[2 * j]! * u[0]! + own[2 * j + 1]! * u[1]! + own[4 + j]!);
    case "sigmoid":
      return u.map((z) => 1 / (1 + Math.exp(-z)));
    default:
      return u.map(Math.tanh);
  }
}

/** o_m, with other parameters than the network's. */
const o = (m: number, parameters: Parameters = theta): number[] =>
  Array.from({ length: m }, (_, i) => i + 1).reduce<readonly number[]>((u, l) => y_(l, u, parameters), x) as number[];

/** u_l = o_{l−1}. */
const u = (l: number): number[] => o(l - 1);

const h = 1e-5;
/** A matrix: a row for each output. */
type Matrix = readonly (readonly number[])[];
const transposed = (columns: Matrix): number[][] => columns[0]!.map((_, i) => columns.map((column) => column[i]!));
/** The derivative of f by each of some numbers, by central differences. */
const slopes = (f: (numbers: readonly number[]) => readonly number[], at: readonly number[]): number[][] =>
  transposed(
    at.map((_, i) => {
      const [up, down] = [h, -h].map((step) => f(at.map((v, other) => (other === i ? v + step : v))));
      return up!.map((v, j) => (v - down![j]!) / (2 * h));
    }),
  );
const times = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) => b[0]!.map((_, k) => row.reduce((sum, v, i) => sum + v * b[i]![k]!, 0)));
const close = (a: Matrix, digits = 8): unknown => a.map((row) => row.map((v) => expect.closeTo(v, digits)));

/** ∂o_m/∂θ_l by finite differences. */
const byParameters = (m: number, l: number): number[][] =>
  slopes(
    (own) =>
      o(
        m,
        theta.map((one, i) => (i === l - 1 ? own : one)),
      ),
    theta[l - 1]!,
  );

const stepOf = (l: number) => trace.backward.find((step) => step.l === l)!;
/** The slope in a chain-rule term: the factor before the buffer. */
const slopeOf = (sum: ChainSum, term: number): number => sum.terms[term]!.factors[0]!.value;

/** ∂y_m/∂u_m from the trace: the first factors of the next buffer's terms. */
function byInput(m: number): number[][] {
  const { kind, next } = stepOf(m);
  if (kind === "loss") return [next.map((sum) => slopeOf(sum, 0))];
  return next.map((_, j) =>
    next.map((sum, k) => (kind === "linear" ? slopeOf(sum, j) : j === k ? slopeOf(sum, 0) : 0)),
  );
}
/** ∂y_l/∂θ_l from the trace: output j has its own row of weights, and its own bias. */
function byOwnParameters(l: number): number[][] {
  const { gradients } = stepOf(l);
  return [0, 1].map((j) =>
    gradients.map((sum, i) => ((i < 4 ? Math.floor(i / 2) : i - 4) === j ? slopeOf(sum, 0) : 0)),
  );
}

const withParameters = [1, 3];
const pairs = withParameters.flatMap((l) => Array.from({ length: L }, (_, i) => ({ l, m: i + 1 })));

describe("the derivation of backpropagation", () => {
  test.each([1, 2, 3, 4, 5])(
    "(1) o_l = y_l(u_l, θ_l), l = %d: what is stored is what the layer gives for its input",
    (l) => {
      expect([trace.u[l]]).toEqual(close([y_(l, trace.u[l - 1]!)], 12));
    },
  );

  test.each([1, 2, 3, 4, 5])("(2) u_l = o_{l−1}, l = %d: a layer's input is the stored output before it", (l) => {
    expect([trace.u[l - 1]]).toEqual(close([u(l)], 12));
    for (const { value, from } of stepOf(l).gradients.flatMap(({ terms }) => terms.map(({ factors }) => factors[0]!))) {
      if (from.of === "u") expect([from.l, value]).toEqual([l - 1, expect.closeTo(u(l)[from.index]!, 12)]);
    }
  });

  test("(3) the chain rule: a hidden neuron reaches C on two ways, and the terms of both add up", () => {
    // t is the output k of layer 2; its ways lead through the two sums of layer 3.
    const from3 = (t: readonly number[]): number[] => [3, 4, 5].reduce<number[]>((v, l) => y_(l, v), [...t]);
    const [numeric] = slopes(from3, u(3));
    stepOf(3).next.forEach((sum, k) => {
      expect(sum.terms).toHaveLength(2);
      expect(sum.terms.reduce((all, { value }) => all + value, 0)).toBeCloseTo(numeric![k]!, 8);
    });
  });

  test.each(pairs.filter(({ m, l }) => m < l))("(4) m = $m < l = $l: ∂o_m/∂θ_l = 0", ({ m, l }) => {
    expect(
      byParameters(m, l)
        .flat()
        .every((v) => v === 0),
    ).toBe(true);
  });

  test.each(withParameters)("(5) m = l = %d: ∂o_l/∂θ_l = ∂y_l/∂θ_l", (l) => {
    expect(byOwnParameters(l)).toEqual(close(byParameters(l, l)));
  });

  test.each(pairs.filter(({ m, l }) => m > l))(
    "(6) m = $m > l = $l: ∂o_m/∂θ_l = ∂y_m/∂u_m · ∂o_{m−1}/∂θ_l",
    ({ m, l }) => {
      expect(times(byInput(m), byParameters(m - 1, l))).toEqual(close(byParameters(m, l)));
      expect(
        byParameters(m, l)
          .flat()
          .some((v) => Math.abs(v) > 1e-3),
      ).toBe(true);
    },
  );

  test("the text's order of the cases is the other way round: for m > l the derivative is not 0", () => {
    expect(
      byParameters(L, 1)
        .flat()
        .every((v) => v === 0),
    ).toBe(false);
  });

  test.each(withParameters)("the product down to ∂y_{l+1}/∂u_{l+1} · ∂y_l/∂θ_l is ∂C/∂θ_l, l = %d", (l) => {
    const slopesFrom = Array.from({ length: L - l }, (_, i) => byInput(L - i));
    const product = [...slopesFrom, byOwnParameters(l)].reduce((all: Matrix, one) => times(all, one), [[1]]);
    expect(product).toEqual(close(byParameters(L, l)));
    expect(product).toEqual(close([stepOf(l).gradients.map(({ value }) => value)], 12));
  });

  test("the algorithm: each buffer is the product of the slopes from the end to its layer", () => {
    let product: Matrix = [[1]];
    for (let l = L; l >= 1; l--) {
      expect([stepOf(l).buffer]).toEqual(close(product, 12));
      product = times(product, byInput(l));
    }
  });
});
