import { expect, test } from "vitest";
import { isMeasured, RunHistory } from "../src/history.ts";

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
