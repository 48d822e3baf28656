/** Learning-rate schedules: their formulas, and their ends. */
import { cosine, exponentialDecay, linear, type Schedule, stepDecay, warmUp } from "@dlcc/optim";
import { ArgumentError } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

const rates = (schedule: Schedule, ...steps: number[]): number[] => steps.map(schedule);

test("stepDecay: η · factor^⌊t / every⌋", () => {
  expect(rates(stepDecay(8, { every: 3, factor: 0.5 }), 0, 2, 3, 5, 6, 9)).toEqual([8, 8, 4, 4, 2, 1]);
});
test("stepDecay's factor is 0.1, as PyTorch's", () => {
  expect(stepDecay(1, { every: 1 })(1)).toBe(0.1);
});
test("exponentialDecay: η · factorᵗ", () => {
  expect(rates(exponentialDecay(8, { factor: 0.5 }), 0, 1, 2, 10)).toEqual([8, 4, 2, 8 / 1024]);
});
test("linear: a straight line, and then its end", () => {
  expect(rates(linear(4, { steps: 4, end: 2 }), 0, 1, 2, 4, 100)).toEqual([4, 3.5, 3, 2, 2]);
});

describe("cosine", () => {
  const schedule = cosine(3, { steps: 12, end: 1 });
  test.each([
    [0, 3],
    [4, 1 + 2 * 0.75], // (1 + cos 60°) / 2 = ¾
    [6, 2],
    [8, 1 + 2 * 0.25],
    [12, 1],
  ])("after %d of 12 steps", (step, rate) => {
    expect(schedule(step)).toBeCloseTo(rate, 14);
  });
  test("stays at its end", () => {
    expect(schedule(13)).toBe(schedule(12));
    expect(cosine(1, { steps: 5 })(1000)).toBe(0);
  });
});

describe("warmUp", () => {
  test("rises in equal steps to the whole rate", () => {
    expect(rates(warmUp(2, { steps: 4 }), 0, 1, 2, 3, 4, 100)).toEqual([0.5, 1, 1.5, 2, 2, 2]);
  });
  test("then follows the other schedule from its beginning", () => {
    expect(rates(warmUp(exponentialDecay(8, { factor: 0.5 }), { steps: 2 }), 0, 1, 2, 3, 4)).toEqual([4, 8, 8, 4, 2]);
  });
});

test.each([
  ["stepDecay", () => stepDecay(1, { every: 0 })],
  ["cosine", () => cosine(1, { steps: 0 })],
  ["linear", () => linear(1, { steps: -1 })],
  ["warmUp", () => warmUp(1, { steps: Number.NaN })],
])("%s refuses a length that is not above 0", (name, make) => {
  expect(make).toThrow(ArgumentError);
  expect(make).toThrow(name);
});
