import { describe, expect, test } from "vitest";
import {
  activations,
  curve,
  decisionTable,
  learnWithHiddenLayer,
  lossesOf,
  ringOfClasses,
  sharpened,
  smoothArgmax,
  softmax,
  softmaxProperties,
  trainClassifier,
} from "../src/index.ts";

const places = [-5, -1, -0.1, 0.1, 1, 5];

describe("activations", () => {
  test.each([
    ["step", (z: number) => (z > 0 ? 1 : 0), () => 0],
    ["sigmoid", (z: number) => 1 / (1 + Math.exp(-z)), (z: number) => 1 / (2 + Math.exp(z) + Math.exp(-z))],
    ["tanh", Math.tanh, (z: number) => 1 / Math.cosh(z) ** 2],
    ["relu", (z: number) => Math.max(0, z), (z: number) => (z > 0 ? 1 : 0)],
  ] as const)("%s and its derivative are those of the textbook", (name, value, slope) => {
    for (const point of curve(activations[name], places)) {
      expect(point.value).toBeCloseTo(value(point.v), 12);
      expect(point.derivative).toBeCloseTo(slope(point.v), 12);
    }
  });
  test("sharpened, a sigmoid is that of s times as large a sum, and s times as steep", () => {
    for (const { v, value, derivative } of curve(sharpened(activations.sigmoid, 7), places)) {
      expect(value).toBeCloseTo(1 / (1 + Math.exp(-7 * v)), 12);
      expect(derivative).toBeCloseTo(7 / (2 + Math.exp(7 * v) + Math.exp(-7 * v)), 12);
    }
  });
  test("step(0) = 0, as in the course", () => expect(curve(activations.step, [0])).toMatchObject([{ value: 0 }]));
});

describe("softmax", () => {
  const z = [1, -0.5, 2];
  const total = z.reduce((sum, v) => sum + Math.exp(v), 0);

  test("is e^z over the sum", () => {
    softmax(z).forEach((a, j) => {
      expect(a).toBeCloseTo(Math.exp(z[j]!) / total, 12);
    });
  });
  test("1 and 2: positive, and sums to 1", () => {
    const { exponentials, least, sum } = softmaxProperties(z, 0);
    expect(exponentials).toEqual(z.map((v) => expect.closeTo(Math.E ** v, 12)));
    expect(least).toBeCloseTo(Math.exp(-0.5) / total, 12);
    expect(sum).toBeCloseTo(1, 12);
  });
  test("3: its slopes agree with finite differences; only that of z_m is above 0", () => {
    const h = 1e-5;
    const moved = (change: number) => softmax(z.map((v, j) => (j === 1 ? v + change : v)));
    const { slopes } = softmaxProperties(z, 1);
    const [up, down] = [moved(h), moved(-h)];
    slopes.forEach((slope, j) => {
      expect(slope).toBeCloseTo((up[j]! - down[j]!) / (2 * h), 9);
      expect(slope > 0).toBe(j === 1);
    });
  });
  test("3: raising z_m lifts a_m and lowers the others, all the way", () => {
    const { raised } = softmaxProperties(z, 1);
    raised.slice(1).forEach(({ activations: a }, i) => {
      a.forEach((value, j) => {
        const before = raised[i]!.activations[j]!;
        if (j === 1) expect(value).toBeGreaterThan(before);
        else expect(value).toBeLessThan(before);
      });
    });
  });
  test("4: at the temperature T it is softmax(z/T)", () => {
    for (const { temperature, activations } of smoothArgmax(z, [10, 2, 1, 0.3])) {
      const sum = z.reduce((all, v) => all + Math.exp(v / temperature), 0);
      expect(activations).toEqual(z.map((v) => expect.closeTo(Math.exp(v / temperature) / sum, 12)));
    }
    expect(softmaxProperties(z, 0).sharpened).toEqual(smoothArgmax(z));
  });
  test("4: as T falls it tends to argmax, by about e^(−gap/T)", () => {
    // The two largest are 2 and 1; the third adds e^(−2.5/T).
    const [warm, cold, colder] = smoothArgmax(z, [1, 0.1, 0.01]).map(({ distance }) => distance);
    expect(warm).toBeCloseTo(1 - Math.exp(2) / total, 12);
    expect(cold).toBeCloseTo(Math.exp(-10) + Math.exp(-25), 8);
    expect(colder).toBeLessThan(1e-40);
    expect(smoothArgmax(z, [1e-300])[0]?.activations).toEqual([0, 0, 1]);
  });
  test("4: as T grows all become equal", () => {
    expect(smoothArgmax(z, [1e9])[0]?.activations).toEqual(z.map(() => expect.closeTo(1 / 3, 8)));
  });
  test("4: two that are the largest share", () => {
    expect(smoothArgmax([1, 1, 0], [0.01])).toEqual([
      { temperature: 0.01, activations: [0.5, 0.5, expect.closeTo(0, 12)], distance: 0.5 },
    ]);
  });
  test("a temperature that is not above 0 is refused, and so are no inputs", () => {
    expect(() => smoothArgmax(z, [0])).toThrow("smoothArgmax: a temperature must be above 0, got 0");
    expect(() => smoothArgmax([])).toThrow(/softmax: x must have an element/);
  });
  test("3: z_m goes from 8 below the mean of all to 8 above", () => {
    const places = softmaxProperties(z, 1).raised.map((sample) => sample.at);
    const mean = (1 - 0.5 + 2) / 3;
    expect([places[0], places[20], places[40]]).toEqual([-8, 0, 8].map((v) => expect.closeTo(mean + v, 12)));
    expect(places).toHaveLength(41);
  });
  test("m must be an index of z", () => expect(() => softmaxProperties(z, 3)).toThrow(RangeError));
});

describe("losses", () => {
  const z = [2, -1, 0.5];
  const o = softmax(z);

  test("of the same outputs: ‖o − e_y‖₁ = 2(1 − o_y), ½‖o − e_y‖², −log o_y", () => {
    const [l1, l2, crossEntropy] = lossesOf(z, 1);
    expect(l1?.value).toBeCloseTo(2 * (1 - o[1]!), 12);
    expect(l2?.value).toBeCloseTo(
      o.reduce((sum, v, j) => sum + (v - (j === 1 ? 1 : 0)) ** 2 / 2, 0),
      12,
    );
    expect(crossEntropy?.value).toBeCloseTo(-Math.log(o[1]!), 12);
  });
  test("the gradient of cross-entropy is o − e_y", () => {
    lossesOf(z, 1)[2]!.gradient.forEach((g, j) => {
      expect(g).toBeCloseTo(o[j]! - (j === 1 ? 1 : 0), 12);
    });
  });
  test("each gradient agrees with finite differences", () => {
    const h = 1e-5;
    lossesOf(z, 1).forEach(({ gradient }, loss) => {
      gradient.forEach((g, k) => {
        const at = (change: number) =>
          lossesOf(
            z.map((v, j) => (j === k ? v + change : v)),
            1,
          )[loss]!.value;
        expect(g).toBeCloseTo((at(h) - at(-h)) / (2 * h), 8);
      });
    });
  });
  test("sure of the wrong class, L1 and L2 have almost no slope, and cross-entropy has all", () => {
    const [l1, l2, crossEntropy] = lossesOf([12, 0], 1).map(({ gradient }) => Math.hypot(...gradient));
    expect(l1).toBeLessThan(1e-4);
    expect(l2).toBeLessThan(1e-4);
    expect(crossEntropy).toBeCloseTo(Math.SQRT2, 4);
  });
});

describe("the classifier", () => {
  const ring = ringOfClasses();
  test("its classes stand around the circle, in turn", () => {
    const { x, labels } = ringOfClasses({ classes: 4, n: 8, noise: 0 });
    expect(labels).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(x[1]).toEqual([expect.closeTo(0, 12), expect.closeTo(1, 12)]);
  });
  test("its examples stray from the centres by the given noise", () => {
    const { x, labels } = ringOfClasses({ classes: 4, n: 4000, noise: 0.1 });
    const squares = x.map(([px, py], i) => {
      const angle = (2 * Math.PI * labels[i]!) / 4;
      return [(px - Math.cos(angle)) ** 2, (py - Math.sin(angle)) ** 2] as const;
    });
    for (const axis of [0, 1] as const) {
      const variance = squares.reduce((sum, square) => sum + square[axis], 0) / 4000;
      // Five standard errors of the estimate: 5 · 0.1/√8000.
      expect(Math.abs(Math.sqrt(variance) - 0.1)).toBeLessThan(0.0056);
    }
  });
  test.each([0.1, 1])("learns faster with cross-entropy than with L1 or L2, η = %d", (lr) => {
    const [l1, l2, crossEntropy] = (["l1", "l2", "crossEntropy"] as const).map(
      (loss) => trainClassifier(ring, { loss, lr, epochs: 5, seed: 1 }).at(-1)!,
    );
    expect(crossEntropy).toBeGreaterThan(l1!);
    expect(crossEntropy).toBeGreaterThan(l2!);
  });
});

describe("a hidden layer", () => {
  const xor = decisionTable(([a, b]) => [a !== b ? 1 : 0], 2);
  const options = { hidden: 4, lr: 5, steps: 1000, seed: 1 };
  test("solves XOR, which one perceptron can't", () => {
    const { outputs, mistakes, costs } = learnWithHiddenLayer(xor, options);
    expect(mistakes).toBe(0);
    outputs.forEach((output, i) => {
      expect(Math.abs(output - xor[i]!.outputs[0]!)).toBeLessThan(0.1);
    });
    const cost = outputs.reduce((sum, output, i) => sum + (output - xor[i]!.outputs[0]!) ** 2 / 2, 0) / 4;
    expect(costs.at(-1)).toBeCloseTo(cost, 12);
    expect(costs).toHaveLength(1001);
  });
  test("reads a 1 from outputs above ½, at every stage of its training", () => {
    for (const steps of [0, 5, 20, 50, 80, 100, 120, 150]) {
      const { outputs, mistakes } = learnWithHiddenLayer(xor, { ...options, steps });
      expect(mistakes).toBe(outputs.filter((o, i) => (o > 0.5 ? 1 : 0) !== xor[i]!.outputs[0]).length);
    }
  });
  test("gives its output elsewhere: at a corner, the row's output", () => {
    const { outputs, surface } = learnWithHiddenLayer(xor, { ...options, places: [[0, 1]] });
    expect(surface).toEqual([{ place: [0, 1], output: expect.closeTo(outputs[1]!, 12) }]);
  });
});
