import { expect, test } from "vitest";
import { troubleOf, troubleOfInfinity } from "../src/divergence.ts";

test("a loss that falls is no trouble, and neither is one that is high for some steps at first", () => {
  expect(troubleOf({ first: 2.4, now: 0.3, highest: 2.4, step: 500 })).toBeUndefined();
  expect(troubleOf({ first: 2.4, now: 9, highest: 9, step: 10 })).toBeUndefined();
  expect(troubleOf({ first: 2.4, now: 2.3, highest: 2.5, step: 100 })).toBeUndefined();
});

test.each([
  [
    { first: 2.4, now: 51_234, highest: 60_000, step: 250 },
    true,
    /^The loss has grown from 2.4 to 51,200 in 250 steps\./,
  ],
  [
    { first: 2.4, now: 2.31, highest: 80, step: 250 },
    true,
    /^After 250 steps the loss is 2.31; it began at 2.4. On the way it was 80/,
  ],
  [{ first: 2.4, now: 2.3, highest: 2.4, step: 250 }, false, /learned next to nothing/],
])("%o: to go on is of no use: %s", (loss, lost, says) => {
  const found = troubleOf(loss);
  expect(found?.lost).toBe(lost);
  expect(found?.text).toMatch(says);
});

test("a loss that is no number is said with its step", () => {
  expect(troubleOfInfinity(7, "Infinity")).toMatchObject({
    lost: true,
    text: expect.stringMatching(/^The loss became Infinity at step 7:/),
  });
});
