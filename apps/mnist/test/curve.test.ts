import { expect, test } from "vitest";
import { Curve } from "../src/curve.ts";

const filled = (count: number, size: number): Curve => {
  const curve = new Curve({ size });
  for (let step = 1; step <= count; step++) curve.add(step);
  return curve;
};

test("until it is full, a curve has a point for each step", () => {
  const { steps, values } = filled(4, 4);
  expect(steps).toEqual([1, 2, 3, 4]);
  expect(values).toEqual([1, 2, 3, 4]);
});

test("then neighbours become their mean, and a point covers twice as many steps", () => {
  const { steps, values } = filled(7, 4);
  expect(steps).toEqual([2, 4, 6, 7]);
  expect(values).toEqual([1.5, 3.5, 5.5, 7]);
});

test("it never grows past its size, and keeps the mean of all", () => {
  const { steps, values } = filled(1 << 16, 8);
  expect(values).toHaveLength(8);
  expect(steps.at(-1)).toBe(1 << 16);
  expect(values.reduce((a, b) => a + b) / 8).toBe(((1 << 16) + 1) / 2);
});

test("the trend is the running mean of every step, however many steps a point covers", () => {
  const [fine, coarse] = [filled(100, 128), filled(100, 8)];
  expect(coarse.trend.at(-1)).toBe(fine.trend.at(-1));
  // Σ (1 − w)^(t − i) vᵢ / Σ (1 − w)^(t − i), with vᵢ = i.
  let [sum, weights] = [0, 0];
  for (let step = 1; step <= 100; step++) {
    sum += 0.94 ** (100 - step) * step;
    weights += 0.94 ** (100 - step);
  }
  expect(fine.trend.at(-1)).toBeCloseTo(sum / weights, 10);
});

test("the trend has no bias towards its beginning: of equal values it is that value, and after a high first one it is soon down", () => {
  const flat = new Curve();
  for (let step = 1; step <= 10; step++) flat.add(0.81);
  for (const value of flat.trend) expect(value).toBeCloseTo(0.81, 12);
  const falling = new Curve();
  for (const value of [2.4, 1.7, 1.2, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8]) falling.add(value);
  // (Σ 0.94^(10 − i) vᵢ) / (Σ 0.94^(10 − i)), by hand
  expect(falling.trend.at(-1)).toBeCloseTo(1.0333, 4);
});

test("values after a step can be removed, and the curve continues from there", () => {
  const curve = filled(10, 16);
  curve.cutAfter(6);
  expect(curve.steps).toEqual([1, 2, 3, 4, 5, 6]);
  curve.add(70);
  expect(curve.values.slice(-2)).toEqual([6, 70]);
  curve.cutAfter(0);
  expect(curve.length).toBe(0);
  expect(curve.values).toEqual([]);
});

test("that works if points cover several steps, too", () => {
  const curve = filled(14, 4);
  expect(curve.steps).toEqual([4, 8, 12, 14]);
  curve.cutAfter(9);
  expect(curve.steps).toEqual([4, 8, 9]);
  for (const value of [10, 11, 12, 13]) curve.add(value);
  expect(curve.steps).toEqual([4, 8, 12, 13]);
  expect(curve.values.at(-1)).toBe(13);
});

test.each([0, 3, 7, 100])("goes on where its state was taken, after %d steps", (count) => {
  const curve = filled(count, 8);
  const again = new Curve(JSON.parse(JSON.stringify(curve.state())));
  for (const value of [5, -1, 2]) for (const one of [curve, again]) one.add(value);
  expect(again.state()).toEqual(curve.state());
});
