/** Programs of other libraries beside their translations: the same numbers. */
import { expect, test } from "vitest";
import { ours, theirs } from "../twins/brain-js.ts";
import { losses, twins } from "../twins/tensorflow-js.ts";

/** A network of brain.js 1.6, as its toJSON() has it: 2 inputs, 3 neurons, 1 output. */
const start = {
  sizes: [2, 3, 1],
  layers: [
    { 0: {}, 1: {} },
    {
      0: { bias: 0.1, weights: { 0: 0.9, 1: -0.8 } },
      1: { bias: -0.2, weights: { 0: -0.7, 1: 0.6 } },
      2: { bias: 0.3, weights: { 0: 0.5, 1: 0.4 } },
    },
    { 0: { bias: 0, weights: { 0: 1.1, 1: 1, 2: -0.9 } } },
  ],
  outputLookup: false,
  inputLookup: false,
  activation: "sigmoid",
};

test("brain.js: XOR, after one pass, after a hundred, and learned", async () => {
  for (const [iterations, digits] of [
    [1, 6],
    [100, 5],
    [3000, 3], // Both count with float32: over thousands of steps, roundings add up.
  ] as const) {
    const [here, there] = [await ours(start, iterations), theirs(start, iterations)];
    for (const [i, answer] of here.entries()) expect(answer).toBeCloseTo(there[i] as number, digits);
    if (iterations === 3000) expect(here.map(Math.round)).toEqual([0, 1, 1, 0]);
  }
});

test.each(Object.entries(twins))("TensorFlow.js: %s", async (_, twin) => {
  const { theirs, ours } = await losses(twin, 60);
  for (const [step, loss] of ours.entries()) expect(loss).toBeCloseTo(theirs[step] as number, 4);
  expect(ours.at(-1)).toBeLessThan((ours[0] as number) / 4);
});
