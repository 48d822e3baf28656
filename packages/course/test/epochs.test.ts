import type * as data from "@dlcc/data";
import type { Tensor } from "@dlcc/tensor";
import { expect, test, vi } from "vitest";
import { ringOfClasses, trainClassifier } from "../src/index.ts";
import { numbersOf } from "../src/numbers.ts";

/** The examples of each epoch in the order in which they were learned from, each by its first coordinate. */
const epochs: number[][] = vi.hoisted(() => []);

vi.mock("@dlcc/data", async (original: () => Promise<typeof data>) => {
  const actual = await original();
  return {
    ...actual,
    *minibatches(x: Tensor, y: Tensor, options: data.MinibatchOptions) {
      const order: number[] = [];
      epochs.push(order);
      for (const batch of actual.minibatches(x, y, options)) {
        order.push(...numbersOf(batch.x).filter((_, i) => i % 2 === 0));
        yield batch;
      }
    },
  };
});

test("each epoch of the classifier goes through all examples, in its own order", () => {
  const ring = ringOfClasses({ classes: 3, n: 30 });
  trainClassifier(ring, { loss: "crossEntropy", lr: 0.1, epochs: 4, seed: 1 });
  const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
  expect(epochs).toHaveLength(4);
  for (const order of epochs) expect(sorted(order)).toEqual(sorted(ring.x.map(([first]) => Math.fround(first))));
  // Of 30! orders, two of four are the same by chance in less than one case of 10³¹.
  expect(new Set(epochs.map((order) => order.join())).size).toBe(4);
});
