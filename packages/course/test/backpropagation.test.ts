import { describe, expect, test } from "vitest";
import { backpropagate, type ChainSum, type Network } from "../src/index.ts";

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** 2 → 2 sigmoids → 2 tanhs. */
const network: Network = {
  x: [0.5, -1],
  y: [0.3, 0.9],
  layers: [
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
  ],
};

const sums = (trace: ReturnType<typeof backpropagate>): ChainSum[] =>
  trace.backward.flatMap(({ gradients, next }) => [...gradients, ...next]);

describe("backpropagation", () => {
  const trace = backpropagate(network);

  test("stores u₀ = x, each layer's output, and the cost last", () => {
    expect(trace.u).toHaveLength(6);
    expect(trace.u[0]).toEqual([0.5, -1]);
    expect(trace.u[1]).toEqual([expect.closeTo(0.2 * 0.5 + 0.4 + 0.1, 12), expect.closeTo(0.35 - 0.1 - 0.3, 12)]);
    expect(trace.u[2]).toEqual([expect.closeTo(sigmoid(0.6), 12), expect.closeTo(sigmoid(-0.05), 12)]);
    expect(trace.u[5]).toEqual([trace.cost]);
    const [o1, o2] = trace.u[4]!;
    expect(trace.cost).toBeCloseTo(((o1! - 0.3) ** 2 + (o2! - 0.9) ** 2) / 2, 12);
  });

  test("the buffer begins as 1, and each one comes from the layer before", () => {
    expect(trace.backward.map(({ l }) => l)).toEqual([5, 4, 3, 2, 1]);
    expect(trace.backward[0]?.buffer).toEqual([1]);
    trace.backward.slice(1).forEach(({ buffer }, i) => {
      expect(buffer).toEqual(trace.backward[i]?.next.map(({ value }) => value));
    });
  });

  test("of one sigmoid neuron is the formula of the textbook: (o − y) σ′(z) x", () => {
    const [w, b, x, y] = [0.8, -0.2, 1.5, 1];
    const one = backpropagate({
      x: [x],
      y: [y],
      layers: [{ kind: "linear", weights: [[w]], biases: [b] }, { kind: "sigmoid" }],
    });
    const o = sigmoid(w * x + b);
    const delta = (o - y) * o * (1 - o);
    const [weight, bias] = one.backward.at(-1)!.gradients;
    expect([weight?.value, bias?.value]).toEqual([expect.closeTo(delta * x, 14), expect.closeTo(delta, 14)]);
    expect(one.backward.at(-1)?.next[0]?.value).toBeCloseTo(delta * w, 14);
  });

  test.each([
    ["sigmoid and tanh", network],
    ["relu", { ...network, layers: network.layers.map((l) => (l.kind === "linear" ? l : { kind: "relu" as const })) }],
  ])("with %s, each derivative agrees with finite differences and with the tape", (_name, given) => {
    const gradients = backpropagate(given).backward.flatMap((step) => step.gradients);
    expect(gradients).toHaveLength(12);
    expect(gradients.some(({ value }) => Math.abs(value) > 0.01)).toBe(true);
    for (const { value, numeric, tape } of gradients) {
      expect(value).toBeCloseTo(numeric, 8);
      expect(value).toBeCloseTo(tape, 12);
    }
  });

  test("∂C/∂x, the last buffer, agrees with finite differences", () => {
    const h = 1e-5;
    trace.backward.at(-1)?.next.forEach(({ value }, k) => {
      const costAt = (change: number): number =>
        backpropagate({ ...network, x: network.x.map((v, i) => (i === k ? v + change : v)) }).cost;
      expect(value).toBeCloseTo((costAt(h) - costAt(-h)) / (2 * h), 8);
    });
  });

  test("each derivative is the sum of its terms, and each term the product of its factors", () => {
    for (const { value, terms } of sums(trace)) {
      expect(value).toBeCloseTo(
        terms.reduce((sum, { factors }) => sum + factors.reduce((p, factor) => p * factor.value, 1), 0),
        14,
      );
    }
    // A hidden neuron reaches both outputs: two paths, two terms.
    expect(trace.backward.find(({ l }) => l === 3)?.next[0]?.terms).toHaveLength(2);
  });

  test("a factor leads to the number that it names", () => {
    for (const { terms } of sums(trace)) {
      for (const { value, from } of terms.flatMap(({ factors }) => factors)) {
        if (from.of === "buffer") {
          expect(value).toBe(trace.backward.find(({ l }) => l === from.l)?.buffer[from.index]);
        } else if (from.of === "weight") {
          const layer = network.layers[from.l - 1];
          expect(layer?.kind === "linear" && layer.weights[from.output]?.[from.input]).toBe(value);
        }
      }
    }
  });

  test("a weight's symbol names its layer, output and input, in the next buffer, too", () => {
    // In layer 1 the two weights that meet input 2 are those from it to output 1 and to output 2.
    const [, second] = trace.backward.at(-1)!.next;
    expect(second!.terms.map(({ factors }) => factors[0]!.symbol)).toEqual(["w₁,₁,₂", "w₁,₂,₂"]);
    expect(second!.terms.map(({ factors }) => factors[0]!.value)).toEqual([-0.4, 0.1]);
  });

  test("the symbols count from 1, layer first", () => {
    const first = trace.backward.at(-1)!.gradients;
    expect(first.map(({ symbol }) => symbol).slice(0, 3)).toEqual(["∂C/∂w₁,₁,₁", "∂C/∂w₁,₁,₂", "∂C/∂w₁,₂,₁"]);
    expect(first[1]?.terms[0]?.factors.map(({ symbol }) => symbol)).toEqual(["u₀,₂", "∂C/∂u₁,₁"]);
  });

  test("sizes that don't fit are refused", () => {
    expect(() => backpropagate({ ...network, x: [1] })).toThrow(
      /layer 1 must have rows of 1 weights and a bias for each row, got/,
    );
    expect(() => backpropagate({ ...network, y: [1] })).toThrow(
      /y must have a target for each of the 2 outputs, got 1/,
    );
  });
});
