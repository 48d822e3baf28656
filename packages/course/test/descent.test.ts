import { exp, neg, sigmoid, tanh } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import {
  bowl,
  changesAround,
  curve,
  descend,
  gradientField,
  hillAndValley,
  type Place,
  sensitivity,
} from "../src/index.ts";

const places = [-3, -1, -0.5, 0, 0.25, 1, 2];

describe("the derivative", () => {
  test.each([
    ["v²", (v: number) => 2 * v, curve((v) => v.mul(v), places)],
    ["exp(−v)", (v: number) => -Math.exp(-v), curve((v) => exp(neg(v)), places)],
    ["sigmoid", (v: number) => 1 / (2 + Math.exp(v) + Math.exp(-v)), curve((v) => sigmoid(v), places)],
    ["tanh", (v: number) => 1 / Math.cosh(v) ** 2, curve((v) => tanh(v), places)],
  ])("of %s is the one of the textbook", (_name, slope, points) => {
    for (const { v, derivative } of points) expect(derivative).toBeCloseTo(slope(v), 12);
  });

  test("predicts a small step's change, with an error that falls with the step's square", () => {
    const [large, small] = sensitivity((v) => v.mul(v).mul(v), 2, [0.02, 0.01]);
    const error = (nudge = large): number => (nudge?.change ?? 0) - (nudge?.predicted ?? 0);
    // (2 + h)³ − 8 − 12h = 6h² + h³.
    expect(error(large)).toBeCloseTo(6 * 0.02 ** 2 + 0.02 ** 3, 12);
    expect(error(large) / error(small)).toBeCloseTo(4, 1);
  });

  test("predicts a fall to the left of a place where it predicts a rise to the right", () => {
    // (2 + h)³ − 8 = 12h + 6h² + h³, and 12h is the derivative's prediction.
    expect(sensitivity((v) => v.mul(v).mul(v), 2, [0.5, -0.5])).toEqual([
      { step: 0.5, change: expect.closeTo(6 + 1.5 + 0.125, 12), predicted: expect.closeTo(6, 12) },
      { step: -0.5, change: expect.closeTo(-6 + 1.5 - 0.125, 12), predicted: expect.closeTo(-6, 12) },
    ]);
  });

  test("of a constant is 0", () => expect(curve((v) => v.mul(0).add(2), [1])).toMatchObject([{ derivative: 0 }]));
});

describe("the gradient", () => {
  const grid: Place[] = places.flatMap((x) => places.map((y): Place => [x, y]));

  test("of the hill and valley is ((1 − 2x²)e, −2xye)", () => {
    for (const { place, gradient } of gradientField(hillAndValley, grid)) {
      const [x, y] = place;
      const e = Math.exp(-(x * x + y * y));
      expect(gradient[0]).toBeCloseTo((1 - 2 * x * x) * e, 12);
      expect(gradient[1]).toBeCloseTo(-2 * x * y * e, 12);
    }
  });

  test("agrees with central differences", () => {
    const h = 1e-5;
    for (const { place, gradient } of gradientField(bowl(3), grid)) {
      const [x, y] = place;
      const [right, left, up, down] = gradientField(bowl(3), [
        [x + h, y],
        [x - h, y],
        [x, y + h],
        [x, y - h],
      ]).map(({ value }) => value);
      expect(gradient[0]).toBeCloseTo((right! - left!) / (2 * h), 7);
      expect(gradient[1]).toBeCloseTo((up! - down!) / (2 * h), 7);
    }
  });
});

describe("steps around a place", () => {
  test.each([0, 0.1])("on a bowl: f changes by g·Δ cos θ + ½Δ², with g the slope (at y = %d)", (y) => {
    const [step, slope] = [0.01, Math.hypot(2, y)];
    const around = changesAround(bowl(), [2, y], { step, directions: 12 });
    around.forEach(({ angle, change, predicted }, i) => {
      expect(angle).toBeCloseTo((2 * Math.PI * i) / 12, 12);
      expect(predicted).toBeCloseTo(slope * step * Math.cos(angle), 12);
      expect(change).toBeCloseTo(slope * step * Math.cos(angle) + step ** 2 / 2, 12);
    });
  });

  test("in every place the steepest way up is along the gradient, the steepest down against it", () => {
    for (const place of [
      [0.3, 0.4],
      [-1, 0.2],
      [0.1, -0.7],
    ] as const) {
      const changes = changesAround(hillAndValley, place, { step: 1e-3, directions: 16 }).map(({ change }) => change);
      expect(changes.indexOf(Math.max(...changes))).toBe(0);
      expect(changes.indexOf(Math.min(...changes))).toBe(8);
    }
  });
});

describe("gradient descent", () => {
  test("on a bowl multiplies x by 1 − η and y by 1 − kη in each step", () => {
    const { path } = descend(bowl(4), { start: [3, -2], lr: 0.3, steps: 12 });
    expect(path).toHaveLength(13);
    path.forEach(({ place: [x, y] }, t) => {
      expect(x).toBeCloseTo(3 * 0.7 ** t, 10);
      expect(y).toBeCloseTo(-2 * (1 - 1.2) ** t, 10);
    });
  });

  test.each([
    [0.01, "on its way"],
    [0.45, "converged"],
    [0.55, "diverged"],
  ])("on a bowl with k = 4, whose limit is 2/k = 0.5, η = %d: %s", (lr, outcome) => {
    expect(descend(bowl(4), { start: [3, 2], lr, steps: 100 }).outcome).toBe(outcome);
  });

  test("ends before infinity", () => {
    for (const { value } of descend(bowl(4), { start: [3, 2], lr: 10, steps: 10_000 }).path) {
      expect(Number.isFinite(value)).toBe(true);
    }
  });

  test("on flat land or a saddle is stranded, not converged", () => {
    expect(descend(hillAndValley, { start: [-9, 0], lr: 0.5, steps: 5 }).outcome).toBe("stranded");
    expect(descend((x, y) => x.mul(x).sub(y.mul(y)), { start: [0, 0], lr: 0.1, steps: 5 }).outcome).toBe("stranded");
  });

  test("on the hill and valley finds the floor, −1/√(2e) at (−1/√2, 0)", () => {
    const { path, outcome } = descend(hillAndValley, { start: [-0.2, 0.8], lr: 0.5, steps: 200 });
    const last = path.at(-1)!;
    expect(outcome).toBe("converged");
    expect(last.place[0]).toBeCloseTo(-Math.SQRT1_2, 3);
    expect(last.place[1]).toBeCloseTo(0, 3);
    expect(last.value).toBeCloseTo(-1 / Math.sqrt(2 * Math.E), 6);
  });
});
