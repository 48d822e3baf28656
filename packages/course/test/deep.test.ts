import { Generator, tidy } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { deepGradients, layerParameters, overfit } from "../src/index.ts";
import { numbersOf } from "../src/numbers.ts";
import { circle } from "../src/overfitting.ts";

describe("parameters", () => {
  test("the course's layer on a photograph has 50 million", () => {
    expect(layerParameters(224 * 224, 1000)).toBe(50_176 * 1000 + 1000);
  });
});

/** From the first layer to the last, by how much the buffer changes in a layer, on average. */
const rate = (layers: ReturnType<typeof deepGradients>): number =>
  ((layers.at(-1)?.buffer ?? 1) / (layers[0]?.buffer ?? 1)) ** (1 / (layers.length - 1));

describe("gradients of deep networks", () => {
  test("the buffer begins as the gradient of the cost: standard normal", () => {
    expect(
      deepGradients({ activation: "tanh", initialization: "he", width: 100, examples: 100 }).at(-1)?.buffer,
    ).toBeCloseTo(1, 1);
  });

  test("with variance 1/width a layer's buffer is the one behind it, times the slopes", () => {
    const layers = deepGradients({ activation: "sigmoid", initialization: "1/fanIn", width: 256, depth: 8 });
    layers.slice(1).forEach(({ buffer, slope }, i) => {
      // ‖Wᵀ(σ′(z) ⊙ b)‖ ≈ ‖σ′(z) ⊙ b‖, as E‖Wᵀv‖² = width · 1/width · ‖v‖².
      expect(layers[i]!.buffer / buffer / slope).toBeCloseTo(1, 0.7);
    });
  });

  test("sigmoids: no slope is above 1/4, and the buffer shrinks by more than half a layer", () => {
    const layers = deepGradients({ activation: "sigmoid", initialization: "1/fanIn" });
    expect(Math.max(...layers.map(({ slope }) => slope))).toBeLessThanOrEqual(0.25);
    // E[w²]·fanOut·σ′² ≤ 1·1/16: each layer leaves at most about a quarter.
    expect(rate(layers)).toBeGreaterThan(3.5);
  });

  test("the gradient of the weights is made of the buffer: of one ReLU layer, ∂C/∂W = (σ′ ⊙ buffer)ᵀ u₀", () => {
    // Of independent entries: ‖∂C/∂W‖² ≈ examples · width² · E[σ′²] · E[buffer²] · E[u₀²].
    const [examples, width] = [64, 64];
    const [layer] = deepGradients({ activation: "relu", initialization: "he", depth: 1, width, examples });
    // For ReLU σ′² is 1 for the half that is above 0.
    const expected = Math.sqrt((examples * width * width) / 2) * layer!.buffer;
    expect(layer!.gradient / expected).toBeCloseTo(1, 1);
    expect(layer!.slope).toBeCloseTo(0.5, 1);
  });

  test("ReLU with He's variance keeps activations and gradients: 2/fanIn for the half that passes", () => {
    const layers = deepGradients({ activation: "relu", initialization: "he", width: 256, seed: 2 });
    expect(rate(layers)).toBeCloseTo(1, 1);
    expect(layers.at(-1)!.activation / layers[0]!.activation).toBeGreaterThan(0.5);
    expect(layers.at(-1)!.activation / layers[0]!.activation).toBeLessThan(2);
  });

  test("ReLU with variance 1/fanIn loses a factor √2 a layer; with variance 1 gains √(width/2)", () => {
    expect(rate(deepGradients({ activation: "relu", initialization: "1/fanIn", width: 256 }))).toBeCloseTo(
      Math.SQRT2,
      1,
    );
    const exploding = rate(deepGradients({ activation: "relu", initialization: "normal", width: 64 }));
    expect(1 / exploding / Math.sqrt(64 / 2)).toBeCloseTo(1, 1);
  });

  test("the same seed gives the same numbers, another seed gives others", () => {
    const options = { activation: "tanh", initialization: "he", depth: 3 } as const;
    expect(deepGradients({ ...options, seed: 5 })).toEqual(deepGradients({ ...options, seed: 5 }));
    expect(deepGradients({ ...options, seed: 6 })).not.toEqual(deepGradients({ ...options, seed: 5 }));
  });
});

describe("the circle to learn", () => {
  const n = 20_000;
  const labels = (wrong: number): number[] => tidy(() => numbersOf(circle(n, wrong, new Generator(1)).y));
  const right = labels(0);
  const share = (flags: readonly boolean[]): number => flags.filter(Boolean).length / n;
  // Five standard deviations of a share of n independent examples are at most 5 · √(¼/n) = 0.018.
  const luck = 5 * Math.sqrt(0.25 / n);

  test("covers half of the square, so that no class can be guessed", () => {
    expect(Math.abs(share(right.map((label) => label === 1)) - 0.5)).toBeLessThan(luck);
  });
  test("lies in the middle: a quarter of the points is in each quarter of the square", () => {
    const x = tidy(() => numbersOf(circle(n, 0, new Generator(1)).x));
    for (const [a, b] of [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ] as const) {
      const quarter = right.map((_, i) => a * x[2 * i]! > 0 && b * x[2 * i + 1]! > 0);
      expect(Math.abs(share(quarter) - 0.25)).toBeLessThan(luck);
    }
  });
  test("reaches to √(2/π) and no further: its area is half of the square's 4", () => {
    const radii = tidy(() => {
      const x = numbersOf(circle(n, 0, new Generator(1)).x);
      return right.map((_, i) => Math.hypot(x[2 * i]!, x[2 * i + 1]!));
    });
    const [inside, outside] = [1, 0].map((label) => radii.filter((_, i) => right[i] === label)) as [number[], number[]];
    const edge = Math.sqrt(2 / Math.PI);
    expect(Math.max(...inside)).toBeLessThan(edge);
    expect(Math.min(...outside)).toBeGreaterThanOrEqual(edge);
  });
  test("has the given share of wrong labels", () => {
    const flipped = labels(0.15).map((label, i) => label !== right[i]);
    expect(Math.abs(share(flipped) - 0.15)).toBeLessThan(luck);
  });
});

describe("overfitting", () => {
  const few = overfit({ examples: 20 });
  const many = overfit({ examples: 500 });

  test("counts weights and biases of 2 → 64 → 64 → 2", () => {
    expect(few.parameters).toBe(3 * 64 + 65 * 64 + 65 * 2);
  });
  test("looks twenty times, and at the beginning", () => {
    expect(few.points.map(({ step }) => step)).toEqual(Array.from({ length: 21 }, (_, i) => 10 * i));
  });
  test("few examples are learned by heart, wrong labels too", () => {
    expect(few.points.at(-1)?.train).toBe(1);
  });
  test("meanwhile the cost on unseen examples rises from its least", () => {
    const costs = few.points.map(({ testCost }) => testCost);
    expect(costs.at(-1)).toBeGreaterThan(1.5 * Math.min(...costs));
  });
  test("more examples close the gap", () => {
    const gap = ({ points }: typeof few): number => points.at(-1)!.train - points.at(-1)!.test;
    expect(gap(many)).toBeLessThan(gap(few) / 2);
    // With 15 % of the labels wrong, more than 85 % right is luck.
    expect(many.points.at(-1)?.test).toBeLessThan(0.89);
    // And who knows the circle gets nearly as many.
    expect(many.points.at(-1)?.test).toBeGreaterThan(0.78);
  });
});
