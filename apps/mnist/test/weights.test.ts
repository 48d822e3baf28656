import { expect, test } from "vitest";
import { WeightsOverTime } from "../src/weights.ts";

test("weights are bytes, as a share of the largest of each unit, and know how many each has", () => {
  const weights = new WeightsOverTime().add(0, Float32Array.of(1, -0.5, 0, 0.25, 2, -4, 0, 1), 2);
  expect([weights.count, weights.each]).toEqual([2, 4]);
  // 127 · (1, −0.5, 0, 0.25) / 1 and 127 · (2, −4, 0, 1) / 4, rounded.
  expect(weights.shots[0]?.values).toEqual(Int8Array.of(127, -63, 0, 32, 64, -127, 0, 32));
});

test("the weights over time have the first, the last and some between, and never more than 40", () => {
  let weights = new WeightsOverTime();
  for (let step = 0; step <= 5000; step++) weights = weights.add(step, new Float32Array(784).fill(step), 1);
  const steps = weights.shots.map((shot) => shot.step);
  expect(steps.length).toBeLessThanOrEqual(40);
  expect(steps.length).toBeGreaterThan(10);
  expect([steps[0], steps.at(-1)]).toEqual([0, 5000]);
  const apart = steps.slice(1, -1).map((step, i) => step - (steps[i] ?? 0));
  expect(Math.max(...apart)).toBeLessThan(5000 / 8);
});

test("a network without weights to show has none", () => {
  expect(new WeightsOverTime().add(1, new Float32Array(), 0).shots).toEqual([]);
});
