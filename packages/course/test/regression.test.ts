import { describe, expect, test } from "vitest";
import {
  bestLine,
  costSurface,
  descendInMinibatches,
  descendToLine,
  gradientField,
  pointsAroundLine,
} from "../src/index.ts";

const pairs = pointsAroundLine({ w: 1.5, b: -0.5, noise: 0.3, n: 40, seed: 7 });

describe("points around a line", () => {
  test("the same seed gives the same points, another seed gives others", () => {
    expect(pointsAroundLine({ seed: 3 })).toEqual(pointsAroundLine({ seed: 3 }));
    expect(pointsAroundLine({ seed: 4 })).not.toEqual(pointsAroundLine({ seed: 3 }));
  });
  test("x is uniform in −2..2, and the noise has the given standard deviation", () => {
    const n = 20_000;
    const { x, y } = pointsAroundLine({ noise: 0.5, n });
    const mean = (numbers: readonly number[]): number => numbers.reduce((sum, v) => sum + v, 0) / n;
    expect(Math.min(...x)).toBeCloseTo(-2, 2);
    expect(Math.max(...x)).toBeCloseTo(2, 2);
    // A uniform distribution of width 4 has variance 4²/12; five standard errors of these estimates are 0.04 and 0.0125.
    expect(Math.abs(mean(x.map((v) => v * v)) - 16 / 12)).toBeLessThan(0.045);
    expect(Math.abs(Math.sqrt(mean(x.map((v, i) => (y[i]! - 2 * v - 1) ** 2))) - 0.5)).toBeLessThan(0.0125);
  });
  test("without noise the points are on the line", () => {
    const { w, b, cost } = bestLine(pointsAroundLine({ w: -2, b: 3, noise: 0 }));
    expect([w, b]).toEqual([expect.closeTo(-2, 10), expect.closeTo(3, 10)]);
    expect(cost).toBeCloseTo(0, 15);
  });
});

describe("the best line", () => {
  test("leaves residuals that sum to 0 and are orthogonal to x: the normal equations", () => {
    const { w, b } = bestLine(pairs);
    const residuals = pairs.x.map((x, i) => w * x + b - pairs.y[i]!);
    expect(residuals.reduce((sum, r) => sum + r, 0)).toBeCloseTo(0, 10);
    expect(residuals.reduce((sum, r, i) => sum + r * pairs.x[i]!, 0)).toBeCloseTo(0, 10);
  });
  test("is refused if all x are the same", () => {
    expect(() => bestLine({ x: [1, 1], y: [0, 1] })).toThrow(/x must differ/);
  });
});

describe("descent to the line", () => {
  test("first step: −η times the course's gradient", () => {
    const { x, y } = pairs;
    const mean = (numbers: number[]): number => numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
    const [, line] = descendToLine(pairs, { lr: 0.1, steps: 1 });
    expect(line?.w).toBeCloseTo(0.1 * mean(x.map((v, i) => y[i]! * v)), 12);
    expect(line?.b).toBeCloseTo(0.1 * mean([...y]), 12);
  });
  test("ends at the closed form, and never goes up", () => {
    const lines = descendToLine(pairs, { lr: 0.3, steps: 300 });
    const best = bestLine(pairs);
    expect(lines.at(-1)?.w).toBeCloseTo(best.w, 8);
    expect(lines.at(-1)?.b).toBeCloseTo(best.b, 8);
    lines.slice(1).forEach(({ cost }, i) => {
      expect(cost).toBeLessThanOrEqual(lines[i]!.cost + 1e-12);
    });
  });
});

describe("descent in minibatches", () => {
  test("with one minibatch of all the examples is gradient descent", () => {
    const full = descendToLine(pairs, { lr: 0.2, steps: 5 });
    const batches = descendInMinibatches(pairs, { lr: 0.2, size: 40, epochs: 5, seed: 1 });
    batches.forEach(({ w, b, cost }, i) => {
      expect(w).toBeCloseTo(full[i]!.w, 10);
      expect(b).toBeCloseTo(full[i]!.b, 10);
      expect(cost).toBeCloseTo(full[i]!.cost, 10);
    });
  });
  test("with a clock, says when each line was reached", () => {
    let ticks = 0;
    const lines = descendInMinibatches(pairs, { lr: 0.1, size: 20, epochs: 2, seed: 1, now: () => ticks++ });
    // The clock is asked once before each step and once after it, and so each step takes one tick.
    expect(lines.map(({ time }) => time)).toEqual([0, 1, 2, 3, 4]);
  });
  test("takes ⌈n/m⌉ steps an epoch", () => {
    expect(descendInMinibatches(pairs, { lr: 0.1, size: 12, epochs: 2, seed: 1 })).toHaveLength(1 + 2 * 4);
  });
  test("each epoch takes each example once, and steps by −η times its gradient", () => {
    // The step of one example is −η(r·x, r) with r = wx + b − y: its x is the quotient, and r follows.
    const lines = descendInMinibatches(pairs, { lr: 0.01, size: 1, epochs: 2, seed: 1 });
    const seen = lines.slice(1).map(({ w, b }, i) => {
      const before = lines[i]!;
      const x = (w - before.w) / (b - before.b);
      const index = pairs.x.reduce((best, v, j) => (Math.abs(v - x) < Math.abs(pairs.x[best]! - x) ? j : best), 0);
      const residual = before.w * pairs.x[index]! + before.b - pairs.y[index]!;
      expect(b - before.b).toBeCloseTo(-0.01 * residual, 10);
      return index;
    });
    for (const epoch of [seen.slice(0, 40), seen.slice(40)]) {
      expect(epoch.toSorted((a, b) => a - b)).toEqual(pairs.x.map((_, i) => i));
    }
    expect(seen.slice(0, 40)).not.toEqual(seen.slice(40));
  });
  test("gets as close to the best line in one pass as full batches in many", () => {
    const best = bestLine(pairs).cost;
    const small = descendInMinibatches(pairs, { lr: 0.1, size: 1, epochs: 1, seed: 1 }).at(-1)!;
    const full = descendToLine(pairs, { lr: 0.1, steps: 1 }).at(-1)!;
    expect(small.cost - best).toBeLessThan((full.cost - best) / 4);
  });
});

describe("the cost as a surface over (w, b)", () => {
  test("is the mean of half the squares, and its gradient that of the formula", () => {
    const { x, y } = pairs;
    const [w, b] = [0.4, -1.2];
    const mean = (of: (error: number, v: number) => number): number =>
      x.reduce((sum, v, i) => sum + of(w * v + b - y[i]!, v), 0) / x.length;
    const [point] = gradientField(costSurface(pairs), [[w, b]]);
    expect(point!.value).toBeCloseTo(mean((error) => error ** 2) / 2, 10);
    expect(point!.gradient).toEqual([
      expect.closeTo(
        mean((error, v) => error * v),
        10,
      ),
      expect.closeTo(
        mean((error) => error),
        10,
      ),
    ]);
  });
  test("is lowest, and flat, at the best line", () => {
    const best = bestLine(pairs);
    const [point] = gradientField(costSurface(pairs), [[best.w, best.b]]);
    expect(point!.value).toBeCloseTo(best.cost, 10);
    expect(point!.gradient).toEqual([expect.closeTo(0, 10), expect.closeTo(0, 10)]);
  });
});
