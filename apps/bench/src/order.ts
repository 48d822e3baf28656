/** The minibatches of the training loop: which examples are in each. */
import { minibatches } from "@dlcc/data";
import { type Tensor, zeros } from "@dlcc/tensor";
import { type FitCase, fitExamples } from "./cases.ts";

/** The minibatches of one epoch after the other, without end: the contenders' are drawn by the same call. */
export const drawn = { seed: 1 } as const;

/** The examples' rows, minibatch by minibatch. */
export function* fitOrder({ batch }: FitCase): Generator<Int32Array> {
  const nothing: Tensor = zeros([fitExamples, 1]);
  for (let epoch = 1; ; epoch++) {
    for (const { indices } of minibatches(nothing, nothing, { size: batch, epoch, ...drawn })) yield indices;
  }
}
