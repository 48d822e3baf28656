import { expect, test } from "vitest";
import { isMeasured, RunHistory } from "../src/history.ts";
import { WeightsOverTime } from "../src/weights.ts";

test("the gradients are measured at steps that depend on the step alone: each of the first 64, then 32 in each doubling", () => {
  const steps = Array.from({ length: 4096 }, (_, i) => i + 1).filter(isMeasured);
  expect(steps.slice(0, 66)).toEqual([...Array.from({ length: 64 }, (_, i) => i + 1), 66, 68]);
  for (const from of [64, 128, 1024, 2048]) {
    expect(steps.filter((step) => step > from && step <= 2 * from)).toHaveLength(32);
  }
});

test("a second judgement at a step takes the place of the first: a lesson has changed the network", () => {
  const history = new RunHistory();
  history.judge({ step: 5, loss: 1, accuracy: 0.9 });
  history.judge({ step: 5, loss: 2, accuracy: 0.8 });
  expect(history.judgements).toEqual([{ step: 5, loss: 2, accuracy: 0.8 }]);
});

test("the weights over time have the first, the last and some between, and never more than 40", () => {
  let weights = new WeightsOverTime();
  for (let step = 0; step <= 5000; step++) weights = weights.add(step, new Float32Array(784).fill(step));
  const steps = weights.shots.map((shot) => shot.step);
  expect(steps.length).toBeLessThanOrEqual(40);
  expect(steps.length).toBeGreaterThan(10);
  expect([steps[0], steps.at(-1)]).toEqual([0, 5000]);
  const apart = steps.slice(1, -1).map((step, i) => step - (steps[i] ?? 0));
  expect(Math.max(...apart)).toBeLessThan(5000 / 8);
});
